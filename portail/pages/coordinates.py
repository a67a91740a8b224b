"""« Mes coordonnées » : pour chaque foyer, ce que la mairie connaît, puis « Modifier » et « Enregistrer »."""

import reflex as rx

from portail.components import contact_fields
from portail.components.cards import bones, empty
from portail.components.forms import form, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.links import to
from portail.pages.layout import frame
from portail.state.coordinates import CoordinatesState


def draw() -> rx.Component:
    places = CoordinatesState.places
    nothing = empty("family", "Aucun dossier relié à ce compte", "Appelez le service enfance.", css="empty alone")
    listed = rx.cond(places.length() > 0, rx.el.div(rx.foreach(places, _place), class_name="stack"), nothing)
    return frame(
        "/dossier/coordonnees",
        rx.el.p(to("/dossier", icon("back"), "Mon dossier"), class_name="crumb"),
        rx.el.div(
            rx.el.div(
                rx.el.h1("Mes coordonnées"),
                rx.el.p("Pour vous joindre vite, et envoyer les factures au bon endroit.", class_name="muted"),
            ),
            class_name="hello",
        ),
        rx.cond(CoordinatesState.ready, listed, rx.el.div(*bones("familybone", 1), class_name="stack")),
        narrow=True,
    )


def _place(place: rx.Var) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Famille ", place.family),
            rx.cond(
                place.can_edit & (CoordinatesState.editing != place.family_id),
                rx.el.button(
                    "Modifier",
                    type="button",
                    class_name="btn ghost small",
                    aria_label=f"Modifier mes coordonnées, famille {place.family}",
                    on_click=CoordinatesState.edit(place.family_id),
                ),
            ),
            class_name="spread",
        ),
        rx.cond(
            place.waiting,
            rx.el.p(
                icon("clock"),
                f"Votre changement de commune est à l’étude (démarche n° {place.waiting}).",
                class_name="pill alert",
            ),
        ),
        rx.cond(CoordinatesState.editing == place.family_id, _form(place), _shown(place)),
        class_name="card pad stack",
    )


def _shown(place: rx.Var) -> rx.Component:
    fields = [
        rx.fragment(rx.el.dt(spec.label), rx.el.dd(rx.cond(getattr(place, spec.name), getattr(place, spec.name), "—")))
        for spec in (*contact_fields.REACH, contact_fields.CAF)
    ]
    by_email = rx.cond(place.invoices_by_email, f"par e-mail, à {place.invoice_email}", "dans l’espace famille")
    where = rx.fragment(rx.el.dt("Adresse"), rx.el.dd(f"{place.address}, {place.postcode} {place.city}"))
    return rx.el.dl(where, *fields, rx.el.dt("Factures"), rx.el.dd(by_email), class_name="lines")


def _form(place: rx.Var) -> rx.Component:
    """Une faute : un résumé qui prend le focus, et la même phrase à côté du champ."""
    return form(
        summary(CoordinatesState.fault),
        rx.el.h3("Adresse postale"),
        *contact_fields.address(place, CoordinatesState.errors),
        rx.el.h3("Pour vous joindre"),
        *contact_fields.reach(place, CoordinatesState.errors),
        rx.el.h3("CAF et factures"),
        *contact_fields.billing(place, CoordinatesState.errors),
        rx.el.div(
            submit("Enregistrer", CoordinatesState.busy, css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=CoordinatesState.edit(0)),
            class_name="after",
        ),
        on_submit=CoordinatesState.save,
    )
