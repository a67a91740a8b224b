"""L'IBAN et le BIC : leur forme, leur clé, et les pays où un prélèvement SEPA est possible."""

import re

from portail.domain.refusals import BadInputError

LONGEST_TYPED = 60
_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_SEPARATORS = re.compile("[\\s.\u00a0\u202f-]")
_KEY = 97
# la longueur d'un IBAN dans chaque pays de la zone SEPA (Conseil européen des paiements, EPC409-09)
LENGTHS = {
    "AD": 24,
    "AL": 28,
    "AT": 20,
    "BE": 16,
    "BG": 22,
    "CH": 21,
    "CY": 28,
    "CZ": 24,
    "DE": 22,
    "DK": 18,
    "EE": 20,
    "ES": 24,
    "FI": 18,
    "FR": 27,
    "GB": 22,
    "GI": 23,
    "GR": 27,
    "HR": 21,
    "HU": 28,
    "IE": 22,
    "IS": 26,
    "IT": 27,
    "LI": 21,
    "LT": 20,
    "LU": 20,
    "LV": 21,
    "MC": 27,
    "MD": 24,
    "ME": 22,
    "MK": 19,
    "MT": 31,
    "NL": 18,
    "NO": 15,
    "PL": 28,
    "PT": 25,
    "RO": 24,
    "RS": 22,
    "SE": 24,
    "SI": 19,
    "SK": 24,
    "SM": 27,
    "VA": 22,
}
# hors de l'Espace économique européen : la banque demande aussi le BIC et l'adresse
OUTSIDE_EEA = frozenset({"AD", "AL", "CH", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA"})


class WrongIbanError(BadInputError):
    def __init__(self) -> None:
        super().__init__("Cet IBAN n’est pas juste.", "Recopiez-le de votre relevé d’identité bancaire (RIB).")


class OutsideSepaError(BadInputError):
    def __init__(self) -> None:
        super().__init__("Ce compte n’est pas dans la zone SEPA.", "Donnez un compte d’un pays de cette zone.")


class WrongBicError(BadInputError):
    def __init__(self) -> None:
        super().__init__("Ce BIC n’est pas juste.", "Il a 8 ou 11 caractères et suit l’IBAN sur votre RIB.")


def checked_iban(typed: str) -> str:
    """« FR76 3000 6000 … » → l'IBAN sans espaces, si sa longueur et sa clé sont celles de son pays."""
    iban = _SEPARATORS.sub("", typed).upper() if len(typed) <= LONGEST_TYPED else ""
    if not _SHAPE.fullmatch(iban) or not is_keyed(iban):
        raise WrongIbanError
    if iban[:2] not in LENGTHS:
        raise OutsideSepaError
    if len(iban) != LENGTHS[iban[:2]]:
        raise WrongIbanError
    return iban


def is_keyed(iban: str) -> bool:
    """La clé ISO 7064 : les quatre premiers passent à la fin, A vaut 10, le reste de la division par 97 est 1."""
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % _KEY == 1


def checked_bic(typed: str, iban: str) -> str:
    """Facultatif dans l'Espace économique européen. Son pays n'est pas comparé à celui du compte : l'agence monégasque
    d'une banque française a souvent le BIC de celle-ci, un compte britannique peut avoir celui de Jersey."""
    bic = _SEPARATORS.sub("", typed).upper() if len(typed) <= LONGEST_TYPED else "?"
    if not bic and is_outside_eea(iban):
        raise BadInputError("Indiquez le BIC : il est nécessaire pour un compte de ce pays.")
    if bic and not _BIC.fullmatch(bic):
        raise WrongBicError
    return bic


def is_outside_eea(iban: str) -> bool:
    return iban[:2] in OUTSIDE_EEA


def grouped(iban: str) -> str:
    """« FR76 3000 6000 … » : comme sur un relevé d'identité bancaire."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def shown(end: str) -> str:
    """« •••• 0189 » : de quoi le reconnaître, pas de quoi s'en servir."""
    return f"••••\u00a0{end}"
