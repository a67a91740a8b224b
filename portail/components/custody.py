"""Le calendrier de la garde, en deux couleurs et en mots, et ce qui l'explique."""

import reflex as rx

from portail.components.icons import icon
from portail.components.months import turn
from portail.domain.custody import WEEKDAYS


def calendar(view: rx.Var, on_turn: rx.EventHandler) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            turn("Mois précédent", "back", view.previous, on_turn),
            rx.el.h2(view.month_label, id="mois", class_name="date", custom_attrs={"aria-live": "polite"}),
            turn("Mois suivant", "forward", view.following, on_turn),
            class_name="monthbar",
        ),
        _month(view),
        _legend(view),
        rx.cond(view.counts, rx.el.p(view.counts, class_name="counts")),
        rx.cond(
            view.holidays.length() > 0,
            rx.el.ul(rx.foreach(view.holidays, lambda one: rx.el.li(icon("calendar"), one)), class_name="offdays"),
        ),
        rx.cond(
            view.unpublished,
            rx.el.p("Les vacances scolaires de ce mois ne sont pas encore publiées.", class_name="muted small"),
        ),
        class_name="card pad stack custody",
        aria_labelledby="mois",
    )


def _month(view: rx.Var) -> rx.Component:
    heads = [
        rx.el.th(rx.el.span(name[:3], aria_hidden="true"), rx.el.span(name, class_name="unseen"), scope="col")
        for name in WEEKDAYS
    ]
    return rx.el.table(
        rx.el.caption("Garde de ", view.first_name, ", ", view.month_label, class_name="unseen"),
        rx.el.thead(rx.el.tr(*heads)),
        rx.el.tbody(rx.foreach(view.weeks, lambda week: rx.el.tr(rx.foreach(week.days, _day)))),
        class_name="month",
    )


def _day(day: rx.Var) -> rx.Component:
    shown = rx.fragment(
        rx.el.span(day.number, class_name="num", aria_hidden="true"),
        rx.el.span(day.mark, class_name="mark", aria_hidden="true"),
        rx.el.span(day.sentence, class_name="unseen"),
    )
    return rx.el.td(
        rx.cond(day.number, shown),
        custom_attrs={
            "data-date": rx.cond(day.number, day.date, ""),
            "data-home": day.home,
            "data-reason": day.reason,
            "aria-current": rx.cond(day.today, "date", "false"),
        },
    )


def _legend(view: rx.Var) -> rx.Component:
    def one(slot: str, mark: rx.Var[str] | str, label: rx.Var[str] | str, reason: str = "") -> rx.Component:
        swatch = rx.el.span(
            mark, class_name="swatch", aria_hidden="true", custom_attrs={"data-home": slot, "data-reason": reason}
        )
        return rx.el.li(swatch, label)

    return rx.el.ul(
        one("a", view.home_a.mark, view.home_a.label),
        one("b", view.home_b.mark, view.home_b.label),
        rx.cond(view.has_unset, one("", "", "Rien n’est réglé")),
        rx.cond(view.has_exception, one("", "", "Entouré de tirets : exception", reason="exception")),
        class_name="legend",
        aria_label="Légende",
    )


def patterns(view: rx.Var, after: rx.Var | None = None) -> rx.Component:
    """Les rythmes en toutes lettres."""
    nothing = rx.el.p("Aucun rythme n’est réglé : chaque foyer peut agir tous les jours.", class_name="muted")
    return rx.el.section(
        rx.el.h2("Le rythme de la garde", id="rythme"),
        rx.cond(
            view.patterns.length() > 0,
            rx.el.ul(rx.foreach(view.patterns, after or pattern), class_name="stack"),
            nothing,
        ),
        class_name="card pad stack",
        aria_labelledby="rythme",
    )


def pattern(one: rx.Var, *more: rx.Component) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.b(one.words), " ", rx.el.span(one.state, class_name="pill", custom_attrs={"data-tone": one.tone})
        ),
        rx.el.p(one.period, class_name="small muted"),
        rx.el.p(one.reference, class_name="small"),
        rx.cond(one.halves, rx.el.p("Vacances : ", one.halves, class_name="small")),
        *more,
        class_name="rhythm",
    )


def exceptions(view: rx.Var, on_remove: rx.EventHandler | None = None) -> rx.Component:
    def one(row: rx.Var) -> rx.Component:
        return rx.el.li(
            rx.el.div(rx.el.b(row.when), rx.el.span(row.at), class_name="t"),
            _remove(row, on_remove) if on_remove else rx.fragment(),
            class_name="row",
        )

    return rx.el.section(
        rx.el.h2("Exceptions à venir", id="exceptions"),
        rx.cond(
            view.exceptions.length() > 0,
            rx.el.ul(rx.foreach(view.exceptions, one)),
            rx.el.p("Aucune : le rythme s’applique tous les jours.", class_name="muted promise"),
        ),
        class_name="card",
        aria_labelledby="exceptions",
    )


def _remove(row: rx.Var, on_remove: rx.EventHandler) -> rx.Component:
    return rx.el.button(
        "Retirer",
        type="button",
        class_name="btn danger small",
        aria_label=f"Retirer l’exception : {row.when}",
        on_click=on_remove(row.id),
    )


def proposals(view: rx.Var) -> rx.Component:
    return rx.el.section(
        rx.el.h2("Propositions", id="propositions"),
        rx.cond(
            view.proposals.length() > 0,
            rx.el.ul(rx.foreach(view.proposals, _proposal)),
            rx.el.p(
                "Les changements proposés par l’un ou l’autre foyer paraîtront ici, avec la réponse du service.",
                class_name="muted promise",
            ),
        ),
        class_name="card",
        aria_labelledby="propositions",
    )


def _proposal(one: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(one.words),
            rx.el.span(
                one.who, ", le ", one.at, rx.cond(one.number, f" · n° {one.number}", ""), class_name="small muted"
            ),
            class_name="t",
        ),
        rx.el.span(one.status_label, class_name="pill", custom_attrs={"data-tone": one.tone}),
        class_name="row",
    )
