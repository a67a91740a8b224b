"""Les papiers à télécharger, les formulaires des droits sur ses données, le résultat d'une vérification."""

from dataclasses import dataclass

import reflex as rx

from portail.components.forms import Field, checkbox, field, form, problem, submit
from portail.components.icons import icon
from portail.components.links import plain, to
from portail.components.native import FocusOnShow

REFERENCE = Field("reference", "reference", "Référence", hint="12 lettres et chiffres, par exemple K7M2-QH4T-XW3P.")


@dataclass(frozen=True)
class Ask:
    """Ce qu'un formulaire de demande a de propre."""

    id: str
    summary: str
    label: str
    hint: str
    button: str
    css: str = "btn"
    consent: str = ""  # la case à cocher avant l'envoi

    @property
    def wrong(self) -> str:
        """Le champ que désigne un refus."""
        return f"{self.id}-lu" if self.consent else f"{self.id}-texte"


CORRECTION = Ask(
    "rectification",
    "Demander une rectification",
    "Ce qu’il faut corriger",
    "Dites ce qui est faux et ce qu’il faut lire à la place.",
    "Envoyer la demande de rectification",
)
DELETION = Ask(
    "suppression",
    "Demander la suppression",
    "Votre message (facultatif)",
    "Vous n’avez pas à dire pourquoi.",
    "Envoyer la demande de suppression",
    "btn danger",
    "J’ai lu ce qui est effacé et ce qui est gardé.",
)


def card(paper: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.span(icon("document"), class_name="plate"),
        rx.el.div(
            rx.el.h3(paper.title),
            rx.el.p(paper.detail, class_name="small muted"),
            rx.cond(paper.href, download(paper.href, paper.label)),
            class_name="t",
        ),
        class_name="card paper",
    )


def year(paid: rx.Var) -> rx.Component:
    """Les attestations d'une année : la fiscale quand un enfant était assez jeune."""
    return rx.el.li(
        rx.el.h3(paid.title),
        rx.el.p(paid.detail, class_name="small muted"),
        rx.el.div(
            rx.cond(paid.tax_href, download(paid.tax_href, paid.tax_label)),
            download(paid.paid_href, paid.paid_label),
            class_name="after",
        ),
        class_name="stack tight yearly",
    )


def download(href: str | rx.Var[str], label: str | rx.Var[str]) -> rx.Component:
    """Un lien natif : le fichier part par HTTP, avec le cookie, hors de la connexion en direct."""
    return plain(href, icon("download"), label, css="btn ghost small", download=True)


def download_or_say(href: str | rx.Var[str], label: str) -> rx.Component:
    """Quand la réponse peut être un refus : un onglet à part le montre, « download » n'afficherait qu'un échec."""
    return plain(href, icon("download"), f"{label}, nouvel onglet", css="btn ghost small", target="_blank")


def asking(
    ask: Ask,
    pending: rx.Var[str],
    error: rx.Var[str],
    *before: rx.Component,
    busy: rx.Var[bool],
    on_submit: rx.EventHandler,
) -> rx.Component:
    """Le formulaire replié ; une demande déjà à l'étude prend sa place."""
    box_id = f"{ask.id}-erreur"
    consent = [checkbox(ask.wrong, "understood", ask.consent)] if ask.consent else []
    shown = rx.el.details(
        rx.el.summary(ask.summary, class_name="lost"),
        form(
            problem(error, box_id, ask.wrong),
            *before,
            _message(ask, error, box_id),
            *consent,
            submit(ask.button, busy, css=ask.css),
            on_submit=on_submit,
        ),
    )
    waiting = rx.el.div(
        rx.el.p(icon("clock"), pending, class_name="pill alert"),
        rx.el.p(to("/demarches", "Suivre dans « Mes démarches »")),
    )
    return rx.cond(pending, waiting, shown)


def _message(ask: Ask, error: rx.Var[str], said_by: str) -> rx.Component:
    field_id, hint_id = f"{ask.id}-texte", f"{ask.id}-aide"
    said = {
        "aria-describedby": f"{hint_id} {said_by}",
        "aria-invalid": rx.cond(error, "true", "false"),
    }
    return rx.el.div(
        rx.el.label(ask.label, html_for=field_id),
        rx.el.p(ask.hint, id=hint_id, class_name="hint"),
        rx.el.textarea(
            name="text",
            rows="4",
            max_length=1_500,
            class_name="input",
            custom_attrs={"id": field_id, **({"aria-describedby": hint_id} if ask.consent else said)},
        ),
        class_name="field",
    )


def facts(title: str, lines: tuple[str, ...]) -> rx.Component:
    return rx.fragment(rx.el.h3(title), rx.el.ul(*[rx.el.li(line) for line in lines], class_name="plainlist"))


def verified(found: rx.Var) -> rx.Component:
    """Le résultat : un mot, une icône, et le peu qu'un tiers doit savoir."""
    good = [
        rx.el.h2(icon("check"), "Attestation authentique"),
        rx.el.dl(
            rx.el.dt("Document"),
            rx.el.dd(found.kind),
            rx.el.dt("Référence"),
            rx.el.dd(found.reference),
            rx.el.dt("Initiale du prénom"),
            rx.el.dd(found.initial),
            rx.el.dt("Délivrée le"),
            rx.el.dd(found.day),
            class_name="lines",
        ),
    ]
    unknown = [
        rx.el.h2(icon("alert"), "Référence inconnue"),
        rx.el.p(
            "Aucune attestation de la mairie ne porte cette référence. Relisez-la sur le document ; "
            "une attestation de plus de deux ans ne se vérifie plus ici."
        ),
    ]
    return rx.match(
        found.status,
        ("valid", _verdict(found, "ok", good)),
        ("unknown", _verdict(found, "err", unknown)),
        rx.fragment(),
    )


def _verdict(found: rx.Var, tone: str, said: list[rx.Component]) -> rx.Component:
    """Demandée dans la page, la réponse prend le focus pour être lue ; venue par l'adresse, elle se lit à sa place."""
    look = {"class_name": "card pad verdict", "custom_attrs": {"data-tone": tone}}
    return rx.cond(found.typed, FocusOnShow.create(*said, **look), rx.el.div(*said, **look))


def reference_form(on_submit: rx.EventHandler) -> rx.Component:
    return form(
        field(REFERENCE),
        rx.el.button("Vérifier", type="submit", class_name="btn"),
        on_submit=on_submit,
    )
