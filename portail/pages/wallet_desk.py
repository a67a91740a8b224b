"""« Encaissements » : le porte-monnaie et le quotient de chaque famille, pour la régie."""

import reflex as rx

from portail.components import cash_desk as drawn_desk
from portail.components import papers, tables
from portail.components import wallet as drawn
from portail.components.cards import awaited, bones, empty
from portail.components.forms import form, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, choice, text
from portail.components.links import button_to, to
from portail.components.tables import cell
from portail.domain.accounts import Audience
from portail.domain.desk import Split
from portail.domain.money import euros
from portail.domain.wallet import OVERDRAFT_CEILING_CENTS
from portail.pages.layout import frame
from portail.state.base import PortalState
from portail.state.wallet_desk import WalletDeskState as State

OVERDRAFT = Input(
    "decouvert",
    "overdraft",
    "Découvert autorisé, en euros",
    hint=f"0\u00a0: aucun. {euros(OVERDRAFT_CEILING_CENTS)} au plus. Il se dépense, il ne se rembourse pas.",
    mode="decimal",
    css="year",
)


def draw_list() -> rx.Component:
    listing = State.listing
    nothing = empty("search", "Aucune famille trouvée", "Essayez un seul mot, un téléphone ou un numéro de dossier.")
    heads = ("Dossier", "Famille", "Adultes", tables.Amount("Solde"), "Compte")
    rows = rx.fragment(
        tables.table("Porte-monnaie des familles", heads, rx.foreach(listing.rows, _row)),
        tables.pager(listing, State.turn),
    )
    return frame(
        "/admin/encaissements",
        rx.el.h1("Encaissements"),
        rx.el.form(
            text(Input("mots", "words", "Nom, téléphone, dossier, facture ou montant dû", "search")),
            submit("Rechercher", rx.Var.create(False), css="btn"),
            on_submit=State.search,
            class_name="search filters",
            role="search",
        ),
        rx.el.section(
            rx.el.h2("Liste des familles", class_name="unseen"),
            rx.cond(
                listing.ready,
                rx.cond(listing.rows.length() > 0, rows, nothing),
                rx.el.div(*bones("", 5), class_name="bones"),
            ),
            class_name="card",
        ),
    )


def _row(row: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Dossier", row.number),
        cell("Famille", rx.el.b(row.name)),
        cell("Adultes", row.adults),
        cell("Solde", rx.el.span(row.balance, class_name="sum")),
        cell("Compte", rx.el.span(row.standing, class_name="pill", custom_attrs={"data-tone": row.tone})),
        rx.el.td(
            to(
                f"/admin/encaissements/{row.id}",
                "Ouvrir",
                css="btn quiet small",
                aria_label=f"Ouvrir le porte-monnaie de {row.name}, {row.number}",
            ),
            class_name="act",
        ),
    )


def draw_one() -> rx.Component:
    return frame(
        "/admin/encaissements/[family_id]",
        rx.el.p(to("/admin/encaissements", icon("back"), "Encaissements"), class_name="crumb"),
        rx.cond(State.file.ready, _whole(), awaited("Porte-monnaie")),
    )


def _whole() -> rx.Component:
    return rx.el.div(
        rx.el.h1("Famille ", State.file.family),
        rx.el.div(
            button_to(f"/admin/factures?mots={State.file.number}", "Factures de cette famille", css="btn ghost small"),
            rx.cond(
                PortalState.me.open_to.contains(Audience.FILES.value),
                button_to(f"/admin/familles/{State.file.family_id}", "Dossier de la famille", css="btn ghost small"),
            ),
            class_name="after",
        ),
        rx.el.div(
            rx.el.div(_balance(), _credit(), _payments(), _movements(), class_name="stack"),
            rx.el.div(_mandates(), _quotient(), _years(), class_name="stack"),
            class_name="two",
        ),
        class_name="stack",
    )


def _balance() -> rx.Component:
    file = State.file
    standing = rx.cond(
        file.is_active,
        rx.el.span("Compte famille actif", class_name="pill", custom_attrs={"data-tone": "ok"}),
        rx.el.span("Compte famille à activer par la famille", class_name="pill", custom_attrs={"data-tone": "warn"}),
    )
    return rx.el.section(
        rx.el.div(rx.el.h2("Solde du porte-monnaie"), standing, class_name="spread"),
        rx.el.p(file.balance, class_name="balance"),
        rx.el.p(f"Dossier {file.number}, {file.residence}", class_name="muted"),
        _overdraft(),
        class_name="card pad stack tight",
    )


def _overdraft() -> rx.Component:
    """Jusqu'où le solde peut descendre ; la famille le lit sur sa page."""
    file = State.file
    return form(
        summary(State.overdraft_fault),
        text(OVERDRAFT, file.overdraft, State.overdraft_errors["overdraft"]),
        submit("Fixer le découvert", State.busy, css="btn ghost"),
        on_submit=State.allow_overdraft,
    )


def _credit() -> rx.Component:
    """Un formulaire neuf après chaque encaissement : sa clé est le jeton, qui ne sert qu'une fois."""
    file, errors = State.file, State.credit_errors
    return rx.el.section(
        rx.el.h2("Encaisser au guichet"),
        rx.cond(file.dues.length() > 0, rx.el.p("Reste à payer : ", rx.el.b(file.owed))),
        form(
            summary(State.credit_fault),
            rx.el.input(type="hidden", name="token", value=file.token, read_only=True),
            drawn_desk.amount("montant", "Montant en euros", State.propose, errors["amount"]),
            choice(Input("moyen", "means", "Moyen"), file.means, "", errors["means"]),
            text(Input("cheque", "note", "Numéro du chèque ou du titre (facultatif)"), "", errors["note"]),
            rx.cond(file.dues.length() > 0, _split()),
            submit("Encaisser", State.busy, css="btn"),
            on_submit=State.credit,
        ),
        class_name="card pad stack",
        key=file.token,
    )


