"""La fiche sanitaire d'un enfant, pour les agents qui en ont besoin : en lecture, et faite pour s'imprimer."""

import reflex as rx

from portail.components import files
from portail.components import health_shown as shown
from portail.components.cards import bones
from portail.components.icons import icon
from portail.domain.health import Part
from portail.pages.layout import frame
from portail.state.health import StaffHealthState

HEALTH = StaffHealthState.health


def draw() -> rx.Component:
    return frame(
        "/admin/enfants/[child_id]/sante",
        rx.el.div(
            rx.el.div(
                rx.el.h1(rx.cond(HEALTH.full_name, f"Fiche sanitaire de {HEALTH.full_name}", "Fiche sanitaire")),
                rx.cond(HEALTH.birth, rx.el.p(f"Naissance : {HEALTH.birth}", class_name="muted")),
                rx.cond(HEALTH.school, rx.el.p(HEALTH.school, class_name="muted")),
            ),
            class_name="hello",
        ),
        rx.el.p(
            icon("lock"),
            "Votre lecture est inscrite au journal, et les parents la voient.",
            class_name="pill alert",
        ),
        rx.cond(HEALTH.ready, _file(), rx.el.div(*bones("familybone", 3), class_name="stack")),
        narrow=True,
    )


def _file() -> rx.Component:
    record = HEALTH.record
    return rx.el.div(
        rx.cond(HEALTH.missing.length() > 0, _incomplete()),
        _section("Responsables", rx.el.ul(rx.foreach(HEALTH.guardians, _guardian), class_name="ledger")),
        _section(Part.CONTACTS.label, shown.contacts(HEALTH.contacts), anchor=Part.CONTACTS.anchor),
        _section(Part.CARE.label, shown.care(record), anchor=Part.CARE.anchor),
        rx.cond(
            HEALTH.documents.length() > 0,
            _section("Document du PAI", files.pieces(HEALTH.documents), anchor="pai-document"),
        ),
        _section(Part.MEALS.label, shown.meals(record), anchor=Part.MEALS.anchor),
        _section(Part.DOCTOR.label, shown.doctor(record), anchor=Part.DOCTOR.anchor),
        _section(Part.VACCINES.label, shown.vaccines(HEALTH.vaccines, record.exempt), anchor=Part.VACCINES.anchor),
        _section(Part.CONSENTS.label, shown.consents(HEALTH.consents), anchor=Part.CONSENTS.anchor),
        _section(
            Part.CONFIRMATION.label,
            rx.cond(HEALTH.updated, rx.el.p(HEALTH.updated)),
            rx.el.p(rx.cond(HEALTH.confirmed, HEALTH.confirmed, "Jamais confirmée par les parents.")),
            anchor=Part.CONFIRMATION.anchor,
        ),
        class_name="stack part health",
    )


def _incomplete() -> rx.Component:
    return shown.missing(HEALTH.missing, "La fiche est incomplète")


def _section(title: str, *content: rx.Component, anchor: str = "responsables") -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, id=f"titre-{anchor}"),
        *content,
        id=anchor,
        class_name="card pad stack",
        aria_labelledby=f"titre-{anchor}",
    )


def _guardian(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(one.full_name),
            rx.el.span(one.role, class_name="under small muted"),
            rx.cond(one.phones, rx.el.span(one.phones, class_name="under")),
            class_name="t",
        )
    )
