"""« Caisse » : la journée et son arrêté, les encaissements, ce qui rentre et ce qui manque, les exports."""

import reflex as rx

from portail.components import cash_desk as drawn
from portail.components import closings, tables
from portail.components.cards import bones, empty
from portail.components.forms import fold, form, gesture, submit
from portail.components.household import summary
from portail.components.inputs import Input, text
from portail.components.links import to
from portail.components.native import FocusOnShow
from portail.components.papers import download, download_or_say
from portail.pages.layout import frame
from portail.state.cash_desk import CashDeskState as State

EXPORTS = (
    ("encaissements", "csv", "Encaissements (CSV)"),
    ("encaissements", "xlsx", "Encaissements (XLSX)"),
    ("factures", "csv", "Factures (CSV)"),
    ("factures", "xlsx", "Factures (XLSX)"),
    ("lignes", "csv", "Détail par service (CSV)"),
    ("lignes", "xlsx", "Détail par service (XLSX)"),
)
INCOME_HINT = "Un rejet, une correction ou un remboursement se retire du mois où il arrive."


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
    """Sur un téléphone, dans cet ordre : ce qui se fait chaque jour d'abord, ce qui se relit ensuite."""
    return rx.el.div(
        _regies(),
        rx.el.div(
            _day(),
            rx.el.div(_closing(), _refunds(), class_name="stack"),
            class_name="two",
        ),
        _payments(),
        closings.listing(State.closings, State.turn_closings, State.reopen, State.busy),
        _exports(),
        drawn.chart(drawn.Chart("Recettes par mois", "Mois", hint=INCOME_HINT), "recettes", State.cash.months),
        to("/admin/caisse/recettes", "Recettes par jour et par moyen", css="more"),
        drawn.chart(drawn.Chart("Impayés par âge", "Retard"), "manque", State.cash.ages),
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
        closings.totals(cash),
        class_name="card pad stack",
        aria_labelledby="jour",
    )


def _closing() -> rx.Component:
    """En deux temps : le jour, puis ses totaux et les espèces comptées."""
    return rx.el.section(
        rx.el.h2("Arrêter une journée", id="arreter"),
        summary(State.fault),
        rx.cond(State.count.ready, _counting(), _choosing()),
        class_name="card pad stack",
        aria_labelledby="arreter",
    )


def _choosing() -> rx.Component:
    cash = State.cash
    left_open = rx.el.div(
        rx.el.p(cash.said_left_open),
        rx.el.div(
            rx.foreach(
                cash.left_open,
                lambda one: gesture(
                    f"Compter le {one.label}", State.count_left_open(one.value), State.busy, css="btn ghost small"
                ),
            ),
            class_name="after",
        ),
        class_name="stack tight",
    )
    return rx.fragment(
        rx.cond(cash.left_open.length() > 0, left_open),
        form(
            text(Input("arrete", "day", "Journée", "date", css="year"), cash.day, State.errors["day"]),
            submit("Voir ses totaux", State.busy, css="btn"),
            on_submit=State.count_day,
        ),
    )


def _counting() -> rx.Component:
    count, errors = State.count, State.errors
    counted = Input("compte", "counted", "Espèces comptées, en euros", mode="decimal", css="year")
    return rx.fragment(
        FocusOnShow.create(rx.el.h3(f"Reçu le {count.said_day}")),
        closings.totals(count),
        rx.el.p("Espèces attendues : ", rx.el.b(count.expected)),
        form(
            rx.el.input(type="hidden", name="day", value=count.day, read_only=True),
            text(counted, "", errors["counted"]),
            text(Input("ecart", "note", "Observation (obligatoire en cas d’écart)"), "", errors["note"]),
            rx.el.p("Après l’arrêté, ce jour ne reçoit ni ne rend plus rien au guichet.", class_name="muted small"),
            submit(f"Arrêter la journée du {count.said_day}", State.busy, css="btn"),
            on_submit=State.close_day,
        ),
        rx.el.p(gesture("Choisir un autre jour", State.choose_another_day, State.busy, css="btn quiet")),
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
        fold(
            "Virement fait",
            rx.el.p(f"{one.amount} sont virés sur le compte {one.iban_end} : le porte-monnaie baisse d’autant."),
            gesture("Oui, le virement est fait", State.pay_refund(one.id), State.busy, css="btn small"),
            about=f"Virement fait : {one.amount}, {one.family}",
        ),
        fold(
            "Refuser",
            form(
                rx.el.input(type="hidden", name="refund_id", value=one.id.to_string(), read_only=True),
                text(Input(f"motif-{one.id}", "reason", "Motif, que la famille lira")),
                submit("Refuser la demande", State.busy, css="btn ghost small"),
                on_submit=State.refuse_refund,
            ),
            about=f"Refuser le remboursement de {one.amount} à {one.family}",
        ),
        key=one.id.to_string(),
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
        rx.el.div(
            *links,
            download_or_say(f"/telechargements/titres-{base}?mois={State.month}", "Titres de recettes (PES V2)"),
            class_name="after",
        ),
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
            text(Input("mots", "words", "Montant, nom, facture, reçu, bordereau, chèque ou référence", "search")),
            submit("Rechercher", State.busy, css="btn"),
            on_submit=State.search,
            class_name="search filters",
            role="search",
        ),
        rx.cond(listing.rows.length() > 0, rows, nothing),
        class_name="card",
        aria_labelledby="encaissements",
    )


def _payment(one: rx.Var) -> rx.Component:
    gestures = drawn.Gestures(State.undo, State.bounce, State.correct, State.busy)
    return rx.fragment(
        rx.el.li(
            rx.cond(
                one.family_id > 0,
                to(f"/admin/encaissements/{one.family_id}", one.family, css="small"),
                rx.el.span(one.family, class_name="small"),
            ),
            class_name="payer",
        ),
        drawn.payment(one, gestures),
        key=f"{one.id}-{one.state}",
    )
