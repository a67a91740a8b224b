"""Les formulaires d'une activité : ses réglages, et une séance type."""

import reflex as rx

from portail.components.forms import form, submit
from portail.components.household import summary
from portail.components.inputs import Input, choice, note, text, tick

SETTINGS_HINT = "Sans école ni niveau coché, tous les enfants de l’âge des séances sont accueillis."


def settings(shown: rx.Var, errors: rx.Var, fault: rx.Var[str], *ends: rx.Component, on_submit: object) -> rx.Component:
    """Tout ce qui décrit l'activité, en groupes."""
    return form(
        summary(fault),
        _identity(shown, errors),
        _ticks("Quand l’activité ouvre", shown.when, errors["day_kinds"]),
        rx.el.p(SETTINGS_HINT, class_name="hint muted small"),
        _ticks("Écoles", shown.schools),
        _ticks("Niveaux", shown.levels),
        _ticks("Documents exigés pour réserver", shown.documents),
        _ticks("Conditions", shown.flags),
        _choices(shown, errors),
        rx.el.div(submit("Enregistrer", rx.Var.create(False), css="btn"), *ends, class_name="after"),
        on_submit=on_submit,
    )


def _identity(shown: rx.Var, errors: rx.Var) -> rx.Component:
    values = shown.known
    return rx.el.div(
        text(Input("activite-nom", "name", "Nom de l’activité"), values["name"], errors["name"]),
        text(Input("activite-lieu", "place", "Lieu (facultatif)"), values["place"], errors["place"]),
        choice(Input("activite-sorte", "kind", "Sorte"), shown.kinds, values["kind"], errors["kind"], blank="-"),
        note(
            Input("activite-presentation", "summary", "Présentation pour les familles (facultatif)", css="across"),
            errors["summary"],
            values["summary"],
        ),
        class_name="grid",
    )


def _choices(shown: rx.Var, errors: rx.Var) -> rx.Component:
    values = shown.known
    fields = (
        ("enrolment_mode", "Inscription avant de réserver", shown.enrolments),
        ("waitlist_mode", "Quand une place se libère", shown.waitlists),
        ("waitlist_priority", "Ordre de la liste d’attente", shown.priorities),
        ("months_ahead", "Ouvrir les séances d’avance", shown.aheads),
    )
    selects = [
        choice(Input(f"activite-{name}", name, label), options, values[name], errors[name], blank="-")
        for name, label, options in fields
    ]
    hours = Input("activite-delai", "offer_hours", "Délai pour accepter une place proposée, en heures", mode="numeric")
    return rx.el.div(*selects, text(hours, values["offer_hours"], errors["offer_hours"]), class_name="grid")


def _ticks(legend: str, ticks: rx.Var[list], error: rx.Var[str] | str = "") -> rx.Component:
    """Un groupe de cases ; vide, il ne se montre pas."""
    boxes = rx.foreach(ticks, lambda one: tick(Input(f"case-{one.name}", one.name, one.label), one.ticked))
    return rx.cond(
        ticks.length() > 0,
        rx.el.fieldset(
            rx.el.legend(legend),
            rx.el.div(boxes, class_name="options"),
            rx.cond(error, rx.el.p(error, class_name="wrong")),
            class_name="field",
        ),
    )


def offering(line: rx.Var, tariffs: rx.Var[list], errors: rx.Var, fault: rx.Var[str], **events: object) -> rx.Component:
    """Une séance type : ce qui se réserve chaque jour."""
    values = line.known
    key = line.id
    return form(
        summary(fault),
        rx.el.div(
            text(Input(f"seance-nom-{key}", "name", "Nom de la séance"), values["name"], errors["name"]),
            text(Input(f"seance-debut-{key}", "starts_at", "Début", "time"), values["starts_at"], errors["starts_at"]),
            text(Input(f"seance-fin-{key}", "ends_at", "Fin", "time"), values["ends_at"], errors["ends_at"]),
            _number(f"seance-places-{key}", "capacity", "Nombre de places", values, errors),
            _number(f"seance-age-min-{key}", "min_age", "Âge minimum", values, errors),
            _number(f"seance-age-max-{key}", "max_age", "Âge maximum", values, errors),
            choice(
                Input(f"seance-tarif-{key}", "tariff_id", "Tarif"), tariffs, values["tariff_id"], errors["tariff_id"]
            ),
            class_name="grid",
        ),
        weekdays(f"seance-{key}", "Jours de la semaine", line.ticks),
        rx.el.div(
            submit("Enregistrer", rx.Var.create(False), css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=events["on_cancel"]),
            class_name="after",
        ),
        on_submit=events["on_submit"],
    )


def weekdays(stem: str | rx.Var[str], legend: str, ticks: rx.Var[list]) -> rx.Component:
    boxes = rx.foreach(ticks, lambda one: tick(Input(f"{stem}-{one.name}", one.name, one.label), one.ticked))
    return rx.el.fieldset(rx.el.legend(legend), rx.el.div(boxes, class_name="options"))


def _number(field_id: object, name: str, label: str, values: rx.Var, errors: rx.Var) -> rx.Component:
    return text(Input(field_id, name, label, mode="numeric"), values[name], errors[name])
