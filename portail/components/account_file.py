"""Un compte ouvert par un agent : où il en est, ce que l'on peut y faire, les droits des adultes du dossier."""

from dataclasses import dataclass

import reflex as rx

from portail.components.account_list import standing_pill
from portail.components.forms import Choice, Field, checkbox, choose, field, fold, form, gesture, problem, submit
from portail.components.icons import icon
from portail.components.native import FocusOnShow
from portail.domain.accounts import STAFF, Role, Standing
from portail.domain.families import FamilyRight

ROLES = tuple(Choice(role.value, role.label) for role in Role if role in STAFF)
REASON = Field(
    "motif", "reason", "Motif de la fermeture", hint="Il reste au journal ; la personne ne le lit pas.", css="input"
)
ERROR, TITLE = "compte-erreur", "compte-ouvert"


@dataclass(frozen=True)
class Work:
    """Ce que la carte lit et ce qu'elle déclenche."""

    account: rx.Var
    error: rx.Var[str]
    refused: rx.Var[int]
    given_password: rx.Var[str]
    busy: rx.Var[bool]
    resend: rx.EventHandler
    issue_password: rx.EventHandler
    forget_password: rx.EventHandler
    close: rx.EventHandler
    reopen: rx.EventHandler
    change_role: rx.EventHandler
    set_rights: rx.EventHandler
    hide: rx.EventHandler


def opened(work: Work) -> rx.Component:
    account = work.account
    return rx.el.section(
        rx.el.div(
            rx.el.h2(account.full_name, id=TITLE),
            rx.el.button(
                icon("close"), type="button", class_name="closer", aria_label="Fermer ce compte", on_click=work.hide
            ),
            class_name="spread",
        ),
        problem(work.error, ERROR, TITLE),
        rx.cond(work.given_password, _password_once(work)),
        _identity(account),
        rx.cond(
            account.is_mine,
            rx.el.p("Ceci est votre propre compte : il se règle dans « Mon compte ».", class_name="muted"),
            _actions(work),
        ),
        rx.foreach(account.households, lambda home: _household(home, work)),
        class_name="card pad stack accountfile",
        aria_labelledby=TITLE,
    )


def _identity(account: rx.Var) -> rx.Component:
    return rx.el.dl(
        rx.el.dt("État"),
        rx.el.dd(
            standing_pill(account.standing, account.standing_label),
            rx.cond(account.link, rx.el.span(f" Lien valable jusqu’au {account.link}", class_name="small muted")),
        ),
        rx.el.dt("E-mail"),
        rx.el.dd(account.email),
        rx.el.dt("Identifiant"),
        rx.el.dd(account.username),
        rx.el.dt("Rôle"),
        rx.el.dd(account.role_label),
        rx.el.dt("Ouvert le"),
        rx.el.dd(account.created),
        class_name="lines",
    )


def _password_once(work: Work) -> rx.Component:
    """Montré cette seule fois : ni courriel, ni journal, ni base ne le gardent."""
    return FocusOnShow.create(
        rx.el.h3("Mot de passe provisoire"),
        rx.el.p("Dictez-le ou écrivez-le pour la personne : il ne sera plus affiché. Il vaut 7 jours."),
        rx.el.p(work.given_password, class_name="secret"),
        rx.el.button("Je l’ai transmis", type="button", class_name="btn small", on_click=work.forget_password),
        class_name="codes stack once",
    )


def _actions(work: Work) -> rx.Component:
    account = work.account
    waits = (account.standing == Standing.INVITED.value) | (account.standing == Standing.EXPIRED.value)
    return rx.cond(
        account.standing == Standing.CLOSED.value,
        rx.el.p(
            gesture("Rouvrir ce compte", work.reopen(account.id), work.busy),
        ),
        rx.el.div(
            rx.cond(waits, _resend(work)),
            _issue(work),
            rx.cond(account.can_change_role, _role(work)),
            _close(work),
            class_name="stack tight",
        ),
    )


def _resend(work: Work) -> rx.Component:
    email = Field(
        "renvoi-email",
        "email",
        "Adresse e-mail",
        type="email",
        hint="Corrigez-la si elle est fausse : l’ancien lien ne vaudra plus.",
        default=work.account.email,
    )
    return form(
        field(email, work.error, ERROR),
        submit("Renvoyer", work.busy, css="btn"),
        on_submit=work.resend(work.account.id),
    )


def _issue(work: Work) -> rx.Component:
    return fold(
        "Mot de passe provisoire",
        form(
            rx.el.p(
                "L’ancien mot de passe ne servira plus et ses appareils seront déconnectés. "
                "La personne choisira le sien à la première connexion."
            ),
            checkbox("identity_checked", "identity_checked", "J’ai vérifié l’identité de la personne."),
            submit("Donner un mot de passe provisoire", work.busy, css="btn"),
            on_submit=work.issue_password(work.account.id),
        ),
    )


def _role(work: Work) -> rx.Component:
    role = Field("role-du-compte", "role", "Rôle", default=work.account.role)
    return fold(
        "Changer de rôle",
        form(
            choose(role, ROLES),
            submit("Changer le rôle", work.busy, css="btn"),
            on_submit=work.change_role(work.account.id),
        ),
    )


def _close(work: Work) -> rx.Component:
    return fold(
        "Fermer le compte",
        form(
            rx.el.p("La personne est déconnectée et prévenue. Son dossier demeure ; le compte peut se rouvrir."),
            field(REASON, work.error, ERROR),
            submit("Fermer le compte", work.busy, css="btn danger"),
            on_submit=work.close(work.account.id),
        ),
    )


def _household(home: rx.Var, work: Work) -> rx.Component:
    return rx.el.div(
        rx.el.h3(f"Droits dans le dossier {home.number} {home.name}"),
        rx.el.ul(rx.foreach(home.adults, lambda adult: _adult(adult, work)), class_name="people"),
        class_name="stack tight",
    )


def _adult(adult: rx.Var, work: Work) -> rx.Component:
    ticks = [
        checkbox(f"{right.value}-{adult.guardian_id}", right.value, right.label, checked=getattr(adult, right.value))
        for right in FamilyRight
    ]
    return rx.el.li(
        rx.el.form(
            rx.el.input(type="hidden", name="guardian_id", value=adult.guardian_id.to_string()),
            rx.el.fieldset(
                rx.el.legend(adult.full_name, rx.el.span(adult.role_label, class_name="under small muted")),
                rx.cond(adult.has_account, rx.fragment(), rx.el.p("Pas de compte", class_name="small muted")),
                *ticks,
            ),
            rx.el.button(
                "Enregistrer",
                type="submit",
                disabled=work.busy,
                class_name="btn ghost small",
                custom_attrs={"aria-busy": rx.cond(work.busy, "true", "false")},
                aria_label=f"Enregistrer les droits de {adult.full_name}",
            ),
            on_submit=work.set_rights,
            key=f"{adult.guardian_id}-{work.refused}",
        ),
        class_name="card person rights",
    )
