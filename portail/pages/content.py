"""Les pages de texte, toutes dessinées de la même façon."""

import reflex as rx

from portail.components.prose import prose
from portail.pages.layout import frame
from portail.pages.sections import AT
from portail.pages.texts import accessibility, guide, legal, privacy, rules, terms
from portail.pages.texts.section import Text


def _draw(text: Text) -> rx.Component:
    return frame(text.route, prose(AT[text.route].title, text.intro, text.sections), narrow=True)


def draw_legal() -> rx.Component:
    return _draw(legal.TEXT)


def draw_terms() -> rx.Component:
    return _draw(terms.TEXT)


def draw_rules() -> rx.Component:
    return _draw(rules.TEXT)


def draw_privacy() -> rx.Component:
    return _draw(privacy.TEXT)


def draw_accessibility() -> rx.Component:
    return _draw(accessibility.TEXT)


def draw_guide() -> rx.Component:
    return _draw(guide.TEXT)
