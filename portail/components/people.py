"""Le foyer : cartes des enfants et des responsables."""

import reflex as rx

from portail.components.cards import face
from portail.components.icons import icon
from portail.components.links import to


def family(card: rx.Var) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(card.name),
            rx.cond(card.number, rx.el.span(f"Dossier n° {card.number}", class_name="pill")),
            class_name="spread",
        ),
        rx.cond(card.address, rx.el.p(icon("pin"), card.address, class_name="muted address")),
        rx.el.h3("Enfants"),
        rx.cond(
            card.children.length() > 0,
            rx.el.ul(rx.foreach(card.children, _child), class_name="people"),
            rx.el.p("Aucun enfant n’est inscrit dans ce dossier.", class_name="muted"),
        ),
        rx.el.h3("Responsables"),
        rx.el.ul(rx.foreach(card.guardians, _guardian), class_name="people"),
        rx.el.p(to("/dossier/droits", "Ce que chaque adulte peut faire", css="lost")),
        class_name="stack household",
    )


def _child(child: rx.Var) -> rx.Component:
    return rx.el.li(
        face(child, "face big"),
        rx.el.div(
            rx.el.b(child.first_name),
            rx.el.span(child.age, rx.cond(child.level, f" · {child.level}", ""), class_name="under"),
            rx.cond(child.school, rx.el.span(child.school, class_name="under small muted")),
            rx.cond(
                child.shared,
                to(f"/dossier/enfants/{child.id}/garde", f"Garde de {child.first_name}", css="lost small"),
            ),
            rx.cond(
                child.health_open,
                to(
                    f"/dossier/enfants/{child.id}/sante",
                    "Fiche sanitaire",
                    css="lost",
                    aria_label=f"Fiche sanitaire de {child.first_name}",
                ),
            ),
            class_name="t",
        ),
        to(
            f"/dossier/enfants/{child.id}",
            "Ouvrir",
            css="btn ghost small",
            aria_label=f"Ouvrir la fiche de {child.first_name}",
        ),
        class_name="card person",
    )


def _guardian(guardian: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.span(icon("user"), class_name="plate"),
        rx.el.div(
            rx.el.b(guardian.full_name),
            rx.el.span(guardian.role, class_name="under"),
            rx.cond(guardian.contact, rx.el.span(guardian.contact, class_name="under small muted")),
            rx.cond(
                guardian.has_account,
                rx.el.span("Compte ouvert", class_name="pill", custom_attrs={"data-tone": "ok"}),
                rx.el.span("Pas de compte", class_name="pill", custom_attrs={"data-tone": "warn"}),
            ),
            class_name="t",
        ),
        class_name="card person",
    )
