"""Les formulaires du dossier : un enfant, un adulte, une situation ; la faute à côté de chaque champ."""

import reflex as rx

from portail.components.icons import icon
from portail.components.inputs import Input, choice, note, text
from portail.components.links import to
from portail.components.native import FocusOnShow


def summary(fault: rx.Var[str]) -> rx.Component:
    """Le résumé prend le focus et se fait lire."""
    return rx.cond(
        fault,
        FocusOnShow.create(icon("alert"), rx.el.p(fault), class_name="errors", custom_attrs={"role": "alert"}),
    )


def child_fields(known: rx.Var | None, lists: rx.Var, errors: rx.Var) -> list[rx.Component]:
    detail = note(Input("enfant-precisions", "detail", "Précisions (facultatif)"), errors["detail"])
    return [*identity_fields(known, lists, errors), detail]


def identity_fields(known: rx.Var | None, lists: rx.Var, errors: rx.Var) -> list[rx.Component]:
    """Prénom, nom, naissance, école, niveau ; remplis d'avance quand l'enfant est connu."""

    def value(name: str) -> rx.Var | str:
        return "" if known is None else getattr(known, name)

    return [
        text(Input("enfant-prenom", "first_name", "Prénom"), value("first_name"), errors["first_name"]),
        text(Input("enfant-nom", "last_name", "Nom"), value("last_name"), errors["last_name"]),
        text(
            Input("enfant-naissance", "birth_date", "Date de naissance", "date"),
            value("birth_date"),
            errors["birth_date"],
        ),
        choice(
            Input("enfant-ecole", "school_id", "École"),
            lists.schools,
            value("school_id"),
            errors["school_id"],
            blank="Pas encore d’école",
        ),
        choice(
            Input("enfant-niveau", "level", "Niveau"),
            lists.levels,
            value("level"),
            errors["level"],
            blank="Pas encore de niveau",
        ),
    ]


def adult_fields(lists: rx.Var, errors: rx.Var) -> list[rx.Component]:
    return [
        text(Input("adulte-prenom", "first_name", "Prénom"), "", errors["first_name"]),
        text(Input("adulte-nom", "last_name", "Nom"), "", errors["last_name"]),
        choice(Input("adulte-lien", "role", "Lien avec les enfants"), lists.roles, "", errors["role"]),
        text(Input("adulte-telephone", "phone", "Téléphone", "tel"), "", errors["phone"]),
        text(Input("adulte-e-mail", "email", "E-mail", "email"), "", errors["email"]),
        note(Input("adulte-precisions", "detail", "Précisions (facultatif)"), errors["detail"]),
    ]


def departure_fields(lists: rx.Var, errors: rx.Var) -> list[rx.Component]:
    return [
        choice(Input("depart-qui", "guardian_id", "Qui quitte le dossier ?"), lists.adults, "", errors["guardian_id"]),
        note(Input("depart-raison", "detail", "Raison"), errors["detail"]),
    ]


def situation_fields(lists: rx.Var, errors: rx.Var) -> list[rx.Component]:
    return [
        choice(Input("situation-sorte", "change", "Ce qui change"), lists.situations, "", errors["change"]),
        text(Input("situation-depuis", "since", "Depuis le", "date"), "", errors["since"]),
        text(
            Input("situation-nom", "last_name", "Votre nouveau nom", hint="Seulement s’il change."),
            "",
            errors["last_name"],
        ),
        note(Input("situation-precisions", "detail", "Ce que la mairie doit savoir"), errors["detail"]),
    ]


def bookings(file: rx.Var) -> rx.Component:
    """Les calendriers qu'un agent ouvre au nom de la famille."""
    return rx.cond(
        file.activities.length() > 0,
        rx.el.section(
            rx.el.h2("Réserver pour cette famille"),
            rx.el.ul(
                rx.foreach(
                    file.activities,
                    lambda one: rx.el.li(to(f"/admin/familles/{file.id}/reservations/{one.value}", one.label)),
                ),
                class_name="plain",
            ),
            class_name="card pad stack tight",
        ),
    )
