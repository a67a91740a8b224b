"""Le guichet : un encaissement et ses gestes, une facture à payer, une barre de mois."""

from dataclasses import dataclass

import reflex as rx

from portail.components.forms import fold, form, gesture, submit
from portail.components.icons import icon
from portail.components.inputs import Input, text
from portail.components.links import to
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
        to(f"/admin/factures/{due.id}", due.number),
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


@dataclass(frozen=True)
class Gestures:
    """Ce que la page sait faire d'un encaissement, et si elle attend une réponse."""

    undo: rx.EventHandler
    bounce: rx.EventHandler
    correct: rx.EventHandler
    busy: rx.Var[bool]


def payment(one: rx.Var, gestures: Gestures) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(one.means, rx.cond(one.note, f" n° {one.note}", "")),
            rx.el.span(f"{one.day} · {one.uses}", class_name="under small muted"),
            rx.cond(one.why, rx.el.span(f"Motif : {one.why}", class_name="under small muted")),
            rx.el.div(
                rx.cond(one.receipt, download(one.receipt, f"Reçu n° {one.id} (PDF)")),
                rx.cond(one.can_undo, _undoing(one, gestures)),
                rx.cond(one.can_correct, _correcting(one, gestures)),
                rx.cond(one.can_bounce, _bouncing(one, gestures)),
                class_name="after",
            ),
            class_name="t",
        ),
        rx.el.div(
            rx.el.b(one.amount, class_name="sum"),
            rx.el.div(rx.el.span(one.state, class_name="pill", custom_attrs={"data-tone": one.tone})),
            class_name="end",
        ),
        class_name="row movement",
        key=f"{one.id}-{one.state}",
    )


def _undoing(one: rx.Var, gestures: Gestures) -> rx.Component:
    return fold(
        "Annuler",
        rx.el.p(f"{one.amount} sortent de la caisse d’aujourd’hui ; ce que cela payait est de nouveau dû."),
        gesture("Oui, annuler", gestures.undo(one.id), gestures.busy, css="btn danger small"),
        about=f"Annuler l’encaissement de {one.amount}",
    )


def _correcting(one: rx.Var, gestures: Gestures) -> rx.Component:
    """Le jour de l'encaissement ne change pas : c'est la caisse d'aujourd'hui qui rend la somme."""
    return fold(
        "Corriger",
        form(
            rx.el.input(type="hidden", name="payment_id", value=one.id.to_string(), read_only=True),
            rx.el.p(f"La caisse d’aujourd’hui reprend {one.amount} ; ce que cela payait est de nouveau dû."),
            text(Input(f"correction-{one.id}", "reason", "Motif, que la famille lira")),
            submit("Corriger cet encaissement", gestures.busy, css="btn danger small"),
            on_submit=gestures.correct,
        ),
        about=f"Corriger l’encaissement de {one.amount} du {one.day}",
    )


def _bouncing(one: rx.Var, gestures: Gestures) -> rx.Component:
    return fold(
        "Noter un rejet",
        rx.el.p(f"{one.amount} ne sont pas arrivés : ce que cela payait est de nouveau dû, la famille est prévenue."),
        gesture("Oui, noter le rejet", gestures.bounce(one.id), gestures.busy, css="btn danger small"),
        about=f"Noter un rejet : {one.means}, {one.amount}",
    )


@dataclass(frozen=True)
class Chart:
    """Les titres d'un tableau à barres, et ce qu'il faut savoir pour le lire."""

    title: str
    first: str
    others: tuple[str, str] = ("Montant", "Détail")
    hint: str = ""


def chart(about: Chart, section_id: str, rows: rx.Var[list]) -> rx.Component:
    """Un tableau dont chaque ligne porte aussi sa barre : le dessin n'est jamais seul à parler."""
    heads = (about.first, Amount(about.others[0]), about.others[1])
    return rx.el.section(
        rx.el.h2(about.title, id=section_id),
        rx.el.p(about.hint, class_name="muted small inset") if about.hint else rx.fragment(),
        rx.el.div(
            rx.el.table(
                rx.el.caption(about.title, class_name="unseen"),
                rx.el.thead(rx.el.tr(*titles(heads))),
                rx.el.tbody(rx.foreach(rows, lambda row: _bar(row, heads))),
                class_name="table charted",
            ),
            class_name="tableroom",
        ),
        class_name="card",
        aria_labelledby=section_id,
    )


def _bar(row: rx.Var, heads: tuple[str, ...]) -> rx.Component:
    first, amount, detail = heads
    return rx.el.tr(
        rx.el.td(row.label, custom_attrs={"data-label": first}),
        rx.el.td(
            rx.el.b(row.total, class_name="sum"),
            rx.el.div(
                rx.el.span(class_name="fill", style={"width": f"{row.share}%"}), class_name="track", aria_hidden="true"
            ),
            custom_attrs={"data-label": str(amount)},
        ),
        rx.el.td(row.detail, class_name="small", custom_attrs={"data-label": detail}),
    )
