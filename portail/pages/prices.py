"""« Tarifs » : pour un parent, ce que paie sa famille et pourquoi ; pour tous, la grille de la commune."""

import reflex as rx

from portail.components import files, tariffs
from portail.components.cards import bones, empty
from portail.components.forms import fold, gesture, submit
from portail.components.icons import icon
from portail.components.inputs import Input, note, text
from portail.components.links import to
from portail.pages.layout import frame
from portail.settings import current
from portail.state.prices import PricesState as State


def draw() -> rx.Component:
    page = State.prices
    said = rx.cond(
        page.is_family,
        "Le prix d’une séance pour votre famille, aujourd’hui, et pourquoi.",
        "Le prix d’une séance de chaque activité, selon le quotient familial et la commune.",
    )
    return frame(
        "/tarifs",
        rx.el.div(
            rx.el.div(rx.el.h1("Tarifs"), rx.el.p(said, class_name="muted")),
            to("/simulation", icon("chart"), "Faire une simulation", css="btn ghost"),
            class_name="hello",
        ),
        rx.cond(
            page.ready,
            rx.cond(page.is_family, _family(), _town(page.cards)),
            rx.el.div(*bones("familybone", 3), class_name="stack"),
        ),
    )


def _family() -> rx.Component:
    page = State.prices
    nothing = empty(
        "euro",
        "Aucune activité pour le moment",
        "Les activités ouvertes aux enfants de votre dossier paraîtront ici, avec leur prix.",
        css="empty alone",
    )
    return rx.el.div(
        tariffs.homes(State.prices, State.choose_family),
        _basis(),
        rx.el.section(
            rx.el.h2("Les activités"),
            rx.cond(
                page.activities.length() > 0,
                rx.el.ul(rx.foreach(page.activities, _activity), class_name="foldouts"),
                nothing,
            ),
            class_name="stack tight",
        ),
        rx.cond(
            State.cards.length() > 0,
            _town(State.cards),
            rx.el.p(gesture("Voir la grille de la commune", State.show_town, State.busy, "btn ghost")),
        ),
        class_name="stack",
    )


def _basis() -> rx.Component:
    """De quoi dépend le prix ; sans quotient, le tarif maximum est dit, et comment en sortir."""
    page, town = State.prices, current()
    known = rx.fragment(rx.el.b(page.quotient), rx.el.span(page.quotient_detail, class_name="under small muted"))
    unknown = rx.el.div(
        icon("alert"),
        rx.el.div(
            rx.el.p(page.quotient_note, " Le tarif maximum s’applique."),
            rx.el.p(
                "Pour payer selon vos revenus, envoyez ici votre attestation de la CAF ou votre avis d’imposition, ou "
                f"remettez-les à la mairie, {town.town_address}. Ce n’est pas obligatoire, et ne change pas ce qui est "
                "déjà réservé.",
            ),
        ),
        class_name="aside",
    )
    pending = rx.el.p(
        "Votre attestation est à l’étude. ",
        to(f"/demarches/{page.waiting_id}", f"Suivre la démarche n° {page.waiting_number}"),
    )
    return rx.el.section(
        rx.el.h2("Famille ", page.family),
        rx.el.dl(
            rx.el.dt("Quotient familial"),
            rx.el.dd(rx.cond(page.quotient_note, "inconnu", known)),
            rx.el.dt("Vos prix"),
            rx.el.dd(page.residence),
            class_name="lines",
        ),
        rx.cond(page.quotient_note, unknown),
        rx.cond(page.waiting_id > 0, pending, fold("Envoyer mon attestation de quotient", _attest())),
        class_name="card pad stack tight",
    )


def _attest() -> rx.Component:
    page, refusal = State.prices, files.Refusal(State.fault, State.files_fault)
    value = Input(
        "attestation-quotient",
        "value",
        "Quotient familial écrit sur l’attestation",
        mode="numeric",
        hint="Avec un avis d’imposition, laissez vide : la mairie le calculera.",
    )
    return files.send_form(
        files.problems(refusal, "attestation-refus", "attestation-quotient", "attestation-fichiers"),
        text(value, "", State.fault),
        files.picker("attestation-fichiers", "Attestation de la CAF ou avis d’imposition", page.accept, refusal),
        note(Input("attestation-mot", "text", "Un mot au service (facultatif)")),
        rx.el.p(
            "Un agent la relit. Le nouveau quotient comptera pour ce que vous réserverez ensuite : ce qui est déjà "
            "réservé ou facturé garde son prix.",
            class_name="muted small",
        ),
        submit("Envoyer mon attestation", rx.Var.create(False), css="btn"),
        action=f"/envois/quotient/{page.family_id}",
        on_sent=State.sent,
        on_refused=State.refused,
    )


def _activity(one: rx.Var) -> rx.Component:
    return rx.el.li(_foldout(one.title, one.kind, one.price, rx.foreach(one.offerings, _offering)))


def _foldout(title: rx.Var[str], detail: rx.Var[str], price: rx.Var[str], *content: rx.Component) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            rx.el.span(rx.el.b(title), rx.el.span(detail, class_name="under small muted"), class_name="t"),
            rx.el.span(price, class_name="sum"),
        ),
        rx.el.div(*content, class_name="inside stack"),
        class_name="card foldout",
    )


def _offering(one: rx.Var) -> rx.Component:
    return rx.el.div(
        rx.el.h3(one.name),
        rx.el.p(one.detail, class_name="muted small"),
        rx.cond(
            one.prices.length() > 0,
            rx.el.ul(rx.foreach(one.prices, tariffs.explained), class_name="plain"),
            rx.el.p("Son prix n’est pas encore fixé."),
        ),
        rx.cond(
            one.extras.length() > 0,
            rx.el.ul(rx.foreach(one.extras, rx.el.li), class_name="bulleted small muted"),
        ),
        rx.foreach(one.coming, lambda said: rx.el.p(icon("calendar"), said, class_name="small iconed")),
        class_name="stack tight offered",
    )


def _town(cards: rx.Var[list]) -> rx.Component:
    nothing = empty(
        "euro",
        "Aucun tarif publié",
        "Les grilles votées par la commune paraîtront ici. Le service enfance peut vous renseigner.",
        css="empty alone",
    )
    return rx.el.section(
        rx.el.h2("Grilles de la commune"),
        rx.cond(
            cards.length() > 0,
            rx.el.ul(
                rx.foreach(
                    cards,
                    lambda one: rx.el.li(_foldout(one.name, one.used, one.price, rx.foreach(one.grids, tariffs.grid))),
                ),
                class_name="foldouts",
            ),
            nothing,
        ),
        rx.el.p(
            "Le quotient familial est calculé par la CAF à partir de vos revenus et de votre famille. Les prix sont "
            "arrondis au centime le plus proche.",
            class_name="muted small",
        ),
        class_name="stack tight",
    )
