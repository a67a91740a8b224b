"""Les morceaux de « Mon compte » : identité, second facteur, codes de secours, appareils."""

import reflex as rx

from portail.components.forms import Field, field, form, problem, submit
from portail.components.icons import icon

PASSWORD_FIELDS = (
    Field("current", "current", "Mot de passe actuel", type="password", autocomplete="current-password"),
    Field(
        "password",
        "password",
        "Nouveau mot de passe",
        type="password",
        autocomplete="new-password",
        hint="12 caractères ou plus : une courte phrase se retient bien.",
    ),
    Field(
        "password_again",
        "password_again",
        "Nouveau mot de passe, encore une fois",
        type="password",
        autocomplete="new-password",
    ),
)
TOTP_CODE = Field(
    "totp-code", "code", "Code à 6 chiffres", autocomplete="one-time-code", css="input code", numeric=True
)
TOTP_PASSWORD = Field(
    "totp-password", "password", "Mot de passe actuel", type="password", autocomplete="current-password"
)


def identity(account: rx.Var, is_staff: rx.Var[bool]) -> rx.Component:
    return rx.el.dl(
        rx.el.dt("Nom"),
        rx.el.dd(account.full_name),
        rx.el.dt("E-mail"),
        rx.el.dd(account.email),
        rx.el.dt("Identifiant"),
        rx.el.dd(account.username),
        rx.cond(is_staff, rx.fragment(rx.el.dt("Rôle"), rx.el.dd(account.role_label))),
        class_name="lines",
    )


def second_factor_off(required: rx.Var[bool], on_start: rx.EventHandler, busy: rx.Var[bool]) -> rx.Component:
    return rx.fragment(
        rx.cond(
            required,
            rx.el.p(
                "Votre rôle exige la validation en deux étapes : activez-la pour continuer.", class_name="pill alert"
            ),
        ),
        rx.el.p(
            "Après le mot de passe, un code à 6 chiffres donné par votre téléphone. "
            "Même si quelqu’un devine votre mot de passe, il n’entre pas.",
        ),
        rx.el.p(
            rx.el.button(
                "Activer la validation en deux étapes",
                type="button",
                class_name="btn",
                disabled=busy,
                on_click=on_start,
            )
        ),
    )


def setup(shown: rx.Var, error: rx.Var[str], busy: rx.Var[bool], on_confirm: rx.EventHandler) -> rx.Component:
    return rx.el.div(
        rx.el.ol(
            rx.el.li("Installez une application d’authentification sur votre téléphone, par exemple FreeOTP ou Aegis."),
            rx.el.li("Avec elle, lisez ce dessin, ou recopiez la clé écrite dessous."),
            rx.el.li("Tapez ici le code à 6 chiffres qu’elle affiche."),
            class_name="numbered",
        ),
        rx.el.img(src=shown.qr_svg, alt="Code QR de la clé écrite dessous", class_name="qr"),
        rx.el.p("Clé à recopier :", class_name="muted small"),
        rx.el.p(shown.secret, class_name="secret"),
        form(
            problem(error, "totp-erreur", TOTP_CODE.id),
            field(TOTP_CODE, error, "totp-erreur"),
            submit("Confirmer", busy, css="btn"),
            on_submit=on_confirm,
        ),
        class_name="stack",
    )


def codes_once(codes: rx.Var[list[str]], on_close: rx.EventHandler) -> rx.Component:
    """Les codes de secours, montrés cette seule fois."""
    return rx.el.div(
        rx.el.h3("Vos codes de secours"),
        rx.el.p(
            "Chacun remplace une fois le code du téléphone, s’il est perdu. Notez-les ou imprimez cette page : "
            "ils ne seront plus affichés."
        ),
        rx.el.ul(rx.foreach(codes, rx.el.li), class_name="codes"),
        rx.el.p(rx.el.button("Je les ai notés", type="button", class_name="btn", on_click=on_close)),
        class_name="stack",
    )


def second_factor_on(
    account: rx.Var, error: rx.Var[str], busy: rx.Var[bool], on_disable: rx.EventHandler
) -> rx.Component:
    left = account.recovery_codes_left
    off = rx.el.details(
        rx.el.summary("Désactiver la validation en deux étapes", class_name="lost"),
        form(
            problem(error, "totp-erreur", TOTP_PASSWORD.id),
            field(TOTP_PASSWORD, error, "totp-erreur"),
            submit("Désactiver", busy, css="btn danger"),
            on_submit=on_disable,
        ),
    )
    return rx.fragment(
        rx.el.p(icon("check"), "Active", class_name="pill state", custom_attrs={"data-tone": "ok"}),
        rx.match(
            left,
            (0, rx.el.p("Il ne vous reste aucun code de secours.")),
            (1, rx.el.p("Il vous reste un code de secours.")),
            rx.el.p(f"Il vous reste {left} codes de secours."),
        ),
        rx.cond(
            account.second_factor_required,
            rx.el.p("Votre rôle exige qu’elle reste active.", class_name="muted"),
            off,
        ),
    )


def session(one: rx.Var, on_end: rx.EventHandler) -> rx.Component:
    return rx.el.li(
        rx.el.span(icon("device"), class_name="plate"),
        rx.el.div(
            rx.el.b(one.device),
            rx.el.span(f"Connecté le {one.since}", class_name="under small muted"),
            rx.el.span(f"Dernière activité le {one.last_seen}", class_name="under small muted"),
            class_name="t",
        ),
        rx.cond(
            one.current,
            rx.el.span("Cet appareil", class_name="pill", custom_attrs={"data-tone": "ok"}),
            rx.el.button(
                "Déconnecter",
                type="button",
                class_name="btn ghost small",
                aria_label=f"Déconnecter {one.device}",
                on_click=on_end(one.id),
            ),
        ),
        class_name="row",
    )
