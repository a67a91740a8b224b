"""« Vérifier une attestation » : ouvert à tous, la référence dans l'adresse ou tapée."""

import reflex as rx

from portail.components import papers
from portail.pages.layout import frame
from portail.state.verification import VerificationState


def draw() -> rx.Component:
    return _draw("/verification")


def draw_one() -> rx.Component:
    return _draw("/verification/[reference]")


def _draw(route: str) -> rx.Component:
    return frame(
        route,
        rx.el.h1("Vérifier une attestation"),
        rx.el.p(
            "Une attestation d’inscription porte une référence. Tapez-la : le portail dit si la mairie l’a délivrée.",
            class_name="muted",
        ),
        rx.el.div(
            papers.verified(VerificationState.found),
            rx.el.section(
                rx.el.h2("Une référence à vérifier"),
                papers.reference_form(VerificationState.search),
                class_name="card pad stack",
            ),
            class_name="stack part",
        ),
        narrow=True,
    )
