"""« Caisse » : la journée et son arrêté, les encaissements, ce qui rentre et ce qui manque, les exports."""

import reflex as rx

from portail.components import cash_desk as drawn
from portail.components import tables
from portail.components.cards import bones, empty
from portail.components.forms import form, submit
from portail.components.household import summary
from portail.components.inputs import Input, text
from portail.components.links import to
from portail.components.papers import download
from portail.components.tables import cell
from portail.pages.layout import frame
from portail.state.cash_desk import CashDeskState as State

EXPORTS = (
    ("encaissements", "csv", "Encaissements (CSV)"),
    ("encaissements", "xlsx", "Encaissements (XLSX)"),
    ("factures", "csv", "Factures (CSV)"),
    ("factures", "xlsx", "Factures (XLSX)"),
    ("titres", "xml", "Titres de recettes (PES V2)"),
)


def draw() -> rx.Component:
    return frame(
        "/admin/caisse",
        rx.el.div(
            rx.el.div(rx.el.h1("Caisse"), rx.el.p(State.cash.said_day, class_name="muted date")),
            to("/admin/encaissements", "Encaisser pour une famille", css="btn"),
            class_name="hello",
        ),
        rx.cond(State.cash.ready, _whole(), rx.el.div(*bones("", 4), class_name="bones")),
    )


def _whole() -> rx.Component:
    return rx.el.div(
        _regies(),
        rx.el.div(
            _day(),
            rx.el.div(_refunds(), _exports(), class_name="stack"),
            class_name="two",
        ),
        _payments(),
        _closings(),
        drawn.chart("Recettes par mois", "recettes", "Mois", State.cash.months),
        drawn.chart("Impayés par âge", "manque", "Retard", State.cash.ages),
        class_name="stack",
    )


def _regies() -> rx.Component:
    """Un choix seulement quand il y en a plusieurs."""
    return rx.cond(
        State.cash.regies.length() > 1,
        rx.el.div(
            rx.el.label("Régie", html_for="regie"),
            rx.el.select(
                rx.foreach(State.cash.regies, lambda one: rx.el.option(one.label, value=one.value)),
                value=State.cash.regie_id.to_string(),
                on_change=State.choose_regie,
                class_name="input",
                custom_attrs={"id": "regie"},
            ),
            class_name="field",
        ),
    )


def _day() -> rx.Component:
    cash = State.cash
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Reçu aujourd’hui au guichet", id="jour"),
            rx.cond(cash.is_closed, rx.el.span("Caisse arrêtée", class_name="pill", custom_attrs={"data-tone": "ok"})),
            class_name="spread",
        ),
        rx.el.dl(
            rx.foreach(cash.totals, lambda one: rx.fragment(rx.el.dt(one.label), rx.el.dd(one.amount))),
            rx.el.dt(rx.el.b("Total")),
            rx.el.dd(rx.el.b(cash.total)),
            class_name="lines",
        ),
        _closing(),
        class_name="card pad stack",
        aria_labelledby="jour",
    )


def _closing() -> rx.Component:
    cash, errors = State.cash, State.errors
    counted = Input(
        "compte", "counted", "Espèces comptées, en euros", mode="decimal", css="year", hint="Attendu : voir Espèces."
    )
    return rx.el.details(
        rx.el.summary("Arrêter une journée de caisse", class_name="lost"),
        form(
            summary(State.fault),
            rx.el.p("Après l’arrêté, ce jour ne reçoit ni n’annule plus rien au guichet.", class_name="muted small"),
            text(Input("arrete", "day", "Journée", "date", css="year"), cash.day, errors["day"]),
            text(counted, "", errors["counted"]),
            text(Input("ecart", "note", "Observation (obligatoire en cas d’écart)"), "", errors["note"]),
            submit("Arrêter la journée", State.busy, css="btn"),
            on_submit=State.close_day,
        ),
        key=f"arrete-{cash.closings.length()}",
    )


