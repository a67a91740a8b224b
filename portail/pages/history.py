"""« Mon tableau de bord » : ce qui s'est passé dans la famille, le plus récent d'abord."""

import reflex as rx

from portail.components import history as drawn
from portail.components import tables
from portail.components.cards import bones, empty
from portail.components.chooser import chooser
from portail.components.forms import Choice, picker
from portail.domain.history import HistoryKind, Period
from portail.pages.layout import frame
from portail.state.history import HistoryState as State

KINDS = (Choice("", "Tout"), *(Choice(kind.value, kind.label) for kind in HistoryKind))
PERIODS = (Choice("", "Depuis toujours"), *(Choice(period.value, period.label) for period in Period))


def draw() -> rx.Component:
    history = State.history
    nothing = empty(
        "clock",
        "Rien à montrer ici",
        "Vos démarches, les changements de votre dossier et de votre compte s’inscriront ici. "
        "Un filtre est peut-être trop étroit.",
    )
    rows = rx.fragment(
        rx.cond(
            history.rows.length() > 0, rx.el.ul(rx.foreach(history.rows, drawn.line), class_name="events"), nothing
        ),
        rx.cond(history.rows.length() > 0, tables.pager(history, State.turn)),
    )
    return frame(
        "/tableau-de-bord",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Mon tableau de bord"),
                rx.el.p("Tout ce qui s’est passé dans votre famille, le plus récent d’abord.", class_name="muted"),
            ),
            class_name="hello",
        ),
        chooser(State.chooser, State.choose_child, everyone=True),
        rx.el.div(
            picker("sorte", "Montrer", KINDS, history.kind, State.show_kind),
            picker("periode", "Période", PERIODS, history.period, State.show_period),
            class_name="search filters",
        ),
        rx.el.section(
            rx.el.h2("Événements", id="evenements", class_name="unseen"),
            rx.cond(history.ready, rows, rx.el.div(*bones("", 4), class_name="bones")),
            class_name="card",
            aria_labelledby="evenements",
        ),
    )
