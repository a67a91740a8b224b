"""Le protocole d'échange de la DGFiP (PES V2 Recette) : un rôle, « ordre de recette multi-créanciers » (ORMC).

Chaque donnée est un élément qui porte sa valeur dans l'attribut `V`. L'ordre des éléments compte ; le schéma
`pes_recette.xsd`, écrit d'après la documentation publique, le vérifie dans les tests.
"""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from pathlib import Path

SCHEMA = Path(__file__).parent / "pes_recette.xsd"
ALLER = "http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller"
ENCODING = "ISO-8859-1"
PERIOD = "0"  # le rôle ne découpe pas l'année en périodes de facturation
ROLE, TITLE, ORDINARY = "06", "15", "01"  # bordereau ORMC, pièce ORMC, nature « fonctionnement »
OTHER_PRODUCTS, PERSON, PRIVATE, DEBTOR = "588", "01", "01", "01"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXY"
_WEIGHTS = (2, 3, 4, 5, 6, 7)
_MODULO, _HIGHEST_DIGIT = 11, 9


@dataclass(frozen=True)
class Debtor:
    name: str
    first_name: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    reference: str = ""  # notre numéro de dossier


@dataclass(frozen=True)
class Title:
    """Une créance : une facture."""

    rank: int
    number: str
    debt: str  # le numéro de dette : treize chiffres, jamais deux fois les mêmes
    purpose: str
    cents: int
    debtor: Debtor


@dataclass(frozen=True)
class Role:
    """Un bordereau de titres, et la collectivité qui l'émet."""

    file_name: str
    town: str
    treasury: str
    siret: str
    collectivity: str
    budget: str
    number: int
    exercise: int  # l'année budgétaire des factures, qui n'est pas toujours celle du fichier
    issued_on: date
    purpose: str
    titles: Sequence[Title]


def as_xml(role: Role) -> bytes:
    ET.register_namespace("n", ALLER)
    root = ET.Element(f"{{{ALLER}}}PES_Aller")
    envelope = ET.SubElement(root, "Enveloppe")
    _fill(ET.SubElement(envelope, "Parametres"), Version="2", TypFic="PESORMC", NomFic=role.file_name[:100])
    _fill(ET.SubElement(envelope, "Emetteur"), Sigle=role.town[:50], Adresse="Portail Famille")
    _fill(
        ET.SubElement(root, "EnTetePES"),
        DteStr=role.issued_on.isoformat(),
        IdPost=role.treasury[:7],
        IdColl=role.siret[:14],
        CodCol=role.collectivity[:3],
        CodBud=role.budget[:10],
    )
    aller = ET.SubElement(root, "PES_RecetteAller")
    _fill(ET.SubElement(aller, "EnTeteRecette"), IdVer="2", InfoDematerialisee="0")
    slip = ET.SubElement(aller, "Bordereau")
    _fill(
        ET.SubElement(slip, "BlocBordereau"),
        Exer=str(role.exercise),
        IdBord=str(role.number)[:7],
        DteBordEm=role.issued_on.isoformat(),
        TypBord=ROLE,
        NbrPce=str(len(role.titles)),
        MtBordHt=amount(sum(title.cents for title in role.titles)),
        DteAsp=role.issued_on.isoformat(),
        Objet=role.purpose[:160],
    )
    for title in role.titles:
        _title(slip, role, title)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding=ENCODING, xml_declaration=True))


def _title(slip: ET.Element, role: Role, title: Title) -> None:
    piece = ET.SubElement(slip, "Piece")
    exercise, debt = f"{role.exercise % 100:02d}", title.debt
    _fill(
        ET.SubElement(piece, "BlocPiece"),
        IdPce=str(title.rank)[:8],
        TypPce=TITLE,
        NatPce=ORDINARY,
        ObjPce=title.purpose[:160],
        NumDette=debt,
        Per=PERIOD,
        Cle1=first_key(f"{role.collectivity[:3]}{role.number}{exercise}{PERIOD}{debt}"),
        Cle2=second_key(f"{exercise}{PERIOD}00{debt}"),
        NumeroFacture=title.number[:20],
    )
    line = ET.SubElement(piece, "LigneDePiece")
    _fill(
        ET.SubElement(ET.SubElement(line, "BlocLignePiece"), "InfoLignePiece"),
        IdLigne="1",
        ObjLignePce=title.purpose[:160],
        Nature=OTHER_PRODUCTS,
        Majo="0",
        TvaIntraCom="0",
        MtHT=amount(title.cents),
    )
    _debtor(line, title.debtor)


def _debtor(line: ET.Element, debtor: Debtor) -> None:
    third = ET.SubElement(line, "Tiers")
    _fill(
        ET.SubElement(third, "InfoTiers"),
        RefTiers=debtor.reference[:30],
        CatTiers=PERSON,
        NatJur=PRIVATE,
        TypTiers=DEBTOR,
        Nom=debtor.name[:38],
        Prenom=debtor.first_name[:38],
    )
    where = ET.SubElement(third, "Adresse")
    _fill(where, TypAdr="1", Adr2=debtor.address[:38], CP=debtor.postcode[:5], Ville=debtor.city[:38], CodRes="0")


def _fill(parent: ET.Element, **values: str) -> None:
    """Dans l'ordre donné ; une valeur vide n'a pas d'élément."""
    for name, value in values.items():
        if value:
            ET.SubElement(parent, name, V=value)


def amount(cents: int) -> str:
    """« 45.00 » : le point décimal, jamais de flottant."""
    return f"{cents // 100}.{cents % 100:02d}"


def first_key(digits: str) -> str:
    """Modulo 11, les poids 2 à 7 depuis la droite."""
    weighted = zip(reversed(digits), cycle(_WEIGHTS), strict=False)
    key = _MODULO - sum(int(digit) * weight for digit, weight in weighted if digit.isdigit()) % _MODULO
    return str(key if key <= _HIGHEST_DIGIT else 1)


def second_key(digits: str) -> str:
    """Modulo 23, dit par une lettre (ni I, ni O, ni Z)."""
    return _LETTERS[int(digits) % len(_LETTERS)]
