"""« Impayés » : les factures en retard, par âge, par régie, par famille, et leurs relances à plusieurs."""

import reflex as rx

from portail.components import reminders, tables
from portail.components.campaigns import Ticker
from portail.components.cards import bones, empty
from portail.components.forms import Choice, checkbox, form, picker, submit
from portail.components.inputs import Input, text
from portail.components.links import to
from portail.components.papers import download
from portail.components.tables import cell
from portail.domain.desk import Age
from portail.pages.layout import frame
from portail.state.unpaid import UnpaidState as State

AGES = (Choice("", "Tous"), *(Choice(age.value, age.label) for age in Age))
DO = reminders.Gestures(State.remind_all, State.prepare_letters, State.busy)


def draw() -> rx.Component:
    view = State.view
    nothing = rx.cond(
        view.words,
        empty("search", "Aucun impayé trouvé", "Essayez le nom de la famille, d’un adulte, ou un numéro de facture."),
        empty("check", "Aucun impayé", "Toutes les factures échues que vous regardez sont payées."),
    )
    return frame(
        "/admin/impayes",
        rx.el.div(
            rx.el.div(rx.el.h1("Impayés"), rx.el.p(view.total, class_name="muted")),
            rx.el.div(
                download("/telechargements/impayes?format=csv", "Exporter (CSV)"),
                download("/telechargements/impayes?format=xlsx", "Exporter (XLSX)"),
                class_name="after",
            ),
            class_name="hello",
        ),
        _search(),
        rx.cond(
            view.ready,
            rx.el.div(
                _ages(),
                reminders.everything(State.reminders, DO),
                rx.cond(view.rows.length() > 0, _rows(), nothing),
                reminders.rounds(State.reminders),
                class_name="stack",
            ),
            rx.el.div(*bones("", 5), class_name="bones"),
        ),
        rx.cond(State.reminders.is_busy, Ticker.create(seconds=1, on_tick=State.look)),
    )


def _search() -> rx.Component:
    return rx.el.form(
        text(Input("mots", "words", "Famille, adulte ou numéro de facture", "search")),
        submit("Rechercher", rx.Var.create(False), css="btn"),
        on_submit=State.search,
        class_name="search filters",
        role="search",
    )


def _regies() -> rx.Component:
    """Un choix seulement quand il y en a plusieurs."""
    regies = State.view.regies
    return rx.cond(
        regies.length() > 1,
        rx.el.div(
            rx.el.label("Régie", html_for="regie"),
            rx.el.select(
                rx.el.option("Toutes", value=""),
                rx.foreach(regies, lambda one: rx.el.option(one.label, value=one.value)),
                value=State.view.regie,
                on_change=State.show_regie,
                class_name="input",
                custom_attrs={"id": "regie"},
            ),
            class_name="field",
        ),
    )


def _ages() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Par âge", id="ages"),
        tables.read_only(
            "Impayés par âge",
            ("Retard", "Factures", tables.Amount("Reste dû")),
            rx.foreach(State.view.ages, _age),
        ),
        rx.el.div(
            picker("age", "Retard", AGES, State.view.age, State.show_age), _regies(), class_name="filters pickers"
        ),
        class_name="card",
        aria_labelledby="ages",
    )


def _age(one: rx.Var) -> rx.Component:
    return rx.el.tr(
        cell("Retard", one.label),
        cell("Factures", one.count),
        cell(
            "Reste dû",
            rx.el.b(one.amount, class_name="sum"),
            rx.el.div(
                rx.el.span(class_name="fill", style={"width": f"{one.share}%"}), class_name="track", aria_hidden="true"
            ),
        ),
    )


def _rows() -> rx.Component:
    """Ce qui peut partir est coché d'avance ; la prochaine relance est dite."""
    heads = ("Facture", "Famille", "Échéance", tables.Amount("Reste"), "Relances", "À envoyer")
    return rx.el.section(
        rx.el.h2("Factures en retard", id="retards"),
        form(
            tables.read_only("Factures en retard", heads, rx.foreach(State.view.rows, _row)),
            rx.el.div(submit("Relancer les factures cochées", State.busy, css="btn"), class_name="inset"),
            on_submit=State.remind,
        ),
        tables.pager(State.view, State.turn),
        class_name="card",
        aria_labelledby="retards",
    )


def _row(one: rx.Var) -> rx.Component:
    field_id = f"facture-{one.id}"
    return rx.el.tr(
        cell("Facture", to(f"/admin/factures/{one.id}", one.number, css="nowrap")),
        cell(
            "Famille",
            rx.el.div(
                rx.cond(one.family_id > 0, to(f"/admin/encaissements/{one.family_id}", one.family), one.family),
                rx.el.span(one.adults, class_name="under small muted"),
            ),
        ),
        cell("Échéance", rx.el.span(one.due, class_name="nowrap"), rx.el.span(one.age, class_name="under small muted")),
        cell("Reste", rx.el.span(one.left, class_name="sum")),
        cell("Relances", rx.cond(one.reminded, one.reminded, "Aucune")),
        cell(
            "À envoyer",
            rx.cond(
                one.next_level,
                checkbox(field_id, field_id, one.next_level, checked=True),
                rx.el.span(rx.cond(one.debit, one.debit, "Rien pour l’instant"), class_name="small muted"),
            ),
        ),
        key=f"{field_id}-{one.reminded}",
    )
