"""Les actualités : la liste et l'article."""

import reflex as rx

from portail.components.cards import news_grid
from portail.components.closed import closed
from portail.components.shell import back_link
from portail.pages.chrome import HOME_OF_ME
from portail.pages.layout import frame
from portail.state.news import NewsState


def draw_list() -> rx.Component:
    return frame(
        "/actualites",
        rx.el.div(
            rx.el.div(
                rx.el.h1("Actualités"),
                rx.el.p("Les nouvelles de la mairie et du service enfance.", class_name="muted"),
            ),
            class_name="hello",
        ),
        rx.el.h2("Toutes les actualités", class_name="unseen"),
        news_grid(NewsState.ready, NewsState.cards),
    )


def draw_article() -> rx.Component:
    article = NewsState.article
    found = rx.fragment(
        back_link("/actualites", "Toutes les actualités"),
        rx.el.article(
            rx.el.p(article.day, class_name="pill"),
            rx.el.h1(article.title),
            rx.foreach(article.paragraphs, rx.el.p),
            class_name="article",
        ),
    )
    waiting = rx.fragment(
        back_link("/actualites", "Toutes les actualités"),
        rx.el.h1("Actualité"),
        rx.el.div(*[rx.el.span(class_name="bone", aria_hidden="true") for _ in range(3)], class_name="bones"),
    )
    return frame(
        "/actualites/[slug]",
        rx.match(article.status, ("found", found), ("missing", closed(HOME_OF_ME)), waiting),
        narrow=True,
    )
