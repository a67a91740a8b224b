"""« Activités » : ce que la commune propose, d'un coup d'œil, et l'ajout d'une activité."""

import reflex as rx

from portail.components import activity_forms, tables
from portail.components.cards import bones, empty
from portail.components.icons import icon
from portail.components.links import to
from portail.pages.layout import frame
from portail.state.activity_desk import ActivityListState as State

HEADS = ("Activité", "Sorte", "Séances types", "Séances ouvertes", "À venir")


def draw() -> rx.Component:
    return frame(
        "/admin/activites",
        rx.el.div(
            rx.el.h1("Activités"),
            rx.el.button("Ajouter une activité", type="button", class_name="btn", on_click=State.start),
            class_name="hello",
        ),
        rx.cond(State.adding, _adding()),
        rx.el.section(
            rx.el.h2("Liste des activités", class_name="unseen"),
            rx.cond(State.listing.ready, _list(), rx.el.div(*bones("", 4), class_name="bones")),
            class_name="card",
        ),
    )


def _adding() -> rx.Component:
    cancel = rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.cancel)
    return rx.el.section(
        rx.el.h2("Ajouter une activité"),
        activity_forms.settings(State.listing.blank, State.errors, State.fault, cancel, on_submit=State.add),
        class_name="card pad stack opened",
    )


def _list() -> rx.Component:
    nothing = empty(
        "calendar",
        "Aucune activité pour le moment",
        "Ajoutez la première : cantine, accueil du matin, mercredis… Vous décrirez ensuite ses séances et ses règles.",
    )
    listed = tables.table("Activités de la commune", HEADS, rx.foreach(State.listing.rows, _row))
    return rx.cond(State.listing.rows.length() > 0, listed, nothing)


def _row(row: rx.Var) -> rx.Component:
    closed = rx.el.span(icon("lock"), "Fermée", class_name="pill state", custom_attrs={"data-tone": "warn"})
    return rx.el.tr(
        tables.cell("Activité", rx.el.span(rx.el.b(row.title), rx.cond(row.closed, rx.fragment(" ", closed)))),
        tables.cell("Sorte", row.kind),
        tables.cell("Séances types", row.parts),
        tables.cell("Ouvertes", row.opened),
        tables.cell("À venir", row.bookings),
        rx.el.td(
            to(f"/admin/activites/{row.id}", "Régler", css="btn quiet small", aria_label=f"Régler {row.title}"),
            class_name="act",
        ),
    )
