"""« Mes documents » : les papiers que l'on télécharge, et « Mes données »."""

import reflex as rx

from portail.components import papers
from portail.components.cards import bones, empty
from portail.components.links import to
from portail.domain.privacy import ERASED, KEPT
from portail.pages.layout import frame
from portail.state.papers import PapersState


def draw() -> rx.Component:
    return frame(
        "/documents",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Mes documents"),
                rx.el.p("Les papiers du service enfance, prêts à télécharger, et vos données.", class_name="muted"),
            ),
            class_name="hello",
        ),
        rx.el.h2("À télécharger", class_name="unseen"),
        rx.cond(PapersState.shelf.ready, _cards(), rx.el.div(*bones("childrenbone", 2), class_name="people")),
        _years(),
        _own_data(),
    )


def _cards() -> rx.Component:
    cards = PapersState.shelf.cards
    nothing = empty(
        "document",
        "Aucun document pour le moment",
        "La fiche famille et les attestations paraîtront ici quand un dossier sera relié à votre compte.",
        css="empty alone",
    )
    return rx.cond(cards.length() > 0, rx.el.ul(rx.foreach(cards, papers.card), class_name="people"), nothing)


def _years() -> rx.Component:
    """Une ligne par année payée ; rien tant que rien ne l'est."""
    shown = rx.el.section(
        rx.el.h2("Ce que vous avez payé", id="annees"),
        rx.el.p(
            "Pour vos impôts : la garde des enfants de moins de six ans, repas exclus. "
            "L’attestation de paiement compte tout.",
            class_name="muted",
        ),
        rx.el.ul(rx.foreach(PapersState.shelf.years, papers.year), class_name="plain"),
        class_name="card pad stack part",
        aria_labelledby="annees",
    )
    return rx.cond(PapersState.shelf.years.length() > 0, shown)


def _own_data() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Mes données", id="mes-donnees"),
        rx.el.p(
            "Tout ce que le portail sait de vous et de vos enfants, en un fichier ZIP : notice, données et papiers. ",
            to("/protection-des-donnees", "Durées de conservation et droits"),
            ".",
        ),
        rx.el.p(papers.download("/telechargements/mes-donnees", "Télécharger mes données (ZIP)")),
        papers.asking(
            papers.CORRECTION,
            PapersState.shelf.correction,
            PapersState.correction_error,
            busy=PapersState.busy,
            on_submit=PapersState.ask_correction,
        ),
        papers.asking(
            papers.DELETION,
            PapersState.shelf.deletion,
            PapersState.deletion_error,
            papers.facts("Ce qui est effacé dès que la demande est acceptée", ERASED),
            papers.facts("Ce que la loi fait garder", KEPT),
            busy=PapersState.busy,
            on_submit=PapersState.ask_deletion,
        ),
        class_name="card pad stack part",
        aria_labelledby="mes-donnees",
    )