def _split() -> rx.Component:
    """Où va l'argent : les plus anciennes d'abord, ou facture par facture."""
    file = State.file
    return rx.fragment(
        rx.el.div(
            rx.el.label("Répartir", html_for="repartir"),
            rx.el.p("Sur les factures à payer ; le reste va au porte-monnaie.", class_name="hint", id="repartir-aide"),
            rx.el.select(
                rx.foreach(file.splits, lambda one: rx.el.option(one.label, value=one.value)),
                name="split",
                value=State.split,
                on_change=State.choose_split,
                class_name="input",
                custom_attrs={"id": "repartir", "aria-describedby": "repartir-aide"},
            ),
            class_name="field",
        ),
        rx.cond(State.split == Split.TYPED.value, rx.foreach(file.dues, drawn_desk.due_field)),
        rx.cond(
            State.split == Split.AUTO.value,
            rx.el.ul(rx.foreach(file.dues, drawn_desk.due_line), class_name="plain small"),
        ),
    )


def _payments() -> rx.Component:
    payments = State.file.payments
    gestures = drawn_desk.Gestures(State.undo, State.bounce, State.correct, State.busy)
    shown = rx.el.ul(rx.foreach(payments, lambda one: drawn_desk.payment(one, gestures)))
    nothing = empty("euro", "Aucun encaissement", "Le premier paraîtra ici, avec son reçu.")
    return rx.el.section(
        rx.el.h2("Encaissements", id="encaissements"),
        rx.cond(payments.length() > 0, shown, nothing),
        class_name="card",
        aria_labelledby="encaissements",
    )


def _mandates() -> rx.Component:
    """Ce que cette famille paie par prélèvement ; rien quand elle n'a pas signé."""
    mandates = State.file.mandates
    return rx.cond(
        mandates.length() > 0,
        rx.el.section(
            rx.el.h2("Prélèvement"),
            rx.el.ul(rx.foreach(mandates, _mandate), class_name="plain"),
            class_name="card pad stack",
        ),
    )


def _mandate(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.b(one.regie),
        rx.el.span(f"Compte {one.iban}, {one.dates}", class_name="under"),
        to(f"/admin/prelevements?mots={one.rum}", f"Mandat {one.rum}", css="under small"),
    )


def _years() -> rx.Component:
    years = State.file.years
    return rx.cond(
        years.length() > 0,
        rx.el.section(
            rx.el.h2("Attestations"),
            rx.el.ul(rx.foreach(years, papers.year), class_name="plain"),
            class_name="card pad stack",
        ),
    )


def _quotient() -> rx.Component:
    file, errors = State.file, State.quotient_errors
    nothing = rx.el.p("Inconnu : la famille paie le tarif maximum.", class_name="muted")
    known = rx.el.ul(rx.foreach(file.quotients, _quotient_line), class_name="plain")
    return rx.el.section(
        rx.el.h2("Quotient familial"),
        rx.cond(file.quotients.length() > 0, known, nothing),
        rx.el.h3("Nouveau quotient"),
        rx.el.p(
            "De deux quotients valables le même jour, le dernier enregistré compte. Ce qui est déjà réservé ou facturé "
            "garde son prix.",
            class_name="muted small",
        ),
        form(
            summary(State.quotient_fault),
            text(Input("quotient", "value", "Quotient familial", mode="numeric", css="year"), "", errors["value"]),
            rx.el.p("Ou, d’après l’avis d’imposition : revenu ÷ 12 ÷ parts.", class_name="muted small"),
            text(
                Input("revenu", "income", "Revenu fiscal de référence (facultatif)", mode="numeric", css="year"),
                "",
                errors["income"],
            ),
            text(Input("parts", "shares", "Nombre de parts", mode="decimal", css="year"), "", errors["shares"]),
            choice(Input("source", "source", "D’où il vient"), file.sources, "", errors["source"]),
            text(Input("du", "valid_from", "Valable du", "date", css="year"), file.today, errors["valid_from"]),
            text(Input("au", "valid_to", "Valable jusqu’au", "date", css="year"), "", errors["valid_to"]),
            submit("Enregistrer", State.busy, css="btn"),
            on_submit=State.save_quotient,
        ),
        class_name="card pad stack",
        key=f"quotient-{file.token}",
    )


def _quotient_line(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(one.value),
            rx.el.span(one.standing, class_name="pill", custom_attrs={"data-tone": one.tone}),
            class_name="spread",
        ),
        rx.el.span(f"{one.validity}, {one.source}", class_name="under"),
        rx.cond(one.set_on, rx.el.span(f"enregistré le {one.set_on}", class_name="under small muted")),
    )


def _movements() -> rx.Component:
    shown = State.file.statement
    nothing = empty(
        "purse", "Aucun mouvement", "Le premier encaissement paraîtra ici. Un filtre est peut-être trop étroit."
    )
    rows = rx.fragment(
        rx.el.ul(rx.foreach(shown.rows, lambda row: drawn.movement(row, shows_author=True))),
        tables.pager(shown, State.turn_movements),
    )
    return rx.el.section(
        rx.el.h2("Mouvements du porte-monnaie"),
        drawn.filters(shown, drawn.Filters(State.show_kind, State.show_period, State.show_child)),
        drawn.statement_files(State.file.family_id, shown),
        rx.cond(shown.rows.length() > 0, rows, nothing),
        class_name="card",
    )
