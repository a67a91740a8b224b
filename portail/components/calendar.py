"""Le calendrier des réservations : des cases natives peintes par la feuille de style, et leurs raisons."""

import reflex as rx

from portail.components.icons import PATHS, icon
from portail.components.links import to
from portail.components.months import turn
from portail.domain.bookings import DayStatus, Intent
from portail.views.bookings import Cell

LIBRARY = f"$/public{rx.asset('calendar.jsx', shared=True)}"
PICKED_WORDS = {Intent.ADD: "Choisi", Intent.REMOVE: "À annuler", Intent.WAIT: "Attendre", Intent.LEAVE: "À quitter"}
GONE = "Une autre famille vient de prendre la dernière place."
STOPPED = "La mairie vient de fermer cette séance."
STOPPED_STEP = "Choisissez un autre jour."
GONE_STEP = "Si une place se libère, ce jour redevient réservable ici même, sans recharger la page."
FULL, OPEN, CLOSED = DayStatus.FULL.value, DayStatus.OPEN.value, DayStatus.CLOSED.value


class Picked(rx.Component):
    """Ce qui est choisi, compté et retenu par le navigateur ; `done` change quand c'est fait."""

    library = LIBRARY
    tag = "Picked"
    activity: rx.Var[int]
    chips: rx.Var[list]
    prepaid: rx.Var[bool]
    balance: rx.Var[int]
    done: rx.Var[int]
    draft: rx.Var[list]
    title: rx.Var[str]


class Live:
    """Une case telle qu'elle est à cet instant : la page, ce qui vient d'y changer, les places qui bougent ailleurs."""

    def __init__(self, cell: rx.Var, label: rx.Var[str], changed: rx.Var[dict], places: rx.Var[dict]) -> None:
        self.now = rx.cond(changed.contains(cell.key), changed[cell.key], cell).to(Cell)
        slot = self.now.slot.to_string()
        known, left = places.contains(slot), places[slot].to(int)
        self.gone = known & (left <= 0) & (self.now.gesture == Intent.ADD.value)
        self.stopped = self.gone & (left < 0)
        back = known & (left > 0) & (self.now.status == FULL) & (self.now.price != "")
        who = f"{_after_comma(self.now.part)}{_after_comma(self.now.child)}"
        lost = rx.cond(self.stopped, CLOSED, FULL)
        self.status = rx.cond(self.gone, lost, rx.cond(back, OPEN, self.now.status))
        self.gesture = rx.cond(back, Intent.ADD.value, self.now.gesture)
        self.cents = rx.cond(back, self.now.price_cents, self.now.cents)
        lost_word = rx.cond(self.stopped, DayStatus.CLOSED.label, DayStatus.FULL.label)
        self.word = rx.cond(self.gone, lost_word, rx.cond(back, self.now.price, self.now.word))
        self.name = rx.cond(
            self.gone,
            rx.cond(self.stopped, f"{label}, fermé{who}", f"{label}, complet{who}"),
            rx.cond(back, f"{label}, réservable, {self.now.price}{who}", self.now.name),
        )

    @property
    def attributes(self) -> dict[str, object]:
        return {
            "data-date": self.now.day,
            "data-slot": self.now.slot,
            "data-part": self.now.part,
            "data-key": self.now.key,
            "data-status": self.status,
        }


def _after_comma(words: rx.Var[str]) -> rx.Var[str]:
    return rx.cond(words != "", f", {words}", "")


def grid(view: rx.Var, changed: rx.Var[dict], places: rx.Var[dict]) -> rx.Component:
    """Les jours, semaine après semaine ; chaque case porte sa date en entier dans son nom."""
    columns = view.weekdays.length()
    return rx.fragment(
        rx.el.ul(
            rx.foreach(view.weekdays, rx.el.li),
            class_name="weekdays",
            aria_hidden="true",
            custom_attrs={"data-columns": columns},
        ),
        rx.el.ol(
            rx.foreach(view.days, lambda day: _day(day, changed, places)),
            class_name="days",
            custom_attrs={"data-columns": columns, "aria-labelledby": "mois"},
        ),
    )


