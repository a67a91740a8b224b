"""« Planning » : les jours de tous les enfants, et l'abonnement à cet agenda."""

import reflex as rx

from portail.components import agenda
from portail.components.cards import bones, empty
from portail.components.chooser import chooser
from portail.components.icons import icon
from portail.components.links import button_to, plain
from portail.components.native import CopyField
from portail.pages.layout import frame
from portail.state.planning import PlanningState as State


def draw() -> rx.Component:
    view = State.planning
    nothing = rx.el.div(
        empty(
            "calendar",
            "Rien de prévu sur cette période",
            "Les jours que vous réservez pour vos enfants paraîtront ici, toutes activités ensemble.",
        ),
        rx.el.p(button_to("/activites", "Réserver une activité"), class_name="after unprinted"),
        class_name="card pad stack",
    )
    return frame(
        "/planning",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Planning"),
                rx.el.p("Toutes les activités de vos enfants, jour par jour.", class_name="muted"),
            ),
            rx.el.div(
                button_to("/absences", "Déclarer une absence", css="btn ghost"),
                button_to("/listes-attente", "Listes d’attente", css="btn ghost"),
                class_name="after",
            ),
            class_name="hello",
        ),
        chooser(State.chooser, State.choose_child, everyone=True),
        rx.cond(
            view.ready,
            rx.el.section(
                agenda.toolbar(view, State.show_span, State.turn),
                rx.el.p(view.summary, class_name="muted small"),
                rx.cond(view.is_empty, nothing, agenda.days(view)),
                class_name="stack planning",
                aria_labelledby="periode",
            ),
            rx.el.div(*bones("", 6), class_name="bones card"),
        ),
        _feed(),
    )


def _feed() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Dans l’agenda de votre téléphone", id="abonnement"),
        rx.el.p(
            "Un lien privé montre ces jours dans votre agenda habituel, et les y tient à jour. "
            "Il donne le prénom, l’activité, l’heure et le lieu : ni santé, ni argent."
        ),
        rx.cond(State.feed.exists, _existing(), _button("Créer mon lien", "btn")),
        class_name="card pad stack feed",
        aria_labelledby="abonnement",
    )


def _existing() -> rx.Component:
    feed = State.feed
    since = rx.el.p(
        f"Lien créé le {feed.since}. ",
        rx.cond(feed.last_read, f"Dernière lecture le {feed.last_read}.", "Aucun agenda ne l’a encore lu."),
        class_name="muted",
    )
    unknown = rx.el.p(
        "Par sécurité, l’adresse ne se montre qu’à sa création. Pour un autre appareil, renouvelez le lien."
    )
    return rx.fragment(since, rx.cond(feed.address, _address(), unknown), _gestures())


def _address() -> rx.Component:
    """L'adresse, tant qu'elle est connue, et comment s'en servir."""
    return rx.el.div(
        rx.el.label("Adresse de votre agenda", html_for="adresse-agenda"),
        CopyField.create(field_id="adresse-agenda", value=State.feed.address, label="Copier", copied="Copié"),
        rx.el.p(
            plain(State.feed.webcal, icon("calendar"), "S’abonner depuis cet appareil", css="btn"), class_name="after"
        ),
        rx.el.ul(
            rx.el.li("iPhone, Mac : « S’abonner depuis cet appareil », puis « S’abonner »."),
            rx.el.li("Google Agenda, sur un ordinateur : Autres agendas, « À partir de l’URL », collez l’adresse."),
            rx.el.li("Outlook : Ajouter un calendrier, « S’abonner à partir du web », collez l’adresse."),
            class_name="bulleted",
        ),
        rx.el.p(
            "Gardez cette adresse pour vous : qui la connaît voit ces jours. Elle ne se remontre pas.",
            class_name="hint",
        ),
        class_name="stack tight",
    )


def _gestures() -> rx.Component:
    asking = rx.el.div(
        rx.el.p("Retirer ce lien ? Les agendas qui le lisent ne se mettront plus à jour."),
        rx.el.div(
            rx.el.button("Retirer le lien", type="button", class_name="btn danger small", on_click=State.revoke),
            rx.el.button("Annuler", type="button", class_name="btn ghost small", on_click=State.ask_to_revoke(False)),
            class_name="after",
        ),
        class_name="stack tight",
    )
    offered = rx.el.div(
        _button("Renouveler le lien", "btn ghost small"),
        rx.el.button(
            "Retirer le lien…", type="button", class_name="btn quiet small", on_click=State.ask_to_revoke(True)
        ),
        class_name="after",
    )
    return rx.cond(State.asking_to_revoke, asking, offered)


def _button(label: str, css: str) -> rx.Component:
    return rx.el.p(rx.el.button(label, type="button", class_name=css, on_click=State.subscribe))
