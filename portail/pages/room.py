"""« Salle d'attente » : une place visible, une estimation, et la porte quand c'est son tour."""

import reflex as rx

from portail.components.campaigns import EVERY_SECONDS, Countdown, Ticker
from portail.components.cards import awaited
from portail.components.icons import icon
from portail.components.links import to
from portail.pages.layout import frame
from portail.state.room import RoomState as State

VIEW = State.room


def draw() -> rx.Component:
    return frame(
        "/salle-attente/[campaign_id]",
        rx.cond(VIEW.ready, _room(), awaited("Salle d’attente")),
    )


def _room() -> rx.Component:
    return rx.el.div(
        rx.el.h1("Salle d’attente"),
        rx.el.section(
            rx.el.h2(VIEW.name, id="campagne"),
            rx.cond(VIEW.is_admitted | VIEW.is_open, rx.fragment(), _before()),
            # vide jusqu'à l'ouverture : ce qui y paraît ensuite se fait lire
            rx.el.div(
                rx.cond(VIEW.is_admitted, _inside(), rx.cond(VIEW.is_open, _in_line())),
                role="status",
            ),
            rx.cond(VIEW.is_admitted, _doors()),
            class_name="card pad stack waitroom",
            aria_labelledby="campagne",
        ),
        rx.cond(~VIEW.is_admitted, Ticker.create(seconds=EVERY_SECONDS, on_tick=State.look)),
        class_name="stack narrow",
    )


def _in_line() -> rx.Component:
    return rx.el.div(
        rx.el.p(icon("hourglass"), rx.el.b(VIEW.place), class_name="place"),
        rx.el.p("Gardez cette page ouverte : elle vous fera entrer toute seule, à votre tour."),
        rx.el.p(
            "Recharger la page ou ouvrir un autre onglet ne change pas votre place. "
            "Après deux minutes d’absence, elle est rendue.",
            class_name="small muted",
        ),
        class_name="stack tight",
    )


def _before() -> rx.Component:
    return rx.el.div(
        rx.el.p(icon("clock"), rx.el.b(f"Ouverture le {VIEW.opens}"), class_name="place"),
        Countdown.create(
            until=VIEW.opens_at, server_now=State.now, label=f"Ouverture le {VIEW.opens}", on_open=State.look
        ),
        rx.el.p("Vous êtes bien là : à l’ouverture, l’ordre d’entrée est tiré au sort entre les familles présentes."),
        rx.el.p("Être arrivé plus tôt n’avance à rien, recharger la page non plus.", class_name="small muted"),
        class_name="stack tight",
    )


def _inside() -> rx.Component:
    return rx.el.div(
        rx.el.p(icon("check"), rx.el.b("C’est votre tour."), class_name="place"),
        rx.el.p(f"Vous pouvez réserver jusqu’à {VIEW.until}."),
        class_name="stack tight",
    )


def _doors() -> rx.Component:
    return rx.el.ul(
        rx.foreach(
            VIEW.doors,
            lambda one: rx.el.li(to(f"/reservations/{one.value}", f"Réserver : {one.label}", css="btn full")),
        ),
        class_name="plain stack tight",
    )
