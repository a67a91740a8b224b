"""Nettoyer ce qui a été tapé : rien d'invisible, rien de démesuré."""

import re
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
    """Un texte de plusieurs lignes : chacune nettoyée, une ligne vide au plus entre deux paragraphes."""
    if len(value) > limit * 4:
        raise BadInputError(f"{label} : {limit} caractères au plus.")
    lines = [clean_line(line, label=label, limit=limit) for line in value.replace("\r\n", "\n").split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(text) > limit:
        raise BadInputError(f"{label} : {limit} caractères au plus.")
    return text


def fold(value: str) -> str:
    """Ce qui sert à comparer : sans accents ni majuscules."""
    decomposed = unicodedata.normalize("NFKD", value)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold().strip()


def mask_email(email: str) -> str:
    """« n•••@famille.example » : assez pour reconnaître la sienne, trop peu pour apprendre celle d'un autre."""
    name, _, place = email.partition("@")
    return f"{name[:1]}•••@{place}"


def row_number(typed: str) -> int:
    """Le numéro de ligne qu'un formulaire envoie en texte ; -1, que personne ne porte, pour autre chose."""
    return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else -1


def _is_hostile(char: str) -> bool:
    return unicodedata.category(char) in _HOSTILE and char not in _JOINERS
