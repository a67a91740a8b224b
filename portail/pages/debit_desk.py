"""« Prélèvements », pour la régie : préparer une remise, retrouver remises et mandats, ce qui est à regarder."""

import reflex as rx

from portail.components import tables
from portail.components.cards import bones, empty
from portail.components.debits import state
from portail.components.forms import fold, form, gesture, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, choice, text
from portail.components.links import to
from portail.components.tables import cell
from portail.domain.direct_debits import NOTICE_DAYS
from portail.pages.layout import frame
from portail.state.debit_desk import DebitDeskState as State

SHORTER = "Essayez un seul mot du nom, ou le début de la référence du mandat."


def draw() -> rx.Component:
    return frame(
        "/admin/prelevements",
        rx.el.div(rx.el.h1("Prélèvements"), class_name="hello"),
        rx.cond(
            State.desk.ready,
            rx.el.div(
                rx.cond(State.desk.reviews.length() > 0, _reviews()),
                rx.cond(State.preview.ready, _preview(), _prepare()),
                _search(),
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
        gesture("C’est vu", State.see(one.id), State.busy, "btn ghost small", f"C’est vu, facture {one.invoice}"),
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
        rx.cond(seen.left_out.length() > 0, _left_out()),
        rx.el.p("Chaque famille reçoit aussitôt un courriel avec le montant et la date.", class_name="muted"),
        rx.el.div(
            gesture("Annoncer aux familles", State.announce, State.busy),
            rx.el.button("Revenir", type="button", class_name="btn ghost", on_click=State.give_up),
            class_name="after",
        ),
        class_name="card pad stack",
    )


def _left_out() -> rx.Component:
    """Le préavis leur est dû et personne ne le recevrait : l'agent les voit, la remise ne les a pas."""
    return rx.el.div(
        icon("alert"),
        rx.el.div(
            rx.el.h3("Laissées de côté : aucun adulte à prévenir"),
            rx.el.p("Le préavis est obligatoire. Ouvrez un compte à un adulte, ou convenez d’un autre paiement."),
            rx.el.ul(
                rx.foreach(
                    State.preview.left_out,
                    lambda one: rx.el.li(
                        to(f"/admin/encaissements/{one.family_id}", one.family),
                        f", facture {one.invoice}, {one.amount}",
                    ),
                ),
                class_name="plain",
            ),
        ),
        class_name="aside",
    )


def _candidate(one: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Famille", rx.el.b(one.family)),
        cell("Facture", one.invoice),
        cell("Mandat", one.rum),
        cell("Montant", rx.el.span(one.amount, class_name="sum")),
    )


def _search() -> rx.Component:
    """Les mêmes mots cherchent parmi les remises et parmi les mandats."""
    words = Input("mots", "words", "Retrouver une famille, un titulaire ou un mandat (RUM)", "search")
    return rx.cond(
        State.mandates.ready,
        rx.el.form(
            text(words, State.mandates.words),
            submit("Rechercher", State.busy, css="btn"),
            on_submit=State.search,
            class_name="search filters",
            role="search",
        ),
    )


def _batches() -> rx.Component:
    heads = ("Date", "Régie", "Remise", tables.Amount("Montant"), "État")
    nothing = empty("euro", "Aucune remise", "Préparez la première quand des factures sont émises.")
    return rx.el.section(
        rx.el.h2("Remises", id="remises"),
        rx.cond(
            State.batches.rows.length() > 0,
            rx.fragment(
                tables.table("Remises de prélèvements", heads, rx.foreach(State.batches.rows, _batch)),
                tables.pager(State.batches, State.turn_batches, "Pages des remises"),
            ),
            rx.cond(State.mandates.words, empty("search", "Aucune remise trouvée", SHORTER), nothing),
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
        cell("État", state(one)),
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


def _mandates() -> rx.Component:
    listing, heads = State.mandates, ("Famille", "Titulaire", "Compte", "Mandat")
    nothing = empty("document", "Aucun mandat", "Les familles signent en ligne, dans « Mes prélèvements ».")
    return rx.el.section(
        rx.el.h2("Mandats", id="mandats"),
        rx.cond(
            listing.rows.length() > 0,
            rx.fragment(
                tables.table("Mandats de prélèvement", heads, rx.foreach(listing.rows, _mandate)),
                tables.pager(listing, State.turn_mandates, "Pages des mandats"),
            ),
            rx.cond(listing.words, empty("search", "Aucun mandat trouvé", SHORTER), nothing),
        ),
        class_name="card",
        aria_labelledby="mandats",
    )


def _mandate(one: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Famille", one.family),
        cell("Titulaire", one.holder),
        cell("Compte", one.iban),
        cell("Mandat", rx.el.span(one.rum), rx.el.span(one.dates, class_name="under small muted"), state(one)),
        rx.el.td(rx.cond(one.is_active, _ending(one)), class_name="act"),
    )


def _ending(one: rx.Var) -> rx.Component:
    about = f"Oui, mettre fin au mandat {one.rum}"
    return fold(
        "Y mettre fin",
        rx.el.p("La famille en sera prévenue. Un prélèvement annoncé n’aura pas lieu."),
        gesture("Oui, mettre fin", State.end_mandate(one.id), State.busy, "btn danger small", about),
        about=f"Y mettre fin : mandat {one.rum}",
    )
