"""Quand ça coince : le bandeau de connexion perdue et la page de secours d'une erreur d'affichage."""

import reflex as rx
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.core.banner import has_connection_errors

from portail.components.icons import icon
from portail.components.links import plain


def banner() -> rx.Component:
    """Un bandeau discret ; la région existe toujours pour que l'annonce soit lue."""
    return rx.el.div(
        rx.cond(
            has_connection_errors,
            rx.el.p(
                icon("offline"),
                "Connexion interrompue. Nous réessayons… ce que vous avez tapé n’est pas perdu.",
                role="status",
            ),
        ),
        class_name="offline",
        custom_attrs={"aria-live": "polite"},
    )


def crash() -> rx.Component:
    """Ce que l'on voit si l'affichage lui-même échoue."""
    return rx.el.div(
        rx.el.main(
            rx.el.h1("Un incident est survenu"),
            rx.el.p(
                "La page n’a pas pu s’afficher. Rechargez-la ; si l’incident se répète, "
                "appelez le service enfance : ses coordonnées sont sur la page « Nous contacter »."
            ),
            plain("", "Recharger la page", css="btn"),
            plain("/contact", "Nous contacter", css="lost"),
            class_name="card",
        ),
        class_name="crash",
    )


def boundary() -> rx.Component:
    """L'enveloppe de l'application : une erreur d'affichage mène à la page de secours, sans rien envoyer."""
    return ErrorBoundary.create(fallback_render=crash(), on_error=rx.noop())
