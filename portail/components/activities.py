"""Les cartes d'activités : quoi, quand, à quel prix, et où en est chaque enfant."""

import reflex as rx

from portail.components.cards import face
from portail.components.icons import icon
from portail.components.links import button_to, to


def card(activity: rx.Var) -> rx.Component:
    """Une activité du catalogue ; chaque enfant y a sa ligne, avec son bouton ou sa raison."""
    return rx.el.li(
        rx.el.article(
            rx.el.div(
                rx.el.h3(to(activity.href, activity.title)),
                rx.el.span(activity.kind, class_name="pill"),
                class_name="spread",
            ),
            rx.cond(activity.summary, rx.el.p(activity.summary, class_name="muted small")),
            rx.el.ul(
                rx.el.li(icon("clock"), activity.hours),
                rx.el.li(icon("users"), f"Enfants {activity.ages}"),
                rx.cond(
                    activity.price,
                    rx.el.li(icon("euro"), rx.el.span(rx.el.b(activity.price), " pour votre famille")),
                ),
                class_name="facts",
            ),
            rx.cond(activity.price_note, rx.el.p(activity.price_note, class_name="small muted")),
            rx.el.ul(rx.foreach(activity.children, lambda one: standing(one, activity.title)), class_name="standings"),
            class_name="card pad activity",
        )
    )


def standing(child: rx.Var, title: rx.Var[str] | str, *more: rx.Component) -> rx.Component:
    """Où en est un enfant, et ce qui s'offre à lui."""
    return rx.el.li(
        face(child),
        rx.el.div(
            rx.el.b(child.first_name),
            rx.el.span(child.word, class_name="pill", custom_attrs={"data-tone": child.tone}),
            rx.cond(child.why, rx.el.p(child.why, " ", _step(child), class_name="small")),
            *more,
            class_name="t",
        ),
        rx.cond(
            child.action,
            to(child.link, child.action, css="btn small", aria_label=f"{child.action} : {child.first_name}, {title}"),
        ),
    )


def _step(child: rx.Var) -> rx.Component:
    """La suite, en lien quand elle a une page."""
    linked = rx.cond(
        child.link & ~child.action,
        to(child.link, child.next_step, aria_label=f"{child.next_step} ({child.first_name})"),
        rx.el.span(child.next_step),
    )
    return rx.cond(child.next_step, linked)


def done(result: rx.Var) -> rx.Component:
    """Ce qui vient d'être fait, et la suite."""
    return rx.cond(
        result.message,
        rx.el.section(
            rx.el.h2("Inscription", class_name="unseen"),
            rx.el.p(icon("check"), rx.el.b(result.message), class_name="pill alert", custom_attrs={"data-tone": "ok"}),
            rx.el.p(result.detail),
            button_to(result.href, result.action),
            class_name="card pad stack",
        ),
    )
