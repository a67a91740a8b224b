"""Les boîtes d'accès : se connecter (mot de passe puis code), et comment obtenir un compte."""

from dataclasses import dataclass

import reflex as rx

from portail.components.forms import Field, checkbox, field, form, problem, submit
from portail.components.icons import icon
from portail.components.links import button_to, to
from portail.components.native import TicketForm

IDENTIFIER = Field("identifier", "identifier", "Identifiant ou e-mail", autocomplete="username")
PASSWORD = Field("password", "password", "Mot de passe", type="password", autocomplete="current-password")
CODE = Field(
    "code",
    "code",
    "Code à 6 chiffres",
    autocomplete="one-time-code",
    hint="Ouvrez votre application d’authentification, ou tapez un de vos codes de secours.",
    css="input code",
)


@dataclass(frozen=True)
class SignIn:
    """Ce que la boîte lit et ce qu'elle déclenche."""

    step: rx.Var[str]
    error: rx.Var[str]
    ticket: rx.Var[str]
    next_path: rx.Var[str]
    busy: rx.Var[bool]
    on_password: rx.EventHandler
    on_code: rx.EventHandler
    on_back: rx.EventHandler


def sign_in_box(state: SignIn) -> rx.Component:
    return rx.el.section(
        rx.el.h2("Connectez-vous", id="connexion"),
        rx.cond(state.step == "code", _code_form(state), _password_form(state)),
        TicketForm.create(ticket=state.ticket, suite=state.next_path),
        class_name="card access",
        aria_labelledby="connexion",
    )


def _password_form(state: SignIn) -> rx.Component:
    waiting = state.busy | (state.ticket != "")
    return form(
        problem(state.error, "connexion-erreur", IDENTIFIER.id),
        field(IDENTIFIER, state.error, "connexion-erreur"),
        field(PASSWORD, state.error, "connexion-erreur"),
        checkbox("remember", "remember", "Se rappeler de moi"),
        submit("Se connecter", waiting),
        rx.el.p(to("/mot-de-passe-oublie", "Mot de passe oublié ?", css="lost")),
        on_submit=state.on_password,
        action="/session",
    )


def _code_form(state: SignIn) -> rx.Component:
    waiting = state.busy | (state.ticket != "")
    return form(
        problem(state.error, "code-erreur", CODE.id),
        field(CODE, state.error, "code-erreur"),
        submit("Valider", waiting),
        rx.el.button("Revenir au mot de passe", type="button", class_name="btn quiet", on_click=state.on_back),
        on_submit=state.on_code,
    )


def get_account_box() -> rx.Component:
    """« Inscrivez-vous » : créer son espace, avec ou sans dossier ; ou ouvrir celui que la mairie a préparé."""
    new = rx.el.div(
        rx.el.p("Créez votre espace personnel en cinq étapes, que vous ayez déjà un dossier à la mairie ou non."),
        button_to("/inscription", "Inscrivez-vous"),
    )
    known = rx.el.div(
        rx.el.p("La mairie vous a ouvert un compte ? Activez-le avec le lien reçu par courriel, ou demandez-en un."),
        button_to("/mot-de-passe-oublie", "Recevez votre lien d’activation", css="btn ghost"),
    )
    return rx.el.section(
        rx.el.h2("Inscrivez-vous", id="inscription"),
        new,
        known,
        class_name="card join",
        aria_labelledby="inscription",
    )


def already_here(first_name: rx.Var[str], home: rx.Var[str]) -> rx.Component:
    return rx.el.section(
        rx.el.h2("Vous êtes connecté"),
        rx.el.p(f"Bonjour {first_name}, votre espace personnel est ouvert."),
        rx.el.p(to(home, "Aller à mon espace", icon("forward"), css="btn full")),
        class_name="card access stack",
    )
