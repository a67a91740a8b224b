"""Les règles datées d'une activité : chacune en phrases, une seule ouverte, relue avant d'être gardée."""

import reflex as rx

from portail.components import rule_fields
from portail.components.cards import empty
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.native import FocusOnShow


def draw(state: type[rx.State]) -> rx.Component:
    file = state.file
    nothing = empty(
        "lock",
        "Aucune règle",
        "Sans règle, rien ne se réserve : dites jusqu’à quand on réserve et on annule.",
        css="empty alone",
    )
    opened = rx.cond(state.reviewed.length() > 0, _review(state), rx.el.div(_form(state), key=state.editing))
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Règles de réservation"),
            rx.el.button("Ajouter une règle", type="button", class_name="btn", on_click=state.edit("rule-0")),
            class_name="spread",
        ),
        rx.cond((state.editing == "") & (state.fault != ""), summary(state.fault)),
        rx.cond(state.editing != "", opened),
        rx.cond(
            file.rules.length() > 0,
            rx.el.ul(rx.foreach(file.rules, lambda one: _rule(state, one)), class_name="plain"),
            nothing,
        ),
        class_name="card pad stack opened",
    )


def _form(state: type[rx.State]) -> rx.Component:
    return rule_fields.rule(state, state.review_rule, state.edit(""))


def _sentences(sentences: rx.Var[list]) -> rx.Component:
    return rx.el.ul(rx.foreach(sentences, rx.el.li), class_name="bulleted")


def _review(state: type[rx.State]) -> rx.Component:
    return FocusOnShow.create(
        rx.el.div(
            rx.el.h3("Cette règle dira"),
            summary(state.fault),
            _sentences(state.reviewed),
            rx.el.div(
                rx.el.button("Enregistrer", type="button", class_name="btn", on_click=state.save_rule),
                rx.el.button("Corriger", type="button", class_name="btn ghost", on_click=state.correct_rule),
                class_name="after",
            ),
            class_name="stack deadline",
        )
    )


def _rule(state: type[rx.State], one: rx.Var) -> rx.Component:
    in_force = rx.el.span(icon("check"), "En vigueur", class_name="pill state", custom_attrs={"data-tone": "ok"})
    return rx.el.li(
        rx.el.div(rx.el.h3(one.since), rx.cond(one.current, in_force), class_name="spread"),
        _sentences(one.sentences),
        rx.el.div(
            rx.el.button(
                "Modifier",
                type="button",
                class_name="btn ghost small",
                aria_label=f"Modifier la règle : {one.since}",
                on_click=state.edit(f"rule-{one.id}"),
            ),
            class_name="after",
        ),
        _removal(state, one),
        class_name="stack",
    )


def _removal(state: type[rx.State], one: rx.Var) -> rx.Component:
    """Sans retour : le geste se confirme."""
    return rx.el.details(
        rx.el.summary("Retirer cette règle", class_name="lost"),
        rx.el.p("Les jours qu’elle réglait reprendront la règle d’avant ; sans aucune, ils ne se réserveront plus."),
        rx.el.button(
            "Oui, la retirer",
            type="button",
            class_name="btn danger small",
            aria_label=f"Oui, retirer la règle : {one.since}",
            on_click=state.remove_rule(one.id),
        ),
    )
