"""La file des démarches et la page où un agent en traite une."""

import reflex as rx

from portail.components import files, tables
from portail.components import requests as drawn
from portail.components.cards import awaited, bones, empty
from portail.components.forms import submit
from portail.components.icons import icon
from portail.components.inputs import Input, choice, note, text
from portail.components.links import button_to, to
from portail.domain.requests import RequestStatus, Service
from portail.pages.layout import frame
from portail.state.request_desk import RequestDeskState
from portail.views.requests import Choice

STATUSES = [
    Choice("open", "En attente"),
    *(Choice(one.value, one.desk_label) for one in RequestStatus),
    Choice("all", "Toutes"),
]
SERVICES = [Choice(one.value, one.label) for one in Service]
AGES = [Choice("late", "Plus d’une semaine")]
WHOSE = [Choice("mine", "Les miennes"), Choice("nobody", "Sans agent")]
GESTURES = {
    "ask": ("Demander une précision", "Votre question", "Envoyer la question"),
    "accept": ("Accepter", "Un mot à la famille (facultatif)", "Accepter et appliquer"),
    "refuse": ("Refuser", "Motif, que la famille lira", "Refuser la démarche"),
    "note": ("Écrire une note interne", "Note, que la famille ne lit pas", "Enregistrer la note"),
}


def draw_queue() -> rx.Component:
    queue = RequestDeskState.queue
    nothing = empty("check", "Aucune démarche ici", "Celles que les familles envoient paraîtront dans cette file.")
    rows = rx.cond(
        queue.rows.length() > 0,
        rx.fragment(drawn.queue(queue.rows), tables.pager(queue, RequestDeskState.turn)),
        nothing,
    )
    return frame(
        "/admin/demarches",
        rx.el.h1("Démarches"),
        _filters(),
        rx.el.section(
            rx.el.h2("Liste des démarches", class_name="unseen"),
            rx.cond(queue.ready, rows, rx.el.div(*bones("", 5), class_name="bones")),
            class_name="card",
        ),
    )


def _filters() -> rx.Component:
    queue = RequestDeskState.queue
    return rx.el.form(
        choice(Input("filtre-etat", "status", "État"), rx.Var.create(STATUSES), "open", blank="-"),
        choice(Input("filtre-sorte", "kind", "Demande"), queue.kinds, blank="Toutes"),
        choice(Input("filtre-service", "service", "Service"), rx.Var.create(SERVICES), blank="Tous"),
        choice(Input("filtre-age", "age", "Ancienneté"), rx.Var.create(AGES), blank="Toutes"),
        choice(Input("filtre-agent", "whose", "Agent"), rx.Var.create(WHOSE), blank="Tous"),
        submit("Filtrer", rx.Var.create(False), css="btn"),
        on_submit=RequestDeskState.filter,
        class_name="search filters",
        role="search",
    )


def draw_one() -> rx.Component:
    request = RequestDeskState.request
    return frame(
        "/admin/demarches/[request_id]",
        rx.el.p(to("/admin/demarches", icon("back"), "Démarches"), class_name="crumb"),
        rx.cond(request.ready, _whole(), awaited("Démarche")),
    )


def _whole() -> rx.Component:
    request = RequestDeskState.request
    return rx.el.div(
        rx.el.div(
            rx.el.h1(request.kind, rx.cond(request.about, f" · {request.about}", "")),
            drawn.state_pill(request.status_label, request.tone),
            class_name="spread",
        ),
        rx.el.div(
            rx.el.div(
                drawn.changes(request.lines), _pieces(), rx.cond(request.is_open, _gestures()), class_name="stack"
            ),
            rx.el.div(_facts(), drawn.history(request.steps), class_name="stack"),
            class_name="two",
        ),
        class_name="stack",
    )


