"""« Droits des adultes » : qui réserve, qui paie, qui voit la santé, dans chaque dossier."""

import reflex as rx

from portail.components import rights as drawn
from portail.components.cards import bones, empty
from portail.components.shell import back_link
from portail.pages.layout import frame
from portail.state.rights import RightsState


def draw() -> rx.Component:
    return frame(
        "/dossier/droits",
        back_link("/dossier", "Ma famille"),
        rx.el.div(
            rx.el.div(
                rx.el.h1("Droits des adultes"),
                rx.el.p(
                    "Ce que peut faire chaque adulte qui a un compte. La personne concernée est prévenue par courriel.",
                    class_name="muted",
                ),
            ),
            class_name="hello",
        ),
        rx.cond(RightsState.ready, _families(), rx.el.div(*bones("familybone", 2), class_name="stack")),
    )


def _families() -> rx.Component:
    state = RightsState
    nothing = empty(
        "family",
        "Aucun dossier relié à ce compte",
        "Les droits paraîtront ici quand le service enfance aura relié votre compte au dossier de votre famille.",
        css="empty alone",
    )
    return rx.cond(
        state.families.length() > 0,
        rx.fragment(
            rx.foreach(
                state.families, lambda home: drawn.family(home, state.faulty, state.fault, state.redrawn, state.save)
            )
        ),
        nothing,
    )
