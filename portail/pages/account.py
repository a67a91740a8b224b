"""« Mon compte » : identité, adresse, mot de passe, second facteur, appareils connectés, préférences."""

import reflex as rx

from portail.components import account_parts as parts
from portail.components import preference_parts
from portail.components.cards import bones
from portail.components.forms import field as draw_field
from portail.components.forms import form, problem, submit
from portail.pages.layout import frame
from portail.state.account import AccountState
from portail.state.base import PortalState
from portail.state.email_change import EmailChangeState


def draw() -> rx.Component:
    return frame(
        "/compte",
        rx.el.div(rx.el.h1("Mon compte"), class_name="hello"),
        rx.cond(
            AccountState.account.must_accept_terms,
            preference_parts.terms(
                AccountState.account, AccountState.terms_error, AccountState.busy, AccountState.accept_terms
            ),
            rx.el.div(
                _identity(), _email(), _password(), _second_factor(), _sessions(), _preferences(), class_name="stack"
            ),
        ),
        narrow=True,
    )


def _identity() -> rx.Component:
    account = AccountState.account
    known = parts.identity(account, PortalState.me.is_staff)
    return rx.el.section(
        rx.el.h2("Identité"),
        rx.cond(account.full_name, known, rx.fragment(*bones("", 3))),
        class_name="card pad",
    )


def _email() -> rx.Component:
    account, error = AccountState.account, AccountState.email_error
    asking = form(
        problem(error, "adresse-erreur", preference_parts.EMAIL_FIELDS[0].id),
        *[draw_field(spec, error, "adresse-erreur") for spec in preference_parts.EMAIL_FIELDS],
        submit("Changer d’adresse e-mail", AccountState.busy, css="btn"),
        on_submit=EmailChangeState.change_email,
    )
    return rx.el.section(
        rx.el.h2("Adresse e-mail", id="adresse"),
        rx.cond(
            account.pending_email,
            preference_parts.waiting_email(account.pending_email, EmailChangeState.give_up_email),
            asking,
        ),
        class_name="card pad stack",
    )


def _preferences() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Préférences", id="preferences"),
        rx.cond(
            AccountState.account.full_name,
            preference_parts.preferences(
                AccountState.account, PortalState.me.is_staff, AccountState.busy, AccountState.save_preferences
            ),
        ),
        class_name="card pad stack",
    )


def _password() -> rx.Component:
    account = AccountState.account
    error = AccountState.password_error
    return rx.el.section(
        rx.el.h2("Mot de passe", id="mot-de-passe"),
        rx.cond(
            account.must_change_password,
            rx.el.p("Votre mot de passe est provisoire : choisissez le vôtre pour continuer.", class_name="pill alert"),
        ),
        form(
            problem(error, "mot-de-passe-erreur", "current"),
            *[draw_field(spec, error, "mot-de-passe-erreur") for spec in parts.PASSWORD_FIELDS],
            submit("Changer le mot de passe", AccountState.busy, css="btn"),
            on_submit=AccountState.change_password,
        ),
        class_name="card pad stack",
    )


def _second_factor() -> rx.Component:
    account = AccountState.account
    setting_up = parts.setup(AccountState.setup, AccountState.code_error, AccountState.busy, AccountState.confirm_totp)
    off = parts.second_factor_off(account.second_factor_required, AccountState.start_totp, AccountState.busy)
    return rx.el.section(
        rx.el.h2("Validation en deux étapes", id="second-facteur"),
        rx.cond(AccountState.codes.length() > 0, parts.codes_once(AccountState.codes, AccountState.forget_codes)),
        rx.cond(
            account.second_factor,
            parts.second_factor_on(account, AccountState.code_error, AccountState.busy, AccountState.disable_totp),
            rx.cond(AccountState.setup.secret, setting_up, off),
        ),
        class_name="card pad stack",
    )


def _sessions() -> rx.Component:
    sessions = AccountState.account.sessions
    return rx.el.section(
        rx.el.h2("Appareils connectés", id="appareils"),
        rx.el.ul(rx.foreach(sessions, lambda one: parts.session(one, AccountState.end_session))),
        rx.cond(
            sessions.length() > 1,
            rx.el.div(
                rx.el.button(
                    "Déconnecter les autres appareils",
                    type="button",
                    class_name="btn ghost small",
                    on_click=AccountState.end_others,
                ),
                class_name="pages",
            ),
        ),
        class_name="card",
        aria_labelledby="appareils",
    )
