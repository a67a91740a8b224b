"""Un numéro de téléphone : vérifié, puis écrit comme on le lit. La France d'abord, l'étranger par « + »."""

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from portail.domain.refusals import BadInputError

LONGEST = 20  # la largeur des colonnes ; un numéro d'au plus 15 chiffres y tient toujours
_HOME = "FR"
_OVERSEAS = ("RE", "GP", "GF", "MQ", "YT", "PM")  # 0692…, 0690… se composent comme les numéros de métropole
_IBAN = re.compile(r"[A-Za-z]{2}\d{2}[A-Za-z0-9]{10,30}")
_WRITTEN = re.compile(r"\+?[\d().\-/ ]*")
_EXAMPLE = "Par exemple : 06 12 34 56 78."
_ABROAD = "Pour un numéro étranger, commencez par + et l’indicatif du pays : +32 470 12 34 56."


def clean_phone(value: str, *, label: str = "Téléphone") -> str:
    """« 0612345678 » devient « 06 12 34 56 78 » ; « +32470123456 » devient « +32 470 12 34 56 » ; rien reste rien."""
    typed = _plain(value)
    if not typed:
        return ""
    _check_writing(typed, label)
    number = _parse(typed, label)
    if number.country_code == phonenumbers.country_code_for_region(_HOME):
        return str(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))
    written = str(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))
    return written if len(written) <= LONGEST else str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _plain(value: str) -> str:
    """Les carnets d'adresses collent des marques de sens d'écriture, des espaces et des tirets de toutes sortes."""
    folded = unicodedata.normalize("NFKC", value[:200])
    kept = (" " if char.isspace() else char for char in folded if unicodedata.category(char) != "Cf")
    return re.sub(r"[\u2010-\u2015\u2212]", "-", "".join(kept)).strip()


def _check_writing(typed: str, label: str) -> None:
    if _IBAN.fullmatch(re.sub(r"[ \-.]", "", typed)):
        raise BadInputError(f"{label} : ceci ressemble à un numéro de compte bancaire (IBAN).", _EXAMPLE)
    if not typed.isascii() or not _WRITTEN.fullmatch(typed):
        raise BadInputError(f"{label} : un numéro s’écrit en chiffres, sans lettres.", _EXAMPLE)


def _parse(typed: str, label: str) -> PhoneNumber:
    """Le numéro, s'il existe quelque part ; sinon la phrase qui dit ce qui cloche."""
    found = _read(typed, _HOME)
    if found is not None and phonenumbers.is_valid_number(found):
        return found
    for region in _OVERSEAS if typed.startswith("0") else ():
        local = _read(typed, region)
        if local is not None and phonenumbers.is_valid_number(local):
            return local
    raise _refusal(found, typed, label)


def _read(typed: str, region: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(typed, region)
    except NumberParseException:
        return None


def _refusal(found: PhoneNumber | None, typed: str, label: str) -> BadInputError:
    length = None if found is None else phonenumbers.is_possible_number_with_reason(found)
    digits = sum(char.isdigit() for char in typed)
    next_step = _ABROAD if typed.startswith(("+", "00")) else _EXAMPLE
    if length == ValidationResult.TOO_LONG or digits > 15:  # noqa: PLR2004 — le plus long numéro du monde
        return BadInputError(f"{label} : ce numéro a trop de chiffres.", next_step)
    if length in {ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY} or digits < 4:  # noqa: PLR2004
        return BadInputError(f"{label} : il manque des chiffres à ce numéro.", next_step)
    return BadInputError(f"{label} : ce numéro n’existe pas.", f"{_EXAMPLE} {_ABROAD}")
