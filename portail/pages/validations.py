"""« Réservations à valider » : une réponse pour un jour ou pour plusieurs à la fois."""

import reflex as rx

from portail.components import tables
from portail.components.cards import bones, empty
from portail.components.forms import Choice, problem, radios, submit
from portail.components.inputs import Input, note
from portail.components.links import to
from portail.components.tables import cell
from portail.pages.layout import frame
from portail.state.validations import MARK
from portail.state.validations import ValidationsState as State

LISTED = State.pending
HEADS = ("Jour", "Activité", "Enfant", "Places", "Demandée le")


def draw() -> rx.Component:
    nothing = empty("check", "Aucune réservation à valider", "Celles que les familles demandent paraîtront ici.")
    return frame(
        "/admin/validations",
        rx.el.div(rx.el.h1("Réservations à valider"), class_name="hello"),
        rx.el.div(
            _filter(),
            rx.cond(
                LISTED.ready,
                rx.cond(LISTED.rows.length() > 0, _form(), rx.el.section(nothing, class_name="card")),
                rx.el.div(*bones("", 5), class_name="bones"),
            ),
            class_name="stack",
        ),
    )


def _filter() -> rx.Component:
    return rx.el.div(
        rx.el.label("Activité", html_for="filtre-activite"),
        rx.el.select(
            rx.el.option("Toutes", value=""),
            rx.foreach(LISTED.activities, lambda one: rx.el.option(one.label, value=one.value)),
            value=LISTED.activity,
            on_change=State.look_at,
            class_name="input",
            custom_attrs={"id": "filtre-activite"},
        ),
        class_name="field year",
    )


def _form() -> rx.Component:
    choices = (Choice("accept", "Accepter les jours cochés"), Choice("refuse", "Refuser les jours cochés"))
    return rx.el.div(
        rx.el.form(
            problem(State.fault, "validation-faute", "validation-motif"),
            rx.el.section(
                rx.el.h2(LISTED.summary, id="a-valider"),
                tables.read_only("Réservations à valider", ("Choisir", *HEADS), rx.foreach(LISTED.rows, _row)),
                class_name="card pad stack tight",
                aria_labelledby="a-valider",
            ),
            rx.el.section(
                rx.el.h2("Réponse", id="reponse"),
                radios("answer", "Que répondre ?", choices, rx.Var.create("accept")),
                note(Input("validation-motif", "why", "Motif du refus", hint="La famille le lira.")),
                submit("Répondre", rx.Var.create(False), css="btn"),
                class_name="card pad stack tight",
                aria_labelledby="reponse",
            ),
            on_submit=State.answer,
            method="post",
            no_validate=True,
            class_name="stack",
        ),
        key=State.shown.to_string(),
    )


def _row(row: rx.Var) -> rx.Component:
    field_id = f"{MARK}{row.id}"
    about = f"{row.child}, {row.day}, {row.activity}"
    request = to(f"/admin/demarches/{row.request_id}", row.number, aria_label=f"Démarche {row.number}")
    return rx.el.tr(
        cell(
            "Choisir",
            rx.el.input(
                type="checkbox", name=field_id, class_name="tick", custom_attrs={"id": field_id, "aria-label": about}
            ),
        ),
        cell("Jour", rx.el.b(row.day)),
        cell("Activité", rx.el.div(row.activity, rx.el.span(row.part, class_name="under small muted"))),
        cell(
            "Enfant",
            rx.el.div(
                row.child, rx.el.span(to(f"/admin/familles/{row.family_id}", row.family), class_name="under small")
            ),
        ),
        cell("Places", row.full),
        cell(
            "Demandée le",
            rx.el.div(row.asked, rx.cond(row.number, rx.el.span(request, class_name="under small"))),
        ),
    )
