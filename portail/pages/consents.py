"""« Autorisations » : ce que les parents signent, dans l'ordre où ils le lisent."""

import reflex as rx

from portail.components.cards import bones, empty
from portail.components.forms import form, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, note, text, tick
from portail.pages.layout import frame
from portail.state.consents import ConsentsState as State


def draw() -> rx.Component:
    add = rx.el.button("Ajouter une autorisation", type="button", class_name="btn", on_click=State.edit(0, 0))
    return frame(
        "/admin/autorisations",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Autorisations"),
                rx.el.p("Ce que les parents lisent et signent dans la fiche sanitaire.", class_name="muted"),
            ),
            add,
            class_name="hello",
        ),
        rx.el.div(
            rx.cond(State.editing == 0, rx.el.section(_form(None), class_name="card pad")),
            rx.cond(State.listing.ready, _lists(), rx.el.div(*bones("familybone", 3), class_name="stack")),
            class_name="stack",
        ),
        narrow=True,
    )


def _lists() -> rx.Component:
    nothing = empty(
        "check",
        "Aucune autorisation demandée",
        "Ajoutez-en une : les parents la signeront dans la fiche sanitaire de chaque enfant.",
        css="empty alone",
    )
    asked = rx.el.ol(rx.foreach(State.listing.rows, _asked), class_name="stack")
    withdrawn = rx.el.section(
        rx.el.h2("Retirées", id="retirees"),
        rx.el.p("Elles ne se demandent plus ; les réponses signées sont gardées.", class_name="muted"),
        rx.el.ul(rx.foreach(State.listing.withdrawn, _withdrawn), class_name="ledger"),
        class_name="card pad stack",
        aria_labelledby="retirees",
    )
    return rx.fragment(
        rx.cond(State.listing.rows.length() > 0, asked, nothing),
        rx.cond(State.listing.withdrawn.length() > 0, withdrawn),
    )


def _asked(one: rx.Var, place: rx.Var[int]) -> rx.Component:
    shown = rx.fragment(
        rx.el.div(
            rx.el.h2(one.label),
            rx.cond(
                one.compulsory,
                rx.el.span(icon("check"), "Réponse obligatoire", class_name="pill state"),
                rx.el.span("Facultative", class_name="pill state"),
            ),
            class_name="spread",
        ),
        rx.el.p(one.text, class_name="said quote"),
        _counts(one),
        rx.el.div(
            _gesture("Modifier", State.edit(one.id, one.revision), f"Modifier : {one.label}"),
            _gesture("Monter", State.move(one.id, one.revision, True), f"Monter : {one.label}", place == 0),
            _gesture(
                "Descendre",
                State.move(one.id, one.revision, False),
                f"Descendre : {one.label}",
                place == State.listing.rows.length() - 1,
            ),
            _gesture("Retirer", State.ask_for(one.id, one.revision, False), f"Retirer : {one.label}", css="danger"),
            class_name="after",
        ),
    )
    return rx.el.li(rx.cond(State.editing == one.id, _form(one), shown), class_name="card pad stack")


def _withdrawn(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.b(one.label), _counts(one), class_name="t"),
        _gesture("Redemander", State.ask_for(one.id, one.revision, True), f"Redemander : {one.label}"),
    )


def _counts(one: rx.Var) -> rx.Component:
    return rx.el.p(
        one.answers,
        rx.cond(one.older, f" · {one.older}", ""),
        rx.cond(one.updated, rx.el.span(one.updated, class_name="under"), rx.fragment()),
        class_name="small muted",
    )


def _gesture(
    label: str, on_click: rx.event.EventSpec, about: rx.Var[str], off: rx.Var[bool] | bool = False, css: str = "ghost"
) -> rx.Component:
    return rx.el.button(
        label, type="button", class_name=f"btn {css} small", aria_label=about, disabled=off, on_click=on_click
    )


def _form(one: rx.Var | None) -> rx.Component:
    """Le même formulaire pour ajouter et pour reformuler."""
    key = "neuve" if one is None else one.id.to_string()
    warning = "Changer ce texte redemande une réponse à toutes les familles. Celles déjà signées sont gardées."
    return form(
        summary(State.fault),
        text(
            Input(f"titre-{key}", "label", "Titre", hint="Changer le titre seul ne redemande rien."),
            "" if one is None else one.label,
            State.errors["label"],
        ),
        note(
            Input(f"texte-{key}", "text", "Ce que le parent signe", hint="" if one is None else warning),
            State.errors["text"],
            "" if one is None else one.text,
        ),
        tick(
            Input(f"obligatoire-{key}", "compulsory", "Il faut répondre, oui ou non, pour réserver"),
            True if one is None else one.compulsory,
        ),
        rx.el.div(
            submit("Enregistrer", rx.Var.create(False), css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.cancel),
            class_name="after",
        ),
        on_submit=State.save,
    )
