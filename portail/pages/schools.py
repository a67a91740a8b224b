"""« Écoles » : chaque école, ses classes de l'année choisie, ses effectifs, et ce que la direction y règle."""

import reflex as rx

from portail.components.cards import bones, empty
from portail.components.forms import form, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, text, tick
from portail.pages.layout import frame
from portail.state.schools import SchoolsState as State


def draw() -> rx.Component:
    nothing = empty(
        "school",
        "Aucune école pour le moment",
        "Ajoutez la première : les familles pourront la choisir pour leurs enfants.",
        css="empty alone",
    )
    rows = rx.cond(
        State.listing.rows.length() > 0,
        rx.el.div(rx.foreach(State.listing.rows, _school), class_name="schools"),
        nothing,
    )
    return frame(
        "/admin/ecoles",
        rx.el.div(rx.el.h1("Écoles"), _button("Ajouter une école", "school-0", css="btn"), class_name="hello"),
        rx.el.div(
            rx.cond(State.editing == "school-0", _school_form("")),
            _years(),
            rx.cond(State.listing.ready, rows, rx.el.div(*bones("familybone", 3), class_name="stack")),
            class_name="stack",
        ),
    )


def _years() -> rx.Component:
    return rx.el.div(
        rx.cond(
            State.listing.ready,
            rx.el.div(
                rx.el.label("Classes de l’année scolaire", html_for="annee"),
                rx.el.select(
                    rx.foreach(State.listing.years, lambda one: rx.el.option(one.label, value=one.value)),
                    value=State.listing.year,
                    on_change=State.turn,
                    class_name="input",
                    custom_attrs={"id": "annee"},
                ),
                class_name="field year",
            ),
        ),
    )


def _button(
    label: str, what: rx.Var[str] | str, about: rx.Var[str] | str = "", css: str = "btn ghost small"
) -> rx.Component:
    named = {"aria_label": about} if isinstance(about, rx.Var) or about else {}
    return rx.el.button(label, type="button", class_name=css, on_click=State.edit(what), **named)


def _school(school: rx.Var) -> rx.Component:
    what = f"school-{school.id}"
    title = f"ecole-{school.id}"
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(school.name, id=title),
                rx.el.p(school.children, rx.cond(school.levels, f" · {school.levels}", ""), class_name="small muted"),
            ),
            rx.cond(school.closed, _closed_pill("Fermée aux inscriptions")),
            class_name="spread",
        ),
        rx.cond(State.editing == what, _school_form(school.name)),
        rx.cond(
            school.classes.length() > 0,
            rx.el.ul(rx.foreach(school.classes, lambda one: _class(school, one)), class_name="ledger"),
            rx.el.p("Aucune classe cette année-là.", class_name="muted"),
        ),
        rx.cond(State.editing == f"class-{school.id}-0", _class_form(f"{school.id}-0", "", State.listing.ticks)),
        rx.el.div(
            _button("Ajouter une classe", f"class-{school.id}-0", f"Ajouter une classe à {school.name}"),
            _button("Renommer", what, f"Renommer {school.name}"),
            _door(school),
            rx.cond(school.removable, _removal(school)),
            class_name="after",
        ),
        class_name="card pad stack",
        aria_labelledby=title,
    )


def _closed_pill(words: str) -> rx.Component:
    return rx.el.span(icon("lock"), words, class_name="pill state", custom_attrs={"data-tone": "warn"})


def _door(school: rx.Var) -> rx.Component:
    return rx.el.button(
        rx.cond(school.closed, "Rouvrir aux inscriptions", "Fermer aux inscriptions"),
        type="button",
        class_name="btn ghost small",
        aria_label=rx.cond(
            school.closed, f"Rouvrir aux inscriptions : {school.name}", f"Fermer aux inscriptions : {school.name}"
        ),
        on_click=State.open_school(school.id, school.closed),
    )


def _removal(school: rx.Var) -> rx.Component:
    return rx.el.button(
        "Retirer",
        type="button",
        class_name="btn danger small",
        aria_label=f"Retirer {school.name}",
        on_click=State.remove_school(school.id),
    )


def _school_form(name: rx.Var[str] | str) -> rx.Component:
    return _form(text(Input("ecole-nom", "name", "Nom de l’école"), name, State.errors["name"]))


def _class(school: rx.Var, one: rx.Var) -> rx.Component:
    key = f"{school.id}-{one.id}"
    shown = rx.el.li(
        rx.el.div(
            rx.el.b(one.name),
            rx.el.span(one.children, rx.cond(one.levels, f" · {one.levels}", ""), class_name="under small muted"),
            class_name="t",
        ),
        rx.cond(one.closed, _closed_pill("Fermée")),
        _button("Modifier", f"class-{key}", f"Modifier la classe {one.name}, {school.name}"),
        rx.el.button(
            rx.cond(one.closed, "Rouvrir", "Fermer"),
            type="button",
            class_name="btn quiet small",
            aria_label=rx.cond(
                one.closed,
                f"Rouvrir la classe {one.name}, {school.name}",
                f"Fermer la classe {one.name}, {school.name}",
            ),
            on_click=State.open_class(one.id, one.closed),
        ),
    )
    edited = rx.el.li(_class_form(key, one.name, one.ticks))
    return rx.cond(State.editing == f"class-{key}", edited, shown)


def _class_form(key: rx.Var[str] | str, name: rx.Var[str] | str, ticks: rx.Var[list]) -> rx.Component:
    return _form(
        text(Input(f"classe-nom-{key}", "name", "Nom de la classe"), name, State.errors["name"]),
        rx.el.fieldset(
            rx.el.legend("Niveaux"),
            rx.el.div(
                rx.foreach(ticks, lambda one: tick(Input(f"niveau-{key}-{one.name}", one.name, one.label), one.ticked)),
                class_name="options",
            ),
        ),
    )


def _form(*fields: rx.Component) -> rx.Component:
    return form(
        summary(State.fault),
        *fields,
        rx.el.div(
            submit("Enregistrer", rx.Var.create(False), css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.edit("")),
            class_name="after",
        ),
        on_submit=State.save,
    )
