"""« Campagnes » : une ouverture datée, les habitants d'abord, et le débit de la salle d'attente."""

import reflex as rx

from portail.components.campaigns import EVERY_SECONDS, Ticker
from portail.components.cards import bones, empty
from portail.components.forms import form, problem, submit
from portail.components.inputs import Input, text
from portail.components.requests import state_pill
from portail.pages.layout import frame
from portail.state.campaigns import MARK
from portail.state.campaigns import CampaignsState as State

LISTED, TYPED = State.campaigns, State.typed
FIELDS = (
    Input("campagne-name", "name", "Nom"),
    Input("campagne-first_day", "first_day", "Premier jour à réserver", type="date"),
    Input("campagne-last_day", "last_day", "Dernier jour à réserver", type="date"),
    Input("campagne-residents_at", "residents_at", "Ouverture aux habitants", type="datetime-local"),
    Input("campagne-everyone_at", "everyone_at", "Ouverture à tous", type="datetime-local"),
    Input(
        "campagne-closes_at",
        "closes_at",
        "Fin de la campagne (facultatif)",
        type="datetime-local",
        hint="Ensuite, les jours se réservent sans salle d’attente, selon les règles de l’activité.",
    ),
    Input(
        "campagne-admitted_a_minute",
        "admitted_a_minute",
        "Entrées par minute dans la salle d’attente",
        mode="numeric",
        hint="0 : pas de salle d’attente.",
    ),
)


def draw() -> rx.Component:
    nothing = empty(
        "clock",
        "Aucune campagne",
        "Ajoutez-en une pour ouvrir des vacances à une heure dite, aux habitants d’abord.",
        css="empty alone",
    )
    add = rx.el.button("Ajouter une campagne", type="button", class_name="btn", on_click=State.edit(0))
    rows = rx.cond(LISTED.rows.length() > 0, rx.foreach(LISTED.rows, _campaign), nothing)
    return frame(
        "/admin/campagnes",
        rx.el.div(rx.el.h1("Campagnes"), add, class_name="hello"),
        rx.el.div(
            rx.cond(State.editing, _form()),
            rx.cond(LISTED.ready, rows, rx.el.div(*bones("familybone", 2), class_name="stack")),
            Ticker.create(seconds=EVERY_SECONDS * 2, on_tick=State.watch),
            class_name="stack",
        ),
    )


def _form() -> rx.Component:
    values = {spec.name: getattr(TYPED, spec.name) for spec in FIELDS}
    fields = [text(spec, values[spec.name], rx.cond(State.faulty == spec.name, State.fault, "")) for spec in FIELDS]
    return rx.el.section(
        rx.el.h2(rx.cond(TYPED.id > 0, "Modifier la campagne", "Ajouter une campagne"), id="campagne"),
        form(
            problem(State.fault, "campagne-faute", f"campagne-{State.faulty}"),
            *fields,
            rx.el.fieldset(
                rx.el.legend("Activités"),
                rx.foreach(LISTED.choices, _activity),
                custom_attrs={"id": "campagne-activities"},
            ),
            rx.el.div(
                submit("Enregistrer", rx.Var.create(False), css="btn"),
                rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.shut),
                class_name="after",
            ),
            on_submit=State.save,
        ),
        class_name="card pad stack",
        aria_labelledby="campagne",
        key=f"{TYPED.id}-{TYPED.stamp}",
    )


def _activity(one: rx.Var) -> rx.Component:
    field_id = f"{MARK}{one.value}"
    return rx.el.div(
        rx.el.input(
            name=field_id,
            type="checkbox",
            default_checked=TYPED.activities.contains(one.value),
            custom_attrs={"id": field_id},
        ),
        rx.el.label(one.label, html_for=field_id),
        class_name="check line",
    )


def _campaign(row: rx.Var) -> rx.Component:
    title = f"campagne-{row.id}"
    return rx.el.section(
        rx.el.div(rx.el.h2(row.name, id=title), state_pill(row.state, row.tone), class_name="spread"),
        rx.el.dl(
            rx.el.dt("Jours"),
            rx.el.dd(row.days),
            rx.el.dt("Activités"),
            rx.el.dd(row.activities),
            rx.el.dt("Habitants"),
            rx.el.dd(row.residents),
            rx.el.dt("Tous"),
            rx.el.dd(row.everyone),
            rx.cond(row.closes, rx.fragment(rx.el.dt("Fin"), rx.el.dd(row.closes))),
            rx.el.dt("Salle d’attente"),
            rx.el.dd(rx.cond(row.room, row.room, "aucune")),
            rx.cond(
                row.waiting + row.admitted > 0,
                rx.fragment(rx.el.dt("En ce moment"), rx.el.dd(f"{row.waiting} en attente, {row.admitted} entrées")),
            ),
            class_name="lines",
        ),
        _rate(row),
        rx.el.div(
            _button("Modifier", row, State.edit(row.id), "btn ghost small"),
            _button("Retirer", row, State.remove(row.id), "btn danger small"),
            class_name="after",
        ),
        class_name="card pad stack",
        aria_labelledby=title,
    )


def _rate(row: rx.Var) -> rx.Component:
    """Le débit se change sans rouvrir toute la campagne."""
    return rx.el.form(
        rx.el.input(type="hidden", name="campaign", value=row.id.to_string(), read_only=True),
        text(Input(f"debit-{row.id}", "rate", "Entrées par minute", mode="numeric")),
        submit("Changer le débit", rx.Var.create(False), css="btn ghost small"),
        on_submit=State.change_rate,
        reset_on_submit=True,
        no_validate=True,
        class_name="search filters",
    )


def _button(label: str, row: rx.Var, gesture: rx.event.EventSpec, css: str) -> rx.Component:
    return rx.el.button(label, type="button", class_name=css, on_click=gesture, aria_label=f"{label} {row.name}")
