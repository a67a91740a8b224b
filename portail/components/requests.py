"""Les démarches : une ligne de liste, ce qui changerait, l'histoire."""

import reflex as rx

from portail.components import tables
from portail.components.icons import icon
from portail.components.links import to
from portail.components.tables import cell


def state_pill(label: rx.Var[str], tone: rx.Var[str]) -> rx.Component:
    return rx.el.span(label, class_name="pill state", custom_attrs={"data-tone": tone})


def line(row: rx.Var) -> rx.Component:
    """Une démarche dans la liste de la famille."""
    return rx.el.li(
        rx.el.div(
            rx.el.b(row.kind, rx.cond(row.about, f" · {row.about}", "")),
            rx.el.span(f"N° {row.number}, envoyée le {row.when}", class_name="under small muted"),
            class_name="t",
        ),
        state_pill(row.status_label, row.tone),
        to(f"/demarches/{row.id}", "Suivre", css="btn ghost small", aria_label=f"Suivre la démarche {row.number}"),
        class_name="row",
    )


def queue(rows: rx.Var[list]) -> rx.Component:
    """La file des agents."""
    return tables.table("Démarches", ("Reçue le", "Demande", "Famille", "État", "Agent"), rx.foreach(rows, _queued))


def _queued(row: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell(
            "Reçue le",
            rx.el.div(
                rx.el.span(row.when, class_name="nowrap"),
                rx.cond(
                    row.waiting,
                    rx.el.span(
                        icon("clock"),
                        row.waiting,
                        class_name="pill state",
                        custom_attrs={"data-tone": rx.cond(row.late, "err", "")},
                    ),
                ),
                class_name="stack tight",
            ),
        ),
        cell("Demande", rx.el.div(rx.el.b(row.kind), rx.cond(row.about, rx.el.span(row.about, class_name="under")))),
        cell("Famille", rx.el.span(row.family, class_name="nowrap")),
        cell("État", state_pill(row.status_label, row.tone)),
        cell("Agent", rx.cond(row.assignee, row.assignee, "—")),
        rx.el.td(
            to(
                f"/admin/demarches/{row.id}",
                "Ouvrir",
                css="btn quiet small",
                aria_label=f"Ouvrir la démarche {row.number}, {row.kind}, {row.family}",
            ),
            class_name="act",
        ),
    )


def changes(lines: rx.Var[list]) -> rx.Component:
    """Avant et après, ligne à ligne."""
    return rx.cond(
        lines.length() > 0,
        rx.el.section(
            rx.el.h2("Ce qui est demandé", id="demande"),
            rx.el.dl(rx.foreach(lines, _change), class_name="lines changes"),
            class_name="card pad stack tight",
            aria_labelledby="demande",
        ),
    )


def _change(one: rx.Var) -> rx.Component:
    return rx.fragment(
        rx.el.dt(one.label),
        rx.el.dd(
            rx.cond(
                one.before,
                rx.fragment(
                    rx.el.span("Avant : ", class_name="unseen"),
                    rx.el.del_(one.before),
                    icon("forward"),
                    rx.el.span("Après : ", class_name="unseen"),
                ),
            ),
            rx.el.span(rx.cond(one.after, one.after, "rien"), class_name="said"),
        ),
    )


def history(steps: rx.Var[list]) -> rx.Component:
    return rx.el.section(
        rx.el.h2("Historique", id="historique"),
        rx.el.ol(rx.foreach(steps, _step), class_name="history"),
        class_name="card pad stack tight",
        aria_labelledby="historique",
    )


def _step(step: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.b(step.label),
        rx.cond(
            step.internal,
            rx.el.span(icon("lock"), "entre agents", class_name="pill", custom_attrs={"data-tone": "warn"}),
        ),
        rx.el.span(f"{step.who}, {step.when}", class_name="under small muted"),
        rx.cond(step.text, rx.el.p(step.text, class_name="said")),
    )
