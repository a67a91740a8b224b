"""La fiche d'un enfant : qui il est, où il va à l'école, et ce qui mène à sa santé ou à sa garde."""

import reflex as rx

from portail.components import household as drawn
from portail.components.cards import awaited, face
from portail.components.chooser import other_child
from portail.components.forms import form, submit
from portail.components.icons import icon
from portail.components.inputs import Input, note
from portail.components.links import to
from portail.pages.layout import frame
from portail.state.children import ChildState
from portail.state.chooser import ChooserState


def draw() -> rx.Component:
    child = ChildState.child
    return frame(
        "/dossier/enfants/[child_id]",
        rx.el.p(to("/dossier", icon("back"), "Mon dossier"), class_name="crumb"),
        other_child(ChooserState.chooser, ChooserState.go),
        rx.cond(child.ready, _whole(), awaited("Fiche enfant")),
        narrow=True,
    )


def _whole() -> rx.Component:
    child = ChildState.child
    return rx.el.div(
        rx.el.div(
            face(child, "face big"),
            rx.el.div(rx.el.h1(child.first_name), rx.el.p(f"{child.age}, famille {child.family}", class_name="muted")),
            class_name="who",
        ),
        rx.cond(child.waiting.length() > 0, rx.el.ul(rx.foreach(child.waiting, _waiting), class_name="stack tight")),
        _doors(),
        _identity(),
        rx.cond(child.can_edit, _removal()),
        class_name="stack",
    )


def _doors() -> rx.Component:
    child = ChildState.child
    return rx.el.div(
        rx.cond(
            child.health_open,
            to(f"/dossier/enfants/{child.id}/sante", icon("heart"), "Fiche sanitaire", css="btn ghost small"),
        ),
        rx.cond(
            child.shared,
            to(f"/dossier/enfants/{child.id}/garde", icon("calendar"), "Garde partagée", css="btn ghost small"),
        ),
        class_name="after",
    )


def _waiting(sentence: rx.Var[str]) -> rx.Component:
    return rx.el.li(icon("clock"), sentence, class_name="pill alert")


def _identity() -> rx.Component:
    child = ChildState.child
    shown = rx.el.dl(
        rx.el.dt("Prénom et nom"),
        rx.el.dd(f"{child.first_name} {child.last_name}"),
        rx.el.dt("Date de naissance"),
        rx.el.dd(child.birth),
        rx.el.dt("École"),
        rx.el.dd(rx.cond(child.school, child.school, "—")),
        rx.el.dt("Niveau"),
        rx.el.dd(rx.cond(child.level, child.level, "—")),
        rx.cond(child.class_name, rx.fragment(rx.el.dt("Classe"), rx.el.dd(child.class_name))),
        class_name="lines",
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Identité et école", id="identite"),
            rx.cond(
                child.can_edit & (ChildState.editing != "change"),
                rx.el.button(
                    "Modifier", type="button", class_name="btn ghost small", on_click=ChildState.edit("change")
                ),
            ),
            class_name="spread",
        ),
        rx.cond(ChildState.editing == "change", _correction(), shown),
        class_name="card pad stack",
        aria_labelledby="identite",
    )


def _correction() -> rx.Component:
    child = ChildState.child
    return form(
        drawn.summary(ChildState.fault),
        rx.el.p("La mairie vérifie la correction, puis met la fiche à jour.", class_name="muted"),
        *drawn.child_fields(child, child, ChildState.errors),
        _buttons("Envoyer la correction"),
        on_submit=ChildState.ask_change,
    )


def _removal() -> rx.Component:
    asked = form(
        drawn.summary(ChildState.fault),
        note(
            Input("retrait-raison", "reason", "Pourquoi cet enfant quitte-t-il le dossier ?"),
            ChildState.errors["reason"],
        ),
        _buttons("Demander le retrait"),
        on_submit=ChildState.ask_removal,
    )
    offer = rx.el.button(
        "Demander le retrait de cet enfant",
        type="button",
        class_name="btn quiet small",
        on_click=ChildState.edit("removal"),
    )
    return rx.cond(ChildState.editing == "removal", rx.el.section(asked, class_name="card pad"), rx.el.p(offer))


def _buttons(label: str) -> rx.Component:
    return rx.el.div(
        submit(label, rx.Var.create(False), css="btn"),
        rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=ChildState.edit("")),
        class_name="after",
    )
