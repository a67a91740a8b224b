"""Ce que montrent les accueils : tâches, enfants, foyer, tuiles, actualités, et leurs formes d'attente."""

import reflex as rx

from portail.components.icons import icon, icon_of
from portail.components.links import button_to, to


def bones(css: str = "", count: int = 3) -> list[rx.Component]:
    """Des formes grises qui n'apparaissent qu'au bout de 200 ms, muettes pour les lecteurs d'écran."""
    return [rx.el.span(class_name=f"bone {css}".strip(), aria_hidden="true") for _ in range(count)]


def awaited(title: str) -> rx.Component:
    """Une page avant ses données : son titre est déjà là."""
    return rx.el.div(rx.el.h1(title), *bones("familybone", 2), class_name="stack")


def empty(name: str, title: str, detail: str, css: str = "empty") -> rx.Component:
    """Un état vide dit ce qui viendra et pourquoi rien n'est là."""
    return rx.el.div(
        rx.el.span(icon(name), class_name="plate"),
        rx.el.div(rx.el.p(rx.el.b(title)), rx.el.p(detail, class_name="muted small")),
        class_name=css,
    )


def todos(ready: rx.Var[bool], items: rx.Var[list], promise: str, nothing: rx.Component) -> rx.Component:
    """« À faire » : ce qui s'y trouve, les tâches ou un mot gentil quand il n'y en a pas, une attente avant."""
    listed = rx.cond(items.length() > 0, rx.el.ul(rx.foreach(items, _todo)), nothing)
    return rx.el.section(
        rx.el.h2("À faire", id="a-faire"),
        rx.el.p(promise, class_name="muted small promise"),
        rx.cond(ready, listed, rx.el.div(*bones("todobone", 1))),
        class_name="card todo",
        aria_labelledby="a-faire",
    )


def _todo(item: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.span(icon_of(item.icon), class_name="plate"),
        rx.el.div(rx.el.b(item.title), rx.el.span(item.detail, class_name="small muted"), class_name="t"),
        rx.cond(
            item.href,
            to(
                item.href,
                item.action,
                css="btn small ghost",
                aria_label=rx.cond(item.action, f"{item.action} : {item.title}", item.title),
            ),
        ),
        class_name="row",
        custom_attrs={"data-tone": item.tone},
    )


def child_chip(child: rx.Var) -> rx.Component:
    return rx.el.li(face(child), child.first_name, class_name="kid")


def face(child: rx.Var, css: str = "face") -> rx.Component:
    return rx.el.span(child.initial, class_name=css, aria_hidden="true", style={"background": child.color})


def child_chips(ready: rx.Var[bool], children: rx.Var[list]) -> rx.Component:
    return rx.cond(
        ready,
        rx.el.ul(rx.foreach(children, child_chip), class_name="kids", aria_label="Vos enfants"),
        rx.el.div(*bones("kidbone", 2), class_name="kids"),
    )


def family_summary(family: rx.Var) -> rx.Component:
    """Le foyer en un coup d'œil, aux couleurs de la commune."""
    return rx.el.section(
        rx.el.h2(family.name),
        rx.cond(family.number, rx.el.p(f"Dossier n° {family.number}")),
        rx.cond(family.address, rx.el.p(family.address)),
        button_to("/dossier", "Voir le dossier", css="btn small"),
        class_name="card family",
    )


def children_card(children: rx.Var[list]) -> rx.Component:
    """Où chaque enfant est scolarisé, d'un coup d'œil."""
    return rx.el.section(
        rx.el.h2("Les enfants", id="les-enfants"),
        rx.el.ul(rx.foreach(children, _child_line)),
        class_name="card",
        aria_labelledby="les-enfants",
    )


def _child_line(child: rx.Var) -> rx.Component:
    return rx.el.li(
        face(child),
        rx.el.div(
            rx.el.b(child.first_name),
            rx.cond(child.school, rx.el.span(child.school, class_name="under small muted")),
        ),
        rx.cond(child.level, rx.el.span(child.level, class_name="pill push")),
        class_name="mini",
    )


def tile(href: str, name: str, label: str, words: str, badge: rx.Var[str] | None) -> rx.Component:
    """Une tuile ; les mots sont là dès la première peinture, la pastille vient avec les données."""
    mark = rx.fragment() if badge is None else rx.cond(badge, rx.el.span(badge, class_name="pill"))
    return rx.el.li(
        to(
            href,
            rx.el.span(rx.el.span(icon(name), class_name="plate"), rx.el.b(label), class_name="head"),
            rx.el.span(words, class_name="small muted"),
            mark,
            css="card tile",
        )
    )


def news_card(card: rx.Var) -> rx.Component:
    """Une actualité : date, titre, extrait ; toute la carte mène à l'article."""
    return rx.el.li(
        rx.el.article(
            rx.el.div(class_name="strip", aria_hidden="true", custom_attrs={"data-tone": card.tone}),
            rx.el.div(
                rx.el.span(card.day, class_name="pill"),
                rx.el.h3(card.title),
                rx.el.p(card.excerpt, class_name="small muted"),
                to(
                    f"/actualites/{card.slug}",
                    "Lire la suite",
                    icon("forward"),
                    css="more",
                    aria_label=f"Lire la suite : {card.title}",
                ),
                class_name="body",
            ),
            class_name="card news",
        )
    )


def news_grid(ready: rx.Var[bool], cards: rx.Var[list]) -> rx.Component:
    nothing = empty(
        "news",
        "Aucune actualité pour le moment",
        "Les nouvelles de la mairie et du service enfance paraîtront ici.",
        css="empty alone",
    )
    listed = rx.cond(cards.length() > 0, rx.el.ul(rx.foreach(cards, news_card), class_name="newsgrid"), nothing)
    return rx.cond(ready, listed, rx.el.div(*bones("newsbone"), class_name="newsgrid"))