def _day(day: rx.Var, changed: rx.Var[dict], places: rx.Var[dict]) -> rx.Component:
    alone = day.cells.length() == 1
    cells = rx.foreach(
        day.cells,
        lambda cell: _seat(Live(cell, day.label, changed, places), rx.cond(alone, day.number, "")),
    )
    shown = rx.cond(
        day.cells.length() > 0,
        rx.fragment(rx.cond(alone, rx.fragment(), _number(day.number)), cells),
        _closed(day),
    )
    return rx.el.li(
        rx.cond(day.number, shown),
        key=day.date,
        class_name="day",
        custom_attrs={
            "aria-current": rx.cond(day.is_today, "date", "false"),
            "aria-hidden": rx.cond(day.number, "false", "true"),
            "data-label": day.label,
        },
    )


def _number(number: rx.Var[str]) -> rx.Component:
    return rx.el.b(number, class_name="num", aria_hidden="true")


def _seat(live: Live, number: rx.Var[str]) -> rx.Component:
    return rx.cond(live.gesture != "", _box(live, number), _asked(live, number))


def _box(live: Live, number: rx.Var[str]) -> rx.Component:
    """Une case à cocher ; sa clé suit son état, pour qu'une case changée par le serveur reparte décochée."""
    picked = rx.match(
        rx.cond(live.gone, "gone", live.gesture),
        *[(intent.value, word) for intent, word in PICKED_WORDS.items()],
        "Plus de place",
    )
    box = rx.el.input(
        type="checkbox",
        name=live.now.key,
        value=live.gesture,
        aria_label=live.name,
        auto_complete="off",
        custom_attrs={"data-cents": live.cents},
    )
    words = rx.el.span(
        rx.el.span(live.word, class_name="word"), rx.el.span(picked, class_name="pick"), class_name="words"
    )
    label = rx.el.label(
        box,
        *_face(live, number),
        icon("check-square", css="icon pick"),
        words,
        class_name="seat",
        custom_attrs={**live.attributes, "data-gone": rx.cond(live.gone, "true", "false")},
    )
    return rx.fragment(
        label,
        rx.cond(live.gone, _lost(live)),
        key=f"{live.now.key}-{live.now.status}-{live.gesture}",
    )


def _lost(live: Live) -> rx.Component:
    """Choisi, puis perdu : une autre famille, ou la mairie."""
    why = rx.cond(live.stopped, STOPPED, GONE)
    return _reason(live.now.key, live.name, why, rx.cond(live.stopped, STOPPED_STEP, GONE_STEP), "")


def _asked(live: Live, number: rx.Var[str]) -> rx.Component:
    """Rien à cocher : la case répond à « pourquoi ? »."""
    button = rx.el.button(
        rx.el.span(live.name, ", pourquoi ?", class_name="unseen"),
        *_face(live, number),
        rx.el.span(live.word, class_name="words", aria_hidden="true"),
        type="button",
        class_name="seat why",
        custom_attrs={**live.attributes, "popoverTarget": _reason_id(live.now.key)},
    )
    reason = _reason(live.now.key, live.name, live.now.why, live.now.next_step, live.now.link)
    return rx.fragment(button, reason, key=f"{live.now.key}-{live.now.status}")


def _closed(day: rx.Var) -> rx.Component:
    """Un jour où rien n'a lieu reste lisible, et dit pourquoi."""
    button = rx.el.button(
        rx.el.span(day.label, ", ", day.word.lower(), ", pourquoi ?", class_name="unseen"),
        _number(day.number),
        rx.el.span(day.word, class_name="words", aria_hidden="true"),
        type="button",
        class_name="seat why",
        custom_attrs={
            "data-date": day.date,
            "data-status": DayStatus.CLOSED.value,
            "popoverTarget": _reason_id(day.date),
        },
    )
    return rx.fragment(button, _reason(day.date, day.label, day.why, "", ""))


