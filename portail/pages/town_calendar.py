"""« Calendrier » : vacances, jours fériés et fermetures de l'année, et ce que la commune y ajoute."""

import reflex as rx

from portail.components import tables
from portail.components.cards import bones, empty
from portail.components.forms import form, submit
from portail.components.household import summary
from portail.components.inputs import Input, choice, text
from portail.domain.calendar_periods import PeriodWish
from portail.pages.layout import frame
from portail.state.town_calendar import TownCalendarState as State

LEGEND = (
    ("class", "Jour d’école ou mercredi"),
    ("holiday", "Vacances scolaires"),
    ("public", "Jour férié"),
    ("closure", "Fermé par la mairie"),
    ("weekend", "Week-end"),
)


def draw() -> rx.Component:
    shown = State.shown
    return frame(
        "/admin/calendrier",
        rx.el.div(
            rx.el.h1("Calendrier"),
            rx.el.button("Ajouter une période", type="button", class_name="btn", on_click=State.start),
            class_name="hello",
        ),
        rx.cond(State.adding, _adding()),
        rx.cond(
            shown.ready,
            rx.el.div(_periods(), _year(), class_name="stack"),
            rx.el.div(*bones("familybone", 3), class_name="stack"),
        ),
    )


def _adding() -> rx.Component:
    errors = State.errors
    what = rx.el.div(
        rx.el.label("Quoi", html_for="periode-quoi"),
        rx.el.select(
            *[rx.el.option(wish.label, value=wish.value) for wish in PeriodWish],
            name="what",
            value=State.wish,
            on_change=State.choose,
            class_name="input",
            custom_attrs={"id": "periode-quoi"},
        ),
        class_name="field",
    )
    activity = choice(
        Input("periode-activite", "activity_id", "Activité"), State.shown.activities, "", errors["activity_id"]
    )
    name = text(Input("periode-nom", "name", "Nom, que les familles liront"), "", errors["name"])
    return rx.el.section(
        rx.el.h2("Ajouter une période"),
        form(
            summary(State.fault),
            rx.el.div(
                what,
                rx.cond(State.wish == PeriodWish.ACTIVITY_CLOSURE.value, activity),
                rx.cond(State.wish != PeriodWish.SCHOOL.value, name),
                text(Input("periode-du", "first", "Du", "date"), "", errors["first"]),
                text(Input("periode-au", "last", "Au (facultatif)", "date"), "", errors["last"]),
                class_name="grid",
            ),
            rx.el.div(
                submit("Enregistrer", rx.Var.create(False), css="btn"),
                rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.cancel),
                class_name="after",
            ),
            on_submit=State.add,
        ),
        class_name="card pad stack opened",
    )


def _periods() -> rx.Component:
    nothing = empty(
        "calendar",
        "Rien d’ajouté au calendrier officiel",
        "Un pont, une grève, des vacances corrigées : ajoutez une période, les séances suivront.",
    )
    heads = ("Période", "Quoi", "Jours")
    rows = rx.foreach(State.shown.periods, _period)
    return rx.el.section(
        rx.el.h2("Ce que la commune a ajouté"),
        rx.cond(
            State.shown.periods.length() > 0, tables.table("Périodes ajoutées par la commune", heads, rows), nothing
        ),
        class_name="card",
    )


def _period(one: rx.Var) -> rx.Component:
    return rx.el.tr(
        tables.cell("Période", rx.el.b(one.name)),
        tables.cell("Quoi", one.what),
        tables.cell("Jours", one.days),
        rx.el.td(
            rx.el.button(
                "Retirer",
                type="button",
                class_name="btn danger small",
                aria_label=f"Retirer {one.name}, {one.days}",
                on_click=State.remove(one.id),
            ),
            class_name="act",
        ),
    )


def _year() -> rx.Component:
    shown = State.shown
    return rx.el.section(
        rx.el.h2("L’année d’un coup d’œil"),
        rx.el.div(
            rx.el.div(
                rx.el.label("Année scolaire", html_for="annee"),
                rx.el.select(
                    rx.foreach(shown.years, lambda one: rx.el.option(one.label, value=one.value)),
                    value=shown.year,
                    on_change=State.turn,
                    class_name="input",
                    custom_attrs={"id": "annee"},
                ),
                class_name="field year",
            ),
            rx.el.p(shown.zone, class_name="muted"),
            rx.cond(shown.notice, rx.el.p(shown.notice, class_name="pill alert")),
            rx.el.ul(*[_legend(*line) for line in LEGEND], class_name="yearkey"),
            class_name="stack",
        ),
        rx.el.div(rx.foreach(shown.months, _month), class_name="yearmonths"),
        class_name="card pad stack",
    )


def _legend(tone: str, words: str) -> rx.Component:
    return rx.el.li(rx.el.span(class_name="daymark", custom_attrs={"data-tone": tone}), words)


def _month(month: rx.Var) -> rx.Component:
    """Les cases sont un dessin ; la liste dit les mêmes jours en mots."""
    days = rx.foreach(
        month.days,
        lambda day: rx.el.span(day.number, class_name="daymark", custom_attrs={"data-tone": day.tone}),
    )
    return rx.el.section(
        rx.el.h3(month.name),
        rx.el.div(days, class_name="daymarks", aria_hidden="true"),
        rx.el.ul(rx.foreach(month.said, rx.el.li), class_name="small muted"),
    )
