"""Un mot de passe : douze signes, ou huit s'ils sont vraiment difficiles à deviner."""

from typing import Any

from portail.domain.refusals import WeakPasswordError
from portail.domain.text import fold

LONGEST = 128
LONG_ENOUGH = 12
SHORTEST = 8
VARIED = 3
ACCEPTABLE = 2
_ESTIMATED = 64  # l'estimation coûte cher au-delà, et n'apprend plus rien
_FRENCH_COMMON = frozenset(
    [
        "motdepasse",
        "azertyuiop",
        "bonjour12345",
        "soleil123456",
        "jetaime12345",
        "doudou123456",
        "marseille1234",
        "azerty123456",
        "loulou123456",
        "chouchou1234",
        "portailfamille",
        "portail-famille",
        "mairie123456",
        "ecole1234567",
        "motdepasse123",
        "motdepasse1234",
        "qsdfghjklm12",
    ]
)


def check_password(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Lève WeakPasswordError avec ce qu'il faut changer ; `about` : nom, adresse… à ne pas y mettre."""
    if len(password) < SHORTEST:
        raise WeakPasswordError(f"Choisissez au moins {LONG_ENOUGH} caractères, ou {SHORTEST} très variés.")
    if len(password) > LONGEST:
        raise WeakPasswordError(f"Choisissez au plus {LONGEST} caractères.")
    if "\0" in password:
        raise WeakPasswordError("Ce mot de passe contient un caractère interdit.")
    folded = fold(password)
    if folded in _FRENCH_COMMON or len(set(folded)) < 5:  # noqa: PLR2004
        raise WeakPasswordError("Ce mot de passe est trop courant.", "Quatre mots sans lien font un bon choix.")
    words = [fold(word) for word in about if len(word) > 3]  # noqa: PLR2004
    if any(folded == word for word in words):
        raise WeakPasswordError("Ce mot de passe reprend votre nom ou votre adresse.")
    is_long = len(password) >= LONG_ENOUGH
    if not (strength(password, about=tuple(words)) >= ACCEPTABLE if is_long else _is_drawn(password, tuple(words))):
        raise WeakPasswordError(
            "Ce mot de passe se devine trop vite.", "Allongez-le : quatre mots sans lien font un bon choix."
        )
    if not is_long and _kinds(password) < VARIED:
        raise WeakPasswordError(f"Choisissez au moins {LONG_ENOUGH} caractères, ou {SHORTEST} très variés.")


def _is_drawn(password: str, about: tuple[str, ...]) -> bool:
    """Comme tiré au hasard : l'estimation n'y reconnaît ni mot, ni date, ni suite de touches."""
    return bool(_estimate(password, about)["guesses"] >= 10 ** len(password))


def _kinds(password: str) -> int:
    """Minuscules, majuscules, chiffres, signes : combien de sortes."""
    tests = (str.islower, str.isupper, str.isdigit, lambda char: not char.isalnum())
    return sum(any(map(test, password)) for test in tests)


def strength(password: str, *, about: tuple[str, ...] = ()) -> int:
    """De 0 (deviné aussitôt) à 4 (hors de portée)."""
    return int(_estimate(password, about)["score"])


def _estimate(password: str, about: tuple[str, ...]) -> dict[str, Any]:
    from zxcvbn import zxcvbn  # noqa: PLC0415 — ses dictionnaires pèseraient sur chaque démarrage

    return dict(zxcvbn(password[:_ESTIMATED], user_inputs=list(about)))
