"""Les champs remplis d'avance : la valeur connue, la faute à côté du champ, l'aide, et rien de perdu après un refus."""

from dataclasses import dataclass

import reflex as rx

from portail.components.icons import icon


@dataclass(frozen=True)
class Input:
    """Ce qu'un champ a de propre ; `id` est unique dans la page, `name` est attendu par l'état."""

    id: str | rx.Var[str]
    name: str
    label: str
    type: str = "text"
    autocomplete: str = "off"
    hint: str = ""
    mode: str = ""
    css: str = ""


def text(spec: Input, value: rx.Var | str = "", error: rx.Var[str] | str = "") -> rx.Component:
    field = rx.el.input(
        name=spec.name,
        type=spec.type,
        default_value=value,
        auto_complete=spec.autocomplete,
        class_name="input",
        custom_attrs=_attributes(spec, error) | ({"inputMode": spec.mode} if spec.mode else {}),
    )
    return _framed(spec, field, error)


def note(spec: Input, error: rx.Var[str] | str = "", value: rx.Var[str] | str = "") -> rx.Component:
    """Quelques lignes."""
    field = rx.el.textarea(
        name=spec.name,
        rows="3",
        max_length=1000,
        default_value=value,
        class_name="input",
        custom_attrs=_attributes(spec, error),
    )
    return _framed(spec, field, error)


def choice(
    spec: Input, options: rx.Var[list], value: rx.Var | str = "", error: rx.Var[str] | str = "", *, blank: str = ""
) -> rx.Component:
    """Une liste déroulante native ; `blank` nomme le choix vide."""
    field = rx.el.select(
        rx.el.option(blank or "Choisir", value="") if blank != "-" else rx.fragment(),
        rx.foreach(options, lambda one: rx.el.option(one.label, value=one.value)),
        name=spec.name,
        default_value=value,
        class_name="input",
        custom_attrs=_attributes(spec, error),
    )
    return _framed(spec, field, error)


def tick(spec: Input, value: rx.Var[bool] | bool = False) -> rx.Component:
    return rx.el.div(
        rx.el.input(name=spec.name, type="checkbox", default_checked=value, custom_attrs={"id": spec.id}),
        rx.el.label(spec.label, html_for=spec.id),
        class_name="check line",
    )


def _attributes(spec: Input, error: rx.Var[str] | str) -> dict[str, object]:
    described = f"{spec.id}-aide" if spec.hint else ""
    return {
        "id": spec.id,
        "aria-invalid": rx.cond(error, "true", "false"),
        "aria-describedby": rx.cond(error, f"{spec.id}-faute {described}", described or f"{spec.id}-faute"),
    }


def _framed(spec: Input, field: rx.Component, error: rx.Var[str] | str) -> rx.Component:
    return rx.el.div(
        rx.el.label(spec.label, html_for=spec.id),
        rx.el.p(spec.hint, id=f"{spec.id}-aide", class_name="hint") if spec.hint else rx.fragment(),
        field,
        rx.el.p(rx.cond(error, rx.fragment(icon("alert"), error)), class_name="wrong", id=f"{spec.id}-faute"),
        class_name=f"field {spec.css}".strip(),
    )
