"""Les textes publics : sommaire, sections, listes, liens."""

from typing import Protocol

import reflex as rx

from portail.components.links import plain, to


class Linked(Protocol):
    """Un lien d'un texte."""

    label: str
    href: str


class Part(Protocol):
    """Une section d'un texte."""

    title: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]
    after: tuple[str, ...]
    links: tuple[Linked, ...]


def prose(title: str, intro: str, parts: tuple[Part, ...]) -> rx.Component:
    summary = [rx.el.li(plain(f"#s{rank}", part.title)) for rank, part in enumerate(parts, 1)]
    return rx.el.div(
        rx.el.h1(title),
        rx.el.p(intro, class_name="intro"),
        rx.el.nav(rx.el.ol(*summary), class_name="card toc", aria_label="Sur cette page"),
        *[_section(part, f"s{rank}") for rank, part in enumerate(parts, 1)],
        class_name="prose",
    )


def scroll(label: str, intro: str, parts: tuple[Part, ...]) -> rx.Component:
    """Le même texte, à lire sans quitter la page : un cadre qui défile, au clavier aussi."""
    read = [
        rx.el.div(
            rx.el.h3(part.title),
            *[rx.el.p(words) for words in part.paragraphs],
            *([rx.el.ul(*[rx.el.li(words) for words in part.points])] if part.points else []),
            *[rx.el.p(words) for words in part.after],
        )
        for part in parts
    ]
    return rx.el.div(rx.el.p(intro), *read, class_name="scroll prose", role="region", aria_label=label, tab_index=0)


def _section(part: Part, anchor: str) -> rx.Component:
    points = [rx.el.ul(*[rx.el.li(words) for words in part.points])] if part.points else []
    return rx.el.section(
        rx.el.h2(part.title),
        *[rx.el.p(words) for words in part.paragraphs],
        *points,
        *[rx.el.p(words) for words in part.after],
        *[rx.el.p(_link(link)) for link in part.links],
        custom_attrs={"id": anchor},
    )


def _link(link: Linked) -> rx.Component:
    if link.href.startswith("/"):
        return to(link.href, link.label, css="see")
    return plain(link.href, link.label, css="see", rel="noopener")
