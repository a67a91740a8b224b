"""Un tarif : ses grilles datées, une nouvelle version, et ce que paiera une famille."""

import reflex as rx

from portail.components import tariff_forms, tariffs
from portail.components.cards import awaited, empty
from portail.components.forms import Choice, choose, fold, form, gesture, submit
from portail.components.forms import Field as Plain
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, text
from portail.components.links import to
from portail.components.native import FocusOnShow
from portail.domain.tariff_forms import Side
from portail.pages.layout import frame
from portail.state.tariff_file import NEW
from portail.state.tariff_file import TariffFileState as State


def draw() -> rx.Component:
    return frame(
        "/admin/tarifs/[tariff_id]",
        rx.el.p(to("/admin/tarifs", icon("back"), "Tous les tarifs", css="lost"), class_name="crumb"),
        rx.cond(State.file.ready, _opened(), awaited("Tarif")),
    )


def _opened() -> rx.Component:
    file = State.file
    used = rx.cond(file.used.length() > 0, file.used.join(", "), "aucune activité ne le vend encore")
    return rx.fragment(
        rx.el.div(
            rx.el.div(rx.el.h1(file.name), rx.el.p(used, class_name="muted")),
            rx.el.button("Renommer", type="button", class_name="btn ghost", on_click=State.edit("name")),
            class_name="hello",
        ),
        rx.cond(State.editing == "name", _name()),
        rx.cond(file.can_discard, _discard()),
        rx.el.div(
            _grids(),
            _preview(),
            class_name="two",
        ),
    )


def _discard() -> rx.Component:
    """Ajouté par erreur : il s'en va avec ses grilles."""
    return fold(
        "Supprimer ce tarif",
        rx.el.p("Aucune activité ne l’a jamais vendu : il s’en va avec ses grilles."),
        gesture("Oui, le supprimer", State.discard, State.busy, "btn danger small"),
    )


def _name() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Renommer"),
        form(
            text(Input("tarif-nom", "name", "Ce qui est vendu"), State.file.name, State.errors["name"]),
            rx.el.div(
                submit("Enregistrer", State.busy, css="btn"),
                rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.edit("")),
                class_name="after",
            ),
            on_submit=State.rename,
        ),
        class_name="card pad stack part",
    )


def _grids() -> rx.Component:
    grids = State.file.grids
    nothing = empty("euro", "Aucune grille", "Sans grille, rien ne se réserve à ce tarif.", css="empty alone")
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Grilles"),
            rx.el.button("Nouvelle grille", type="button", class_name="btn", on_click=State.edit(NEW)),
            class_name="spread",
        ),
        rx.cond((State.editing == "") & (State.fault != ""), rx.fragment(summary(State.fault), _reread())),
        rx.cond(State.editing == NEW, _form()),
        rx.cond(
            grids.length() > 0,
            rx.el.ul(rx.foreach(grids, _grid), class_name="plain"),
            nothing,
        ),
        class_name="card pad stack opened",
    )


def _form() -> rx.Component:
    drawn = rx.el.div(tariff_forms.grid(State, State.edit("")), key=State.editing)
    return rx.cond(State.reviewed.length() > 0, _review(), drawn)


def _review() -> rx.Component:
    return FocusOnShow.create(
        rx.el.div(
            rx.el.p(
                "Relisez, puis enregistrez : dès qu’une réservation en aura le prix, cette grille ne changera plus."
            ),
            summary(State.fault),
            _reread(),
            rx.foreach(State.reviewed, tariffs.grid),
            rx.cond(State.effect.ready, tariffs.effect(State.effect)),
            rx.el.div(
                gesture("Enregistrer", State.save, State.busy),
                rx.el.button("Corriger", type="button", class_name="btn ghost", on_click=State.correct),
                class_name="after",
            ),
            class_name="stack deadline",
        )
    )


def _reread() -> rx.Component:
    """Un autre agent est passé : rien ne part avant ce geste."""
    return rx.cond(
        State.stale,
        rx.el.div(
            rx.el.button(
                "J’ai relu ses grilles, je garde ma saisie",
                type="button",
                class_name="btn ghost",
                on_click=State.keep_mine,
            ),
            class_name="after",
        ),
    )


def _grid(card: rx.Var) -> rx.Component:
    editing, copying = State.editing == f"grid-{card.id}", State.editing == f"copy-{card.id}"
    locked = rx.el.p(icon("lock"), card.locked, class_name="small muted iconed")
    weighed = rx.cond(State.effect.ready & (State.effect.id == card.id), _effect())
    ends = (rx.cond(card.locked, locked), _gestures(card), rx.cond(copying, _copy(card)), weighed)
    return rx.el.li(rx.cond(editing, _form(), tariffs.grid_with(card, *ends)))


def _gestures(card: rx.Var) -> rx.Component:
    """Toute grille se copie ; celle qui n'a encore donné son prix à personne se change et se retire aussi."""
    return rx.el.div(
        _gesture("Copier cette grille", card, State.edit(f"copy-{card.id}")),
        rx.cond(card.tone == "warn", _gesture("Effet sur les familles", card, State.weigh(card.id))),
        rx.cond(card.locked, rx.fragment(), _changes(card)),
        class_name="after",
    )


def _gesture(label: str, card: rx.Var, do: rx.EventHandler) -> rx.Component:
    return rx.el.button(
        label, type="button", class_name="btn ghost small", aria_label=f"{label} : {card.since}", on_click=do
    )


def _copy(card: rx.Var) -> rx.Component:
    return FocusOnShow.create(tariff_forms.copy(State, card.since, State.edit("")))


def _effect() -> rx.Component:
    return FocusOnShow.create(tariffs.effect(State.effect))


def _changes(card: rx.Var) -> rx.Component:
    return rx.fragment(
        _gesture("Modifier", card, State.edit(f"grid-{card.id}")),
        fold(
            "Retirer cette grille",
            rx.el.p(
                "Elle n’a encore servi à personne. La grille d’avant vaudra à sa place ; sans elle, rien ne se réserve."
            ),
            gesture("Oui, la retirer", State.remove(card.id), State.busy, "btn danger small"),
            about=f"Retirer cette grille : {card.since}",
        ),
    )


def _preview() -> rx.Component:
    errors, seen = State.preview_errors, State.seen
    places = tuple(Choice(side.value, side.label) for side in Side)
    return rx.el.section(
        rx.el.h2("Ce que paiera une famille"),
        form(
            text(
                Input("essai-quotient", "quotient", "Quotient familial (vide : inconnu)", mode="numeric"),
                "850",
                errors["quotient"],
            ),
            choose(Plain("essai-lieu", "residence", "Où elle habite"), places),
            text(Input("essai-rang", "rank", "Rang de l’enfant au foyer", mode="numeric"), "1", errors["rank"]),
            text(Input("essai-jour", "day", "Jour de la séance", "date"), State.file.today, errors["day"]),
            submit("Calculer", State.busy, css="btn ghost"),
            on_submit=State.preview,
        ),
        rx.el.div(
            tariffs.previous(
                (errors.length() > 0) & (seen.title != ""), "Calcul précédent : corrigez le formulaire pour le refaire."
            ),
            rx.cond(seen.title, rx.el.h3(seen.title)),
            rx.el.ul(rx.foreach(seen.lines, tariffs.explained), class_name="plain"),
            class_name="stack tight",
            custom_attrs={"aria-live": "polite"},
        ),
        class_name="card pad stack",
    )
