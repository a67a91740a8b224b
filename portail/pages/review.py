"""La page où un agent relit une inscription : ce qui est demandé, les dossiers qui ressemblent, la décision."""

import reflex as rx

from portail.components import requests as drawn
from portail.components.cards import awaited, empty
from portail.components.forms import form, submit
from portail.components.icons import icon
from portail.components.inputs import Input, note
from portail.components.links import button_to, to
from portail.components.native import FocusOnShow
from portail.components.side_by_side import candidate
from portail.pages.layout import frame
from portail.state.review import ReviewState as State

HEADS = ("Cette inscription", "Dossier existant")
REASON = Input("motif", "reason", "Motif, que la famille lira")


def draw() -> rx.Component:
    return frame(
        "/admin/inscriptions/[registration_id]",
        rx.el.p(to("/admin/demarches", icon("back"), "Démarches"), class_name="crumb"),
        rx.cond(State.review.ready, _whole(), awaited("Inscription d’une famille")),
    )


def _whole() -> rx.Component:
    review = State.review
    return rx.el.div(
        rx.el.div(
            rx.el.h1(f"Inscription de {review.author}"),
            drawn.state_pill(review.status_label, review.tone),
            class_name="spread",
        ),
        _fault(),
        rx.cond(review.is_open, _decision(), _decided()),
        rx.el.div(_asked(), drawn.history(review.steps), class_name="two"),
        rx.cond(review.is_open, _candidates()),
        class_name="stack",
    )


def _fault() -> rx.Component:
    return rx.cond(
        State.fault,
        FocusOnShow.create(icon("alert"), rx.el.p(State.fault), class_name="errors", custom_attrs={"role": "alert"}),
    )


def _asked() -> rx.Component:
    review = State.review
    return rx.el.section(
        rx.el.h2(f"Démarche n° {review.number}", id="demande"),
        rx.el.dl(
            rx.el.dt("Envoyée le"),
            rx.el.dd(review.sent),
            rx.el.dt("Dossier"),
            rx.el.dd(
                rx.cond(
                    review.family_id > 0,
                    to(f"/admin/familles/{review.family_id}", f"{review.family}, n° {review.family_number}"),
                    "—",
                )
            ),
            rx.foreach(review.lines, lambda line: rx.fragment(rx.el.dt(line.label), rx.el.dd(line.after))),
            class_name="lines",
        ),
        class_name="card pad stack tight",
        aria_labelledby="demande",
    )


def _decision() -> rx.Component:
    buttons = rx.el.div(
        rx.el.button("Valider", type="button", class_name="btn", disabled=State.busy, on_click=State.accept),
        rx.el.button(
            "Refuser",
            type="button",
            class_name="btn danger",
            on_click=State.open_refusal(~State.refusing),
            custom_attrs={"aria-expanded": rx.cond(State.refusing, "true", "false")},
        ),
        class_name="after",
        role="group",
        aria_label="Décider",
    )
    refusal = form(
        note(REASON),
        rx.el.div(
            submit("Refuser l’inscription", State.busy, css="btn danger"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.open_refusal(False)),
            class_name="after",
        ),
        on_submit=State.refuse,
    )
    return rx.el.section(
        rx.el.h2("Décider", id="decider"),
        rx.el.p(
            "Valider ouvre ce nouveau dossier. S’il existe déjà, rattachez plutôt l’inscription au dossier existant, "
            "plus bas.",
            class_name="muted",
        ),
        buttons,
        rx.cond(State.refusing, refusal),
        class_name="card pad stack",
        aria_labelledby="decider",
    )


def _decided() -> rx.Component:
    review = State.review
    undo = rx.fragment(
        rx.el.p(f"Le rattachement peut être défait jusqu’au {review.undo_until}.", class_name="muted"),
        rx.el.button(
            "Défaire le rattachement",
            type="button",
            class_name="btn ghost small",
            disabled=State.busy,
            on_click=State.undo,
        ),
    )
    following = button_to(f"/admin/inscriptions/{review.next_id}", "Inscription suivante", css="btn small")
    return rx.el.section(
        rx.el.h2("Décision prise", id="decision"),
        rx.cond(review.merge_id > 0, undo),
        rx.cond(review.next_id > 0, following, rx.el.p("Aucune autre inscription n’attend.", class_name="muted")),
        class_name="card pad stack",
        aria_labelledby="decision",
    )


def _candidates() -> rx.Component:
    candidates = State.review.candidates
    nothing = empty("check", "Aucun dossier ressemblant", "Ni nom proche, ni naissance, ni téléphone en commun.")
    return rx.el.section(
        rx.el.h2("Dossiers qui ressemblent", id="ressemblances"),
        rx.cond(
            candidates.length() > 0,
            rx.el.div(
                rx.foreach(candidates, lambda one: candidate(one, _attach(one), heads=HEADS)), class_name="stack"
            ),
            rx.el.div(nothing, class_name="card"),
        ),
        class_name="stack",
        aria_labelledby="ressemblances",
    )


def _candidate(one: rx.Var) -> rx.Component:
    return candidate(one, _attach(one), heads=HEADS)


def _attach(one: rx.Var) -> rx.Component:
    sure = FocusOnShow.create(
        rx.el.p(
            f"Tout ce que cette inscription contient passera dans le dossier {one.name}, n° {one.number}, "
            "et la famille en sera prévenue. Vous pourrez revenir en arrière pendant 30 jours."
        ),
        rx.el.div(
            rx.el.button("Confirmer", type="button", class_name="btn", disabled=State.busy, on_click=State.attach),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.ask(0)),
            class_name="after",
        ),
        class_name="stack tight",
    )
    offer = rx.el.div(
        rx.el.button(
            "Rattacher à ce dossier",
            type="button",
            class_name="btn",
            aria_label=f"Rattacher à ce dossier : {one.name}, n° {one.number}",
            on_click=State.ask(one.id),
        ),
        to(f"/admin/familles/{one.id}", "Ouvrir le dossier", css="btn ghost"),
        class_name="after",
    )
    return rx.cond(State.asking == one.id, sure, offer)
