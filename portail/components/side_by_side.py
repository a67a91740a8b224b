"""Deux dossiers face à face : champ à champ, identique, proche, différent, par une icône et un mot."""

import reflex as rx

from portail.components.icons import icon
from portail.components.tables import cell

_LOOK = {"same": ("check", "ok"), "close": ("search", "warn"), "different": ("close", ""), "missing": ("help", "")}


def candidate(one: rx.Var, *gestures: rx.Component, heads: tuple[str, str]) -> rx.Component:
    """`heads` nomme les deux côtés."""
    return rx.el.article(
        rx.el.div(
            rx.el.h3(f"{one.name}, n° {one.number}"),
            rx.el.span(
                icon("users"),
                f"{one.strength} · {one.score} sur 100",
                class_name="pill",
                custom_attrs={"data-tone": one.tone},
            ),
            class_name="spread",
        ),
        rx.el.ul(rx.foreach(one.reasons, lambda reason: rx.el.li(reason, class_name="pill")), class_name="reasons"),
        _rows(one, heads),
        *gestures,
        class_name="card pad stack candidate",
    )


def _rows(one: rx.Var, heads: tuple[str, str]) -> rx.Component:
    return rx.el.table(
        rx.el.caption(f"Comparaison avec le dossier {one.name}, n° {one.number}", class_name="unseen"),
        rx.el.thead(rx.el.tr(*[rx.el.th(head, scope="col") for head in ("Champ", *heads, "Comparaison")])),
        rx.el.tbody(rx.foreach(one.rows, lambda row: _row(row, heads))),
        class_name="table compare",
    )


def _row(row: rx.Var, heads: tuple[str, str]) -> rx.Component:
    return rx.el.tr(
        cell("Champ", rx.el.b(row.label)),
        cell(heads[0], rx.cond(row.ours, row.ours, "—")),
        cell(heads[1], rx.cond(row.theirs, row.theirs, "—")),
        cell("Comparaison", rx.match(row.mark, *[(mark, _mark(mark, row)) for mark in _LOOK], rx.fragment())),
        custom_attrs={"data-mark": row.mark},
    )


def _mark(mark: str, row: rx.Var) -> rx.Component:
    name, tone = _LOOK[mark]
    return rx.el.span(icon(name), row.mark_label, class_name="pill", custom_attrs={"data-tone": tone})
