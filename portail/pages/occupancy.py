"""« Réservations », pour les agents : les places prises chaque jour, et qui vient à une séance."""

import reflex as rx

from portail.components import tables
from portail.components.cards import awaited, bones, empty
from portail.components.forms import submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, choice, text
from portail.components.links import plain, to
from portail.pages.layout import frame
from portail.state.occupancy import OccupancyState as State


def draw() -> rx.Component:
    shown = State.shown
    return frame(
        "/admin/reservations",
        rx.el.h1("Réservations"),
        rx.cond(
            shown.ready,
            rx.fragment(_search(), _days()),
            rx.el.div(*bones("", 4), class_name="bones"),
        ),
    )


def _search() -> rx.Component:
    shown = State.shown
    return rx.el.form(
        summary(State.fault),
        choice(Input("occupation-activite", "activity_id", "Activité"), shown.activities, shown.activity, blank="-"),
        text(Input("occupation-du", "first", "Du", "date"), shown.first, State.errors["first"]),
        text(Input("occupation-au", "last", "Au", "date"), shown.last, State.errors["last"]),
        submit("Voir", rx.Var.create(False), css="btn"),
        on_submit=State.search,
        no_validate=True,
        class_name="search filters",
        role="search",
    )


def _days() -> rx.Component:
    shown = State.shown
    nothing = empty(
        "calendar", "Aucune séance ces jours-là", "Choisissez d’autres dates, ou ouvrez les séances de l’activité."
    )
    heads = ("Jour", "Séance", "Occupation", "En attente")
    listed = tables.table("Occupation par jour", heads, rx.foreach(shown.rows, _row))
    return rx.el.section(
        rx.el.h2(rx.cond(shown.title, shown.title, "Aucune activité")),
        rx.el.p(shown.summary, class_name="muted promise"),
        rx.cond(shown.rows.length() > 0, listed, nothing),
        class_name="card",
    )


def _row(row: rx.Var) -> rx.Component:
    closed = rx.el.span(icon("lock"), row.closed, class_name="pill", custom_attrs={"data-tone": "warn"})
    bar = rx.el.div(
        rx.el.span(row.words),
        rx.el.span(
            rx.el.span(class_name="fill", style={"width": f"{row.share}%"}),
            class_name="track",
            aria_hidden="true",
            custom_attrs={"data-tone": row.tone},
        ),
        class_name="gauge",
    )
    return rx.el.tr(
        tables.cell("Jour", rx.el.b(row.day)),
        tables.cell("Séance", row.part),
        tables.cell("Occupation", rx.cond(row.closed, closed, bar)),
        tables.cell("En attente", rx.cond(row.waiting, row.waiting, "—")),
        rx.el.td(
            to(
                f"/admin/reservations/{row.id}",
                "Liste",
                css="btn quiet small",
                aria_label=f"Liste du {row.day}, {row.part}",
            ),
            class_name="act",
        ),
    )


def draw_slot() -> rx.Component:
    return frame(
        "/admin/reservations/[slot_id]",
        rx.el.p(to("/admin/reservations", icon("back"), "Toutes les réservations", css="lost"), class_name="crumb"),
        rx.cond(State.slot.ready, _slot(), awaited("Liste d’une séance")),
    )


def _slot() -> rx.Component:
    slot = State.slot
    return rx.fragment(
        rx.el.div(
            rx.el.div(rx.el.h1(slot.title), rx.el.p(slot.day, " · ", slot.words, class_name="muted")),
            plain(
                f"/telechargements/liste-de-seance-{slot.id}",
                icon("download"),
                "Exporter (CSV)",
                css="btn ghost",
                custom_attrs={"download": ""},
            ),
            class_name="hello",
        ),
        rx.cond(
            slot.opens_files,
            rx.el.p(
                "Pour un enfant qui n’est pas encore dans la liste : ",
                to("/admin/familles", "ouvrir le dossier de sa famille", css="lost"),
                ", puis « Réserver pour cette famille ».",
                class_name="small muted",
            ),
        ),
        rx.cond(slot.closed, rx.el.p(slot.closed, class_name="pill alert", custom_attrs={"data-tone": "warn"})),
        rx.el.div(
            _people("Enfants inscrits", slot.rows, "Personne n’a encore réservé cette séance."),
            rx.cond(slot.waiting.length() > 0, _people("Liste d’attente", slot.waiting, "")),
            class_name="stack",
        ),
    )


def _people(title: str, rows: rx.Var[list], nothing: str) -> rx.Component:
    heads = ("Enfant", "Niveau et école", "Dossier", "État", "Téléphones")
    listed = tables.table(title, heads, rx.foreach(rows, _child))
    return rx.el.section(
        rx.el.h2(title),
        rx.cond(rows.length() > 0, listed, empty("users", "Personne pour le moment", nothing)),
        class_name="card",
    )


def _child(row: rx.Var) -> rx.Component:
    slot = State.slot
    number = to(f"/admin/familles/{row.family}", row.number, css="lost")
    calendar = to(
        f"/admin/familles/{row.family}/reservations/{slot.activity}",
        "Calendrier",
        css="btn quiet small",
        aria_label=f"Calendrier de la famille de {row.name}",
    )
    return rx.el.tr(
        tables.cell("Enfant", rx.el.b(row.name)),
        tables.cell("Classe", row.group),
        tables.cell("Dossier", rx.cond(slot.opens_files, number, row.number)),
        tables.cell("État", rx.el.span(row.state, class_name="pill", custom_attrs={"data-tone": row.tone})),
        tables.cell("Téléphone", row.phones),
        rx.el.td(
            rx.cond(slot.opens_files, calendar),
            rx.cond(
                slot.opens_health,
                to(
                    f"/admin/enfants/{row.child}/sante",
                    "Fiche sanitaire",
                    css="btn quiet small",
                    aria_label=f"Fiche sanitaire de {row.name}",
                ),
            ),
            class_name="act",
        ),
    )
