"""« Prélèvements », pour la régie : préparer une remise, la suivre, enregistrer les rejets, lire les mandats."""

import reflex as rx

from portail.components import tables
from portail.components.cards import awaited, bones, empty
from portail.components.forms import form, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, choice, text
from portail.components.links import plain, to
from portail.components.tables import cell
from portail.domain.direct_debits import NOTICE_DAYS
from portail.pages.layout import frame
from portail.state.debit_desk import DebitDeskState as State


def draw() -> rx.Component:
    return frame(
        "/admin/prelevements",
        rx.el.div(rx.el.h1("Prélèvements"), class_name="hello"),
        rx.cond(
            State.desk.ready,
            rx.el.div(
                rx.cond(State.desk.reviews.length() > 0, _reviews()),
                rx.cond(State.preview.ready, _preview(), _prepare()),
                _batches(),
                _mandates(),
                class_name="stack",
            ),
            rx.el.div(*bones("familybone", 2), class_name="stack"),
        ),
    )


def _reviews() -> rx.Component:
    return rx.el.section(
        rx.el.h2("À regarder"),
        rx.el.ul(rx.foreach(State.desk.reviews, _review), class_name="plain stack"),
        class_name="card pad stack",
    )


def _review(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.b(f"{one.family}, facture {one.invoice}, {one.amount}"),
        rx.el.span(one.review, class_name="under"),
        rx.el.button(
            "C’est vu",
            type="button",
            class_name="btn ghost small",
            aria_label=f"C’est vu, facture {one.invoice}",
            on_click=State.see(one.id),
        ),
    )


def _prepare() -> rx.Component:
    desk, errors = State.desk, State.errors
    closed = rx.el.p(
        "Aucune régie ne prélève encore : un administrateur renseigne son identifiant créancier SEPA et son IBAN dans "
        "« Régies ».",
        class_name="muted",
    )
    hint = f"Dans {NOTICE_DAYS}\u00a0jours au moins, un jour de banque : c’est le préavis écrit dans les mandats."
    fields = form(
        summary(State.fault),
        choice(Input("regie", "regie", "Régie"), desk.regies, desk.regies[0].value, errors["regie"], blank="-"),
        text(Input("jour", "day", "Date du prélèvement", "date", hint=hint, css="year"), desk.earliest, errors["day"]),
        submit("Voir ce qui serait prélevé", State.busy, css="btn"),
        on_submit=State.look,
    )
    return rx.el.section(
        rx.el.h2("Préparer une remise"),
        rx.cond(desk.regies.length() > 0, fields, closed),
        class_name="card pad stack",
    )


def _preview() -> rx.Component:
    seen = State.preview
    heads = ("Famille", "Facture", "Mandat", tables.Amount("Montant"))
    return rx.el.section(
        rx.el.h2("Ce qui serait prélevé"),
        rx.el.p(f"{seen.count}, {seen.amount}, le {seen.spoken_day}, par {seen.regie}."),
        tables.read_only("Factures à prélever", heads, rx.foreach(seen.rows, _candidate)),
        rx.el.p("Chaque famille reçoit aussitôt un courriel avec le montant et la date.", class_name="muted"),
        rx.el.div(
            rx.el.button(
                "Annoncer aux familles",
                type="button",
                class_name="btn",
                disabled=State.busy,
                on_click=State.announce,
            ),
            rx.el.button("Revenir", type="button", class_name="btn ghost", on_click=State.give_up),
            class_name="after",
        ),
        class_name="card pad stack",
    )


def _candidate(one: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Famille", rx.el.b(one.family)),
        cell("Facture", one.invoice),
        cell("Mandat", one.rum),
        cell("Montant", rx.el.span(one.amount, class_name="sum")),
    )


def _batches() -> rx.Component:
    heads = ("Date", "Régie", "Remise", tables.Amount("Montant"), "État")
    nothing = empty("euro", "Aucune remise", "Préparez la première quand des factures sont émises.")
    return rx.el.section(
        rx.el.h2("Remises", id="remises"),
        rx.cond(
            State.desk.batches.length() > 0,
            tables.table("Remises de prélèvements", heads, rx.foreach(State.desk.batches, _batch)),
            nothing,
        ),
        class_name="card",
        aria_labelledby="remises",
    )


