"""« Fusionner deux dossiers » : l'autre dossier, les deux face à face, la confirmation, et le retour en arrière."""

import reflex as rx

from portail.components.cards import awaited
from portail.components.forms import form, submit
from portail.components.icons import icon
from portail.components.inputs import Input, text
from portail.components.links import to
from portail.components.native import FocusOnShow
from portail.components.side_by_side import candidate
from portail.pages.layout import frame
from portail.state.merging import MergeState as State

WORDS = Input("mots", "words", "Nom, prénom, téléphone ou numéro de dossier", "search")
HEADS = ("Ce dossier", "L’autre dossier")


def draw() -> rx.Component:
    file = State.file
    return frame(
        "/admin/familles/[family_id]/fusion",
        rx.cond(
            file.ready,
            rx.fragment(
                rx.el.p(to(f"/admin/familles/{file.id}", icon("back"), f"Famille {file.name}"), class_name="crumb"),
                _whole(),
            ),
            awaited("Fusionner deux dossiers"),
        ),
    )


def _whole() -> rx.Component:
    file = State.file
    return rx.el.div(
        rx.el.h1("Fusionner deux dossiers"),
        rx.el.p(
            f"Dossier {file.name}, n° {file.number}. Fusionner réunit deux dossiers d’une même famille en un "
            "seul : personnes, enfants, fiches, garde et démarches.",
            class_name="muted",
        ),
        rx.cond(State.fault, _fault()),
        rx.cond(file.done.length() > 0, _done()),
        rx.cond(file.is_open, rx.fragment(_other(), rx.cond(State.chosen.id > 0, _compared())), _closed()),
        class_name="stack",
    )


def _fault() -> rx.Component:
    return FocusOnShow.create(
        icon("alert"), rx.el.p(State.fault), class_name="errors", custom_attrs={"role": "alert"}, key=State.fault
    )


def _closed() -> rx.Component:
    return rx.el.p(f"Ce dossier est {State.file.status} : il ne peut plus être fusionné.", class_name="card pad")


def _other() -> rx.Component:
    likely = State.file.likely
    suggestions = rx.fragment(
        rx.el.h3("Ceux qui ressemblent"),
        rx.el.ul(rx.foreach(likely, _choice), class_name="plain choices"),
    )
    return rx.el.section(
        rx.el.h2("L’autre dossier", id="autre"),
        rx.cond(
            likely.length() > 0,
            suggestions,
            rx.el.p("Aucun dossier ouvert ne ressemble à celui-ci.", class_name="muted"),
        ),
        rx.el.form(
            text(WORDS, State.words),
            submit("Chercher", rx.Var.create(False), css="btn ghost"),
            on_submit=State.search,
            class_name="search filters",
            role="search",
        ),
        rx.cond(
            State.found.length() > 0,
            rx.el.ul(rx.foreach(State.found, _choice), class_name="plain choices", aria_label="Dossiers trouvés"),
            rx.cond(
                State.words & (State.fault == ""),
                rx.el.p("Aucun autre dossier ouvert ne correspond.", class_name="muted"),
            ),
        ),
        class_name="card pad stack",
        aria_labelledby="autre",
    )


def _choice(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(f"{one.name}, n° {one.number}"),
            rx.el.span(one.detail, class_name="under small muted"),
            class_name="t",
        ),
        rx.el.button(
            "Comparer",
            type="button",
            class_name="btn ghost small",
            aria_label=f"Comparer avec {one.name}, n° {one.number}",
            on_click=State.compare(one.id),
        ),
        class_name="spread",
    )


def _compared() -> rx.Component:
    return FocusOnShow.create(
        candidate(State.chosen, rx.cond(State.asking, _sure(), _keep()), heads=HEADS), key=State.chosen.id
    )


def _keep() -> rx.Component:
    file, other = State.file, State.chosen
    return form(
        rx.el.fieldset(
            rx.el.legend("Lequel garder ?"),
            _radio("garde-celui-ci", "this", f"Ce dossier : {file.name}, n° {file.number}", ~State.keeps_other),
            _radio("garde-autre", "other", f"L’autre dossier : {other.name}, n° {other.number}", State.keeps_other),
            class_name="choice",
        ),
        submit("Fusionner ces deux dossiers", State.busy, css="btn"),
        on_submit=State.ask,
    )


def _radio(field_id: str, value: str, label: rx.Var[str], chosen: rx.Var[bool]) -> rx.Component:
    return rx.el.div(
        rx.el.input(name="kept", type="radio", value=value, default_checked=chosen, custom_attrs={"id": field_id}),
        rx.el.label(label, html_for=field_id),
        class_name="check line",
    )


def _sure() -> rx.Component:
    file, other = State.file, State.chosen
    this, that = f"{file.name}, n° {file.number}", f"{other.name}, n° {other.number}"
    gone, kept = rx.cond(State.keeps_other, this, that), rx.cond(State.keeps_other, that, this)
    return FocusOnShow.create(
        rx.el.p(
            f"Tout ce que contient le dossier {gone} passera dans le dossier {kept}. "
            "Vous pourrez revenir en arrière pendant 30 jours."
        ),
        rx.el.div(
            rx.el.button("Confirmer", type="button", class_name="btn", disabled=State.busy, on_click=State.merge),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.stop),
            class_name="after",
        ),
        class_name="stack tight",
    )


def _done() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Fusions de ce dossier", id="fusions"),
        rx.el.ul(rx.foreach(State.file.done, _line), class_name="plain merges"),
        class_name="card pad stack",
        aria_labelledby="fusions",
    )


def _line(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(f"{one.sentence} ", to(f"/admin/familles/{one.other_id}", one.other)),
            rx.el.span(f"{one.when}. {one.outcome}", class_name="under small muted"),
            class_name="t",
        ),
        rx.cond(
            one.undoable,
            rx.el.button(
                "Défaire",
                type="button",
                class_name="btn ghost small",
                aria_label=f"Défaire la fusion avec {one.other}",
                disabled=State.busy,
                on_click=State.undo(one.id),
            ),
        ),
        class_name="spread",
    )
