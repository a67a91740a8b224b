"""Qui habite Valbourg-sur-Loire : les comptes nommés, puis de quoi remplir trois écoles. Tout est inventé."""

from dataclasses import dataclass

from portail.domain.accounts import Role
from portail.domain.families import GuardianRole

PASSWORD = "Demo-portail-2026"  # noqa: S105 — publié dans le guide, refusé en production
ACCOUNTS = {
    "camille.durand@famille.example": "dossier complet, deux enfants",
    "karim.benali@famille.example": "un enfant",
    "ines.moreau@famille.example": "fiche sanitaire à compléter",
    "paul.lefevre@famille.example": "père de Jade, séparé",
    "sophie.garnier@famille.example": "mère de Jade, séparée",
    "nadia.rossi@famille.example": "une enfant",
    "tom.petit@famille.example": "habite hors de la commune",
    "accueil@mairie.example": "agent d'accueil",
    "regie@mairie.example": "régisseuse",
    "direction@mairie.example": "directrice",
    "animation@mairie.example": "animateur",
    "admin@mairie.example": "administratrice",
}
SCHOOLS = ("École Jean-Macé", "École des Tilleuls", "École Louise-Michel")
CLASSES = ("PS MS", "GS CP", "CE1 CE2", "CM1 CM2")  # dans chaque école
LEVELS = {3: "PS", 4: "MS", 5: "GS", 6: "CP", 7: "CE1", 8: "CE2", 9: "CM1", 10: "CM2"}


@dataclass(frozen=True)
class Staff:
    email: str
    first_name: str
    last_name: str
    role: Role


STAFF = (
    Staff("accueil@mairie.example", "Odile", "Vasseur", Role.RECEPTION),
    Staff("regie@mairie.example", "Renée", "Cordier", Role.REGIE),
    Staff("direction@mairie.example", "Claire", "Montagne", Role.DIRECTION),
    Staff("animation@mairie.example", "Yanis", "Legrand", Role.ANIMATION),
    Staff("admin@mairie.example", "Ada", "Fournier", Role.ADMIN),
)


@dataclass(frozen=True)
class Kid:
    first_name: str
    age: int
    school: int
    last_name: str = ""


@dataclass(frozen=True)
class Adult:
    first_name: str
    last_name: str
    role: GuardianRole
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Home:
    name: str
    address: str
    adults: tuple[Adult, ...]
    kids: tuple[Kid, ...]
    city: str = ""


_MOTHER, _FATHER, _CARER = GuardianRole.MOTHER, GuardianRole.FATHER, GuardianRole.CARER
JADE = Kid("Jade", 8, 1, "Lefèvre")
NAMED = (
    Home(
        "Durand",
        "12 rue des Acacias",
        (
            Adult("Camille", "Durand", _MOTHER, "06 00 00 00 11", "camille.durand@famille.example"),
            Adult("Hugo", "Durand", _FATHER, "06 00 00 00 12"),
        ),
        (Kid("Léa", 10, 0), Kid("Noé", 5, 0)),
    ),
    Home(
        "Benali",
        "4 quai des Mariniers",
        (Adult("Karim", "Benali", _FATHER, "06 00 00 00 13", "karim.benali@famille.example"),),
        (Kid("Sami", 7, 1),),
    ),
    Home(
        "Moreau",
        "27 rue du Moulin",
        (Adult("Inès", "Moreau", _MOTHER, "", "ines.moreau@famille.example"),),
        (Kid("Lina", 6, 2),),
    ),
    Home(
        "Lefèvre",
        "8 impasse du Verger",
        (Adult("Paul", "Lefèvre", _FATHER, "06 00 00 00 15", "paul.lefevre@famille.example"),),
        (JADE,),
    ),
    Home(
        "Garnier",
        "31 avenue de la Gare",
        (Adult("Sophie", "Garnier", _MOTHER, "06 00 00 00 16", "sophie.garnier@famille.example"),),
        (JADE,),
    ),
    Home(
        "Rossi",
        "2 place du Marché",
        (Adult("Nadia", "Rossi", _MOTHER, "06 00 00 00 17", "nadia.rossi@famille.example"),),
        (Kid("Elsa", 4, 2),),
    ),
    Home(
        "Petit",
        "5 chemin des Vignes",
        (Adult("Tom", "Petit", _FATHER, "06 00 00 00 18", "tom.petit@famille.example"),),
        (Kid("Malo", 9, 0),),
        city="Saint-Aubin-des-Prés",
    ),
)
_NAMES = (
    "Aubry", "Barreau", "Chevrier", "Delorme", "Esnault", "Fabre", "Guérin", "Hamel", "Imbert", "Jourdain",
    "Kervella", "Lambert", "Marchand", "Nicolas", "Ollivier", "Perrin", "Quentin", "Renaud", "Sorel", "Tessier",
    "Ulrich", "Valette", "Weber", "Yvon", "Zeller", "Brunel", "Caron", "Diallo", "Evrard", "Ferreira", "Gomes",
    "Haddad", "Ibrahim", "Jimenez", "Koné", "Laurent", "Mercier", "Nguyen",
)  # fmt: skip
_ADULTS = (
    "Anaïs", "Bruno", "Céline", "Damien", "Élodie", "Florian", "Gaëlle", "Hervé", "Irène", "Joël", "Karine", "Luc",
)  # fmt: skip
_KIDS = (
    "Adam", "Alice", "Basile", "Chloé", "Diego", "Emma", "Farah", "Gabin", "Hana", "Isaac", "Jeanne", "Kenza",
    "Léon", "Maya", "Nina", "Oscar", "Paola", "Raphaël",
)  # fmt: skip
_STREETS = ("rue de la Loire", "rue Pasteur", "allée des Cerisiers", "rue Victor-Hugo", "boulevard du Port")


@dataclass(frozen=True)
class Invited:
    """Une personne à qui un agent a ouvert un compte, il y a tant de jours."""

    first_name: str
    last_name: str
    days_ago: int = 0


INVITED = (Invited("Anaïs", "Aubry"), Invited("Céline", "Chevrier", days_ago=12))


def neighbours() -> tuple[Home, ...]:
    """Les autres familles, toujours les mêmes : le rang décide de tout."""
    return tuple(_neighbour(rank, name) for rank, name in enumerate(_NAMES))


def _neighbour(rank: int, name: str) -> Home:
    first = _ADULTS[rank % len(_ADULTS)]
    adults = (Adult(first, name, _MOTHER if rank % 2 == 0 else _FATHER, f"06 00 00 01 {rank:02d}"),)
    if rank % 3 == 0:
        adults += (Adult(_ADULTS[(rank + 5) % len(_ADULTS)], name, _CARER, f"06 00 00 02 {rank:02d}"),)
    kids = tuple(
        Kid(_KIDS[(rank * 3 + order) % len(_KIDS)], 3 + (rank + order * 3) % 8, (rank + order) % 3)
        for order in range(1 + rank % 3)
    )
    return Home(name, f"{3 + rank * 2} {_STREETS[rank % len(_STREETS)]}", adults, kids)
