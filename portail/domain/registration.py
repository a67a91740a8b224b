"""S'inscrire : les cinq étapes, ce que chacune demande, et la famille que l'on saisit ensuite."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from portail.domain.contacts import clean_postcode
from portail.domain.families import GuardianRole
from portail.domain.forms import Reader
from portail.domain.phones import clean_phone
from portail.domain.phonetics import words
from portail.domain.refusals import BadInputError, RefusalError
from portail.domain.text import fold

MOST_CHILDREN = 12
_COMMON = frozenset({"famille", "dossier", "m", "mme", "et"})
ANOTHER_ADDRESS = "Un nom d’utilisateur ne peut pas être l’adresse d’une autre personne."


class StepNumber(IntEnum):
    """Les étapes, dans l'ordre où elles se font."""

    IDENTITY = 1
    REFERENCE = 2
    TERMS = 3
    PRIVACY = 4
    RECAP = 5


@dataclass(frozen=True)
class Identity:
    first_name: str
    last_name: str
    email: str
    username: str

    @property
    def about(self) -> tuple[str, ...]:
        """Ce qu'un mot de passe ne doit pas reprendre."""
        return self.email, self.first_name, self.last_name, self.username


def read_identity(reader: Reader, normalise_email: Callable[[str], str]) -> Identity:
    """L'adresse est tapée deux fois : une faute de frappe enverrait le lien à quelqu'un d'autre."""

    def required_email(value: str) -> str:
        if not value.strip():
            raise BadInputError("Indiquez votre adresse e-mail.")
        return normalise_email(value)

    first = reader.line("first_name", "Prénom", missing="Indiquez votre prénom.")
    last = reader.line("last_name", "Nom", missing="Indiquez votre nom.")
    email = reader.take("email", "", required_email)

    def same_email(value: str) -> str:
        if not value.strip():
            raise BadInputError("Retapez votre adresse e-mail.")
        if email and fold(value) != fold(email):
            raise BadInputError("Les deux adresses e-mail ne sont pas les mêmes.")
        return email

    reader.take("email_again", "", same_email)
    missing = "Choisissez un nom d’utilisateur."
    username = fold(reader.line("username", "Nom d’utilisateur", limit=50, missing=missing))
    if "@" in username and username != fold(email):
        reader.errors.setdefault("username", ANOTHER_ADDRESS)
    return Identity(first, last, email, username)


class UnknownFileError(RefusalError):
    """Un numéro inconnu et un nom qui ne va pas avec se disent de la même façon."""

    def __init__(self) -> None:
        super().__init__(
            "Ce numéro et ce nom ne correspondent à aucun dossier.",
            "Vérifiez-les sur une facture, ou choisissez « Je n’ai pas encore de dossier ».",
        )


def clean_number(value: str) -> str:
    return "".join(value.split()).upper()


def is_named(typed: str, *known: str) -> bool:
    """« Famille Lefèvre », « LEFEVRE » et « lefèvre » nomment le même dossier."""
    wanted = set(words(typed)) - _COMMON
    return bool(wanted) and any(wanted == set(words(name)) - _COMMON for name in known)


@dataclass(frozen=True)
class Adult:
    first_name: str
    last_name: str
    role: str
    phone: str
    email: str


@dataclass(frozen=True)
class Home:
    """Le foyer saisi par un parent : lui-même, l'autre responsable s'il y en a un, et l'adresse."""

    role: str
    phone: str
    address: str
    postcode: str
    city: str
    other: Adult | None = None


def read_home(reader: Reader, normalise_email: Callable[[str], str]) -> Home:
    role = _role(reader, "role", "Dites quel est votre lien avec les enfants.")
    phone = reader.take("phone", "", _required_phone)
    other = _read_other(reader, normalise_email) if reader.flag("with_other") else None
    home = Home(
        role,
        phone,
        reader.line("address", "Adresse", limit=200, missing="Indiquez le numéro et la rue."),
        reader.take("postcode", "", clean_postcode),
        reader.line("city", "Commune", missing="Indiquez la commune."),
        other,
    )
    reader.check()
    return home


def _read_other(reader: Reader, normalise_email: Callable[[str], str]) -> Adult:
    return Adult(
        reader.line("other_first_name", "Prénom", missing="Indiquez le prénom de l’autre responsable."),
        reader.line("other_last_name", "Nom", missing="Indiquez le nom de l’autre responsable."),
        _role(reader, "other_role", "Dites quel est son lien avec les enfants."),
        reader.take("other_phone", "", clean_phone),
        reader.take("other_email", "", lambda value: normalise_email(value) if value.strip() else ""),
    )


def _role(reader: Reader, name: str, missing: str) -> str:
    return reader.choice(name, lambda value: value in set(GuardianRole), missing)


def _required_phone(value: str) -> str:
    number = clean_phone(value, label="Téléphone portable")
    if not number:
        raise BadInputError("Indiquez un téléphone : c’est par lui que l’école vous joint.")
    return number
