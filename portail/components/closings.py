"""Les journées de caisse : les totaux d'un jour, la liste des arrêtés et leur réouverture."""

import reflex as rx

from portail.components import tables
from portail.components.forms import fold, form, submit
from portail.components.inputs import Input, text
from portail.components.papers import download
from portail.components.tables import cell

HEADS = (
    "Journée",
    tables.Amount("Total"),
    tables.Amount("Espèces attendues"),
    tables.Amount("Comptées"),
    "Écart",
    "Par",
)


def totals(day: rx.Var) -> rx.Component:
    """Par moyen ; ce qui est repris d'un autre jour en est déjà retiré, et se dit."""
    return rx.fragment(
        rx.el.dl(
            rx.foreach(day.totals, lambda one: rx.fragment(rx.el.dt(one.label), rx.el.dd(one.amount))),
            rx.el.dt(rx.el.b("Total")),
            rx.el.dd(rx.el.b(day.total)),
            class_name="lines",
        ),
        rx.cond(
            day.given_back,
            rx.el.p(
                f"{day.given_back} repris d’un autre jour (correction, rejet) en sont retirés.", class_name="small"
            ),
        ),
    )


def listing(closings: rx.Var, on_turn: rx.EventHandler, on_reopen: rx.EventHandler, busy: rx.Var[bool]) -> rx.Component:
    rows = rx.foreach(closings.rows, lambda one: _row(one, on_reopen, busy))
    return rx.cond(
        closings.rows.length() > 0,
        rx.el.section(
            rx.el.h2("Journées arrêtées", id="arretes"),
            tables.table("Journées de caisse arrêtées", HEADS, rows),
            tables.pager(closings, on_turn, "Pages des journées arrêtées"),
            class_name="card",
            aria_labelledby="arretes",
        ),
    )


def _row(one: rx.Var, on_reopen: rx.EventHandler, busy: rx.Var[bool]) -> rx.Component:
    return rx.el.tr(
        cell(
            "Journée",
            rx.el.b(one.day),
            rx.cond(one.reopened, rx.el.span(one.reopened, class_name="under small")),
        ),
        cell("Total", rx.el.span(one.total, class_name="sum"), rx.el.span(one.detail, class_name="under small muted")),
        cell("Espèces attendues", rx.el.span(one.expected, class_name="sum")),
        cell("Comptées", rx.el.span(one.counted, class_name="sum")),
        cell(
            "Écart",
            rx.el.span(one.gap, class_name="pill", custom_attrs={"data-tone": one.tone}),
            rx.cond(one.note, rx.el.span(one.note, class_name="under small")),
        ),
        cell("Par", one.who),
        rx.el.td(
            download(one.href, f"Arrêté du {one.day} (PDF)"),
            rx.cond(one.can_reopen, _reopening(one, on_reopen, busy)),
            class_name="act",
        ),
        key=f"{one.id}-{one.can_reopen}",
    )


def _reopening(one: rx.Var, on_reopen: rx.EventHandler, busy: rx.Var[bool]) -> rx.Component:
    return fold(
        "Rouvrir",
        form(
            rx.el.input(type="hidden", name="closing_id", value=one.id.to_string(), read_only=True),
            rx.el.p("Le jour reçoit de nouveau ; cet arrêté reste écrit, avec le motif.", class_name="small"),
            text(Input(f"rouvrir-{one.id}", "reason", "Motif, gardé au journal")),
            submit(f"Rouvrir la journée du {one.day}", busy, css="btn danger small"),
            on_submit=on_reopen,
        ),
        about=f"Rouvrir la journée du {one.day}",
    )
