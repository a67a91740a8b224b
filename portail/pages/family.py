"""« Mon dossier » : chaque foyer, ses enfants et ses responsables."""

import reflex as rx

from portail.components import people
from portail.components.cards import bones, empty
from portail.components.links import button_to
from portail.pages.layout import frame
from portail.state.family import FamilyState


def draw() -> rx.Component:
    return frame(
        "/dossier",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Ma famille"),
                rx.el.p("Ce que la mairie connaît de votre foyer.", class_name="muted"),
            ),
            class_name="hello",
        ),
        rx.cond(FamilyState.ready, _families(), rx.el.div(*bones("familybone", 2), class_name="stack")),
        _correction(),
    )


def _families() -> rx.Component:
    nothing = empty(
        "family",
        "Aucun dossier relié à ce compte",
        "Appelez le service enfance : il reliera votre compte au dossier de votre famille.",
        css="empty alone",
    )
    return rx.cond(
        FamilyState.families.length() > 0, rx.fragment(rx.foreach(FamilyState.families, people.family)), nothing
    )


def _correction() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Une information à corriger ?"),
        rx.el.p(
            "Téléphones, adresse, CAF : vous les changez vous-même. Le reste, la mairie le vérifie.", class_name="muted"
        ),
        rx.el.div(
            button_to("/dossier/coordonnees", "Mes coordonnées", css="btn small"),
            button_to("/dossier/changement", "Signaler un changement", css="btn ghost small"),
            class_name="after",
        ),
        class_name="card pad part stack tight",
    )
