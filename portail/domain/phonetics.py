"""Comment un nom français s'entend : Lefebvre et Lefèvre, Dupond et Dupont, Émilie et Emily donnent la même clé."""

import re
from functools import lru_cache

from portail.domain.text import fold

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o"})
_SIGNS = re.compile(r"[\W\d_]+")
# L'ordre compte : chaque règle lit ce que la précédente a laissé. 5 : « ch » ; 1, 2, 3 : « in », « an », « on ».
_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(.)\1+", r"\1"),
        (r"ph", "f"),
        (r"tsch|sch|tch|sh", "ch"),
        (r"ch(?=[lrn]|ae)", "k"),
        (r"ch", "5"),
        (r"cqu|qu|ck|q", "k"),
        (r"ebv", "ev"),
        (r"gn", "n"),
        (r"ge(?=[aou])", "j"),
        (r"gu(?=[eiy])", "6"),
        (r"g(?=[eiy])", "j"),
        (r"6", "g"),
        (r"sc(?=[eiy])|c(?=[eiy])|z", "s"),
        (r"c", "k"),
        (r"w", "v"),
        (r"h", ""),
        (r"y", "i"),
        (r"aul[td]s?$|eaux?|au[dtx]?$|au", "o"),
        (r"oeu|eu", "e"),
        (r"oi", "ua"),
        (r"ou", "u"),
        (r"(?:ai|ei|i|u)[nm](?![aeiou])", "1"),
        (r"[ae][nm](?![aeiou])", "2"),
        (r"o[nm](?![aeiou])", "3"),
        (r"ai|ei|ae|oe", "e"),
        (r"(?:er|ez|et|es|e)$", ""),
        (r"[tdspx]+$", ""),
        (r"(.)\1+", r"\1"),
    )
)
_SHORT = {"st": "saint", "ste": "sainte"}
_VOWELS = re.compile(r"(?<=.)[aeiou]")
_NASALS = str.maketrans("123", "nnn")


@lru_cache(maxsize=20_000)
def words(name: str) -> tuple[str, ...]:
    """Les mots d'un nom, sans accents, majuscules, traits d'union ni apostrophes ; « St » se lit « saint »."""
    bare = _SIGNS.sub(" ", fold(name.translate(_LIGATURES))).split()
    return tuple(_SHORT.get(word, word) for word in bare)


@lru_cache(maxsize=20_000)
def phonetic(name: str) -> str:
    """Comment le nom s'entend, mots collés : « De La Tour » et « Delatour » sont le même."""
    heard = "".join(words(name))
    for pattern, sound in _RULES:
        heard = pattern.sub(sound, heard)
    return heard or "".join(words(name))


@lru_cache(maxsize=20_000)
def skeleton(name: str) -> str:
    """Les seules consonnes, et la première lettre : ce qui reste quand on se trompe de voyelle."""
    return _VOWELS.sub("", phonetic(name).translate(_NASALS))
