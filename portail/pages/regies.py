"""« Régies » : une carte par régie, son formulaire, et à quelle régie chaque activité est confiée."""

from collections.abc import Callable

import reflex as rx

from portail.components.cards import bones
from portail.components.forms import fold, form, gesture, submit
from portail.components.household import summary
from portail.components.icons import icon
from portail.components.inputs import Input, choice, text, tick
from portail.domain.money import euros
from portail.domain.top_ups import CEILING_CENTS, MOST_SUGGESTED
from portail.pages.layout import frame
from portail.state.regies import RegiesState as State

CALENDAR = (
    ("first_days", "Rappel automatique, en jours après l’échéance", "Vide : aucun rappel ne part de lui-même."),
    (
        "second_days",
        "Relance automatique, en jours après l’échéance",
        "Vide : aucune. La dernière relance, avant le Trésor public, reste toujours votre geste.",
    ),
)

TOP_UPS = (
    ("top_up_least", "Plus petit versement, en euros", "", "year"),
    ("top_up_most", "Plus grand versement, en euros", f"Jusqu’à {euros(CEILING_CENTS)}.", "year"),
    (
        "suggested",
        "Montants proposés, en euros",
        f"{MOST_SUGGESTED} au plus, séparés par «\u00a0;\u00a0». Vide : la famille écrit le sien.",
        "",
    ),
    (
        "low",
        "Solde bas, en euros",
        "Quand le solde passe en dessous, la page le dit et un courriel part. 0\u00a0: au découvert seulement.",
        "year",
    ),
)


def draw() -> rx.Component:
    listing = State.listing
    return frame(
        "/admin/regies",
        rx.el.div(rx.el.h1("Régies"), _button("Ajouter une régie", 0, css="btn"), class_name="hello"),
        rx.cond(
            listing.ready,
            rx.el.div(
                rx.cond(listing.faults.length() > 0, _faults(listing.faults)),
                rx.cond(State.editing == 0, rx.el.section(_new(), class_name="card pad stack")),
                rx.foreach(listing.rows, _regie),
                rx.cond(listing.rows.length() > 1, _activities()),
                class_name="stack",
            ),
            rx.el.div(*bones("familybone", 2), class_name="stack"),
        ),
    )


def _faults(faults: rx.Var[list[str]]) -> rx.Component:
    """Rien ne se corrige à l'écran : une écriture fausse se comprend d'abord."""
    return rx.el.section(
        rx.el.h2("Contrôle de nuit", id="controle"),
        rx.el.div(
            icon("alert"),
            rx.el.p("Ces sommes ne tombent plus juste. N’encaissez rien de plus, et prévenez qui tient le portail."),
            class_name="errors",
        ),
        rx.el.ul(rx.foreach(faults, rx.el.li), class_name="bulleted"),
        rx.el.p("Le contrôle repasse chaque nuit : ce qui est réparé disparaît d’ici.", class_name="small muted"),
        class_name="card pad stack",
        aria_labelledby="controle",
    )


def _button(
    label: str, regie_id: rx.Var[int] | int, about: rx.Var[str] | str = "", css: str = "btn ghost small"
) -> rx.Component:
    named = {"aria_label": about} if isinstance(about, rx.Var) or about else {}
    return rx.el.button(label, type="button", class_name=css, on_click=State.edit(regie_id), **named)


def _regie(regie: rx.Var) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(regie.name, " (", regie.code, ")", id=f"regie-{regie.id}"),
            rx.cond(regie.holds_wallets, _pill("purse", "Tient les porte-monnaie", "ok")),
            rx.cond(regie.is_closed, _pill("lock", "Fermée", "warn")),
            class_name="spread",
        ),
        rx.cond(State.editing == regie.id, _fields(regie, f"r{regie.id}"), _shown(regie)),
        class_name="card pad stack",
        aria_labelledby=f"regie-{regie.id}",
    )


def _pill(mark: str, words: str, tone: str) -> rx.Component:
    return rx.el.span(icon(mark), words, class_name="pill state", custom_attrs={"data-tone": tone})


def _shown(regie: rx.Var) -> rx.Component:
    def pair(term: str, value: rx.Var | str) -> rx.Component:
        return rx.fragment(rx.el.dt(term), rx.el.dd(rx.cond(value, value, "à renseigner")))

    means = rx.cond(
        regie.stripe & regie.payfip,
        "Carte bancaire (Stripe) et PayFiP",
        rx.cond(regie.stripe, "Carte bancaire (Stripe)", rx.cond(regie.payfip, "PayFiP", "aucun")),
    )
    return rx.fragment(
        rx.el.dl(
            pair("Paiement en ligne", means),
            pair("Échéance", f"{regie.due_days}\u00a0jours après l’émission"),
            pair("Minimum facturé", f"{regie.minimum}\u00a0€"),
            rx.el.dt("Relances automatiques"),
            rx.el.dd(_schedule(regie)),
            rx.cond(regie.holds_wallets, _top_ups(regie)),
            pair("IBAN", regie.iban),
            pair("Créancier SEPA (ICS)", regie.creditor_id),
            pair("SIRET", regie.siret),
            class_name="lines",
        ),
        rx.el.p(
            rx.cond(regie.activities.length() > 0, regie.activities.join(", "), "Aucune activité."),
            class_name="small muted",
        ),
        rx.el.div(
            _button("Modifier", regie.id, f"Modifier {regie.name}"),
            rx.cond(~regie.holds_wallets, _door(regie)),
            class_name="after",
        ),
    )


