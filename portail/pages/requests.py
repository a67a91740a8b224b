"""« Mes démarches » : la liste, et la page où l'on suit l'une d'elles."""

import reflex as rx

from portail.components import requests as drawn
from portail.components.cards import awaited, bones, empty
from portail.components.forms import form, submit
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
        drawn.history(request.steps),
        rx.cond(request.is_open, _withdrawal()),
        class_name="stack",
    )


def _answer() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Le service attend votre réponse", id="reponse"),
        rx.el.p(RequestsState.request.question, class_name="said quote"),
        form(
            note(Input("reponse-texte", "text", "Votre réponse"), RequestsState.answer_error),
            submit("Envoyer ma réponse", rx.Var.create(False), css="btn"),
            on_submit=RequestsState.answer,
        ),
        class_name="card pad stack",
        aria_labelledby="reponse",
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