def _facts() -> rx.Component:
    request = RequestDeskState.request
    hand = rx.cond(
        request.is_mine,
        rx.el.button(
            "Rendre à la file", type="button", class_name="btn ghost small", on_click=RequestDeskState.release
        ),
        rx.el.button("Prendre en charge", type="button", class_name="btn small", on_click=RequestDeskState.take),
    )
    return rx.el.section(
        rx.el.h2("Démarche n° ", request.number),
        rx.el.dl(
            rx.el.dt("Famille"),
            rx.el.dd(rx.cond(request.family_id > 0, to(f"/admin/familles/{request.family_id}", request.family), "—")),
            rx.el.dt("Envoyée par"),
            rx.el.dd(request.author),
            rx.el.dt("Le"),
            rx.el.dd(request.sent),
            rx.el.dt("Agent"),
            rx.el.dd(rx.cond(request.assignee, request.assignee, "personne pour l’instant")),
            class_name="lines",
        ),
        rx.cond(request.is_open, rx.fragment(hand, _assignment())),
        class_name="card pad stack",
    )


def _assignment() -> rx.Component:
    agents = RequestDeskState.request.colleagues
    return rx.el.form(
        choice(Input("confier-a", "agent", "Confier à"), agents, blank="Choisir un collègue"),
        submit("Confier", rx.Var.create(False), css="btn ghost small"),
        on_submit=RequestDeskState.assign,
        class_name="search filters",
    )


def _gestures() -> rx.Component:
    chosen = RequestDeskState.gesture
    elsewhere = rx.fragment(
        button_to(RequestDeskState.request.href, "Comparer et décider"), *[_offer(name) for name in ("ask", "note")]
    )
    buttons = rx.el.div(
        rx.cond(RequestDeskState.request.href, elsewhere, rx.fragment(*[_offer(name) for name in GESTURES])),
        class_name="after",
        role="group",
        aria_label="Traiter la démarche",
    )
    forms = [rx.cond(chosen == name, _gesture(name)) for name in GESTURES]
    return rx.el.section(
        rx.el.h2("Traiter", id="traiter"), buttons, *forms, class_name="card pad stack", aria_labelledby="traiter"
    )


def _offer(name: str) -> rx.Component:
    css = {"accept": "btn small", "refuse": "btn danger small"}.get(name, "btn ghost small")
    return rx.el.button(
        GESTURES[name][0],
        type="button",
        class_name=css,
        on_click=RequestDeskState.choose(name),
        custom_attrs={"aria-expanded": rx.cond(RequestDeskState.gesture == name, "true", "false")},
    )


def _gesture(name: str) -> rx.Component:
    _, label, button = GESTURES[name]
    request, refusal = RequestDeskState.request, files.Refusal(RequestDeskState.fault, RequestDeskState.files_fault)
    completed = rx.cond(request.quotient.ready, _quotient()) if name == "accept" else rx.fragment()
    return files.send_form(
        files.problems(refusal, f"geste-{name}-refus", f"geste-{name}", f"geste-{name}-fichiers"),
        rx.el.input(type="hidden", name="gesture", value=name, read_only=True),
        rx.el.input(type="hidden", name="version", value=request.version, read_only=True),
        completed,
        note(Input(f"geste-{name}", "text", label), RequestDeskState.fault),
        files.picker(f"geste-{name}-fichiers", "Fichiers à joindre (facultatif)", request.accept, refusal),
        rx.el.div(
            submit(button, rx.Var.create(False), css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=RequestDeskState.choose("")),
            class_name="after",
        ),
        action=f"/envois/decision/{request.id}",
        on_sent=RequestDeskState.decided,
        on_refused=RequestDeskState.refused,
    )


def _quotient() -> rx.Component:
    """Ce que l'agent lit sur l'attestation, rempli d'avance ; la famille le lira dans sa démarche."""
    known = RequestDeskState.request.quotient
    return rx.el.fieldset(
        rx.el.legend("Lu sur l’attestation"),
        rx.el.div(
            text(Input("attestation-valeur", "value", "Quotient familial", mode="numeric"), known.value),
            text(Input("attestation-premier", "valid_from", "Premier jour", "date"), known.first),
            text(Input("attestation-dernier", "valid_to", "Dernier jour", "date"), known.last),
            class_name="grid",
        ),
        rx.el.p("Ce qui est déjà réservé ou facturé garde son prix.", class_name="hint muted small"),
        class_name="deadline",
    )


def _pieces() -> rx.Component:
    request = RequestDeskState.request
    return rx.cond(
        request.files.length() > 0,
        rx.el.section(
            rx.el.h2("Pièces jointes", id="pieces"),
            files.pieces(request.files),
            class_name="card pad stack tight",
            aria_labelledby="pieces",
        ),
    )