def _top_ups(regie: rx.Var) -> rx.Component:
    """Une seule régie tient les porte-monnaie."""
    return rx.fragment(
        rx.el.dt("Versement au porte-monnaie"),
        rx.el.dd(f"de {regie.top_up_least}\u00a0€ à {regie.top_up_most}\u00a0€"),
        rx.el.dt("Montants proposés"),
        rx.el.dd(rx.cond(regie.suggested, f"{regie.suggested}\u00a0€", "aucun")),
        rx.el.dt("Solde bas"),
        rx.el.dd(f"sous {regie.low}\u00a0€"),
    )


def _schedule(regie: rx.Var) -> rx.Var:
    first = rx.cond(regie.first_days, f"rappel à {regie.first_days}\u00a0jours", "")
    second = rx.cond(regie.second_days, f"relance à {regie.second_days}\u00a0jours", "")
    both = rx.cond(regie.second_days, f"{first}, {second}", first)
    return rx.cond(regie.first_days, both, rx.cond(regie.second_days, second, "Aucune"))


def _door(regie: rx.Var) -> rx.Component:
    word = rx.cond(regie.is_closed, "Rouvrir", "Fermer")
    done = rx.cond(
        regie.is_closed,
        f"{regie.name} pourra de nouveau vendre et encaisser.",
        f"{regie.name} ne pourra plus ni vendre, ni encaisser, jusqu’à ce que vous la rouvriez.",
    )
    return fold(
        word,
        rx.el.p(done, class_name="small"),
        gesture(f"Oui, {word.lower()}", State.open_regie(regie.id, regie.is_closed), State.busy, css="btn small"),
        about=f"{word} {regie.name}",
    )


def _new() -> rx.Component:
    blank = rx.Var.create("")
    return rx.fragment(
        rx.el.h2("Nouvelle régie"), _form(_inputs("r0", lambda name: "30" if name == "due_days" else blank))
    )


def _fields(regie: rx.Var, key: rx.Var[str] | str) -> rx.Component:
    return _form(_inputs(key, lambda name: getattr(regie, name)))


def _inputs(key: rx.Var[str] | str, value: object) -> list[rx.Component]:
    """Les mêmes champs pour ajouter et pour changer ; `value` : ce que chacun contient."""

    def one(name: str, label: str, hint: str = "", mode: str = "", css: str = "") -> rx.Component:
        return text(Input(f"{key}-{name}", name, label, hint=hint, mode=mode, css=css), value(name), State.errors[name])

    is_new = key == "r0"
    return [
        one("name", "Nom"),
        one("code", "Code", "Il commence les numéros de facture : « ENF » dans « ENF-2026-000123 ».", css="year"),
        rx.el.fieldset(
            rx.el.legend("Paiement en ligne"),
            tick(Input(f"{key}-stripe", "stripe", "Carte bancaire (Stripe)"), is_new or value("stripe")),
            tick(Input(f"{key}-payfip", "payfip", "PayFiP"), False if is_new else value("payfip")),
        ),
        one("payfip_client", "Numéro client PayFiP", "Six chiffres, donnés par la DGFiP.", "numeric", "year"),
        one("due_days", "Échéance, en jours après l’émission", mode="numeric", css="year"),
        *[one(name, label, hint, "numeric", "year") for name, label, hint in CALENDAR],
        one(
            "minimum",
            "Minimum facturé, en euros",
            "En dessous, le montant attend la facture suivante.",
            "decimal",
            "year",
        ),
        *([] if is_new else [rx.cond(value("holds_wallets"), _wallets(one))]),
        one("iban", "IBAN de la régie"),
        one("bic", "BIC", css="year"),
        one("creditor_id", "Identifiant créancier SEPA (ICS)"),
        one("siret", "SIRET", mode="numeric"),
        one("treasury_code", "Poste comptable", "Six chiffres, pour l’export vers la trésorerie.", "numeric", "year"),
        one("budget_code", "Code budget", css="year"),
    ]


def _wallets(one: Callable[..., rx.Component]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Porte-monnaie des familles"),
        *[one(name, label, hint, "decimal" if css else "", css) for name, label, hint, css in TOP_UPS],
        class_name="form",
    )


def _form(fields: list[rx.Component]) -> rx.Component:
    return form(
        summary(State.fault),
        *fields,
        rx.el.div(
            submit("Enregistrer", State.busy, css="btn"),
            rx.el.button("Annuler", type="button", class_name="btn quiet", on_click=State.edit(-1)),
            class_name="after",
        ),
        on_submit=State.save,
    )


def _activities() -> rx.Component:
    """Une activité se confie d'un geste ; ce qui est déjà facturé ne change pas."""
    return rx.el.section(
        rx.el.h2("Qui vend quoi", id="activites"),
        rx.el.p("Le changement vaut pour les factures à venir.", class_name="small muted"),
        rx.el.ul(rx.foreach(State.listing.activities, _activity), class_name="ledger"),
        class_name="card pad stack",
        aria_labelledby="activites",
    )


def _activity(one: rx.Var) -> rx.Component:
    assigning = Input(f"regie-de-{one.id}", "regie_id", f"Régie : {one.title}")
    return rx.el.li(
        rx.el.form(
            rx.el.input(type="hidden", name="activity_id", value=one.id, read_only=True),
            choice(assigning, State.listing.choices, one.regie, blank="-"),
            submit("Confier", State.busy, css="btn ghost small"),
            on_submit=State.assign,
            class_name="filters",
        )
    )
