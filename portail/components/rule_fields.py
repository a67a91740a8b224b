"""Les champs d'une règle de réservation : chaque date limite ne montre que les champs de sa forme."""

import reflex as rx

from portail.components.forms import form, submit
from portail.components.household import summary
from portail.components.inputs import Input, note, text, tick
from portail.domain.custody import WEEKDAYS
from portail.domain.deadlines import DeadlineKind, Excluded, Shift
from portail.domain.rule_forms import ADD, CANCEL, FALLBACKS, LABELS, LATE, PARTS, TAKES_FALLBACK, WITHOUT_HOUR

TITLES = {ADD: "Réserver jusqu’à", LATE: "Puis, avec majoration, jusqu’à", CANCEL: "Annuler sans frais jusqu’à"}
NO_LATE = "Hors délai, réserver est refusé"
UNTIL_START = "Jusqu’au début de l’activité"
SHIFTS = {
    Shift.NONE: "Elle est maintenue",
    Shift.BEFORE: "Elle est avancée au jour d’avant",
    Shift.AFTER: "Elle est reportée au jour d’après",
}
GROUPS_HINT = "Une ligne par groupe : « lundi, mardi : vendredi 9 h »."


def rule(state: type[rx.State], on_submit: object, on_cancel: object) -> rx.Component:
    """Le formulaire entier ; l'envoyer le fait relire en toutes lettres."""
    values, errors = state.typed, state.errors
    return form(
        summary(state.fault),
        rx.el.div(
            text(
                Input("regle-debut", "valid_from", "En vigueur à partir du", "date"),
                values["valid_from"],
                errors["valid_from"],
            ),
            class_name="grid",
        ),
        *[_deadline(state, prefix) for prefix in (ADD, LATE, CANCEL)],
        _others(values, errors),
        rx.el.div(
            submit("Relire la règle", rx.Var.create(False), css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=on_cancel),
            class_name="after",
        ),
        on_submit=on_submit,
    )


def _deadline(state: type[rx.State], prefix: str) -> rx.Component:
    kinds = tuple((kind.value, kind.label) for kind in DeadlineKind)
    choices = (("", NO_LATE), *kinds) if prefix == LATE else kinds
    return rx.el.fieldset(
        rx.el.legend(TITLES[prefix]),
        rx.el.div(
            _kind(state, prefix, choices, TITLES[prefix]),
            *_parts(state, prefix, tuple(DeadlineKind)),
            class_name="grid",
        ),
        _fallback(state, prefix),
        class_name="deadline",
    )


def _fallback(state: type[rx.State], prefix: str) -> rx.Component:
    inner = f"{prefix}-else"
    choices = tuple((kind.value, kind.label) for kind in FALLBACKS)
    asked = rx.el.div(
        _kind(state, inner, (("", UNTIL_START), *choices), "Les autres jours"),
        *_parts(state, inner, FALLBACKS),
        class_name="grid inner",
    )
    return rx.cond(_is_one_of(state, prefix, TAKES_FALLBACK), asked)


def _kind(state: type[rx.State], prefix: str, choices: tuple[tuple[str, str], ...], label: str) -> rx.Component:
    field_id = f"regle-{prefix}-kind"
    error = state.errors[f"{prefix}-kind"]
    return rx.el.div(
        rx.el.label(f"{label} : forme" if "autres" not in label else label, html_for=field_id),
        rx.el.select(
            *[rx.el.option(said, value=value) for value, said in choices],
            name=f"{prefix}-kind",
            default_value=state.typed[f"{prefix}-kind"],
            on_change=lambda value: state.reshape(prefix, value),
            class_name="input",
            custom_attrs={"id": field_id, "aria-invalid": rx.cond(error, "true", "false")},
        ),
        rx.cond(error, rx.el.p(error, class_name="wrong")),
        class_name="field across",
    )


