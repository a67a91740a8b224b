"""« Impayés » : les factures en retard, par âge, et leurs relances à plusieurs."""

import reflex as rx

from portail.components import tables
from portail.components.cards import bones, empty
from portail.components.forms import Choice, checkbox, form, picker, submit
from portail.components.links import to
from portail.components.papers import download
from portail.components.tables import cell
from portail.domain.desk import Age
from portail.pages.layout import frame
from portail.state.unpaid import UnpaidState as State

AGES = (Choice("", "Tous"), *(Choice(age.value, age.label) for age in Age))


def draw() -> rx.Component:
    view = State.view
    nothing = empty("check", "Aucun impayé", "Toutes les factures échues de cet âge sont payées.")
    return frame(
        "/admin/impayes",
        rx.el.div(
            rx.el.div(rx.el.h1("Impayés"), rx.el.p(view.total, class_name="muted")),
            rx.el.div(
                download("/telechargements/impayes?format=csv", "Exporter (CSV)"),
                download("/telechargements/impayes?format=xlsx", "Exporter (XLSX)"),
                class_name="after",
            ),
            class_name="hello",
        ),
        rx.cond(
            view.ready,
            rx.el.div(_ages(), rx.cond(view.rows.length() > 0, _rows(), nothing), class_name="stack"),
            rx.el.div(*bones("", 5), class_name="bones"),
        ),
    )


def _ages() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Par âge", id="ages"),
        tables.read_only(
            "Impayés par âge",
            ("Retard", "Factures", tables.Amount("Reste dû")),
            rx.foreach(State.view.ages, _age),
        ),
        rx.el.div(picker("age", "Montrer", AGES, State.view.age, State.show_age), class_name="filters pickers"),
        class_name="card",
        aria_labelledby="ages",
    )


def _age(one: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Retard", one.label),
        cell("Factures", one.count),
        cell(
            "Reste dû",
            rx.el.b(one.amount, class_name="sum"),
            rx.el.div(
                rx.el.span(class_name="fill", style={"width": f"{one.share}%"}), class_name="track", aria_hidden="true"
            ),
        ),
    )


def _rows() -> rx.Component:
    """Ce qui peut partir est coché d'avance ; la prochaine relance est dite."""
    heads = ("Facture", "Famille", "Échéance", tables.Amount("Reste"), "Relances", "À envoyer")
    return rx.el.section(
        rx.el.h2("Factures en retard", id="retards"),
        form(
            tables.read_only("Factures en retard", heads, rx.foreach(State.view.rows, _row)),
            rx.el.div(submit("Relancer les factures cochées", rx.Var.create(False), css="btn"), class_name="inset"),
            on_submit=State.remind,
        ),
        tables.pager(State.view, State.turn),
        class_name="card",
        aria_labelledby="retards",
    )


def _row(one: rx.Var) -> rx.Component:
    field_id = f"facture-{one.id}"
    return rx.el.tr(
        cell("Facture", rx.el.b(one.number, class_name="nowrap")),
        cell(
            "Famille",
            rx.el.div(
                to(f"/admin/encaissements/{one.family_id}", one.family),
                rx.el.span(one.adults, class_name="under small muted"),
            ),
        ),
        cell("Échéance", rx.el.span(one.due, class_name="nowrap"), rx.el.span(one.age, class_name="under small muted")),
        cell("Reste", rx.el.span(one.left, class_name="sum")),
        cell("Relances", rx.cond(one.reminded, one.reminded, "Aucune")),
        cell(
            "À envoyer",
            rx.cond(
                one.next_level,
                checkbox(field_id, field_id, one.next_level, checked=True),
                rx.el.span(rx.cond(one.debit, one.debit, "Rien pour l’instant"), class_name="small muted"),
            ),
        ),
        key=f"{field_id}-{one.reminded}",
    )
