"""Nettoyer ce qui a été tapé : rien d'invisible, rien de démesuré."""

import unicodedata

from portail.domain.refusals import BadInputError

_HOSTILE = {"Cc", "Cf", "Cs", "Co", "Cn"}  # contrôle, sens d'écriture et espaces sans largeur, hors d'Unicode
_JOINERS = "\u200c\u200d"  # le persan et les émojis en ont besoin


def clean_line(value: str, *, label: str, limit: int = 200) -> str:
    """Une ligne de texte sans caractère de contrôle, d'au plus `limit` signes."""
    if len(value) > limit * 4 or len(text := unicodedata.normalize("NFC", value).strip()) > limit:
        raise BadInputError(f"{label} : {limit} caractères au plus.")
    if any(_is_hostile(char) for char in text):
        raise BadInputError(f"{label} : des caractères invisibles s’y sont glissés. Retapez-le.")
    return " ".join(text.split())


def clean_text(value: str, *, label: str, limit: int) -> str:
    """Quelques lignes de texte : les retours à la ligne restent, rien d'autre d'invisible."""
    if len(value) > limit * 4 or len(text := unicodedata.normalize("NFC", value).strip()) > limit:
        raise BadInputError(f"{label} : {limit} caractères au plus.")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if any(char != "\n" and _is_hostile(char) for char in text):
        raise BadInputError(f"{label} : des caractères invisibles s’y sont glissés. Retapez-le.")
    return text


def fold(value: str) -> str:
    """Ce qui sert à comparer : sans accents ni majuscules."""
    decomposed = unicodedata.normalize("NFKD", value)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold().strip()


def _is_hostile(char: str) -> bool:
    return unicodedata.category(char) in _HOSTILE and char not in _JOINERS