def _parts(state: type[rx.State], prefix: str, kinds: tuple[DeadlineKind, ...]) -> list[rx.Component]:
    """Chaque champ, montré pour les formes qui s'en servent."""
    shown: list[rx.Component] = []
    for name in LABELS:
        users = {kind for kind in kinds if name in PARTS[kind]}
        if users:
            shown.append(rx.cond(_is_one_of(state, prefix, users), _part(state, prefix, name)))
    hours = set(kinds) - WITHOUT_HOUR
    shown.append(rx.cond(_is_one_of(state, prefix, hours), _text(state, prefix, "hour", ("Heure", "time"))))
    if DeadlineKind.FIXED in kinds:
        dated = _text(state, prefix, "on", ("Date", "date"))
        shown.append(rx.cond(_is_one_of(state, prefix, {DeadlineKind.FIXED}), dated))
    if DeadlineKind.WEEKDAY_GROUPS in kinds:
        shown.append(rx.cond(_is_one_of(state, prefix, {DeadlineKind.WEEKDAY_GROUPS}), _groups(state, prefix)))
    shifted = set(kinds) - {DeadlineKind.NONE}
    shown.append(rx.cond(_is_one_of(state, prefix, shifted), _shift(state, prefix)))
    return shown


def _part(state: type[rx.State], prefix: str, name: str) -> rx.Component:
    if name != "weekday":
        return _text(state, prefix, name, (LABELS[name], "text"))
    field_id = f"regle-{prefix}-weekday"
    return rx.el.div(
        rx.el.label(LABELS[name], html_for=field_id),
        rx.el.select(
            *[rx.el.option(day.capitalize(), value=str(rank)) for rank, day in enumerate(WEEKDAYS)],
            name=f"{prefix}-weekday",
            default_value=state.typed[f"{prefix}-weekday"],
            class_name="input",
            custom_attrs={"id": field_id},
        ),
        class_name="field",
    )


def _text(state: type[rx.State], prefix: str, name: str, label: tuple[str, str]) -> rx.Component:
    said, kind = label
    key = f"{prefix}-{name}"
    mode = "numeric" if kind == "text" else ""
    return text(Input(f"regle-{key}", key, said, kind, mode=mode), state.typed[key], state.errors[key])


def _groups(state: type[rx.State], prefix: str) -> rx.Component:
    key = f"{prefix}-groups"
    spec = Input(f"regle-{key}", key, "Jours et limites", hint=GROUPS_HINT, css="across")
    return note(spec, state.errors[key], state.typed[key])


def _shift(state: type[rx.State], prefix: str) -> rx.Component:
    key = f"{prefix}-shift"
    boxes = [
        tick(
            Input(f"regle-{prefix}-not-{one}", f"{prefix}-not-{one}", one.label),
            state.typed[f"{prefix}-not-{one}"] == "on",
        )
        for one in Excluded
    ]
    return rx.el.div(
        rx.el.label("Si elle tombe un jour coché", html_for=f"regle-{key}"),
        rx.el.select(
            *[rx.el.option(said, value=shift.value) for shift, said in SHIFTS.items()],
            name=key,
            default_value=state.typed[key],
            class_name="input",
            custom_attrs={"id": f"regle-{key}"},
        ),
        rx.el.div(*boxes, class_name="options"),
        rx.cond(state.errors[key], rx.el.p(state.errors[key], class_name="wrong")),
        class_name="field across",
    )


def _others(values: rx.Var, errors: rx.Var) -> rx.Component:
    fields = (
        ("opens_days_ahead", "Ouverture : combien de jours avant (facultatif)", "text"),
        ("opens_on", "Pas avant le (facultatif)", "date"),
        ("opens_hour", "À quelle heure", "time"),
        ("absence_hours", "Absence : justificatif sous (heures)", "text"),
        ("carence_days", "Jours d’absence qui restent dus", "text"),
    )
    return rx.el.fieldset(
        rx.el.legend("Ouverture et absences"),
        rx.el.div(
            *[
                text(
                    Input(f"regle-{name}", name, label, kind, mode="numeric" if kind == "text" else ""),
                    values[name],
                    errors[name],
                )
                for name, label, kind in fields
            ],
            class_name="grid",
        ),
        class_name="deadline",
    )


def _is_one_of(state: type[rx.State], prefix: str, kinds: set[DeadlineKind] | frozenset[DeadlineKind]) -> rx.Var[bool]:
    """Dans l'ordre de l'énumération : un ensemble changerait le code dessiné d'une construction à l'autre."""
    listed = [kind.value for kind in DeadlineKind if kind in kinds]
    return rx.Var.create(listed).contains(state.shapes[prefix])
