"""Les dates d'une activité : ouvrir ses séances, faire une exception, et voir ce qu'un parent verra."""

import reflex as rx

from portail.components import tables
from portail.components.activity_forms import weekdays
from portail.components.cards import empty
from portail.components.forms import form, submit
from portail.components.household import summary
from portail.components.inputs import Input, choice, text, tick

GESTURES = (
    ("capacity", "Changer le nombre de places"),
    ("close", "Fermer des séances"),
    ("reopen", "Rouvrir des séances"),
)
PROMISE = "Un enfant inscrit, au dossier complet, de la bonne école et du bon niveau : reste ce que disent les règles."
OPENING = (
    "Les jours viennent du calendrier : vacances, jours fériés et fermetures restent fermés. Ce qui existe est gardé."
)


def draw(state: type[rx.State]) -> rx.Component:
    return rx.el.div(_opening(state), _exception(state), _listed(state.file), class_name="stack")


def _opening(state: type[rx.State]) -> rx.Component:
    return rx.el.section(
        rx.el.h2("Ouvrir les séances"),
        rx.el.p(state.file.opened, class_name="muted"),
        rx.el.p(OPENING, class_name="muted small"),
        _asked(state, "open-days", state.open_days, "Ouvrir les séances", *_dates(state, "open-days", "ouvrir")),
        class_name="card pad stack opened",
    )


def _exception(state: type[rx.State]) -> rx.Component:
    errors = _errors_of(state, "except-days")
    places = Input("exception-places", "capacity", "Nombre de places", mode="numeric")
    asked = rx.match(
        state.gesture,
        ("capacity", text(places, "", errors("capacity"))),
        ("close", _closing(errors)),
        rx.fragment(),
    )
    fields = (
        _gesture(state),
        choice(Input("exception-seance", "offering_id", "Séance"), state.file.parts, "0", blank="-"),
        *_dates(state, "except-days", "exception"),
        asked,
    )
    days = weekdays("exception", "Seulement ces jours de la semaine", state.file.weekdays)
    return rx.el.section(
        rx.el.h2("Faire une exception"),
        rx.el.p(
            "Pour un jour, ou pour plusieurs : sans jour coché, tous ceux de la période.", class_name="muted small"
        ),
        _asked(state, "except-days", state.except_days, "Appliquer", *fields, after=days),
        class_name="card pad stack opened",
    )


def _gesture(state: type[rx.State]) -> rx.Component:
    return rx.el.div(
        rx.el.label("Que faire", html_for="exception-geste"),
        rx.el.select(
            *[rx.el.option(label, value=value) for value, label in GESTURES],
            name="gesture",
            value=state.gesture,
            on_change=state.choose_gesture,
            class_name="input",
            custom_attrs={"id": "exception-geste"},
        ),
        class_name="field",
    )


def _closing(errors: object) -> rx.Component:
    return rx.el.div(
        text(Input("exception-raison", "why", "Raison, que les familles liront"), "", errors("why")),
        tick(
            Input(
                "exception-annuler",
                "cancel_bookings",
                "Annuler les réservations, les rembourser et prévenir les familles",
            )
        ),
        class_name="across",
    )


def _dates(state: type[rx.State], which: str, stem: str) -> tuple[rx.Component, rx.Component]:
    errors = _errors_of(state, which)
    return (
        text(Input(f"{stem}-du", "first", "Du", "date"), "", errors("first")),
        text(Input(f"{stem}-au", "last", "Au (facultatif)", "date"), "", errors("last")),
    )


def _errors_of(state: type[rx.State], which: str) -> object:
    """Deux formulaires sur la page : la faute reste dans celui qu'on vient d'envoyer."""
    return lambda name: rx.cond(state.editing == which, state.errors[name], "")


def _asked(
    state: type[rx.State],
    which: str,
    on_submit: object,
    label: str,
    *fields: rx.Component,
    after: rx.Component | None = None,
) -> rx.Component:
    return form(
        rx.cond(state.editing == which, summary(state.fault)),
        rx.el.div(*fields, class_name="grid"),
        after or rx.fragment(),
        rx.el.div(submit(label, rx.Var.create(False), css="btn"), class_name="after"),
        on_submit=on_submit,
    )


def _listed(file: rx.Var) -> rx.Component:
    nothing = empty("calendar", "Aucune exception à venir", "Toutes les séances ouvertes ont leurs places ordinaires.")
    rows = rx.foreach(
        file.exceptions,
        lambda one: rx.el.tr(
            tables.cell("Jour", rx.el.b(one.day)),
            tables.cell("Séance", one.part),
            tables.cell("Exception", rx.el.span(one.what, class_name="pill", custom_attrs={"data-tone": one.tone})),
        ),
    )
    listed = tables.read_only("Exceptions à venir", ("Jour", "Séance", "Exception"), rows)
    return rx.el.section(
        rx.el.h2("Exceptions à venir"), rx.cond(file.exceptions.length() > 0, listed, nothing), class_name="card"
    )


def preview(state: type[rx.State]) -> rx.Component:
    seen, errors = state.seen, state.errors
    rows = rx.foreach(seen.rows, _line)
    listed = tables.read_only(seen.title, ("Jour", "Séance", "Ce qui s’affiche", "Réserver", "Annuler"), rows)
    nothing = empty("calendar", "Aucune séance dans ces quatre semaines", "Ouvrez d’abord les séances, dans « Dates ».")
    return rx.el.div(
        rx.el.section(
            rx.el.h2("Voici ce que verra un parent"),
            rx.el.p(PROMISE, class_name="muted small"),
            form(
                summary(state.fault),
                rx.el.div(
                    text(Input("vue-moment", "moment", "Le", "datetime-local"), seen.moment, errors["moment"]),
                    text(Input("vue-age", "age", "Âge de l’enfant", mode="numeric"), seen.age, errors["age"]),
                    class_name="grid",
                ),
                rx.el.div(submit("Voir", rx.Var.create(False), css="btn"), class_name="after"),
                on_submit=state.preview,
            ),
            class_name="card pad stack opened",
        ),
        rx.cond(
            seen.ready,
            rx.el.section(rx.el.h2(seen.title), rx.cond(seen.rows.length() > 0, listed, nothing), class_name="card"),
        ),
        class_name="stack",
    )


def _line(one: rx.Var) -> rx.Component:
    said = rx.el.span(
        rx.el.span(one.status, class_name="pill", custom_attrs={"data-tone": one.tone}),
        rx.el.span(one.why, " ", one.next_step, class_name="under small muted"),
    )
    return rx.el.tr(
        tables.cell("Jour", rx.el.b(one.day)),
        tables.cell("Séance", one.part),
        tables.cell("Affiché", said),
        tables.cell("Réserver", one.add_until),
        tables.cell("Annuler", one.cancel_until),
    )
