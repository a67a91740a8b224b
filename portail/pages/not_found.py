"""La page de toute adresse inconnue ou fermée."""

import reflex as rx

from portail.components.closed import closed
from portail.pages.chrome import HOME_OF_ME
from portail.pages.layout import frame


def draw() -> rx.Component:
    return frame("404", closed(HOME_OF_ME))
