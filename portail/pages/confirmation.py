"""La nouvelle adresse e-mail, confirmée d'un clic : ouvrir la page ne suffit pas."""

import reflex as rx

from portail.components import links
from portail.components.outcome import checking, outcome
from portail.pages.layout import frame
from portail.state.email_change import ConfirmationState

ROUTE = "/confirmation/[link_token]"


def draw() -> rx.Component:
    return frame(
        ROUTE,
        rx.el.div(rx.el.h1("Confirmer mon adresse e-mail"), class_name="hello"),
        rx.match(
            ConfirmationState.link.status,
            ("valid", _confirm()),
            ("done", _done()),
            ("taken", _taken()),
            ("invalid", _invalid()),
            checking(),
        ),
        narrow=True,
    )


def _confirm() -> rx.Component:
    link = ConfirmationState.link
    return rx.el.section(
        rx.el.p(f"Bonjour {link.first_name}, votre compte utilisera désormais l’adresse ", rx.el.b(link.email), "."),
        rx.el.p("C’est elle qui recevra nos courriels, et avec elle que vous vous connecterez."),
        rx.el.button(
            "Confirmer",
            type="button",
            class_name="btn",
            disabled=ConfirmationState.busy,
            on_click=ConfirmationState.confirm,
        ),
        class_name="card access stack",
    )


def _done() -> rx.Component:
    return outcome(
        "check",
        "Votre adresse est changée",
        "Elle sert dès maintenant à vous connecter et à recevoir nos courriels.",
        links.button_to("/compte", "Ouvrir mon compte"),
        tone="ok",
    )


def _taken() -> rx.Component:
    return outcome(
        "alert",
        "Cette adresse est celle d’un autre compte",
        "Elle a été confirmée ailleurs entre-temps. Votre compte garde son adresse : demandez-en une autre.",
        links.button_to("/compte", "Ouvrir mon compte"),
        tone="warn",
    )


def _invalid() -> rx.Component:
    return outcome(
        "alert",
        "Lien invalide",
        "Ce lien a déjà servi, a expiré, ou s’ouvre sur un autre appareil que celui de votre demande. "
        "Connectez-vous puis ouvrez-le de nouveau, ou refaites la demande dans « Mon compte ».",
        links.button_to("/compte", "Ouvrir mon compte"),
        links.button_to("/contact", "Nous contacter", css="btn ghost"),
        tone="warn",
    )
