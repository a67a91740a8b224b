"""La fiche sanitaire d'un enfant, pour ses parents : chaque partie se lit, se modifie et s'enregistre seule."""

import reflex as rx

from portail.components import files
from portail.components import health_forms as forms
from portail.components import health_shown as shown
from portail.components.cards import bones
from portail.components.chooser import other_child
from portail.components.forms import submit
from portail.components.health_fields import Trouble, edit_form
from portail.components.icons import icon
from portail.components.links import to
from portail.domain.health import Answer, Part
from portail.pages.layout import frame
from portail.state.chooser import ChooserState
from portail.state.health import HealthState
from portail.views.health import ContactLine

HEALTH = HealthState.health
TROUBLE = Trouble(HealthState.error, HealthState.error_field, HealthState.busy)


def draw() -> rx.Component:
    name = HEALTH.first_name
    return frame(
        "/dossier/enfants/[child_id]/sante",
        rx.el.p(to("/dossier", icon("back"), "Ma famille"), class_name="crumb"),
        other_child(ChooserState.chooser, ChooserState.go),
        rx.el.div(
            rx.el.div(
                rx.el.h1(rx.cond(name, f"Fiche sanitaire de {name}", "Fiche sanitaire")),
                rx.el.p(
                    "Chiffrée, lue par l’accueil et la direction seulement ; chaque lecture est inscrite plus bas.",
                    class_name="muted",
                ),
            ),
            class_name="hello",
        ),
        rx.cond(HEALTH.ready, _file(), rx.el.div(*bones("familybone", 3), class_name="stack")),
        narrow=True,
    )


def _file() -> rx.Component:
    record = HEALTH.record
    return rx.el.div(
        rx.cond(HEALTH.to_do, shown.missing(HEALTH.missing, HEALTH.to_do), _complete()),
        _part(Part.DOCTOR, shown.doctor(record), forms.doctor(record, TROUBLE)),
        _part(Part.CARE, shown.care(record), forms.care(record, TROUBLE)),
        rx.cond((record.pai == Answer.YES.value) | (HEALTH.documents.length() > 0), _documents()),
        _part(Part.MEALS, shown.meals(record), forms.meals(record, TROUBLE)),
        _part(Part.VACCINES, shown.vaccines(HEALTH.vaccines, record.exempt), forms.vaccines(HEALTH, TROUBLE)),
        _contacts(),
        _consents(),
        _confirmation(),
        _readings(),
        class_name="stack health",
    )


def _documents() -> rx.Component:
    """Le PAI lui-même : joint par les parents, lu par ceux qui lisent la fiche."""
    refusal = files.Refusal("", HealthState.files_fault)
    nothing = rx.el.p("Joignez le document signé : l’équipe en a besoin pour accueillir votre enfant.")
    return rx.el.section(
        rx.el.h2("Document du PAI", id="pai-document"),
        rx.cond(HEALTH.documents.length() > 0, files.pieces(HEALTH.documents, HealthState.remove_document), nothing),
        files.send_form(
            files.problems(refusal, "pai-refus", "pai-fichiers", "pai-fichiers"),
            files.picker("pai-fichiers", "Document à joindre", HEALTH.accept, refusal),
            submit("Joindre le document", rx.Var.create(False), css="btn ghost"),
            action=f"/envois/pai/{HEALTH.child_id}",
            on_sent=HealthState.joined,
            on_refused=HealthState.refused,
        ),
        class_name="card pad stack",
        aria_labelledby="pai-document",
    )


def _complete() -> rx.Component:
    return rx.el.p(icon("check"), "La fiche est complète", class_name="pill state", custom_attrs={"data-tone": "ok"})


def _part(part: Part, read: rx.Component, fields: list[rx.Component]) -> rx.Component:
    """Fermée, on lit ; ouverte, on modifie. Après un conflit, ce qui est enregistré reste affiché au-dessus."""
    opened = HealthState.editing == part.value
    saved_meanwhile = rx.cond(HealthState.error & (HealthState.error_field == ""), read)
    return _section(
        part,
        rx.cond(opened, rx.fragment(), _edit_button(part)),
        rx.cond(opened, rx.fragment(saved_meanwhile, _form(part, fields)), read),
    )


def _form(part: Part, fields: list[rx.Component]) -> rx.Component:
    return edit_form(
        *fields,
        trouble=TROUBLE,
        on_save=lambda form_data: HealthState.save(form_data, part.value),
        on_cancel=HealthState.cancel,
    )


