"""Les coordonnées d'un responsable : ce qui se corrige seul, ce qu'un agent vérifie d'abord."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from portail.domain.contacts import clean_caf_number, clean_postcode
from portail.domain.forms import Reader
from portail.domain.phones import clean_phone
from portail.domain.refusals import BadInputError
from portail.domain.text import fold

PHONES = {
    "phone": "Téléphone portable",
    "home_phone": "Téléphone du domicile",
    "work_phone": "Téléphone du travail",
    "other_phone": "Autre téléphone",
}


@dataclass(frozen=True)
class Address:
    address: str
    postcode: str
    city: str

    def as_content(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Contact:
    """Une ligne de la table des responsables : les noms sont ceux des colonnes."""

    phone: str
    home_phone: str
    work_phone: str
    other_phone: str
    email: str
    caf_number: str
    invoices_by_email: bool
    invoice_email: str


def read_contact(reader: Reader, normalise_email: Callable[[str], str]) -> Contact:
    def email(value: str) -> str:
        return normalise_email(value) if value.strip() else ""

    phones = {name: reader.take(name, "", _phone(label)) for name, label in PHONES.items()}
    by_email = reader.flag("invoices_by_email")

    def invoice_email(value: str) -> str:
        if by_email and not value.strip():
            raise BadInputError("Indiquez l’adresse où envoyer les factures.")
        return email(value)

    return Contact(
        **phones,
        email=reader.take("email", "", email),
        caf_number=reader.take("caf_number", "", clean_caf_number),
        invoices_by_email=by_email,
        invoice_email=reader.take("invoice_email", "", invoice_email),
    )


def _phone(label: str) -> Callable[[str], str]:
    return lambda value: clean_phone(value, label=label)


def read_address(reader: Reader) -> Address:
    return Address(
        reader.line("address", "Adresse", limit=200, missing="Indiquez le numéro et la rue."),
        reader.take("postcode", "", clean_postcode),
        reader.line("city", "Commune", missing="Indiquez la commune."),
    )


def moves_elsewhere(before: Address, after: Address) -> bool:
    """Changer de commune change les tarifs : un agent le vérifie. Changer de rue, non."""
    return (before.postcode, fold(before.city)) != (after.postcode, fold(after.city))
