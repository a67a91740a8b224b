"""Les champs de la fiche sanitaire : étiquette, valeur connue, erreur écrite à côté de son champ."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import reflex as rx

from portail.components.forms import form, problem, submit

Words = str | rx.Var[str]
BOX = "fiche-erreur"


@dataclass(frozen=True)
class Trouble:
    """Le refus du moment et le champ qu'il concerne ; occupé tant que l'envoi n'a pas répondu."""

    sentence: rx.Var[str]
    field: rx.Var[str]
    busy: rx.Var[bool]


def _attributes(name: Words, trouble: Trouble, hint: str = "") -> dict[str, rx.Var | str]:
    described = f"{name}-aide {BOX}" if hint else BOX
    return {
        "id": name,
        "aria-invalid": rx.cond(trouble.field == name, "true", "false"),
        "aria-describedby": rx.cond(trouble.field == name, described, f"{name}-aide") if hint else described,
    }


def wrong(name: Words, trouble: Trouble) -> rx.Component:
    return rx.cond(trouble.field == name, rx.el.p(trouble.sentence, class_name="wrong"))


def line(  # noqa: PLR0913 — ce qu'un champ a de propre
    name: str, label: str, value: rx.Var[str], trouble: Trouble, *, kind: str = "text", hint: str = ""
) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name),
        rx.el.p(hint, id=f"{name}-aide", class_name="hint") if hint else rx.fragment(),
        rx.el.input(
            name=name,
            type=kind,
            default_value=value,
            auto_complete="off",
            class_name="input",
            custom_attrs=_attributes(name, trouble, hint),
        ),
        wrong(name, trouble),
        class_name="field",
    )


def paragraph(name: str, label: str, value: rx.Var[str], trouble: Trouble) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name),
        rx.el.textarea(
            name=name,
            default_value=value,
            rows="2",
            max_length=1000,
            class_name="input area",
            custom_attrs=_attributes(name, trouble),
        ),
        wrong(name, trouble),
        class_name="field",
    )


def choice(  # noqa: PLR0913 — ce qu'une question a de propre
    name: Words,
    legend: Words,
    options: Iterable[StrEnum],
    value: rx.Var[str],
    trouble: Trouble,
    *,
    text: rx.Component | None = None,
) -> rx.Component:
    """Des boutons radio ; le premier porte le nom du champ, pour que le résumé d'erreur y mène."""
    drawn = [_radio(name, option, value, trouble, first=rank == 0) for rank, option in enumerate(options)]
    return rx.el.fieldset(
        rx.el.legend(legend),
        text or rx.fragment(),
        rx.el.div(*drawn, class_name="options"),
        wrong(name, trouble),
        class_name="field choice",
    )


def _radio(name: Words, option: StrEnum, value: rx.Var[str], trouble: Trouble, *, first: bool) -> rx.Component:
    box_id = name if first else f"{name}-{option.value}"
    attributes = _attributes(name, trouble) | {"id": box_id}
    return rx.el.div(
        rx.el.input(
            type="radio",
            name=name,
            value=option.value,
            default_checked=value == option.value,
            custom_attrs=attributes,
        ),
        rx.el.label(option.label, html_for=box_id),
        class_name="check line",
    )


def tick(name: str, label: str, checked: rx.Var[bool]) -> rx.Component:
    return rx.el.div(
        rx.el.input(type="checkbox", name=name, default_checked=checked, custom_attrs={"id": name}),
        rx.el.label(label, html_for=name),
        class_name="check line",
    )


def select(name: str, label: str, options: Iterable[StrEnum], value: rx.Var[str], trouble: Trouble) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=name),
        rx.el.select(
            rx.el.option("Je ne sais pas", value=""),
            *[rx.el.option(option.label, value=option.value) for option in options],
            name=name,
            default_value=value,
            class_name="input short",
            custom_attrs=_attributes(name, trouble),
        ),
        wrong(name, trouble),
        class_name="field",
    )


def day(box: rx.Var, trouble: Trouble) -> rx.Component:
    """Une date de vaccin."""
    return rx.el.div(
        rx.el.input(
            type="date",
            name=box.name,
            default_value=box.value,
            aria_label=box.label,
            class_name="input",
            custom_attrs=_attributes(box.name, trouble),
        ),
        wrong(box.name, trouble),
        class_name="field",
    )


def edit_form(
    *fields: rx.Component, trouble: Trouble, on_save: rx.EventHandler, on_cancel: rx.EventHandler
) -> rx.Component:
    return form(
        problem(trouble.sentence, BOX, trouble.field),
        *fields,
        rx.el.div(
            submit("Enregistrer", trouble.busy, css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn ghost", on_click=on_cancel),
            class_name="after",
        ),
        on_submit=on_save,
    )
