"""Les formulaires : champ étiqueté, case à cocher, résumé d'erreur relié au champ, bouton qui ne part qu'une fois."""

from dataclasses import dataclass

import reflex as rx

from portail.components.icons import icon
from portail.components.links import plain
from portail.components.native import FocusOnShow


@dataclass(frozen=True)
class Field:
    """Ce qu'un champ a de propre ; `name` est le nom attendu par l'état."""

    id: str
    name: str
    label: str
    type: str = "text"
    autocomplete: str = "off"
    hint: str = ""
    css: str = "input"
    numeric: bool = False
    default: rx.Var[str] | str = ""
    required: bool = True


def field(spec: Field, error: rx.Var[str] | str = "", said_by: str = "") -> rx.Component:
    """Le champ, son étiquette et son aide ; `said_by` désigne le résumé qui porte l'erreur."""
    hint_id = f"{spec.id}-aide" if spec.hint else ""
    return rx.el.div(
        rx.el.label(spec.label, html_for=spec.id),
        rx.el.p(spec.hint, id=hint_id, class_name="hint") if spec.hint else rx.fragment(),
        _input(spec, error, f"{hint_id} {said_by}".strip()),
        class_name="field",
    )


def _input(spec: Field, error: rx.Var[str] | str, described_by: str) -> rx.Component:
    # l'identifiant passe par custom_attrs : en prop, Reflex en ferait une référence et doublerait la valeur envoyée
    attributes = {"id": spec.id, "aria-invalid": rx.cond(error, "true", "false")}
    if described_by:
        attributes["aria-describedby"] = described_by
    if spec.numeric:
        attributes["inputMode"] = "numeric"
    return rx.el.input(
        name=spec.name,
        type=spec.type,
        auto_complete=spec.autocomplete,
        auto_capitalize="none",
        spell_check=False,
        required=spec.required,
        default_value=spec.default,
        class_name=spec.css,
        custom_attrs=attributes,
    )


def checkbox(
    field_id: str | rx.Var[str],
    name: str,
    *label: rx.Component | str,
    required: bool = False,
    checked: rx.Var[bool] | bool = False,
) -> rx.Component:
    return rx.el.div(
        rx.el.input(
            name=name, type="checkbox", required=required, default_checked=checked, custom_attrs={"id": field_id}
        ),
        rx.el.label(*label, html_for=field_id),
        class_name="check line",
    )


def problem(error: rx.Var[str], box_id: str, field_id: str) -> rx.Component:
    """Le résumé d'erreur : il prend le focus, se fait lire, et son lien mène au champ."""
    return rx.cond(
        error,
        FocusOnShow.create(
            icon("alert"),
            rx.el.p(plain(f"#{field_id}", error), id=box_id),
            class_name="errors",
            custom_attrs={"role": "alert"},
        ),
    )


def submit(label: str, busy: rx.Var[bool], css: str = "btn full") -> rx.Component:
    """Le bouton d'envoi : éteint et dit occupé tant que la réponse n'est pas là."""
    return rx.el.button(
        label,
        type="submit",
        disabled=busy,
        class_name=css,
        custom_attrs={"aria-busy": rx.cond(busy, "true", "false")},
    )


def gesture(
    label: str | rx.Var[str],
    do: rx.EventHandler,
    busy: rx.Var[bool],
    css: str = "btn",
    about: str | rx.Var[str] = "",
) -> rx.Component:
    """Un geste d'un seul appui : éteint et dit occupé tant que la réponse n'est pas là. « about » : voir `fold`."""
    return rx.el.button(
        label,
        type="button",
        disabled=busy,
        class_name=css,
        on_click=do,
        custom_attrs={"aria-busy": rx.cond(busy, "true", "false")},
        **_named(about),
    )


def _named(about: str | rx.Var[str]) -> dict[str, str | rx.Var[str]]:
    return {"aria_label": about} if isinstance(about, rx.Var) or about else {}


def fold(label: str | rx.Var[str], *content: rx.Component, about: str | rx.Var[str] = "") -> rx.Component:
    """Ce qui ne se fait qu'en deux temps : un mot qui s'ouvre, puis le geste. « about » nomme l'objet à l'oreille."""
    return rx.el.details(rx.el.summary(label, class_name="lost", **_named(about)), *content)


def form(*children: rx.Component, on_submit: rx.EventHandler, action: str = "") -> rx.Component:
    """Jamais de GET : un mot de passe envoyé avant que la page soit prête ne doit pas finir dans une adresse."""
    where = {"action": action} if action else {}
    return rx.el.form(*children, on_submit=on_submit, method="post", no_validate=True, class_name="form", **where)


@dataclass(frozen=True)
class Choice:
    """Une réponse possible, et ce qu'elle envoie."""

    value: str
    label: str


def choose(spec: Field, choices: tuple[Choice, ...]) -> rx.Component:
    """Une liste déroulante native."""
    options = [rx.el.option(choice.label, value=choice.value) for choice in choices]
    return rx.el.div(
        rx.el.label(spec.label, html_for=spec.id),
        rx.el.select(
            *options, name=spec.name, default_value=spec.default, class_name="input", custom_attrs={"id": spec.id}
        ),
        class_name="field",
    )


def picker(
    field_id: str, label: str, choices: tuple[Choice, ...], chosen: rx.Var[str], on_change: rx.EventHandler
) -> rx.Component:
    """Une liste qui filtre aussitôt choisie."""
    return rx.el.div(
        rx.el.label(label, html_for=field_id),
        rx.el.select(
            *[rx.el.option(choice.label, value=choice.value) for choice in choices],
            value=chosen,
            on_change=on_change,
            class_name="input",
            custom_attrs={"id": field_id},
        ),
        class_name="field",
    )


def radios(name: str, legend: str, choices: tuple[Choice, ...], chosen: rx.Var[str]) -> rx.Component:
    """Un choix parmi quelques-uns, tous visibles."""
    return rx.el.fieldset(rx.el.legend(legend), *[_radio(name, choice, chosen) for choice in choices])


def _radio(name: str, choice: Choice, chosen: rx.Var[str]) -> rx.Component:
    field_id = f"{name}-{choice.value}"
    return rx.el.div(
        rx.el.input(
            type="radio",
            name=name,
            value=choice.value,
            default_checked=chosen == choice.value,
            custom_attrs={"id": field_id},
        ),
        rx.el.label(choice.label, html_for=field_id),
        class_name="check line",
    )
