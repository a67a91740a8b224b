"""« Remises en banque » : ce qui attend, groupé par moyen, les bordereaux et leur crédit."""

import reflex as rx

from portail.components import tables
from portail.components.cards import bones, empty
from portail.components.forms import checkbox, fold, form, gesture, submit
from portail.components.inputs import Input, text
from portail.components.papers import download
from portail.components.tables import cell
from portail.pages.layout import frame
from portail.state.slips import SlipsState as State


def draw() -> rx.Component:
    nothing = empty("check", "Rien à déposer", "Les prochains chèques, titres et espèces paraîtront ici.")
    piles = rx.el.div(rx.foreach(State.view.piles, _pile), class_name="stack")
    return frame(
        "/admin/remises",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Remises en banque"),
                rx.el.p("Ce qui attend d’être déposé, groupé par moyen de paiement.", class_name="muted"),
            ),
            class_name="hello",
        ),
        rx.cond(
            State.view.ready,
            rx.el.div(rx.cond(State.view.piles.length() > 0, piles, nothing), _slips(), class_name="stack"),
            rx.el.div(*bones("", 4), class_name="bones"),
        ),
    )


def _pile(pile: rx.Var) -> rx.Component:
    """Tout est coché d'avance ; décocher garde une pièce pour le prochain bordereau."""
    return rx.el.section(
        rx.el.div(rx.el.h2(pile.title), rx.el.b(f"{pile.count}, {pile.total}", class_name="sum"), class_name="spread"),
        form(
            rx.el.input(type="hidden", name="regie_id", value=pile.regie_id.to_string(), read_only=True),
            rx.el.input(type="hidden", name="means", value=pile.means, read_only=True),
            rx.el.div(rx.foreach(pile.pieces, _piece)),
            submit("Établir le bordereau", State.busy, css="btn"),
            on_submit=State.make,
        ),
        class_name="card pad stack",
        key=f"{pile.key}-{pile.count}",
    )


def _piece(piece: rx.Var) -> rx.Component:
    label = rx.el.span(
        rx.el.span(f"{piece.day} · {piece.family}", rx.cond(piece.note, f" · n° {piece.note}", "")),
        " ",
        rx.el.b(piece.amount, class_name="sum"),
        class_name="piece",
    )
    return checkbox(f"piece-{piece.id}", f"piece-{piece.id}", label, checked=True)


def _slips() -> rx.Component:
    heads = ("Bordereau", "Nature", "Établi le", "Pièces", tables.Amount("Total"))
    return rx.cond(
        State.view.slips.length() > 0,
        rx.el.section(
            rx.el.h2("Bordereaux", id="bordereaux"),
            tables.table("Bordereaux de remise", heads, rx.foreach(State.view.slips, _slip)),
            tables.pager(State.view, State.turn),
            class_name="card",
            aria_labelledby="bordereaux",
        ),
    )


def _slip(slip: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Bordereau", rx.el.b(slip.number)),
        cell("Nature", slip.means),
        cell("Établi le", slip.day),
        cell("Pièces", slip.count, rx.cond(slip.credited, rx.el.span(slip.credited, class_name="under small muted"))),
        cell("Total", rx.el.span(slip.total, class_name="sum")),
        rx.el.td(
            rx.cond(slip.href, download(slip.href, f"{slip.number} (PDF)")),
            rx.cond(slip.can_credit, _crediting(slip)),
            rx.cond(slip.credited, _taking_back(slip)),
            rx.cond(slip.can_cancel, _cancelling(slip)),
            class_name="act",
        ),
        key=f"{slip.id}-{slip.count}-{slip.credited}",
    )


def _crediting(slip: rx.Var) -> rx.Component:
    """Ce que le relevé de la banque, ou de l'émetteur des titres, dit."""
    day = Input(f"credit-{slip.id}", "day", "Crédité en banque le", "date", css="year")
    return fold(
        "Noter le crédit",
        form(
            rx.el.input(type="hidden", name="slip_id", value=slip.id.to_string(), read_only=True),
            text(day, State.view.today),
            submit("Noter ce crédit", State.busy, css="btn small"),
            on_submit=State.credit,
        ),
        about=f"Noter le crédit du bordereau {slip.number}",
    )


def _taking_back(slip: rx.Var) -> rx.Component:
    return fold(
        "Retirer le crédit",
        rx.el.p(f"{slip.number} attendra de nouveau son crédit.", class_name="small"),
        gesture("Oui, le retirer", State.take_credit_back(slip.id), State.busy, css="btn ghost small"),
        about=f"Retirer le crédit du bordereau {slip.number}",
    )


def _cancelling(slip: rx.Var) -> rx.Component:
    """Ses pièces reviennent dans ce qui attend ; le motif reste au journal."""
    return fold(
        "Annuler",
        form(
            rx.el.input(type="hidden", name="slip_id", value=slip.id.to_string(), read_only=True),
            text(Input(f"motif-{slip.id}", "reason", "Motif, gardé au journal")),
            submit("Annuler ce bordereau", State.busy, css="btn danger small"),
            on_submit=State.cancel,
        ),
        about=f"Annuler le bordereau {slip.number}",
    )
