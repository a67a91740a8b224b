"""« Absences » d'un parent : déclarer, suivre ; et, côté agent, une classe qui ne vient pas."""

import reflex as rx

from portail.components import absences as drawn
from portail.components import files
from portail.components.cards import bones, empty
from portail.components.chooser import chooser
from portail.components.forms import submit
from portail.components.icons import icon
from portail.components.inputs import Input, choice, note, text
from portail.components.links import button_to, to
from portail.domain.requests import RequestKind
from portail.pages.layout import frame
from portail.state.absences import AbsencesState as State
from portail.state.absences import GroupState


def draw() -> rx.Component:
    view = State.absences
    return frame(
        "/absences",
        rx.el.p(to("/planning", icon("back"), "Planning"), class_name="crumb"),
        rx.el.div(
            rx.el.div(
                rx.el.h1("Absences"),
                rx.el.p(
                    "Votre enfant ne vient pas un jour réservé ? Déclarez-le, avec un justificatif si vous en avez un.",
                    class_name="muted",
                ),
            ),
            class_name="hello",
        ),
        chooser(State.chooser, State.choose_child),
        rx.cond(
            view.ready,
            rx.el.div(rx.cond(view.can_declare, _declare()), _followed(), class_name="stack"),
            rx.el.div(*bones("", 4), class_name="bones card"),
        ),
        narrow=True,
    )


def _declare() -> rx.Component:
    view = State.absences
    nothing = empty(
        "calendar",
        "Aucun jour à déclarer",
        "Les jours réservés de cet enfant paraîtront ici, de ceux à venir à ceux passés depuis peu.",
    )
    return rx.el.section(
        rx.el.h2(rx.cond(view.first_name, f"Absence · {view.first_name}", "Absence"), id="declarer"),
        rx.cond(
            view.days.length() > 0,
            rx.fragment(
                rx.el.p(
                    "Encore dans les délais d’annulation ? ",
                    to("/planning", "Annulez plutôt le jour"),
                    " : c’est immédiat.",
                    class_name="hint",
                ),
                drawn.carence(view.carence),
                drawn.days(view.days),
                _form(),
            ),
            nothing,
        ),
        class_name="card pad stack",
        aria_labelledby="declarer",
    )


def _form() -> rx.Component:
    view, refusal = State.absences, files.Refusal(State.fault, State.files_fault)
    return files.send_form(
        files.problems(refusal, "absence-refus", "absence-premier", "absence-fichiers"),
        text(Input("absence-premier", "first", "Premier jour d’absence", type="date"), view.today, State.fault),
        text(
            Input(
                "absence-dernier", "last", "Dernier jour d’absence", type="date", hint="Vide : un seul jour d’absence."
            )
        ),
        choice(Input("absence-activite", "activity", "Activité"), view.activities, blank="Toutes ses activités"),
        note(Input("absence-motif", "text", "Motif")),
        files.picker("absence-fichiers", "Justificatif (certificat, convocation…)", view.accept, refusal),
        submit("Déclarer l’absence", rx.Var.create(False), css="btn"),
        action=f"/envois/absence/{view.child}",
        on_sent=State.sent,
        on_refused=State.refused,
    )


def _followed() -> rx.Component:
    declared = State.absences.declared
    nothing = empty(
        "clock", "Aucune absence déclarée", "Celles que vous déclarez se suivent ici, jusqu’à la réponse de la mairie."
    )
    return rx.el.section(
        rx.el.h2("Absences déclarées", id="declarees"),
        rx.cond(declared.length() > 0, rx.el.ul(rx.foreach(declared, drawn.line)), nothing),
        class_name="card",
        aria_labelledby="declarees",
    )


def draw_staff() -> rx.Component:
    return frame(
        "/admin/absences",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Absences"),
                rx.el.p(
                    "Une classe ne vient pas : grève, sortie, fermeture. Tous ses jours s’annulent d’un coup.",
                    class_name="muted",
                ),
            ),
            class_name="hello",
        ),
        rx.cond(
            GroupState.group.ready,
            rx.el.div(
                _waiting(),
                rx.cond(GroupState.done, rx.el.p(icon("check"), GroupState.done, class_name="pill alert done")),
                rx.cond(GroupState.preview.ready, drawn.preview(GroupState), _group_form()),
                class_name="stack",
            ),
            rx.el.div(*bones("", 5), class_name="bones card"),
        ),
    )


def _waiting() -> rx.Component:
    number = GroupState.group.waiting
    return rx.el.section(
        rx.el.h2("Déclarations des familles", id="declarations"),
        rx.el.p(
            rx.cond(
                number > 0,
                rx.cond(number == 1, "Une déclaration attend une réponse.", f"{number} déclarations attendent."),
                "Aucune déclaration n’attend de réponse.",
            )
        ),
        rx.el.p(
            "Elles se traitent dans la file des démarches, sorte « ",
            RequestKind.ABSENCE.label,
            " ».",
            class_name="hint",
        ),
        rx.el.p(button_to("/admin/demarches", "Ouvrir les démarches", css="btn ghost small"), class_name="after"),
        class_name="card pad stack tight",
        aria_labelledby="declarations",
    )


def _group_form() -> rx.Component:
    group, errors = GroupState.group, GroupState.errors
    return rx.el.section(
        rx.el.h2("Annuler les jours d’une classe", id="classe"),
        rx.el.form(
            drawn.faults(errors),
            choice(Input("groupe-ecole", "school", "École"), group.schools, "", errors["school"], blank="Toutes"),
            choice(Input("groupe-classe", "class", "Classe"), group.classes, blank="Toutes"),
            choice(Input("groupe-niveau", "level", "Niveau"), group.levels, blank="Tous"),
            text(Input("groupe-premier", "first", "Premier jour", type="date"), group.today, errors["first"]),
            text(
                Input("groupe-dernier", "last", "Dernier jour", type="date", hint="Vide : un seul jour."),
                "",
                errors["last"],
            ),
            drawn.activities(group.activities, errors["activities"]),
            text(
                Input("groupe-raison", "why", "Raison", hint="« Grève », « Classe de mer » : les familles la liront."),
                "",
                errors["why"],
            ),
            submit("Voir qui est concerné", rx.Var.create(False), css="btn"),
            on_submit=GroupState.look,
            method="post",
            no_validate=True,
            class_name="form",
        ),
        class_name="card pad stack",
        aria_labelledby="classe",
    )
