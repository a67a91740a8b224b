"""Joindre une famille : numéro d'allocataire, code postal, adresse."""

import re

from portail.domain.refusals import BadInputError

_CAF = re.compile(r"[0-9]{7}[A-Z]?")
_POSTCODE = re.compile(r"[0-9]{5}")


def clean_caf_number(value: str) -> str:
    """Sept chiffres, et parfois une lettre ; les espaces ne comptent pas."""
    number = "".join(value.split()).upper()
    if number and not _CAF.fullmatch(number):
        raise BadInputError("Le numéro d’allocataire CAF a 7 chiffres, parfois suivis d’une lettre.")
    return number


def clean_postcode(value: str) -> str:
    code = "".join(value.split())
    if not _POSTCODE.fullmatch(code):
        raise BadInputError("Le code postal a 5 chiffres.")
    return code
