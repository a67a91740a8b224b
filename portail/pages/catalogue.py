"""« Activités » : réserver pour ses enfants, et les inscrire à du nouveau."""

import reflex as rx

from portail.components.activities import card
from portail.components.cards import bones, empty
from portail.components.chooser import chooser
from portail.components.forms import Choice, picker
from portail.domain.activities import ActivityKind
from portail.pages.layout import frame
from portail.state.catalogue import CatalogueState as State

KINDS = (Choice("", "Toutes"), *(Choice(kind.value, kind.label) for kind in ActivityKind))


def draw() -> rx.Component:
    shown = State.catalogue
    none_joined = empty(
        "calendar",
        "Aucune activité pour l’instant",
        "Celles où vos enfants sont inscrits, et celles qui se réservent sans inscription, paraîtront ici.",
    )
    none_left = empty(
        "check", "Rien d’autre à proposer", "Vos enfants ont déjà accès à toutes les activités montrées.", css="empty"
    )
    return frame(
        "/activites",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Activités"),
                rx.el.p("Réserver pour vos enfants, et les inscrire à du nouveau.", class_name="muted"),
            ),
            class_name="hello",
        ),
        chooser(State.chooser, State.choose_child, everyone=True),
        rx.el.div(picker("sorte", "Montrer", KINDS, shown.kind, State.show_kind), class_name="search filters"),
        _shelf("mes-activites", "Mes activités", shown.mine, none_joined),
        _shelf("nouvelle", "Inscrire à une nouvelle activité", shown.others, none_left),
    )


def _shelf(anchor: str, title: str, cards: rx.Var[list], nothing: rx.Component) -> rx.Component:
    listed = rx.cond(cards.length() > 0, rx.el.ul(rx.foreach(cards, card), class_name="activities"), nothing)
    return rx.el.section(
        rx.el.h2(title, id=anchor),
        rx.cond(State.catalogue.ready, listed, rx.el.div(*bones("familybone", 2), class_name="activities")),
        class_name="shelf",
        aria_labelledby=anchor,
    )
