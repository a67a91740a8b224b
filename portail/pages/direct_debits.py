"""« Mes prélèvements » : signer un mandat, le suivre, y mettre fin, lire ce qui est prélevé."""

import reflex as rx

from portail.components.cards import bones, empty
from portail.components.debits import state
from portail.components.forms import checkbox, fold, form, gesture, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, choice, text
from portail.components.papers import download
from portail.domain.direct_debits import TERMS
from portail.pages.layout import frame
from portail.state.direct_debits import DirectDebitsState as State


def draw() -> rx.Component:
    page = State.page
    nobody = empty(
        "euro",
        "Aucun prélèvement à montrer",
        "Votre compte n’est relié à aucun dossier dont vous voyez les paiements. Le service enfance peut vous aider.",
        css="empty alone",
    )
    return frame(
        "/prelevements",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Mes prélèvements"),
                rx.el.p(
                    "Vos factures se paient toutes seules, après un courriel qui vous prévient.", class_name="muted"
                ),
            ),
            class_name="hello",
        ),
        rx.cond(
            page.ready,
            rx.cond(page.family_id > 0, _whole(), nobody),
            rx.el.div(*bones("familybone", 2), class_name="stack"),
        ),
    )


def _whole() -> rx.Component:
    page = State.page
    none = rx.cond(
        page.mandates.length() == 0,
        rx.el.p("Le prélèvement n’est pas ouvert : payez vos factures en ligne ou à la régie.", class_name="muted"),
    )
    return rx.el.div(
        rx.el.div(
            _homes(),
            rx.cond(page.mandates.length() > 0, _mandates()),
            rx.cond(page.regies.length() > 0, _sign(), none),
            class_name="stack",
        ),
        _debits(),
        class_name="two",
    )


def _homes() -> rx.Component:
    """Un choix seulement quand il y en a plusieurs."""
    page = State.page
    return rx.cond(
        page.homes.length() > 1,
        rx.el.div(
            rx.el.label("Dossier", html_for="dossier"),
            rx.el.select(
                rx.foreach(page.homes, lambda home: rx.el.option("Famille ", home.label, value=home.value)),
                value=page.family_id.to_string(),
                on_change=State.choose_family,
                class_name="input",
                custom_attrs={"id": "dossier"},
            ),
            class_name="field",
        ),
    )


def _mandates() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Mes mandats"),
        rx.el.ul(rx.foreach(State.page.mandates, _mandate), class_name="plain stack"),
        class_name="card pad stack",
    )


def _mandate(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(one.regie),
            state(one),
            class_name="spread",
        ),
        rx.el.span(f"{one.holder}, {one.iban}", class_name="under"),
        rx.el.span(f"Référence {one.rum}, {one.dates}", class_name="under small muted"),
        rx.el.span(f"Créancier : {one.creditor}, identifiant (ICS) {one.creditor_id}", class_name="under small muted"),
        rx.el.p(download(f"/telechargements/mandat-{one.id}", f"Copie du mandat {one.rum} (PDF)")),
        rx.cond(one.is_active, _ending(one)),
    )


def _ending(one: rx.Var) -> rx.Component:
    """Le geste se confirme : les factures ne se paieront plus toutes seules."""
    about = f"Oui, mettre fin au mandat {one.rum}"
    return fold(
        "Mettre fin à ce mandat",
        rx.el.p("Un prélèvement annoncé n’aura pas lieu. Un prélèvement déjà remis à la banque aura encore lieu."),
        gesture("Oui, mettre fin", State.end(one.id), State.busy, "btn danger small", about),
    )


def _sign() -> rx.Component:
    """Une nouvelle signature, un formulaire neuf : sa clé est le nombre de mandats."""
    page, errors = State.page, State.errors
    hint = "Il est sur votre relevé d’identité bancaire (RIB) ; les espaces ne gênent pas."
    bic_hint = "Seulement pour un compte hors de l’Espace économique européen."
    return rx.el.section(
        rx.el.h2("Signer un mandat de prélèvement"),
        rx.el.ul(*[rx.el.li(sentence) for sentence in TERMS], class_name="bulleted small"),
        form(
            summary(State.fault),
            choice(
                Input("regie", "regie", "Au profit de"), page.regies, page.regies[0].value, errors["regie"], blank="-"
            ),
            text(Input("titulaire", "holder", "Titulaire du compte"), page.holder, errors["holder"]),
            text(Input("iban", "iban", "IBAN", hint=hint), "", errors["iban"]),
            text(Input("bic", "bic", "BIC (facultatif)", hint=bic_hint), "", errors["bic"]),
            checkbox("accord", "accepted", "J’ai lu ces conditions et je signe ce mandat"),
            rx.el.p(rx.cond(errors["accepted"], rx.fragment(icon("alert"), errors["accepted"])), class_name="wrong"),
            submit("Signer le mandat", State.busy),
            on_submit=State.sign,
        ),
        class_name="card pad stack",
        key=f"{page.family_id}-{page.mandates.length()}",
    )


def _debits() -> rx.Component:
    rows = rx.el.ul(rx.foreach(State.page.debits, _debit))
    nothing = empty("euro", "Aucun prélèvement", "Chaque prélèvement s’inscrira ici dès qu’il vous sera annoncé.")
    return rx.el.section(
        rx.el.h2("Prélèvements", id="prelevements"),
        rx.cond(State.page.debits.length() > 0, rows, nothing),
        class_name="card",
        aria_labelledby="prelevements",
    )


def _debit(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(one.day),
            rx.el.span(f"Facture {one.invoice}", class_name="under small muted"),
            rx.cond(one.reason, rx.el.span(one.reason, class_name="under small")),
        ),
        rx.el.div(
            rx.el.span(one.amount, class_name="sum"),
            state(one),
            class_name="after",
        ),
        class_name="spread pad",
    )
