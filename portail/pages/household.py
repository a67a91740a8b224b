"""« Signaler un changement » : quatre portes, chacune mène à un court formulaire qui devient une démarche."""

import reflex as rx

from portail.components import household as drawn
from portail.components.cards import bones, empty
from portail.components.forms import form, submit
from portail.components.icons import icon
from portail.components.inputs import Input, choice
from portail.components.links import to
from portail.pages.layout import frame
from portail.state.household import HouseholdState

DOORS = {
    "child": ("heart", "Un enfant à ajouter", "Naissance, adoption, arrivée dans la famille."),
    "adult": ("users", "Un adulte à ajouter", "L’autre parent, un responsable, une personne de confiance."),
    "departure": ("out", "Un adulte à retirer", "Il ne fait plus partie de votre dossier."),
    "situation": ("info", "Un changement de situation", "Mariage, séparation, travail, personne autorisée…"),
}


def draw() -> rx.Component:
    choices = HouseholdState.choices
    nothing = empty(
        "family",
        "Aucun dossier que vous puissiez modifier",
        "Un autre responsable du dossier, ou le service enfance, peut vous en donner le droit.",
        css="empty alone",
    )
    ready = rx.cond(choices.families.length() > 0, _doors(), nothing)
    return frame(
        "/dossier/changement",
        rx.el.p(to("/dossier", icon("back"), "Mon dossier"), class_name="crumb"),
        rx.el.div(
            rx.el.div(
                rx.el.h1("Signaler un changement"),
                rx.el.p(
                    "La mairie vérifie, puis met votre dossier à jour. Vous suivez la réponse dans « Mes démarches ».",
                    class_name="muted",
                ),
            ),
            class_name="hello",
        ),
        rx.cond(choices.ready, ready, rx.el.div(*bones("familybone", 2), class_name="stack")),
        narrow=True,
    )


def _doors() -> rx.Component:
    moving = rx.el.p(
        "Vous déménagez ? Changez votre adresse dans ",
        to("/dossier/coordonnees", "Mes coordonnées"),
        ". Un enfant à corriger ou à retirer ? Ouvrez sa fiche depuis ",
        to("/dossier", "Mon dossier"),
        ".",
        class_name="muted",
    )
    return rx.el.div(*[_door(name) for name in DOORS], moving, class_name="stack")


def _door(name: str) -> rx.Component:
    plate, title, words = DOORS[name]
    is_open = HouseholdState.opened == name
    return rx.el.section(
        rx.el.button(
            rx.el.span(icon(plate), class_name="plate"),
            rx.el.span(rx.el.b(title), rx.el.span(words, class_name="under small muted"), class_name="t"),
            type="button",
            class_name="door",
            on_click=HouseholdState.choose(rx.cond(is_open, "", name)),
            custom_attrs={"aria-expanded": rx.cond(is_open, "true", "false")},
        ),
        rx.cond(is_open, rx.el.div(_form(name), class_name="inside")),
        class_name="card",
    )


def _form(name: str) -> rx.Component:
    choices, errors = HouseholdState.choices, HouseholdState.errors
    fields = {
        "child": lambda: drawn.child_fields(None, choices, errors),
        "adult": lambda: drawn.adult_fields(choices, errors),
        "departure": lambda: drawn.departure_fields(choices, errors),
        "situation": lambda: drawn.situation_fields(choices, errors),
    }[name]()
    family = rx.cond(
        choices.families.length() > 1,
        choice(
            Input(f"{name}-famille", "family_id", "Famille"), choices.families, choices.families[0].value, blank="-"
        ),
        rx.el.input(type="hidden", name="family_id", value=choices.families[0].value, read_only=True),
    )
    return form(
        drawn.summary(HouseholdState.fault),
        rx.fragment() if name == "departure" else family,
        *fields,
        submit("Envoyer ma demande", HouseholdState.busy, css="btn"),
        on_submit=HouseholdState.send,
    )