def _face(live: Live, number: rx.Var[str]) -> tuple[rx.Component, ...]:
    path = rx.Var.create({status.value: PATHS[status.icon] for status in DayStatus})[live.status]
    mark = rx.el.svg(
        rx.el.svg.path(d=path),
        view_box="0 0 24 24",
        class_name="icon mark",
        custom_attrs={"aria-hidden": "true", "focusable": "false"},
    )
    child = rx.el.span(
        rx.el.span(live.now.child[0], class_name="face", style={"background": live.now.color}),
        rx.el.span(live.now.child, class_name="kidname"),
        class_name="child",
        aria_hidden="true",
    )
    return (
        rx.cond(number, _number(number)),
        rx.cond(live.now.child, child),
        rx.cond(live.now.part, rx.el.span(live.now.part, class_name="partname", aria_hidden="true")),
        mark,
    )


def _reason_id(key: rx.Var[str]) -> rx.Var[str]:
    return f"pourquoi-{key}"


def _reason(
    key: rx.Var[str], title: rx.Var[str], why: rx.Var[str] | str, step: rx.Var[str] | str, link: rx.Var[str] | str
) -> rx.Component:
    """La réponse à « pourquoi ? » : un volet natif, sans aller au serveur."""
    target = _reason_id(key)
    close = rx.el.button(
        icon("close"),
        type="button",
        class_name="closer",
        aria_label="Fermer",
        custom_attrs={"popoverTarget": target, "popoverTargetAction": "hide"},
    )
    return rx.el.div(
        rx.el.div(
            rx.el.p(rx.el.b(title, class_name="date")),
            rx.el.p(why),
            rx.cond(step, rx.el.p(step)),
            rx.cond(link, to(link, "Voir ce qu’il faut faire", icon("forward"), css="lost")),
            class_name="t",
        ),
        close,
        class_name="reason",
        custom_attrs={"id": target, "popover": "auto"},
    )


def head(view: rx.Var, on_turn: rx.EventHandler, on_span: rx.EventHandler) -> rx.Component:
    """Le mois, ses voisins, et le choix du mois ou de la semaine sur un grand écran."""
    by_week = view.span == "week"
    return rx.fragment(
        rx.el.div(
            _span("Mois", "month", ~by_week, on_span),
            _span("Semaine", "week", by_week, on_span),
            class_name="spans wide",
            role="group",
            aria_label="Période montrée",
        ),
        rx.el.div(
            turn(rx.cond(by_week, "Semaine précédente", "Mois précédent"), "back", view.previous, on_turn),
            rx.el.h2(view.label, id="mois", custom_attrs={"aria-live": "polite"}),
            turn(rx.cond(by_week, "Semaine suivante", "Mois suivant"), "forward", view.next, on_turn),
            class_name="monthbar",
        ),
    )


def _span(label: str, span: str, here: rx.Var[bool], on_span: rx.EventHandler) -> rx.Component:
    return rx.el.button(
        label,
        type="button",
        on_click=on_span(span),
        custom_attrs={"aria-pressed": rx.cond(here, "true", "false")},
    )


def legend() -> rx.Component:
    """Toutes les lignes sont là ; la feuille de style ne montre que celles des états présents."""
    lines = [
        rx.el.li(
            rx.el.span(icon(status.icon), class_name="swatch", aria_hidden="true"),
            status.legend,
            custom_attrs={"data-legend": status.value},
        )
        for status in DayStatus
    ]
    picked = rx.el.li(
        rx.el.span(icon("check-square"), class_name="swatch", aria_hidden="true"),
        "Choisi, pas encore validé",
        custom_attrs={"data-legend": "picked"},
    )
    return rx.el.ul(*lines, picked, class_name="legend", aria_label="Légende")


def rules(lines: rx.Var[list[str]]) -> rx.Component:
    return rx.cond(
        lines.length() > 0,
        rx.el.details(
            rx.el.summary("Jusqu’à quand réserver ou annuler ?", class_name="lost"),
            rx.el.ul(rx.foreach(lines, rx.el.li), class_name="bulleted small"),
        ),
    )
