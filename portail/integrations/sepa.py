"""Le fichier de prélèvements que la banque attend : SEPA Core, message ISO 20022 pain.008.001.08."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from lxml import etree

from portail.domain.iban import is_outside_eea

COUNTRY = "FR"  # les dossiers n'ont que des adresses françaises
NAMELESS = "Titulaire"  # un nom sans une seule lettre que les banques acceptent
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"
NO_BIC = "NOTPROVIDED"  # l'IBAN suffit dans l'Espace économique européen
_REFUSED = re.compile(r"[^A-Za-z0-9/?:().,'+ -]+")


@dataclass(frozen=True)
class Creditor:
    """La régie, telle que sa banque la connaît ; `identifier` : l'identifiant créancier SEPA (ICS)."""

    name: str
    identifier: str
    iban: str
    bic: str


@dataclass(frozen=True)
class Address:
    """Celle du titulaire, champ par champ : les lignes libres sont refusées depuis novembre 2026."""

    street: str = ""
    postcode: str = ""
    town: str = ""


@dataclass(frozen=True)
class Collected:
    """Un prélèvement ; `sequence` : FRST ou RCUR."""

    key: str
    sequence: str
    cents: int
    rum: str
    signed_on: date
    holder: str
    iban: str
    bic: str
    label: str
    address: Address = Address()


@dataclass(frozen=True)
class DebitFile:
    message_id: str
    created_at: datetime
    collected_on: date
    creditor: Creditor
    debits: Sequence[Collected]


def write(file: DebitFile) -> bytes:
    """Les premiers prélèvements d'un mandat et les suivants vont dans deux lots."""
    if not file.debits or any(one.cents <= 0 for one in file.debits):
        raise ValueError("un fichier de prélèvements a des montants, tous positifs")
    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    root = _add(document, "CstmrDrctDbtInitn")
    head = _add(root, "GrpHdr")
    _add(head, "MsgId", file.message_id)
    _add(head, "CreDtTm", file.created_at.strftime("%Y-%m-%dT%H:%M:%S"))
    _totals(head, file.debits)
    _add(_add(head, "InitgPty"), "Nm", plain(file.creditor.name, 70))
    ordered = sorted(file.debits, key=lambda one: (one.sequence, one.key))
    for sequence, debits in groupby(ordered, key=lambda one: one.sequence):
        _lot(root, file, sequence, list(debits))
    return bytes(etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _lot(root: "etree._Element", file: DebitFile, sequence: str, debits: Sequence[Collected]) -> None:
    lot = _add(root, "PmtInf")
    _add(lot, "PmtInfId", f"{file.message_id[:30]}-{sequence}")
    _add(lot, "PmtMtd", "DD")
    _add(lot, "BtchBookg", "true")
    _totals(lot, debits)
    kind = _add(lot, "PmtTpInf")
    _add(_add(kind, "SvcLvl"), "Cd", "SEPA")
    _add(_add(kind, "LclInstrm"), "Cd", "CORE")
    _add(kind, "SeqTp", sequence)
    _add(lot, "ReqdColltnDt", file.collected_on.isoformat())
    _add(_add(lot, "Cdtr"), "Nm", plain(file.creditor.name, 70))
    _account(lot, "CdtrAcct", file.creditor.iban)
    _bank(lot, "CdtrAgt", file.creditor.bic)
    _add(lot, "ChrgBr", "SLEV")
    other = _add(_add(_add(_add(lot, "CdtrSchmeId"), "Id"), "PrvtId"), "Othr")
    _add(other, "Id", file.creditor.identifier)
    _add(_add(other, "SchmeNm"), "Prtry", "SEPA")
    for one in debits:
        _debit(lot, one)


def _debit(lot: "etree._Element", one: Collected) -> None:
    line = _add(lot, "DrctDbtTxInf")
    _add(_add(line, "PmtId"), "EndToEndId", one.key)
    _add(line, "InstdAmt", _euros(one.cents)).set("Ccy", "EUR")
    mandate = _add(_add(line, "DrctDbtTx"), "MndtRltdInf")
    _add(mandate, "MndtId", one.rum)
    _add(mandate, "DtOfSgntr", one.signed_on.isoformat())
    _bank(line, "DbtrAgt", one.bic)
    debtor = _add(line, "Dbtr")
    _add(debtor, "Nm", plain(one.holder, 70) or NAMELESS)
    if is_outside_eea(one.iban):
        _address(debtor, one.address)
    _account(line, "DbtrAcct", one.iban)
    if label := plain(one.label, 140):
        _add(_add(line, "RmtInf"), "Ustrd", label)


def _address(debtor: "etree._Element", address: Address) -> None:
    """La banque ne la demande que pour un compte hors de l'Espace économique européen : elle ne sert à rien d'autre."""
    town = plain(address.town, 35)
    if not town:  # sans commune, une adresse n'est pas recevable
        return
    place = _add(debtor, "PstlAdr")
    for name, words, longest in (("StrtNm", address.street, 70), ("PstCd", address.postcode, 16)):
        if said := plain(words, longest):
            _add(place, name, said)
    _add(place, "TwnNm", town)
    _add(place, "Ctry", COUNTRY)


def _totals(parent: "etree._Element", debits: Sequence[Collected]) -> None:
    _add(parent, "NbOfTxs", str(len(debits)))
    _add(parent, "CtrlSum", _euros(sum(one.cents for one in debits)))


def _account(parent: "etree._Element", name: str, iban: str) -> None:
    _add(_add(_add(parent, name), "Id"), "IBAN", iban)


def _bank(parent: "etree._Element", name: str, bic: str) -> None:
    bank = _add(_add(parent, name), "FinInstnId")
    if bic:
        _add(bank, "BICFI", bic)
    else:
        _add(_add(bank, "Othr"), "Id", NO_BIC)


def _add(parent: "etree._Element", name: str, text: str | None = None) -> "etree._Element":
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def plain(words: str, longest: int) -> str:
    """Les seuls caractères que toutes les banques acceptent ; un accent s'en va, le reste devient une espace."""
    bare = unicodedata.normalize("NFKD", words.replace("œ", "oe").replace("Œ", "OE").replace("’", "'"))
    bare = "".join(char for char in bare if not unicodedata.combining(char))
    return " ".join(_REFUSED.sub(" ", bare).split())[:longest].strip().removeprefix("/")
