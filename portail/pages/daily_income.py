"""« Recettes par jour » : un mois, par régie et par moyen, son total et son export."""

import reflex as rx

from portail.components import tables
from portail.components.cards import bones, empty
from portail.components.links import to
from portail.components.papers import download
from portail.components.tables import Amount, cell
from portail.pages.layout import frame
from portail.state.daily_income import DailyIncomeState as State

COLUMNS = (
    ("card", "Carte"),
    ("payfip", "PayFiP"),
    ("debit", "Prélèvement"),
    ("cheque", "Chèque"),
    ("cash", "Espèces"),
    ("cesu", "CESU"),
    ("ancv", "ANCV"),
    ("refunded", "Rendu"),
)


def draw() -> rx.Component:
    return frame(
        "/admin/caisse/recettes",
        rx.el.div(rx.el.h1("Recettes par jour"), to("/admin/caisse", "Caisse", css="btn ghost"), class_name="hello"),
        rx.cond(State.view.ready, _whole(), rx.el.div(*bones("", 4), class_name="bones")),
    )


def _whole() -> rx.Component:
    view = State.view
    nothing = empty("euro", "Rien n’est entré ce mois-là", "Choisissez un autre mois, ou une autre régie.")
    heads = ("Jour", "Régie", *(Amount(label) for _, label in COLUMNS), Amount("Total"))
    rows = rx.fragment(rx.foreach(view.rows, _row), rx.foreach(view.totals, _row))
    shown = rx.el.div(tables.read_only(f"Recettes par jour, {view.said_month}", heads, rows), class_name="daily")
    return rx.el.section(
        rx.el.h2(view.said_month, id="mois-dit"),
        rx.el.div(_month(), rx.cond(view.regies.length() > 1, _regies()), class_name="filters pickers"),
        rx.el.p(
            "Un rejet, une annulation ou une correction se retire de son moyen, le jour où il arrive ; un "
            "remboursement se lit dans « Rendu ». Ce qu’un porte-monnaie paie n’y est pas : c’est compté quand il est "
            "alimenté.",
            class_name="small muted inset",
        ),
        rx.cond(view.rows.length() > 0, shown, nothing),
        rx.el.div(
            *[
                download(
                    f"/telechargements/recettes?mois={view.month}&regie={view.regie_id}&format={kind}",
                    f"Recettes par jour ({kind.upper()})",
                )
                for kind in ("csv", "xlsx")
            ],
            class_name="after inset",
        ),
        class_name="card",
        aria_labelledby="mois-dit",
    )


def _month() -> rx.Component:
    return rx.el.div(
        rx.el.label("Mois", html_for="mois"),
        rx.el.input(
            type="month",
            value=State.view.month,
            on_change=State.choose_month,
            class_name="input",
            custom_attrs={"id": "mois"},
        ),
        class_name="field year",
    )


def _regies() -> rx.Component:
    return rx.el.div(
        rx.el.label("Régie", html_for="regie"),
        rx.el.select(
            rx.el.option("Toutes", value="0"),
            rx.foreach(State.view.regies, lambda one: rx.el.option(one.label, value=one.value)),
            value=State.view.regie_id.to_string(),
            on_change=State.choose_regie,
            class_name="input",
            custom_attrs={"id": "regie"},
        ),
        class_name="field",
    )


def _row(one: rx.Var) -> rx.Component:
    """Sur un téléphone, une case vide ne prend pas de ligne."""
    return rx.el.tr(
        cell("Jour", rx.el.b(one.day)),
        cell("Régie", one.regie),
        *[cell(label, rx.el.span(getattr(one, name), class_name="sum")) for name, label in COLUMNS],
        cell("Total", rx.el.b(one.total, class_name="sum")),
    )
