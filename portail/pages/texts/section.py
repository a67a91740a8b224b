"""La forme d'un texte public : un titre, des sections, des liens."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """Un lien écrit en toutes lettres ; `href` commence par / pour une page du portail."""

    label: str
    href: str


@dataclass(frozen=True)
class Section:
    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Text:
    """Une page de texte : son adresse, son chapeau et ses sections."""

    route: str
    intro: str
    sections: tuple[Section, ...]