def _batch(one: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Date", one.day),
        cell("Régie", one.regie),
        cell("Remise", one.count),
        cell("Montant", rx.el.span(one.amount, class_name="sum")),
        cell("État", _state(one)),
        rx.el.td(
            to(
                f"/admin/prelevements/{one.id}",
                "Ouvrir",
                css="btn quiet small",
                aria_label=f"Ouvrir la remise du {one.day}, {one.amount}",
            ),
            class_name="act",
        ),
    )


def _state(one: rx.Var) -> rx.Component:
    return rx.el.span(one.state, class_name="pill", custom_attrs={"data-tone": one.tone})


def _mandates() -> rx.Component:
    heads = ("Famille", "Titulaire", "Compte", "Mandat")
    nothing = empty("document", "Aucun mandat", "Les familles signent en ligne, dans « Mes prélèvements ».")
    return rx.el.section(
        rx.el.h2("Mandats", id="mandats"),
        rx.el.p(State.desk.mandates_count, class_name="muted small promise"),
        rx.cond(
            State.desk.mandates.length() > 0,
            tables.table("Mandats en cours", heads, rx.foreach(State.desk.mandates, _mandate)),
            nothing,
        ),
        class_name="card",
        aria_labelledby="mandats",
    )


def _mandate(one: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Famille", one.family),
        cell("Titulaire", one.holder),
        cell("Compte", one.iban),
        cell("Mandat", rx.el.span(one.rum), rx.el.span(one.dates, class_name="under small muted")),
        rx.el.td(
            rx.el.details(
                rx.el.summary("Y mettre fin", class_name="lost"),
                rx.el.button(
                    "Oui, mettre fin",
                    type="button",
                    class_name="btn danger small",
                    aria_label=f"Oui, mettre fin au mandat {one.rum}",
                    on_click=State.end_mandate(one.id),
                ),
            ),
            class_name="act",
        ),
    )


def draw_one() -> rx.Component:
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
            rx.el.div(rx.el.h2(batch.count, ", ", batch.amount), _state(batch), class_name="spread"),
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
    return rx.el.div(
        rx.cond(file.can_send, _gesture("Créer le fichier", State.make_file)),
        rx.cond(
            file.has_file,
            plain(
                f"/telechargements/prelevements-{file.batch.id}",
                icon("download"),
                "Télécharger le fichier (pain.008)",
                css="btn ghost",
            ),
        ),
        rx.cond(file.can_collect, _gesture("Encaisser la remise", State.collect)),
        rx.cond(
            file.can_cancel,
            rx.el.details(
                rx.el.summary("Annuler cette remise", class_name="lost"),
                rx.el.p("Les familles seront prévenues que le prélèvement n’aura pas lieu."),
                rx.el.button("Oui, l’annuler", type="button", class_name="btn danger small", on_click=State.cancel),
            ),
        ),
        class_name="after",
    )


def _gesture(label: str, on_click: rx.EventHandler) -> rx.Component:
    return rx.el.button(label, type="button", class_name="btn", disabled=State.busy, on_click=on_click)


def _lines() -> rx.Component:
    heads = ("Famille", "Facture", "Mandat", tables.Amount("Montant"), "État")
    return rx.el.section(
        rx.el.h2("Prélèvements", id="lignes"),
        tables.table("Prélèvements de la remise", heads, rx.foreach(State.file.rows, _line)),
        class_name="card",
        aria_labelledby="lignes",
    )


def _line(one: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Famille", rx.el.b(one.family)),
        cell("Facture", one.invoice),
        cell("Mandat", one.rum, rx.el.span(one.sequence, class_name="under small muted")),
        cell("Montant", rx.el.span(one.amount, class_name="sum")),
        cell("État", _state(one), rx.cond(one.reason, rx.el.span(one.reason, class_name="under small"))),
        rx.el.td(rx.cond(one.may_reject, _rejection(one)), class_name="act"),
    )


def _rejection(one: rx.Var) -> rx.Component:
    reason = Input(f"motif-{one.id}", "reason", "Motif donné par la banque")
    return rx.el.details(
        rx.el.summary("Rejeté", class_name="lost", aria_label=f"Rejeté par la banque : facture {one.invoice}"),
        form(
            rx.el.input(type="hidden", name="debit", value=one.id, read_only=True),
            choice(reason, State.file.reasons),
            submit("Enregistrer le rejet", rx.Var.create(False), css="btn danger small"),
            on_submit=State.reject,
        ),
    )