def _refunds() -> rx.Component:
    """Ce que les familles redemandent : virer d'abord, le dire ensuite."""
    return rx.cond(
        State.refunds.length() > 0,
        rx.el.section(
            rx.el.h2("Porte-monnaie à rembourser", id="a-rembourser"),
            rx.el.p("Faites le virement, puis dites-le ici : le porte-monnaie baisse d’autant.", class_name="muted"),
            summary(State.refund_fault),
            rx.el.ul(rx.foreach(State.refunds, _refund), class_name="plain"),
            class_name="card pad stack",
            aria_labelledby="a-rembourser",
        ),
    )


def _refund(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.b(f"{one.amount} · {one.family}, {one.number}"),
        rx.el.p(f"{one.holder}, {one.iban}"),
        rx.el.p(f"Demandé le {one.asked}", class_name="small muted"),
        rx.el.button(
            "Virement fait",
            type="button",
            class_name="btn small",
            aria_label=f"Virement de {one.amount} fait à {one.family}",
            on_click=State.pay_refund(one.id),
        ),
        rx.el.details(
            rx.el.summary("Refuser", class_name="lost"),
            form(
                rx.el.input(type="hidden", name="refund_id", value=one.id.to_string(), read_only=True),
                text(Input(f"motif-{one.id}", "reason", "Motif, que la famille lira")),
                submit("Refuser la demande", rx.Var.create(False), css="btn ghost small"),
                on_submit=State.refuse_refund,
            ),
        ),
    )


def _exports() -> rx.Component:
    base = State.cash.regie_id
    links = [
        download(f"/telechargements/{what}-{base}?mois={State.month}&format={kind}", label)
        for what, kind, label in EXPORTS
    ]
    return rx.el.section(
        rx.el.h2("Exporter", id="exporter"),
        rx.el.div(
            rx.el.label("Mois", html_for="mois"),
            rx.el.input(
                type="month",
                value=State.month,
                on_change=State.choose_month,
                class_name="input",
                custom_attrs={"id": "mois"},
            ),
            class_name="field year",
        ),
        rx.el.div(*links, class_name="after"),
        class_name="card pad stack",
        aria_labelledby="exporter",
    )


def _payments() -> rx.Component:
    listing = State.payments
    nothing = empty("search", "Aucun encaissement trouvé", "Essayez un nom, un montant ou un numéro de facture.")
    rows = rx.fragment(
        rx.el.ul(rx.foreach(listing.rows, _payment)),
        tables.pager(listing, State.turn),
    )
    return rx.el.section(
        rx.el.h2("Encaissements", id="encaissements"),
        rx.el.form(
            text(Input("mots", "words", "Montant, nom, facture, chèque ou référence", "search")),
            submit("Rechercher", rx.Var.create(False), css="btn"),
            on_submit=State.search,
            class_name="search filters",
            role="search",
        ),
        rx.cond(listing.rows.length() > 0, rows, nothing),
        class_name="card",
        aria_labelledby="encaissements",
    )


def _payment(one: rx.Var) -> rx.Component:
    return rx.fragment(
        rx.el.li(
            rx.cond(
                one.family_id > 0,
                to(f"/admin/encaissements/{one.family_id}", one.family, css="small"),
                rx.el.span(one.family, class_name="small"),
            ),
            class_name="payer",
        ),
        drawn.payment(one, State.undo, State.bounce),
    )


def _closings() -> rx.Component:
    heads = (
        "Journée",
        tables.Amount("Total"),
        tables.Amount("Espèces attendues"),
        tables.Amount("Comptées"),
        "Écart",
        "Par",
    )
    return rx.cond(
        State.cash.closings.length() > 0,
        rx.el.section(
            rx.el.h2("Journées arrêtées", id="arretes"),
            tables.read_only("Journées de caisse arrêtées", heads, rx.foreach(State.cash.closings, _closed)),
            class_name="card",
            aria_labelledby="arretes",
        ),
    )


def _closed(one: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Journée", one.day),
        cell("Total", rx.el.span(one.total, class_name="sum")),
        cell("Espèces attendues", rx.el.span(one.expected, class_name="sum")),
        cell("Comptées", rx.el.span(one.counted, class_name="sum")),
        cell(
            "Écart",
            rx.el.span(one.gap, class_name="pill", custom_attrs={"data-tone": one.tone}),
            rx.cond(one.note, rx.el.span(one.note, class_name="under small")),
        ),
        cell("Par", one.who),
    )
