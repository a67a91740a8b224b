"""Mot de passe oublié, activation, réinitialisation : demander un lien, puis choisir un mot de passe."""

import reflex as rx

from portail.components import links
from portail.components.forms import Field, checkbox, field, form, problem, submit
from portail.components.outcome import checking, outcome
from portail.pages.layout import frame
from portail.state.recovery import RecoveryState

IDENTIFIER = Field(
    "identifier",
    "identifier",
    "Identifiant ou e-mail",
    autocomplete="username",
    hint="Celui que connaît la mairie : votre e-mail, ou l’identifiant reçu par courriel.",
)
PASSWORD = Field(
    "password",
    "password",
    "Nouveau mot de passe",
    type="password",
    autocomplete="new-password",
    hint="12 caractères ou plus : une courte phrase se retient bien.",
)
AGAIN = Field(
    "password_again",
    "password_again",
    "Nouveau mot de passe, encore une fois",
    type="password",
    autocomplete="new-password",
)


def draw_forgotten() -> rx.Component:
    return frame(
        "/mot-de-passe-oublie",
        rx.el.div(rx.el.h1("Mot de passe oublié"), class_name="hello"),
        rx.cond(RecoveryState.sent, _sent(), _ask()),
        narrow=True,
    )


def draw_activation() -> rx.Component:
    return _with_link("/activation/[link_token]", "Activer mon compte famille", "Activer mon compte famille")


def draw_reset() -> rx.Component:
    return _with_link("/reinitialisation/[link_token]", "Choisir un nouveau mot de passe", "Enregistrer")


def _ask() -> rx.Component:
    return rx.el.section(
        rx.el.p(
            "Mot de passe oublié, ou première connexion ? Nous vous envoyons un lien par courriel. "
            "Il ne sert qu’une fois."
        ),
        form(
            problem(RecoveryState.error, "lien-erreur", IDENTIFIER.id),
            field(IDENTIFIER, RecoveryState.error, "lien-erreur"),
            submit("Recevoir un lien", RecoveryState.busy),
            on_submit=RecoveryState.ask_link,
        ),
        rx.el.p(links.to("/connexion", "Revenir à la connexion", css="lost")),
        class_name="card access stack",
    )


def _sent() -> rx.Component:
    return outcome(
        "mail",
        "Regardez votre boîte aux lettres électronique",
        "Si un compte correspond à ce que vous avez indiqué, un courriel vient de partir avec un lien à usage unique. "
        "Il peut mettre quelques minutes à arriver ; pensez aux courriers indésirables.",
        rx.el.button("Demander un autre lien", type="button", class_name="btn ghost", on_click=RecoveryState.start),
        links.button_to("/connexion", "Revenir à la connexion", css="btn quiet"),
    )


def _with_link(route: str, title: str, button: str) -> rx.Component:
    return frame(
        route,
        rx.el.div(rx.el.h1(title), class_name="hello"),
        rx.match(
            RecoveryState.link.status,
            ("valid", rx.cond(RecoveryState.link.password_chosen, _confirm(), _choose(button))),
            ("invalid", _invalid()),
            ("done", _done()),
            ("joined", _joined()),
            ("alone", _alone()),
            checking(),
        ),
        narrow=True,
    )


def _choose(button: str) -> rx.Component:
    link = RecoveryState.link
    return rx.el.section(
        rx.cond(link.first_name, rx.el.p(f"Bonjour {link.first_name}, choisissez votre mot de passe.")),
        rx.cond(link.username, rx.el.p(f"Votre identifiant : {link.username}")),
        form(
            problem(RecoveryState.error, "mot-de-passe-erreur", PASSWORD.id),
            rx.el.input(
                type="text",
                name="username",
                default_value=link.username,
                auto_complete="username",
                read_only=True,
                hidden=True,
            ),
            field(PASSWORD, RecoveryState.error, "mot-de-passe-erreur"),
            field(AGAIN, RecoveryState.error, "mot-de-passe-erreur"),
            rx.cond(link.must_accept_terms, _terms()),
            submit(button, RecoveryState.busy),
            on_submit=RecoveryState.choose_password,
        ),
        class_name="card access stack",
    )


def _confirm() -> rx.Component:
    """Le mot de passe est déjà choisi : il ne reste qu'à dire que l'adresse est la bonne."""
    link = RecoveryState.link
    return rx.el.section(
        rx.el.p(f"Bonjour {link.first_name}, il ne reste qu’à confirmer votre inscription."),
        rx.el.p(f"Votre nom d’utilisateur : {link.username}"),
        rx.el.button(
            "Activer mon compte famille",
            type="button",
            class_name="btn full",
            disabled=RecoveryState.busy,
            on_click=RecoveryState.confirm_activation,
        ),
        class_name="card access stack",
    )


def _joined() -> rx.Component:
    return outcome(
        "check",
        "Votre inscription est complète",
        "Votre espace est relié au dossier de votre famille. Connectez-vous avec le mot de passe que vous avez choisi.",
        links.button_to("/connexion", "Se connecter"),
        tone="ok",
    )


def _alone() -> rx.Component:
    return outcome(
        "check",
        "Votre espace personnel est actif",
        "Il reste à présenter votre famille : responsables, enfants, adresse. Connectez-vous avec le mot de passe que "
        "vous avez choisi.",
        links.button_to("/connexion?suite=/inscription/famille", "Se connecter"),
        tone="ok",
    )


def _terms() -> rx.Component:
    """L'accord s'écrit en une phrase ; les textes s'ouvrent à côté, sans perdre ce qui est tapé."""
    return rx.el.div(
        checkbox(
            "terms",
            "terms",
            "J’ai lu et j’accepte les conditions générales d’utilisation.",
            required=True,
        ),
        rx.el.div(
            links.plain("/cgu", "Lire les conditions (nouvel onglet)", css="lost", target="_blank"),
            links.plain(
                "/protection-des-donnees",
                "Lire la protection des données (nouvel onglet)",
                css="lost",
                target="_blank",
            ),
            class_name="after small",
        ),
    )


def _invalid() -> rx.Component:
    return outcome(
        "alert",
        "Lien invalide",
        "Ce lien a déjà servi, a expiré ou a été recopié en partie. Si votre compte est déjà actif, connectez-vous ; "
        "sinon, demandez un nouveau lien.",
        links.button_to("/mot-de-passe-oublie", "Recevoir un nouveau lien"),
        links.button_to("/connexion", "Se connecter", css="btn ghost"),
        tone="warn",
    )


def _done() -> rx.Component:
    return outcome(
        "check",
        "Votre mot de passe est enregistré",
        "Vous pouvez maintenant vous connecter avec votre identifiant ou votre e-mail.",
        links.button_to("/connexion", "Se connecter"),
        tone="ok",
    )