def _section(part: Part, button: rx.Component, *content: rx.Component) -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2(part.label, id=f"titre-{part.anchor}"), button, class_name="spread"),
        *content,
        id=part.anchor,
        class_name="card pad stack",
        aria_labelledby=f"titre-{part.anchor}",
    )


def _edit_button(part: Part) -> rx.Component:
    return rx.el.button(
        "Modifier",
        type="button",
        class_name="btn ghost small",
        aria_label=f"Modifier : {part.label}",
        on_click=HealthState.edit(part.value),
    )


def _contacts() -> rx.Component:
    new = rx.Var.create(ContactLine())
    return _section(
        Part.CONTACTS,
        rx.fragment(),
        rx.el.p("Dix personnes au plus, en plus des responsables.", class_name="muted small"),
        rx.el.ul(rx.foreach(HEALTH.contacts, _contact), class_name="ledger"),
        rx.cond(
            HealthState.contact == 0,
            _contact_form(new, rx.fragment()),
            rx.cond(
                HEALTH.contacts_full,
                rx.el.p("La liste est pleine : retirez un contact pour en ajouter un autre.", class_name="muted"),
                rx.el.button(
                    "Ajouter un contact", type="button", class_name="btn ghost", on_click=HealthState.edit_contact(0)
                ),
            ),
        ),
    )


def _contact(one: rx.Var) -> rx.Component:
    button = rx.el.button(
        "Modifier",
        type="button",
        class_name="btn ghost small",
        aria_label=f"Modifier : {one.full_name}",
        on_click=HealthState.edit_contact(one.id),
    )
    remove = rx.el.button(
        f"Retirer {one.full_name}",
        type="button",
        class_name="btn danger",
        disabled=HealthState.busy,
        on_click=HealthState.remove_contact(one.id),
    )
    edited = rx.el.li(_contact_form(one, remove))
    return rx.cond(HealthState.contact == one.id, edited, shown.contact(one, button))


def _contact_form(one: rx.Var, remove: rx.Component) -> rx.Component:
    fields = edit_form(
        *forms.contact(one, TROUBLE),
        trouble=TROUBLE,
        on_save=lambda form_data: HealthState.save_contact(form_data, one.id),
        on_cancel=HealthState.cancel,
    )
    return rx.el.div(fields, remove, class_name="stack grow")


def _consents() -> rx.Component:
    opened = HealthState.editing == Part.CONSENTS.value
    button = rx.el.button(
        "Répondre et signer",
        type="button",
        class_name="btn ghost small",
        on_click=HealthState.edit(Part.CONSENTS.value),
    )
    may_sign = rx.cond(HEALTH.signer, button, rx.el.span("Un responsable légal signe", class_name="pill"))
    return _section(
        Part.CONSENTS,
        rx.cond(opened | (HEALTH.consents.length() == 0), rx.fragment(), may_sign),
        rx.cond(opened, _form(Part.CONSENTS, forms.consents(HEALTH, TROUBLE)), shown.consents(HEALTH.consents)),
    )


def _confirmation() -> rx.Component:
    return _section(
        Part.CONFIRMATION,
        rx.fragment(),
        rx.el.p("Une fois par année scolaire, relisez la fiche et confirmez-la.", class_name="muted"),
        rx.cond(HEALTH.updated, rx.el.p(HEALTH.updated)),
        rx.cond(HEALTH.confirmed, rx.el.p(HEALTH.confirmed)),
        rx.cond(
            HEALTH.can_confirm,
            rx.el.button(
                HEALTH.confirm_label,
                type="button",
                class_name="btn",
                disabled=HealthState.busy,
                on_click=HealthState.confirm,
            ),
            rx.cond(HEALTH.to_do, rx.el.p("Complétez d’abord ce qui manque, plus haut.", class_name="muted")),
        ),
    )


def _readings() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Qui a consulté", id="consultations"),
        rx.cond(
            HEALTH.readings.length() > 0,
            rx.el.ul(rx.foreach(HEALTH.readings, _reading), class_name="ledger"),
            rx.el.p("Aucun agent n’a encore ouvert cette fiche.", class_name="muted"),
        ),
        class_name="card pad stack",
        aria_labelledby="consultations",
    )


def _reading(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(one.who),
            rx.el.span(f"{one.role} · {one.at}", class_name="under small muted"),
            class_name="t",
        )
    )
