"""Ce que montrent les absences : les jours à déclarer, ceux déclarés, l'aperçu d'une annulation de classe."""

import reflex as rx

from portail.components.icons import icon
from portail.components.links import plain, to
from portail.components.native import FocusOnShow

_FIELDS = {
    "school": "groupe-ecole",
    "first": "groupe-premier",
    "last": "groupe-dernier",
    "activities": "groupe-activites",
    "why": "groupe-raison",
}


def carence(lines: rx.Var[list]) -> rx.Component:
    return rx.cond(
        lines.length() > 0,
        rx.el.ul(rx.foreach(lines, rx.el.li), class_name="bulleted small", aria_label="Jours de carence"),
    )


def days(lines: rx.Var[list]) -> rx.Component:
    """Les jours réservés qui se déclarent encore ; repliés, ils n'éloignent pas le formulaire."""
    return rx.el.details(
        rx.el.summary(f"Voir les jours réservés ({lines.length()})", class_name="lost"),
        rx.el.ul(rx.foreach(lines, _day), class_name="ledger"),
    )


def _day(line: rx.Var) -> rx.Component:
    return rx.el.li(
        icon("calendar"),
        rx.el.div(
            rx.el.b(line.day), rx.el.span(line.what, " · ", line.until, class_name="under small muted"), class_name="t"
        ),
    )


def line(one: rx.Var) -> rx.Component:
    state = rx.el.span(one.state, class_name="pill state", custom_attrs={"data-tone": one.tone})
    return rx.el.li(
        rx.el.span(icon("clock"), class_name="plate"),
        rx.el.div(
            rx.el.b(
                rx.el.span(class_name="dot", aria_hidden="true", style={"background": one.color}),
                one.child,
                " · ",
                one.day,
            ),
            rx.el.span(one.what, class_name="small muted"),
            class_name="t",
        ),
        state,
        rx.cond(one.href, to(one.href, "Suivre", css="btn ghost small", aria_label=f"Suivre l’absence du {one.day}")),
        class_name="row",
    )


def faults(errors: rx.Var[dict]) -> rx.Component:
    """Le résumé : il prend le focus, et chaque phrase mène à son champ."""
    links = [rx.cond(errors[name], rx.el.p(plain(f"#{field}", errors[name]))) for name, field in _FIELDS.items()]
    return rx.cond(
        errors.length() > 0,
        FocusOnShow.create(icon("alert"), rx.el.div(*links), class_name="errors", custom_attrs={"role": "alert"}),
    )


def activities(choices: rx.Var[list], error: rx.Var[str]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Activités à annuler"),
        rx.foreach(choices, _activity),
        rx.el.p(rx.cond(error, rx.fragment(icon("alert"), error)), class_name="wrong", id="groupe-activites-faute"),
        class_name="bookable",
        custom_attrs={"id": "groupe-activites", "tabIndex": "-1", "aria-describedby": "groupe-activites-faute"},
    )


def _activity(choice: rx.Var) -> rx.Component:
    field_id = f"groupe-activite-{choice.value}"
    return rx.el.div(
        rx.el.input(name=f"activity-{choice.value}", type="checkbox", custom_attrs={"id": field_id}),
        rx.el.label(choice.label, html_for=field_id),
        class_name="check line",
    )


def preview(state: type) -> rx.Component:
    """Qui est concerné, avant que rien ne soit touché."""
    view = state.preview
    heads = rx.el.ul(
        rx.foreach(view.lines, lambda one: rx.el.li(rx.el.span(one.title, class_name="t"), rx.el.b(one.count))),
        class_name="ledger",
    )
    nobody = rx.el.p("Aucune réservation n’est concernée : vérifiez les jours, la classe et les activités.")
    return FocusOnShow.create(
        rx.el.h2(view.title),
        rx.el.p(view.days),
        rx.cond(
            view.is_empty,
            nobody,
            rx.fragment(
                rx.el.p(rx.el.b(view.summary)),
                heads,
                rx.cond(view.refund, rx.el.p(view.refund)),
                rx.el.p("Chaque famille reçoit un courriel. Ce geste ne s’annule pas.", class_name="hint"),
            ),
        ),
        rx.el.div(
            rx.cond(
                view.is_empty,
                rx.fragment(),
                rx.el.button(view.button, type="button", class_name="btn danger", on_click=state.confirm),
            ),
            rx.el.button("Revenir au choix", type="button", class_name="btn ghost", on_click=state.give_up),
            class_name="after",
        ),
        class_name="card pad stack",
    )
