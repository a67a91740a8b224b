"""Le reste de « Mon compte » : conditions à accepter, changement d'adresse, préférences."""

import reflex as rx

from portail.components import links
from portail.components.forms import Choice, Field, checkbox, form, problem, radios, submit
from portail.components.icons import icon
from portail.domain.accounts import Display, Notification

EMAIL_FIELDS = (
    Field(
        "email-nouveau",
        "email",
        "Nouvelle adresse e-mail",
        type="email",
        autocomplete="email",
        hint="Elle recevra un lien à ouvrir sur cet appareil. Votre adresse actuelle sera prévenue.",
    ),
    Field("email-mot-de-passe", "password", "Votre mot de passe", type="password", autocomplete="current-password"),
)
DISPLAYS = tuple(Choice(display.value, display.label) for display in Display)
TERMS = "terms"


def terms(account: rx.Var, error: rx.Var[str], busy: rx.Var[bool], on_accept: rx.EventHandler) -> rx.Component:
    """Tout attend cet accord : ce qui a changé, le texte entier à côté, une case, un bouton."""
    return rx.el.section(
        rx.el.h2("Conditions générales d’utilisation", id="conditions"),
        rx.cond(
            account.terms_known,
            rx.el.p("Elles ont changé depuis votre dernier accord. Voici ce qui est nouveau :"),
            rx.el.p("Avant votre première visite, prenez-en connaissance. Voici l’essentiel :"),
        ),
        rx.el.ul(rx.foreach(account.terms_changes, rx.el.li), class_name="bulleted"),
        rx.el.p(links.plain("/cgu", "Lire les conditions (nouvel onglet)", css="lost", target="_blank")),
        form(
            problem(error, "conditions-erreur", TERMS),
            checkbox(TERMS, "terms", "J’ai lu et j’accepte les conditions générales d’utilisation.", required=True),
            submit("Accepter", busy, css="btn"),
            on_submit=on_accept,
        ),
        class_name="card pad stack",
        aria_labelledby="conditions",
    )


def waiting_email(email: rx.Var[str], on_give_up: rx.EventHandler) -> rx.Component:
    return rx.fragment(
        rx.el.p(
            icon("clock"), "En attente de confirmation", class_name="pill state", custom_attrs={"data-tone": "warn"}
        ),
        rx.el.p("Un courriel est parti à ", rx.el.b(email), ". Ouvrez son lien dans les 24 heures, sur cet appareil."),
        rx.el.p("Rien n’arrive ? Vérifiez l’adresse et les courriers indésirables.", class_name="muted small"),
        rx.el.p(
            rx.el.button("Renoncer à ce changement", type="button", class_name="btn ghost small", on_click=on_give_up)
        ),
    )


def preferences(account: rx.Var, is_staff: rx.Var[bool], busy: rx.Var[bool], on_save: rx.EventHandler) -> rx.Component:
    """Les courriels qui touchent à la sécurité ne se refusent pas : ils n'ont pas de case."""
    return form(
        radios("display", "Activer l’ergonomie mobile", DISPLAYS, account.display),
        rx.cond(
            is_staff,
            rx.fragment(),
            rx.el.fieldset(
                rx.el.legend("M’écrire"),
                *[
                    checkbox(one.value, one.value, one.label, checked=getattr(account, one.value))
                    for one in Notification
                ],
            ),
        ),
        submit("Enregistrer", busy, css="btn"),
        on_submit=on_save,
    )
