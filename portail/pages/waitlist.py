"""« Mes listes d'attente » : les places proposées, sa position dans chaque liste, ce qui vient de finir."""

import reflex as rx

from portail.components.cards import bones, empty
from portail.components.links import to
from portail.components.requests import state_pill
from portail.components.shell import back_link
from portail.pages.layout import frame
from portail.state.waitlist import WaitlistState as State

LISTS = State.lists


def draw() -> rx.Component:
    nothing = empty(
        "list-ordered",
        "Aucune liste d’attente",
        "Quand un jour est complet, rejoignez sa liste depuis le calendrier : un courriel vous préviendra.",
        css="empty alone",
    )
    some = LISTS.offers.length() + LISTS.waiting.length() + LISTS.ended.length() > 0
    shown = rx.el.div(
        _section("Places qui vous sont proposées", "propositions", LISTS.offers),
        _section("Vous attendez une place", "attentes", LISTS.waiting),
        _section("Terminées depuis peu", "terminees", LISTS.ended),
        class_name="stack",
    )
    return frame(
        "/listes-attente",
        back_link("/planning", "Planning"),
        rx.el.div(rx.el.h1("Mes listes d’attente"), class_name="hello"),
        rx.cond(LISTS.ready, rx.cond(some, shown, nothing), rx.el.div(*bones("familybone", 2), class_name="stack")),
    )


def _section(title: str, section_id: str, lines: rx.Var[list]) -> rx.Component:
    return rx.cond(
        lines.length() > 0,
        rx.el.section(
            rx.el.h2(title, id=section_id),
            rx.el.ul(rx.foreach(lines, _line), class_name="plain"),
            class_name="card pad stack tight",
            aria_labelledby=section_id,
        ),
    )


def _line(line: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(f"{line.child} · {line.day}"),
            rx.el.span(to(line.href, line.activity), class_name="under small"),
            rx.cond(line.detail, rx.el.span(line.detail, class_name="under small muted")),
            class_name="t",
        ),
        state_pill(line.word, line.tone),
        rx.cond(line.can_answer, _answers(line)),
        rx.cond(line.can_leave, _button("Quitter la liste", line, State.withdraw(line.id), "btn quiet small")),
        class_name="row waitline",
    )


def _answers(line: rx.Var) -> rx.Component:
    return rx.el.div(
        _button("Accepter la place", line, State.accept(line.id), "btn small"),
        _button("Refuser", line, State.withdraw(line.id), "btn ghost small"),
        class_name="after",
    )


def _button(label: str, line: rx.Var, gesture: rx.event.EventSpec, css: str) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        class_name=css,
        on_click=gesture,
        aria_label=f"{label} : {line.child}, {line.day}",
    )
