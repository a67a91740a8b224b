"""L'attente d'une ouverture : le compte à rebours, la place dans la salle, les vœux préparés."""

import reflex as rx

from portail.components.icons import icon
from portail.components.links import button_to, to

LIBRARY = f"$/public{rx.asset('campaigns.jsx', shared=True)}"
EVERY_SECONDS = 5


class Ticker(rx.Component):
    """Rappelle l'état à intervalle régulier, sans rien dessiner."""

    library = LIBRARY
    tag = "Ticker"
    seconds: rx.Var[int]
    on_tick: rx.EventHandler[rx.event.no_args_event_spec]


class Countdown(rx.Component):
    """Le temps qui reste avant une ouverture ; à zéro, le serveur est consulté."""

    library = LIBRARY
    tag = "Countdown"
    until: rx.Var[str]
    server_now: rx.Var[str]
    label: rx.Var[str]
    on_open: rx.EventHandler[rx.event.no_args_event_spec]


def opening(view: rx.Var, server_now: rx.Var[str], on_open: rx.EventHandler) -> rx.Component:
    """En tête d'un calendrier : quand il ouvre, les vœux que l'on prépare en attendant, la salle d'attente ensuite."""
    before = rx.el.div(
        icon("clock"),
        rx.el.div(
            rx.el.p(rx.el.b(f"{view.name} : ouverture le {view.opens}")),
            Countdown.create(
                until=view.opens_at, server_now=server_now, label=f"Ouverture le {view.opens}", on_open=on_open
            ),
            rx.cond(view.wished, rx.el.p(icon("check"), view.wished), rx.el.p("Préparez vos jours dès maintenant.")),
            to(_wishes(view), "Préparer mes vœux", icon("forward"), css="more"),
            class_name="stack tight",
        ),
        class_name="aside",
    )
    room = rx.el.div(
        icon("hourglass"),
        rx.el.div(
            rx.el.p(rx.el.b("Beaucoup de familles réservent en ce moment : chacune entre à son tour.")),
            button_to(f"/salle-attente/{view.campaign}", "Rejoindre la salle d’attente", css="btn small"),
            class_name="stack tight",
        ),
        class_name="aside",
    )
    ready = rx.el.div(
        icon("check"),
        rx.el.div(
            rx.el.p(rx.el.b(f"{view.name} est ouverte."), " ", view.wished),
            button_to(_wishes(view), "Réserver mes vœux", css="btn small"),
            class_name="stack tight",
        ),
        class_name="aside",
    )
    after = rx.cond(view.is_admitted, rx.cond(view.wishes, ready), room)
    return rx.cond(view.campaign > 0, rx.cond(view.opens_at, before, after))


def _wishes(view: rx.Var) -> rx.Var[str]:
    return f"/voeux/{view.activity}"
