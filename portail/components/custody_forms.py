"""Proposer ou régler une garde : un rythme, ou quelques jours d'exception."""

from collections.abc import Mapping
from dataclasses import dataclass

import reflex as rx

from portail.components.forms import form, problem, submit
from portail.domain.custody import WEEKDAYS, PatternKind

Choices = Mapping[str, rx.Var[str] | str]
HALVES_HINT = (
    "Par moitiés, un nombre impair de jours donne le jour de plus à la première. Un pont suit le rythme habituel."
)


@dataclass(frozen=True)
class Trouble:
    """Le refus en cours : sa phrase, et le champ qu'il nomme."""

    error: rx.Var[str]
    field: rx.Var[str]


def pattern_form(
    view: rx.Var, trouble: Trouble, busy: rx.Var[bool], on_submit: rx.EventHandler, button: str
) -> rx.Component:
    draw = _Fields("rythme", trouble)
    kinds: Choices = {kind.value: kind.label for kind in PatternKind}
    halves: Choices = {
        "none": "Comme le reste de l’année",
        "even": rx.Var.create("Par moitiés : la première ") + view.home_a.at + " les années paires",
        "odd": rx.Var.create("Par moitiés : la première ") + view.home_a.at + " les années impaires",
    }
    return form(
        draw.problem("start"),
        draw.choice("kind", "Rythme", kinds),
        draw.choice(
            "change_day",
            "Jour de changement",
            {str(rank): name for rank, name in enumerate(WEEKDAYS)},
            "Sans effet pour un week-end sur deux : il va du samedi au dimanche.",
        ),
        draw.day("anchor", "Semaine de référence (facultatif)", "Un jour de cette semaine ; vide : celle du début."),
        draw.choice(
            "home", "Cette semaine-là commence", _homes(view), "Pour un week-end sur deux : là où vit l’enfant."
        ),
        draw.choice("holidays", "Pendant les vacances scolaires", halves, HALVES_HINT),
        draw.day("start", "À partir du", least=view.today),
        draw.day("end", "Jusqu’au (facultatif)", "Vide : sans fin prévue.", least=view.today),
        submit(button, busy, css="btn"),
        on_submit=on_submit,
    )


def exception_form(
    view: rx.Var, trouble: Trouble, busy: rx.Var[bool], on_submit: rx.EventHandler, button: str
) -> rx.Component:
    draw = _Fields("exception", trouble)
    return form(
        draw.problem("first"),
        draw.day("first", "Premier jour", least=view.today),
        draw.day("last", "Dernier jour", least=view.today),
        draw.choice("home", "Ces jours-là, l’enfant est", _homes(view)),
        submit(button, busy, css="btn"),
        on_submit=on_submit,
    )


def end_form(pattern: rx.Var, error: rx.Var[str], ending: rx.Var[int], on_end: rx.EventHandler) -> rx.Component:
    """Arrêter un rythme : un jour, et il s'arrête là."""
    field_id = f"fin-{pattern.id}"
    here = rx.cond(ending == pattern.id, error, "")
    return rx.el.details(
        rx.el.summary("Mettre fin à ce rythme", class_name="lost"),
        form(
            rx.cond(here, rx.el.p(here, class_name="errors", role="alert", custom_attrs={"id": f"{field_id}-faute"})),
            rx.el.input(type="hidden", name="pattern_id", default_value=pattern.id.to_string()),
            rx.el.div(
                rx.el.label("Dernier jour", html_for=field_id),
                rx.el.p("Avant le premier jour du rythme : il est retiré.", class_name="hint", id=f"{field_id}-aide"),
                rx.el.input(
                    name="last_day",
                    type="date",
                    class_name="input",
                    custom_attrs={
                        "id": field_id,
                        "aria-invalid": rx.cond(here, "true", "false"),
                        "aria-describedby": f"{field_id}-aide {field_id}-faute",
                    },
                ),
                class_name="field",
            ),
            rx.el.button("Mettre fin", type="submit", class_name="btn danger"),
            on_submit=on_end,
        ),
    )


def _homes(view: rx.Var) -> Choices:
    return {"a": view.home_a.at, "b": view.home_b.at}


@dataclass(frozen=True)
class _Fields:
    """Les champs d'un formulaire, chacun avec son aide et la phrase du refus qui le nomme."""

    prefix: str
    trouble: Trouble

    def problem(self, fallback: str) -> rx.Component:
        field = rx.cond(self.trouble.field, self.trouble.field, fallback)
        return problem(self.trouble.error, f"{self.prefix}-resume", f"{self.prefix}-{field}")

    def choice(self, name: str, label: str, choices: Choices, hint: str = "") -> rx.Component:
        options = [rx.el.option(words, value=value) for value, words in choices.items()]
        control = rx.el.select(*options, name=name, class_name="input", custom_attrs=self._attributes(name, hint))
        return self._field(name, label, hint, control)

    def day(self, name: str, label: str, hint: str = "", least: rx.Var[str] | None = None) -> rx.Component:
        bounds = {} if least is None else {"min": least}
        control = rx.el.input(
            name=name, type="date", class_name="input", custom_attrs=self._attributes(name, hint) | bounds
        )
        return self._field(name, label, hint, control)

    def _attributes(self, name: str, hint: str) -> dict[str, rx.Var | str]:
        field_id = f"{self.prefix}-{name}"
        described = f"{field_id}-aide {field_id}-faute" if hint else f"{field_id}-faute"
        invalid = rx.cond(self._is_wrong(name), "true", "false")
        return {"id": field_id, "aria-describedby": described, "aria-invalid": invalid}

    def _is_wrong(self, name: str) -> rx.Var[bool]:
        return (self.trouble.error != "") & (self.trouble.field == name)

    def _field(self, name: str, label: str, hint: str, control: rx.Component) -> rx.Component:
        field_id = f"{self.prefix}-{name}"
        return rx.el.div(
            rx.el.label(label, html_for=field_id),
            rx.el.p(hint, class_name="hint", id=f"{field_id}-aide") if hint else rx.fragment(),
            control,
            rx.el.p(rx.cond(self._is_wrong(name), self.trouble.error, ""), class_name="wrong", id=f"{field_id}-faute"),
            class_name="field",
        )
