"""La fiche sanitaire en lecture : les mêmes lignes pour le parent et pour l'agent."""

import reflex as rx

from portail.components.icons import icon
from portail.components.links import plain

NOTHING = "Pas encore renseigné"


def doctor(record: rx.Var) -> rx.Component:
    return _lines(("Nom", record.doctor_name), ("Téléphone", record.doctor_phone))


def care(record: rx.Var) -> rx.Component:
    """Ce qui est facultatif ne se montre que rempli ; ce qui est demandé se montre toujours."""
    return rx.el.dl(
        *_pair("Allergies", record.allergies_label),
        _optional("Médicaments", record.drug_allergies),
        _optional("Aliments", record.food_allergies),
        _optional("Autres allergies", record.other_allergies),
        *_pair("Asthme", record.asthma_label),
        *_pair("PAI", record.pai_label),
        _optional("Maladies déjà eues", record.illnesses_label),
        _optional("Groupe sanguin", record.blood_group_label),
        _optional("Recommandations", record.advice),
        class_name="lines",
    )


def meals(record: rx.Var) -> rx.Component:
    return _lines(("Repas", record.diet_label))


def vaccines(lines: rx.Var[list], exempt: rx.Var[bool]) -> rx.Component:
    return rx.fragment(
        rx.cond(
            exempt,
            rx.el.p(
                icon("info"),
                "Contre-indication médicale déclarée : le certificat est à montrer au service enfance.",
                class_name="pill alert",
            ),
        ),
        rx.el.ul(
            rx.foreach(lines, lambda one: rx.cond(one.required | (one.dates != ""), _vaccine(one))), class_name="ledger"
        ),
    )


def _vaccine(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(one.label),
            rx.cond(one.dates, rx.el.span(one.dates, class_name="under small muted")),
            class_name="t",
        ),
        _state(one.state, one.tone),
    )


def contact(one: rx.Var, *after: rx.Component) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(one.full_name),
            rx.el.span(one.relation, class_name="under small muted"),
            rx.el.span(one.phone, class_name="under"),
            rx.el.div(
                rx.cond(one.emergency, rx.el.span(icon("phone"), "Urgence", class_name="pill")),
                rx.cond(one.may_collect, rx.el.span(icon("check"), "Peut venir chercher", class_name="pill")),
                class_name="marks",
            ),
            class_name="t",
        ),
        *after,
    )


def contacts(lines: rx.Var[list]) -> rx.Component:
    return rx.cond(
        lines.length() > 0,
        rx.el.ul(rx.foreach(lines, contact), class_name="ledger"),
        rx.el.p("Aucun contact.", class_name="muted"),
    )


def consents(lines: rx.Var[list]) -> rx.Component:
    return rx.cond(
        lines.length() > 0,
        rx.el.ul(rx.foreach(lines, _consent), class_name="ledger"),
        rx.el.p("La commune ne demande aucune autorisation.", class_name="muted"),
    )


def _consent(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(one.label),
            rx.el.span(one.text, class_name="under small"),
            rx.cond(one.signed, rx.el.span(f"Signé : {one.signed}", class_name="under small muted")),
            class_name="t",
        ),
        _state(one.answer_label, one.tone),
    )


def missing(lines: rx.Var[list], title: str | rx.Var[str]) -> rx.Component:
    """Ce qui manque, chaque ligne menant à sa partie de la page."""
    return rx.el.section(
        rx.el.h2(title, id="a-completer"),
        rx.el.ul(
            rx.foreach(lines, lambda one: rx.el.li(plain(one.href, icon("forward"), one.sentence))),
            class_name="lacks",
        ),
        class_name="card pad incomplete",
        aria_labelledby="a-completer",
    )


def _state(words: rx.Var[str], tone: rx.Var[str]) -> rx.Component:
    return rx.el.span(words, class_name="pill", custom_attrs={"data-tone": tone})


def _lines(*pairs: tuple[str, rx.Var[str]]) -> rx.Component:
    return rx.el.dl(*[drawn for label, value in pairs for drawn in _pair(label, value)], class_name="lines")


def _pair(label: str, value: rx.Var[str]) -> tuple[rx.Component, rx.Component]:
    return rx.el.dt(label), rx.el.dd(rx.cond(value, value, NOTHING))


def _optional(label: str, value: rx.Var[str]) -> rx.Component:
    return rx.cond(value, rx.fragment(*_pair(label, value)))
