"""La modification avancée : la semaine type à cocher, et ce qui changerait, mois par mois."""

import reflex as rx

from portail.components.forms import checkbox
from portail.components.icons import icon
from portail.components.inputs import Input, text
from portail.components.links import to
from portail.domain.weekly import MODE_HINTS, RHYTHMS, Mode


def wrong(errors: rx.Var[dict], name: str) -> rx.Component:
    error = errors[name]
    return rx.el.p(rx.cond(error, rx.fragment(icon("alert"), error)), class_name="wrong", id=f"avancee-{name}-faute")


def children(view: rx.Var, errors: rx.Var[dict]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Enfants"),
        rx.el.div(
            rx.foreach(
                view.children,
                lambda one: checkbox(f"avancee-{one.name}", one.name, one.label, checked=one.checked),
            ),
            class_name="options",
        ),
        wrong(errors, "enfants"),
        custom_attrs={"id": "avancee-enfants", "tabIndex": -1, "aria-describedby": "avancee-enfants-faute"},
    )


def week(view: rx.Var, errors: rx.Var[dict]) -> rx.Component:
    """Une activité, dépliée au besoin ; une ligne par séance, une case par jour où elle a lieu."""
    nothing = rx.el.p(
        "Aucune activité n’est encore ouverte à vos enfants. ",
        to("/activites", "Inscrivez-les d’abord."),
        class_name="muted",
    )
    return rx.el.div(
        rx.el.h2("Semaine type", id="semaine"),
        rx.cond(
            view.activities.length() > 0, rx.el.div(rx.foreach(view.activities, _fold), class_name="weekfolds"), nothing
        ),
        wrong(errors, "jours"),
        role="group",
        aria_labelledby="semaine",
        custom_attrs={"id": "avancee-jours", "tabIndex": -1},
    )


def _fold(activity: rx.Var) -> rx.Component:
    return rx.el.details(
        rx.el.summary(rx.el.b(activity.title)),
        rx.el.div(rx.foreach(activity.parts, lambda part: _part(activity, part)), class_name="weekparts"),
        open=activity.is_open,
        key=activity.id,
    )


def _part(activity: rx.Var, part: rx.Var) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(
            rx.el.span(f"{activity.title} · ", class_name="unseen"),
            part.name,
            rx.el.span(f" {part.hours}", class_name="small muted"),
        ),
        rx.el.div(rx.foreach(part.boxes, _box), class_name="options"),
        key=part.id,
    )


def _box(one: rx.Var) -> rx.Component:
    return rx.el.label(
        rx.el.input(name=one.name, type="checkbox", default_checked=one.checked, aria_label=one.long),
        rx.el.span(one.label, aria_hidden="true"),
        class_name="weekday",
    )


def period(view: rx.Var, errors: rx.Var[dict]) -> rx.Component:
    return rx.el.div(
        text(Input("avancee-du", "du", "Du", "date"), view.first, errors["du"]),
        text(Input("avancee-au", "au", "Au", "date"), view.last, errors["au"]),
        rx.el.div(
            rx.el.label("Périodicité", html_for="avancee-rythme"),
            rx.el.select(
                *[rx.el.option(label, value=value) for value, label in RHYTHMS.items()],
                name="rythme",
                default_value=view.rhythm,
                class_name="input",
                custom_attrs={"id": "avancee-rythme", "aria-describedby": "avancee-rythme-faute"},
            ),
            wrong(errors, "rythme"),
            class_name="field",
        ),
        class_name="period",
    )


def mode(view: rx.Var, errors: rx.Var[dict]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Ce qui est déjà réservé"),
        *[
            rx.el.div(
                rx.el.input(
                    type="radio",
                    name="mode",
                    value=one.value,
                    default_checked=view.mode == one.value,
                    custom_attrs={"id": f"avancee-mode-{one.value}"},
                ),
                rx.el.label(rx.el.b(one.label), " : ", MODE_HINTS[one], html_for=f"avancee-mode-{one.value}"),
                class_name="check line",
            )
            for one in Mode
        ],
        wrong(errors, "mode"),
    )


def groups(title: str, found: rx.Var[list], tone: str = "") -> rx.Component:
    """Un titre, puis une ligne par mois ou par raison ; les jours sont pliés."""
    return rx.cond(
        found.length() > 0,
        rx.el.div(
            rx.el.h3(title),
            rx.el.ul(rx.foreach(found, _group), class_name="plain"),
            class_name="daygroups",
            custom_attrs={"data-tone": tone},
        ),
    )


def _group(group: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.b(group.title),
                rx.el.span(" · ", group.count, rx.cond(group.amount, f" · {group.amount}", ""), class_name="nowrap"),
            ),
            rx.el.ul(rx.foreach(group.lines, rx.el.li), class_name="bulleted small"),
        ),
        rx.cond(group.why, rx.el.p(group.why, " ", group.next_step, class_name="small")),
        rx.cond(group.link, to(group.link, "Voir ce qu’il faut faire", icon("forward"), css="lost small")),
    )


def sums(preview: rx.Var) -> rx.Component:
    def pair(term: str, value: rx.Var[str], css: str = "") -> rx.Component:
        return rx.cond(value, rx.el.div(rx.el.dt(term), rx.el.dd(value, class_name="nowrap"), class_name=css))

    return rx.fragment(
        rx.el.dl(
            pair("dont majoration", preview.surcharge),
            pair("Total", preview.total, "total"),
            pair("Rendu", preview.refund),
            pair("Solde avant", preview.balance_before),
            pair("Solde après", preview.balance_after),
            class_name="sums",
        ),
        rx.cond(preview.billing, rx.el.p(preview.billing, class_name="small muted")),
        rx.cond(preview.notice, rx.el.p(icon("info"), preview.notice, class_name="aside")),
    )
