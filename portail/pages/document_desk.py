"""La partie « Documents » du dossier d'une famille."""

import reflex as rx

from portail.components import household
from portail.components.forms import form, submit
from portail.components.inputs import Input, choice, text
from portail.domain.documents import DocumentState
from portail.state.document_desk import DocumentDeskState as State

STATES = {
    DocumentState.SENT: "Reçu, à relire",
    DocumentState.ACCEPTED: "Reçu et validé",
    DocumentState.REFUSED: "Refusé",
}


def section() -> rx.Component:
    desk = State.desk
    listed = rx.el.ul(rx.foreach(desk.rows, _row), class_name="plain")
    return rx.el.section(
        rx.el.h2("Documents", id="documents-famille"),
        rx.cond(desk.rows.length() > 0, listed, rx.el.p("Aucun document.", class_name="muted")),
        rx.cond(
            desk.is_open,
            rx.el.details(rx.el.summary("Enregistrer un document reçu"), _form()),
        ),
        class_name="card pad stack",
        aria_labelledby="documents-famille",
    )


def _row(row: rx.Var) -> rx.Component:
    name = f"{row.name}, {row.whose}"
    accept = rx.el.button(
        "Valider",
        type="button",
        class_name="btn small",
        aria_label=f"Valider : {name}",
        on_click=State.accept(row.id, row.state),
    )
    refuse = rx.el.button(
        "Refuser",
        type="button",
        class_name="btn ghost small",
        aria_label=f"Refuser : {name}",
        on_click=State.ask_why(row.id),
    )
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.b(row.name),
                rx.el.span(f"Pour {row.whose}, le {row.when}", class_name="under small muted"),
                rx.cond(row.until, rx.el.span(f"Valable jusqu’au {row.until}", class_name="under small muted")),
                rx.cond(row.why, rx.el.span(f"Motif : {row.why}", class_name="under small")),
            ),
            rx.el.span(row.word, class_name="pill", custom_attrs={"data-tone": row.tone}),
            class_name="spread",
        ),
        rx.cond(
            State.refusing == row.id,
            _refusal(),
            rx.el.div(
                rx.cond(row.state != DocumentState.ACCEPTED.value, accept),
                rx.cond(row.state != DocumentState.REFUSED.value, refuse),
                class_name="after",
            ),
        ),
        class_name="stack tight",
    )


def _refusal() -> rx.Component:
    return form(
        text(Input("refus-motif", "why", "Motif du refus, que la famille lira")),
        rx.el.div(
            submit("Refuser ce document", rx.Var.create(False), css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.ask_why(0)),
            class_name="after",
        ),
        on_submit=State.refuse,
    )


def _form() -> rx.Component:
    return form(
        household.summary(State.fault),
        choice(Input("document-type", "type_id", "Document"), State.desk.types, "", State.errors["type_id"]),
        choice(Input("document-qui", "whose", "Pour qui"), State.desk.people, "", State.errors["whose"]),
        rx.el.div(
            rx.el.label("État", html_for="document-etat"),
            rx.el.select(
                *[rx.el.option(label, value=state.value) for state, label in STATES.items()],
                name="state",
                default_value=DocumentState.ACCEPTED.value,
                class_name="input",
                custom_attrs={"id": "document-etat"},
            ),
            class_name="field",
        ),
        text(Input("document-motif", "why", "Motif, s’il est refusé"), "", State.errors["why"]),
        submit("Enregistrer", rx.Var.create(False), css="btn"),
        on_submit=State.record,
    )
