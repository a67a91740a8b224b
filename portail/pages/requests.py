"""« Mes démarches » : la liste, et la page où l'on suit l'une d'elles."""

import reflex as rx

from portail.components import files
from portail.components import requests as drawn
from portail.components.cards import awaited, bones, empty
from portail.components.forms import submit
from portail.components.icons import icon
from portail.components.inputs import Input, note
from portail.components.links import button_to, to
from portail.pages.layout import frame
from portail.state.requests import RequestsState


def draw_list() -> rx.Component:
    listing = RequestsState.listing
    nothing = empty(
        "document",
        "Aucune démarche pour le moment",
        "Un changement d’adresse, un enfant à ajouter : ce que vous demandez à la mairie se suivra ici.",
    )
    rows = rx.cond(listing.rows.length() > 0, rx.el.ul(rx.foreach(listing.rows, drawn.line)), nothing)
    return frame(
        "/demarches",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Mes démarches"),
                rx.el.p("Ce que vous avez demandé à la mairie, et où cela en est.", class_name="muted"),
            ),
            button_to("/dossier/changement", "Signaler un changement"),
            class_name="hello",
        ),
        rx.el.section(
            rx.el.h2("Liste des démarches", class_name="unseen"),
            rx.cond(listing.ready, rows, rx.el.div(*bones("", 3), class_name="bones")),
            class_name="card",
        ),
    )


def draw_one() -> rx.Component:
    request = RequestsState.request
    return frame(
        "/demarches/[request_id]",
        rx.el.p(to("/demarches", icon("back"), "Mes démarches"), class_name="crumb"),
        rx.cond(request.ready, _whole(), awaited("Démarche")),
        narrow=True,
    )


def _whole() -> rx.Component:
    request = RequestsState.request
    return rx.el.div(
        rx.el.div(
            rx.el.h1(request.kind, rx.cond(request.about, f" · {request.about}", "")),
            drawn.state_pill(request.status_label, request.tone),
            rx.el.p(f"Démarche n° {request.number}, envoyée le {request.sent}", class_name="muted"),
            class_name="stack tight",
        ),
        rx.cond(request.can_answer, _answer()),
        drawn.changes(request.lines),
        _pieces(),
        drawn.history(request.steps),
        rx.cond(request.is_open, _withdrawal()),
        class_name="stack",
    )


def _answer() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Le service attend votre réponse", id="reponse"),
        rx.el.p(RequestsState.request.question, class_name="said quote"),
        _send("Votre réponse", "Envoyer ma réponse"),
        class_name="card pad stack",
        aria_labelledby="reponse",
    )


def _pieces() -> rx.Component:
    """Ce qui est joint ; tant que la démarche est ouverte, de quoi en joindre encore."""
    request = RequestsState.request
    nothing = rx.el.p("Aucune pièce pour l’instant.", class_name="muted")
    listed = rx.cond(request.files.length() > 0, files.pieces(request.files, RequestsState.take_back), nothing)
    adding = rx.el.details(
        rx.el.summary("Ajouter des pièces", class_name="lost"),
        _send("Un mot au service (facultatif)", "Envoyer les pièces"),
    )
    return rx.el.section(
        rx.el.h2("Pièces jointes", id="pieces"),
        listed,
        rx.cond(request.is_open & ~request.can_answer, adding),
        class_name="card pad stack tight",
        aria_labelledby="pieces",
    )


def _send(label: str, button: str) -> rx.Component:
    """Un seul de ces formulaires paraît à la fois : la réponse attendue, ou des pièces en plus."""
    request, refusal = RequestsState.request, files.Refusal(RequestsState.fault, RequestsState.files_fault)
    return files.send_form(
        files.problems(refusal, "envoi-refus", "envoi-texte", "envoi-fichiers"),
        note(Input("envoi-texte", "text", label), RequestsState.fault),
        files.picker("envoi-fichiers", "Fichiers à joindre", request.accept, refusal),
        submit(button, rx.Var.create(False), css="btn"),
        action=f"/envois/demarche/{request.id}",
        on_sent=RequestsState.sent,
        on_refused=RequestsState.refused,
    )


def _withdrawal() -> rx.Component:
    asking = rx.el.div(
        rx.el.p("Retirer cette démarche ? Rien ne changera dans votre dossier."),
        rx.el.div(
            rx.el.button("Retirer", type="button", class_name="btn danger small", on_click=RequestsState.withdraw),
            rx.el.button(
                "Annuler", type="button", class_name="btn ghost small", on_click=RequestsState.ask_to_withdraw(False)
            ),
            class_name="after",
        ),
        class_name="card pad stack tight",
    )
    offer = rx.el.p(
        rx.el.button(
            "Retirer ma demande",
            type="button",
            class_name="btn quiet small",
            on_click=RequestsState.ask_to_withdraw(True),
        )
    )
    return rx.cond(RequestsState.asking_to_withdraw, asking, offer)
