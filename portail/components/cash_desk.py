"""Le guichet : un encaissement et ses gestes, une facture à payer, une barre de mois."""

import reflex as rx

from portail.components.icons import icon
from portail.components.papers import download
from portail.components.tables import Amount, titles


def amount(field_id: str, label: str, on_leave: rx.EventHandler, error: rx.Var[str]) -> rx.Component:
    """Quitté, le champ fait proposer la répartition."""
    return rx.el.div(
        rx.el.label(label, html_for=field_id),
        rx.el.input(
            name="amount",
            type="text",
            auto_complete="off",
            on_blur=on_leave,
            class_name="input",
            custom_attrs={
                "id": field_id,
                "inputMode": "decimal",
                "aria-invalid": rx.cond(error, "true", "false"),
                "aria-describedby": f"{field_id}-faute",
            },
        ),
        rx.el.p(rx.cond(error, rx.fragment(icon("alert"), error)), class_name="wrong", id=f"{field_id}-faute"),
        class_name="field year",
    )


def due_line(due: rx.Var) -> rx.Component:
    return rx.el.li(
        due.number,
        ", échéance ",
        due.due,
        rx.cond(due.is_late, " (en retard)", ""),
        " : reste ",
        rx.el.b(due.left),
        rx.cond(due.proposed, rx.fragment(", recevra ", rx.el.b(due.proposed))),
        rx.cond(due.debit, rx.fragment(". ", rx.el.b(due.debit), " : n’encaissez rien, sauf rejet.")),
    )


def due_field(due: rx.Var) -> rx.Component:
    """La part d'une facture ; la clé change avec la proposition, qui remplit alors le champ."""
    field_id = f"facture-{due.id}"
    return rx.el.div(
        rx.el.label(f"{due.number}, reste {due.left}", html_for=field_id),
        rx.el.input(
            name=field_id,
            type="text",
            default_value=due.proposed,
            key=f"{field_id}-{due.proposed}",
            auto_complete="off",
            class_name="input",
            custom_attrs={"id": field_id, "inputMode": "decimal"},
        ),
        class_name="field year",
    )


def payment(one: rx.Var, on_undo: rx.EventHandler, on_bounce: rx.EventHandler) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(one.means, rx.cond(one.note, f" n° {one.note}", "")),
            rx.el.span(f"{one.day} · {one.uses}", class_name="under small muted"),
            rx.el.div(*_gestures(one, on_undo, on_bounce), class_name="after"),
            class_name="t",
        ),
        rx.el.div(
            rx.el.b(one.amount, class_name="sum"),
            rx.el.div(rx.el.span(one.state, class_name="pill", custom_attrs={"data-tone": one.tone})),
            class_name="end",
        ),
        class_name="row movement",
    )


def _gestures(one: rx.Var, on_undo: rx.EventHandler, on_bounce: rx.EventHandler) -> list[rx.Component]:
    return [
        rx.cond(one.receipt, download(one.receipt, f"Reçu n° {one.id} (PDF)")),
        rx.cond(one.can_undo, _button("Annuler", f"Annuler l’encaissement de {one.amount}", on_undo(one.id))),
        rx.cond(one.can_bounce, _button("Chèque rejeté", f"Chèque rejeté : {one.amount}", on_bounce(one.id))),
    ]


def _button(label: str, said: rx.Var[str] | str, on_click: rx.event.EventSpec) -> rx.Component:
    return rx.el.button(label, type="button", class_name="btn quiet small", aria_label=said, on_click=on_click)


def chart(title: str, section_id: str, first: str, rows: rx.Var[list]) -> rx.Component:
    """Un tableau dont chaque ligne porte aussi sa barre : le dessin n'est jamais seul à parler."""
    heads = (first, Amount("Montant"), "Détail")
    return rx.el.section(
        rx.el.h2(title, id=section_id),
        rx.el.div(
            rx.el.table(
                rx.el.caption(title, class_name="unseen"),
                rx.el.thead(rx.el.tr(*titles(heads))),
                rx.el.tbody(rx.foreach(rows, lambda row: _bar(row, first))),
                class_name="table charted",
            ),
            class_name="tableroom",
        ),
        class_name="card",
        aria_labelledby=section_id,
    )


def _bar(row: rx.Var, first: str) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.label, custom_attrs={"data-label": first}),
        rx.el.td(
            rx.el.b(row.total, class_name="sum"),
            rx.el.div(
                rx.el.span(class_name="fill", style={"width": f"{row.share}%"}), class_name="track", aria_hidden="true"
            ),
            custom_attrs={"data-label": "Montant"},
        ),
        rx.el.td(row.detail, class_name="small", custom_attrs={"data-label": "Détail"}),
    )
