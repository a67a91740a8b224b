"""Ouvrir un compte : le dossier, l'adulte, l'adresse ; ou un agent et son rôle."""

import reflex as rx

from portail.components.account_file import ROLES
from portail.components.forms import Choice, Field, choose, field, form, problem, submit
from portail.domain.accounts import Role
from portail.domain.families import GuardianRole

NUMBER = Field("numero", "number", "Numéro de dossier", hint="Par exemple F-1001.")
FIRST = Field("prenom", "first_name", "Prénom", required=False)
LAST = Field("nom", "last_name", "Nom", required=False)
RELATION = Field("lien", "relation", "Lien avec les enfants", default=GuardianRole.GUARDIAN)
RELATIONS = tuple(Choice(role.value, role.label) for role in GuardianRole)
EMAIL = Field("invite-email", "email", "Adresse e-mail", type="email", hint="Le lien d’activation y part aussitôt.")
USERNAME = Field(
    "invite-identifiant",
    "username",
    "Identifiant (facultatif)",
    hint="Laissé vide, ce sera l’adresse e-mail.",
    required=False,
)
ROLE = Field("invite-role", "role", "Rôle", default=Role.RECEPTION)
ERROR = "invitation-erreur"


def find(error: rx.Var[str], on_find: rx.EventHandler) -> rx.Component:
    return form(
        problem(error, ERROR, NUMBER.id),
        field(NUMBER, error, ERROR),
        submit("Chercher le dossier", rx.Var.create(False), css="btn"),
        on_submit=on_find,
    )


def parent(family: rx.Var, error: rx.Var[str], busy: rx.Var[bool], on_invite: rx.EventHandler) -> rx.Component:
    """Les champs du nouvel adulte ne se montrent qu'à qui choisit « Un autre adulte »."""
    return form(
        problem(error, ERROR, EMAIL.id),
        rx.el.fieldset(
            rx.el.legend(f"À qui, dans le dossier {family.number} {family.name} ?"),
            rx.foreach(family.adults, _adult),
            rx.el.div(
                rx.el.input(type="radio", name="guardian", value="0", custom_attrs={"id": "adulte-0"}),
                rx.el.label("Un autre adulte", html_for="adulte-0"),
                class_name="check line",
            ),
        ),
        rx.el.div(field(FIRST), field(LAST), choose(RELATION, RELATIONS), class_name="form newadult"),
        field(EMAIL, error, ERROR),
        field(USERNAME, error, ERROR),
        submit("Envoyer l’invitation", busy, css="btn"),
        on_submit=on_invite,
    )


def _adult(adult: rx.Var) -> rx.Component:
    field_id = f"adulte-{adult.id}"
    return rx.el.div(
        rx.el.input(
            type="radio",
            name="guardian",
            value=adult.id.to_string(),
            disabled=adult.has_account,
            custom_attrs={"id": field_id},
        ),
        rx.el.label(
            adult.full_name,
            rx.el.span(
                adult.role_label,
                rx.cond(adult.has_account, ", a déjà un compte", ""),
                rx.cond(adult.email, f", {adult.email}", ""),
                class_name="under small muted",
            ),
            html_for=field_id,
        ),
        class_name="check line",
    )


def staff(error: rx.Var[str], busy: rx.Var[bool], on_invite: rx.EventHandler) -> rx.Component:
    return form(
        problem(error, ERROR, FIRST.id),
        field(FIRST, error, ERROR),
        field(LAST, error, ERROR),
        field(EMAIL, error, ERROR),
        choose(ROLE, ROLES),
        submit("Envoyer l’invitation", busy, css="btn"),
        on_submit=on_invite,
    )
