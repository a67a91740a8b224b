"""Les champs de l'inscription, étape par étape."""

import reflex as rx

from portail.components.icons import icon
from portail.components.inputs import Input, text
from portail.components.links import plain

FIRST = Input("prenom", "first_name", "Prénom", autocomplete="given-name")
LAST = Input("nom", "last_name", "Nom", autocomplete="family-name")
EMAIL = Input("e-mail", "email", "Adresse e-mail", "email", "email")
EMAIL_AGAIN = Input("e-mail-bis", "email_again", "Confirmation de l’adresse e-mail", "email", "off")
USERNAME = Input(
    "nom-utilisateur",
    "username",
    "Nom d’utilisateur",
    autocomplete="username",
    hint="Il sert à vous connecter ; votre adresse e-mail aussi.",
)
PASSWORD = Input(
    "mot-de-passe",
    "password",
    "Mot de passe",
    "password",
    "new-password",
    hint="12 caractères ou plus : une courte phrase se retient bien.",
)
PASSWORD_AGAIN = Input("mot-de-passe-bis", "password_again", "Confirmation du mot de passe", "password", "new-password")
NUMBER = Input("numero-dossier", "number", "Numéro de dossier", hint="En haut de vos factures, par exemple F-1001.")
NAME = Input("nom-dossier", "name", "Nom du dossier", hint="Le nom de famille écrit sur la facture.")


def summary(fault: rx.Var[str], errors: rx.Var, targets: tuple[Input, ...]) -> rx.Component:
    """Le résumé : chaque faute mène à son champ ; il prend le focus et se fait lire."""
    listed = [rx.cond(errors[spec.name], rx.el.li(plain(f"#{spec.id}", errors[spec.name]))) for spec in targets]
    return rx.cond(
        fault,
        rx.el.div(
            icon("alert"),
            rx.cond(errors.length() > 0, rx.el.ul(*listed), rx.el.p(fault)),
            class_name="errors",
            custom_attrs={"role": "alert"},
        ),
    )


def identity_fields(typed: rx.Var, errors: rx.Var) -> list[rx.Component]:
    def known(spec: Input, value: rx.Var | str) -> rx.Component:
        return text(spec, value, errors[spec.name])

    return [
        rx.el.div(known(FIRST, typed.first_name), known(LAST, typed.last_name), class_name="pair"),
        known(EMAIL, typed.email),
        known(EMAIL_AGAIN, typed.email),
        known(USERNAME, typed.username),
        known(PASSWORD, ""),
        known(PASSWORD_AGAIN, ""),
    ]


def reference_fields(typed: rx.Var, errors: rx.Var) -> list[rx.Component]:
    """Deux choix natifs ; les champs du dossier ne se montrent qu'avec le premier."""
    return [
        rx.el.fieldset(
            rx.el.legend("Avez-vous déjà un dossier à la mairie ?"),
            _radio("avec-dossier", "yes", "J’ai un numéro de dossier", typed.with_file),
            rx.el.div(
                text(NUMBER, typed.number, errors["number"]), text(NAME, typed.name, errors["name"]), class_name="known"
            ),
            _radio("sans-dossier", "no", "Je n’ai pas encore de dossier", ~typed.with_file),
            rx.el.p(
                "Après l’activation, vous présenterez votre famille et la mairie créera votre dossier.",
                class_name="hint",
            ),
            class_name="choice",
        )
    ]


def _radio(field_id: str, value: str, label: str, chosen: rx.Var[bool]) -> rx.Component:
    return rx.el.div(
        rx.el.input(name="with_file", type="radio", value=value, default_checked=chosen, custom_attrs={"id": field_id}),
        rx.el.label(label, html_for=field_id),
        class_name="check line",
    )


def agreement(spec: Input, agreed: rx.Var[bool], error: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.input(
                name=spec.name,
                type="checkbox",
                default_checked=agreed,
                custom_attrs={
                    "id": spec.id,
                    "aria-invalid": rx.cond(error, "true", "false"),
                    "aria-describedby": f"{spec.id}-faute",
                },
            ),
            rx.el.label(spec.label, html_for=spec.id),
            class_name="check line",
        ),
        rx.el.p(rx.cond(error, rx.fragment(icon("alert"), error)), class_name="wrong", id=f"{spec.id}-faute"),
        class_name="field",
    )


def recap(typed: rx.Var) -> rx.Component:
    file = rx.cond(typed.with_file, f"n° {typed.number}, {typed.name}", "à créer : vous présenterez votre famille")
    return rx.el.dl(
        rx.el.dt("Prénom et nom"),
        rx.el.dd(f"{typed.first_name} {typed.last_name}"),
        rx.el.dt("Adresse e-mail"),
        rx.el.dd(typed.email),
        rx.el.dt("Nom d’utilisateur"),
        rx.el.dd(typed.username),
        rx.el.dt("Mot de passe"),
        rx.el.dd("choisi, gardé secret"),
        rx.el.dt("Dossier"),
        rx.el.dd(file),
        rx.el.dt("Conditions d’utilisation"),
        rx.el.dd(icon("check"), "acceptées"),
        rx.el.dt("Confidentialité"),
        rx.el.dd(icon("check"), "texte lu"),
        class_name="lines",
    )
