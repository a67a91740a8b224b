"""Les numéros d'une régie, vérifiés à la saisie : un chiffre faux ne se voit sinon que le jour du prélèvement."""

import re

from portail.domain.iban import checked_bic, checked_iban, is_keyed
from portail.domain.refusals import BadInputError

LONGEST_DAYS = 90
_CODE = re.compile(r"[A-Z0-9]{2,6}")
_CREDITOR = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")
_BUSINESS = slice(4, 7)  # le code d'activité du créancier ne compte pas dans la clé


def _squeezed(typed: str) -> str:
    return re.sub(r"\s", "", typed).upper()


def read_code(typed: str) -> str:
    """Il commence les numéros de facture : « ENF » dans « ENF-2026-000123 »."""
    code = _squeezed(typed)
    if not _CODE.fullmatch(code):
        raise BadInputError("Le code a de 2 à 6 lettres ou chiffres, sans accent.")
    return code


def read_days(typed: str) -> int:
    days = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 else 0  # noqa: PLR2004
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInputError(f"Indiquez un nombre de jours, de 1 à {LONGEST_DAYS}.")
    return days


def read_iban(typed: str) -> str:
    return checked_iban(typed) if typed.strip() else ""


def read_bic(typed: str) -> str:
    return checked_bic(typed, "FR") if typed.strip() else ""


def read_creditor(typed: str) -> str:
    """L'identifiant créancier SEPA (ICS) : la clé se calcule sans le code d'activité."""
    found = _squeezed(typed)
    if found and not (_CREDITOR.fullmatch(found) and is_keyed(found[:4] + found[_BUSINESS.stop :])):
        raise BadInputError("Cet identifiant créancier (ICS) n’est pas juste.", "Recopiez-le du courrier de la banque.")
    return found


def read_siret(typed: str) -> str:
    """Quatorze chiffres, dont la somme de Luhn est un multiple de dix."""
    found = read_digits(typed, 14)
    doubled = [int(digit) * (1 + rank % 2) for rank, digit in enumerate(reversed(found))]
    if sum(number - 9 * (number > 9) for number in doubled) % 10:  # noqa: PLR2004
        raise BadInputError("Ce SIRET n’est pas juste.", "Vérifiez ses 14 chiffres.")
    return found


def read_digits(typed: str, count: int) -> str:
    found = _squeezed(typed)
    if found and not (found.isascii() and found.isdigit() and len(found) == count):
        raise BadInputError(f"Indiquez {count} chiffres.")
    return found
