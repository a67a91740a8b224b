"""Qui habite la commune : le nom d'une ville, malgré les façons de l'écrire."""

from functools import lru_cache

from portail.domain.text import fold


@lru_cache(maxsize=1 << 10)
def same_town(city: str, town: str) -> bool:
    """La même commune, malgré la casse, les accents, les tirets et « St » pour « Saint » ; vide : non."""
    return bool(_plain(city)) and _plain(city) == _plain(town)


@lru_cache(maxsize=512)
def _plain(name: str) -> str:
    folded = "".join(char if char.isalnum() else " " for char in fold(name))
    short = {"st": "saint", "ste": "sainte"}
    return " ".join(short.get(word, word) for word in folded.split())
