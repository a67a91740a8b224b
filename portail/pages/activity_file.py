"""Une activité : ses séances types, ses règles, ses dates, ce qu'un parent en verra, ses réglages."""

import reflex as rx

from portail.components import activity_days, activity_forms, activity_rules
from portail.components.cards import awaited, empty
from portail.components.icons import icon
from portail.components.links import to
from portail.pages.layout import frame
from portail.state.activity_file import ActivityFileState as State

TABS = (
    ("offerings", "Séances types"),
    ("rules", "Règles"),
    ("days", "Dates"),
    ("preview", "Vue d’un parent"),
    ("settings", "Réglages"),
)


def draw() -> rx.Component:
    return frame(
        "/admin/activites/[activity_id]",
        rx.el.p(to("/admin/activites", icon("back"), "Toutes les activités", css="lost"), class_name="crumb"),
        rx.cond(State.file.ready, _opened(), awaited("Activité")),
    )


def _opened() -> rx.Component:
    file = State.file
    closed = rx.el.span(icon("lock"), "Fermée", class_name="pill state", custom_attrs={"data-tone": "warn"})
    return rx.fragment(
        rx.el.div(
            rx.el.div(rx.el.h1(file.title), rx.el.p(file.kind, " · ", file.opened, class_name="muted")),
            rx.cond(file.closed, closed),
            class_name="hello",
        ),
        rx.el.nav(*[_tab(*tab) for tab in TABS], class_name="tabset", aria_label="Réglages de l’activité"),
        rx.match(
            State.tab,
            ("rules", activity_rules.draw(State)),
            ("days", activity_days.draw(State)),
            ("preview", activity_days.preview(State)),
            ("settings", _settings()),
            _offerings(),
        ),
    )


def _tab(name: str, label: str) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        on_click=State.turn(name),
        custom_attrs={"aria-current": rx.cond(State.tab == name, "true", "false")},
    )


def _settings() -> rx.Component:
    file = State.file
    door = rx.el.button(
        rx.cond(file.closed, "Rouvrir l’activité", "Fermer l’activité"),
        type="button",
        class_name="btn danger",
        on_click=State.open_activity(file.closed),
    )
    return rx.el.section(
        rx.el.h2("Réglages"),
        activity_forms.settings(file.form, State.errors, State.fault, door, on_submit=State.save_settings),
        class_name="card pad stack opened",
        key=file.id,
    )


def _offerings() -> rx.Component:
    file = State.file
    nothing = empty(
        "clock",
        "Aucune séance type",
        "Décrivez ce qui se réserve chaque jour : « Matin », « Journée · 3-5 ans ». Puis ouvrez les dates.",
        css="empty alone",
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Séances types"),
            rx.el.button("Ajouter une séance type", type="button", class_name="btn", on_click=State.edit("offering-0")),
            class_name="spread",
        ),
        rx.cond(State.fault & (State.editing == ""), _told()),
        rx.cond(State.editing == "offering-0", _offering_form(file.new_offering)),
        rx.cond(
            file.offerings.length() > 0,
            rx.el.ul(rx.foreach(file.offerings, _offering), class_name="ledger"),
            nothing,
        ),
        class_name="card pad stack",
    )


def _told() -> rx.Component:
    return rx.el.div(icon("alert"), rx.el.p(State.fault), class_name="errors", custom_attrs={"role": "alert"})


def _offering(line: rx.Var) -> rx.Component:
    what = f"offering-{line.id}"
    shown = rx.el.li(
        rx.el.div(
            rx.el.b(line.name),
            rx.el.span(line.hours, " · ", line.ages, " · ", line.places, class_name="under small muted"),
            rx.el.span(line.days, " · ", line.tariff, class_name="under small muted"),
            class_name="t",
        ),
        rx.cond(
            line.closed,
            rx.el.span(icon("lock"), "Retirée", class_name="pill state", custom_attrs={"data-tone": "warn"}),
        ),
        rx.el.button(
            "Modifier",
            type="button",
            class_name="btn ghost small",
            aria_label=f"Modifier {line.name}",
            on_click=State.edit(what),
        ),
        rx.el.button(
            rx.cond(line.closed, "Proposer de nouveau", "Retirer"),
            type="button",
            class_name="btn quiet small",
            aria_label=rx.cond(line.closed, f"Proposer de nouveau {line.name}", f"Retirer {line.name}"),
            on_click=State.open_offering(line.id, line.closed),
        ),
    )
    return rx.cond(State.editing == what, rx.el.li(_offering_form(line)), shown)


def _offering_form(line: rx.Var) -> rx.Component:
    events = {"on_submit": State.save_offering, "on_cancel": State.edit("")}
    return activity_forms.offering(line, State.file.tariffs, State.errors, State.fault, **events)
