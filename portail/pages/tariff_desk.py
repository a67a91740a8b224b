"""« Tarifs » pour la régie : ce que la commune vend, à combien, depuis quand."""

import reflex as rx

from portail.components import tables
from portail.components.cards import bones, empty
from portail.components.forms import form, submit
from portail.components.inputs import Input, text
from portail.components.links import to
from portail.pages.layout import frame
from portail.state.tariff_desk import TariffListState as State

HEADS = ("Tarif", "Calcul", tables.Amount("Habitants"), "Depuis", "Activités")


def draw() -> rx.Component:
    return frame(
        "/admin/tarifs",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Tarifs"),
                rx.el.p("Une grille qui a servi ne change plus : la suivante commence à sa date.", class_name="muted"),
            ),
            rx.el.button("Ajouter un tarif", type="button", class_name="btn", on_click=State.start),
            class_name="hello",
        ),
        rx.el.div(
            rx.cond(State.adding, _adding()),
            rx.el.section(
                rx.el.h2("Liste des tarifs", class_name="unseen"),
                rx.cond(State.listing.ready, _list(), rx.el.div(*bones("", 4), class_name="bones")),
                class_name="card",
            ),
            class_name="stack",
        ),
    )


def _adding() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Ajouter un tarif"),
        form(
            text(Input("tarif-nom", "name", "Ce qui est vendu"), "", State.errors["name"]),
            rx.el.div(
                submit("Enregistrer", State.busy, css="btn"),
                rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.cancel),
                class_name="after",
            ),
            on_submit=State.add,
        ),
        class_name="card pad stack part",
    )


def _list() -> rx.Component:
    nothing = empty(
        "euro",
        "Aucun tarif pour le moment",
        "Ajoutez le premier, « Repas » par exemple, puis sa grille. Les activités le choisiront ensuite.",
    )
    listed = tables.table("Tarifs de la commune", HEADS, rx.foreach(State.listing.rows, _row))
    return rx.cond(State.listing.rows.length() > 0, listed, nothing)


def _row(row: rx.Var) -> rx.Component:
    coming = rx.el.span(row.coming, class_name="pill", custom_attrs={"data-tone": "warn"})
    return rx.el.tr(
        tables.cell("Tarif", rx.el.b(row.name)),
        tables.cell("Calcul", row.method),
        tables.cell("Habitants", rx.el.span(row.prices, class_name="sum")),
        tables.cell("Depuis", rx.el.span(row.since, rx.cond(row.coming, rx.fragment(" ", coming)))),
        tables.cell("Activités", row.used),
        rx.el.td(
            to(f"/admin/tarifs/{row.id}", "Ouvrir", css="btn quiet small", aria_label=f"Ouvrir le tarif {row.name}"),
            class_name="act",
        ),
    )
