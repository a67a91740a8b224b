"""« Simulations » : choisir une activité et décrire un foyer, lire ce que cela coûterait par mois et par an."""

import reflex as rx

from portail.components import tariffs
from portail.components.cards import bones
from portail.components.forms import form, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, choice, text
from portail.components.links import to
from portail.domain.simulation import MOST_CHILDREN
from portail.domain.tariff_forms import Side
from portail.pages.layout import frame
from portail.state.simulation import SimulationState as State

HEADS = ("Mois", "Jours", "Montant")


def draw() -> rx.Component:
    return frame(
        "/simulation",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Simulations"),
                rx.el.p(
                    "Estimer ce que coûtera une activité. Rien de ce que vous tapez n’est gardé.", class_name="muted"
                ),
            ),
            to("/tarifs", icon("euro"), "Voir les tarifs", css="btn ghost"),
            class_name="hello",
        ),
        rx.cond(
            State.known.ready,
            rx.el.div(_form(), _result(), class_name="two"),
            rx.el.div(*bones("familybone", 2), class_name="stack"),
        ),
    )


def _form() -> rx.Component:
    known = State.known
    mine = rx.el.p("Rempli d’avance avec ce que la mairie sait de votre famille.", class_name="muted small")
    return rx.el.section(
        rx.el.h2("Votre situation"),
        rx.cond(known.is_family, mine),
        tariffs.homes(known, State.choose_family),
        rx.el.div(_fields(), key=f"foyer-{known.family_id}"),
        class_name="card pad stack",
    )


def _fields() -> rx.Component:
    known, errors = State.known, State.errors
    return form(
        summary(State.fault),
        choice(
            Input("activite", "activity", "Activité"),
            known.activities,
            known.activity,
            errors["activity"],
            blank="-",
        ),
        text(
            Input(
                "quotient",
                "quotient",
                "Quotient familial",
                mode="numeric",
                hint="Sur votre attestation CAF. Vide : le tarif maximum est estimé.",
            ),
            known.quotient,
            errors["quotient"],
        ),
        _residence(),
        text(
            Input("enfants", "children", f"Nombre d’enfants (1 à {MOST_CHILDREN})", mode="numeric"),
            known.children,
            errors["children"],
        ),
        text(Input("jours", "days", "Jours par semaine", mode="numeric"), known.days, errors["days"]),
        submit("Estimer", State.busy, css="btn"),
        on_submit=State.estimate,
    )


def _residence() -> rx.Component:
    return rx.el.div(
        rx.el.label("Où vous habitez", html_for="residence"),
        rx.el.select(
            *[rx.el.option(side.label, value=side.value) for side in Side],
            name="residence",
            default_value=State.known.residence,
            class_name="input",
            custom_attrs={"id": "residence"},
        ),
        class_name="field",
    )


def _result() -> rx.Component:
    found = State.found
    waiting = rx.el.p("L’estimation par mois et par an s’affichera ici.", class_name="muted")
    nothing = rx.cond(found.problem, rx.el.p(found.problem), waiting)
    shown = rx.fragment(
        tariffs.previous(State.fault != "", "Estimation précédente : corrigez le formulaire pour la refaire."),
        rx.el.h2(found.title),
        rx.el.dl(
            rx.el.div(rx.el.dt("Par mois, en moyenne"), rx.el.dd(found.month, class_name="balance")),
            rx.el.div(rx.el.dt("Par an"), rx.el.dd(found.year, class_name="balance")),
            class_name="estimate",
        ),
        rx.el.p(found.detail, class_name="muted small"),
        rx.el.h3("Prix d’une séance"),
        rx.el.ul(rx.foreach(found.prices, tariffs.explained), class_name="plain"),
        rx.el.h3("Mois par mois"),
        tariffs.compact(f"Estimation de chaque mois : {found.title}", HEADS, rx.foreach(found.bars, _bar)),
        rx.el.p(
            "Une estimation, pas une facture : les vacances, les jours fériés et les fermetures connus sont déduits.",
            class_name="muted small",
        ),
    )
    return rx.el.section(
        rx.cond(found.ready, shown, nothing),
        class_name="card pad stack",
        aria_label="Estimation",
        custom_attrs={"aria-live": "polite"},
    )


def _bar(one: rx.Var) -> rx.Component:
    """Le nombre se lit ; la barre ne fait que le montrer."""
    return rx.el.tr(
        rx.el.th(one.month, scope="row"),
        rx.el.td(one.days),
        rx.el.td(
            rx.el.span(one.amount, class_name="sum"),
            rx.el.span(
                rx.el.span(class_name="fill", style={"width": one.width}), class_name="yearbar", aria_hidden="true"
            ),
        ),
    )
