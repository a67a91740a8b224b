"""Une remise de prélèvements : créer son fichier, l'encaisser, la défaire, dire les rejets ligne à ligne."""

import reflex as rx

from portail.components import tables
from portail.components.cards import awaited
from portail.components.debits import state
from portail.components.forms import fold, form, gesture, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, choice, text
from portail.components.links import plain, to
from portail.components.tables import cell
from portail.pages.layout import frame
from portail.state.debit_desk import DebitDeskState as State


def draw() -> rx.Component:
    return frame(
        "/admin/prelevements/[batch_id]",
        rx.el.p(to("/admin/prelevements", icon("back"), "Prélèvements"), class_name="crumb"),
        rx.cond(State.file.ready, _whole(), awaited("Remise de prélèvements")),
    )


def _whole() -> rx.Component:
    batch = State.file.batch
    return rx.el.div(
        rx.el.h1("Remise du ", batch.day),
        rx.el.section(
            rx.el.div(rx.el.h2(batch.count, ", ", batch.amount), state(batch), class_name="spread"),
            rx.el.p(f"{batch.regie}, {batch.name}", class_name="muted small"),
            rx.el.p(State.file.note),
            _gestures(),
            class_name="card pad stack",
        ),
        _lines(),
        class_name="stack",
    )


def _gestures() -> rx.Component:
    file = State.file
    return rx.fragment(
        rx.cond(file.can_send, _sending()),
        rx.cond(
            file.has_file,
            plain(
                f"/telechargements/prelevements-{file.batch.id}",
                icon("download"),
                "Télécharger le fichier (pain.008)",
                css="btn ghost",
            ),
        ),
        rx.cond(file.can_collect, _collecting()),
        rx.cond(file.can_cancel, _cancelling()),
        rx.cond(file.can_take_back, _taking_back()),
    )


def _sending() -> rx.Component:
    batch = State.file.batch
    return fold(
        "Créer le fichier",
        rx.el.p(
            f"{batch.count}, {batch.amount}, à prélever le {batch.day}. Ce qui a été payé depuis l’annonce n’y sera "
            "plus ; ce qui y est ne se paiera plus autrement.",
        ),
        gesture("Oui, créer le fichier", State.make_file, State.busy),
    )


def _collecting() -> rx.Component:
    batch = State.file.batch
    return fold(
        "Encaisser la remise",
        rx.el.p(
            f"{batch.count}, {batch.amount} : les factures seront soldées et les familles recevront un reçu. Les "
            "prélèvements déjà rejetés n’en sont pas.",
        ),
        gesture("Oui, encaisser la remise", State.collect, State.busy),
    )


def _cancelling() -> rx.Component:
    return fold(
        "Annuler cette remise",
        rx.el.p("Les familles seront prévenues que le prélèvement n’aura pas lieu."),
        gesture("Oui, l’annuler", State.cancel, State.busy, "btn danger small"),
    )


def _taking_back() -> rx.Component:
    return fold(
        "La banque n’a rien prélevé : reprendre la remise",
        rx.el.p(
            "Elle a refusé le fichier entier, ou il n’a pas été déposé. Les factures seront de nouveau à payer, et "
            "chaque famille recevra un courriel : le prélèvement n’aura pas lieu.",
        ),
        form(
            summary(State.fault),
            text(Input("pourquoi", "why", "Pourquoi", hint="Gardé au journal."), "", State.errors["why"]),
            submit("Oui, reprendre la remise", State.busy, css="btn danger"),
            on_submit=State.take_back,
        ),
    )


def _lines() -> rx.Component:
    heads = ("Famille", "Facture", "Mandat", tables.Amount("Montant"), "État")
    return rx.el.section(
        rx.el.h2("Prélèvements", id="lignes"),
        tables.table("Prélèvements de la remise", heads, rx.foreach(State.file.rows, _line)),
        class_name="card",
        aria_labelledby="lignes",
    )


def _line(one: rx.Var) -> rx.Component:
    said = (
        rx.cond(one.reason, rx.el.span(one.reason, class_name="under small")),
        rx.cond(one.review, rx.el.span(one.review, class_name="under small")),
    )
    return rx.el.tr(
        cell("Famille", rx.el.b(one.family)),
        cell("Facture", one.invoice),
        cell("Mandat", one.rum, rx.el.span(one.sequence, class_name="under small muted")),
        cell("Montant", rx.el.span(one.amount, class_name="sum")),
        cell("État", state(one), *said),
        rx.el.td(rx.cond(one.may_reject, _rejection(one)), class_name="act"),
    )


def _rejection(one: rx.Var) -> rx.Component:
    reason = Input(f"motif-{one.id}", "reason", "Motif donné par la banque")
    return fold(
        "Rejeté",
        form(
            rx.el.input(type="hidden", name="debit", value=one.id, read_only=True),
            choice(reason, State.file.reasons),
            submit("Enregistrer le rejet", State.busy, css="btn danger small"),
            on_submit=State.reject,
        ),
        about=f"Rejeté par la banque : facture {one.invoice}",
    )
