"""L'attestation fiscale et l'attestation de paiement : ce que le foyer a payé dans l'année, enfant par enfant."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session

from portail.domain.accounts import Actor, Audience
from portail.domain.dates import paris_day
from portail.domain.families import FamilyRight
from portail.domain.money import euros
from portail.domain.paid import Parts, is_young
from portail.domain.papers import file_name
from portail.domain.refusals import BadInputError, RefusalError
from portail.integrations.pdf import compile_pdf
from portail.models.database import transaction
from portail.models.families import Family
from portail.services import access, audit
from portail.services.papers import content, paid_amounts
from portail.services.papers.paid_amounts import ChildKey
from portail.settings import current
from portail.views import wording
from portail.views.downloads import Download

TEMPLATE = Path(__file__).parent / "paid_year.typ"
FIRST_YEAR = 2000
_TAX_NOTES = (
    "Sont comptées les sommes payées dans l’année pour la garde, repas et majorations exclus.",
    "Une facture payée en partie compte au prorata de ce qui en est payé.",
    "Les aides reçues pour cette garde (CAF, employeur, CESU préfinancés) sont à déduire de votre déclaration.",
)
_PAYMENT_NOTES = (
    "Sont comptés les paiements de factures et les réservations payées d’avance, hors celles annulées et remboursées.",
)


class NothingPaidError(RefusalError):
    def __init__(self, year: int, next_step: str = "") -> None:
        super().__init__(f"Aucune somme à attester pour {year}.", next_step)


@dataclass(frozen=True)
class Year:
    """L'année attestée ; celle en cours l'est jusqu'à aujourd'hui."""

    number: int
    today: date

    @property
    def period(self) -> str:
        last = min(date(self.number, 12, 31), self.today)
        return f"du 1er janvier au {wording.long_date(last)}"


@dataclass(frozen=True)
class _Paper:
    """Ce qu'un des deux papiers a de propre."""

    title: str
    sentence: str
    heads: tuple[str, ...]
    rows: list[list[str]]
    total: str
    notes: tuple[str, ...] = ()
    identity: list[list[str]] = field(default_factory=list)


def make_tax(actor: Actor, family_id: int, given: Mapping[str, str], now: datetime) -> Download:
    """La garde des enfants de moins de six ans au 1er janvier."""
    with transaction() as db:
        family, year = _opened(db, actor, family_id, given, now)
        children = paid_amounts.children_of(db, family.key)
        paid = {
            child: parts
            for child, parts in paid_amounts.paid_in(db, family.key, year.number).items()
            if child in children and is_young(children[child].birth_date, year.number) and parts.care_cents > 0
        }
        if not paid:
            raise NothingPaidError(
                year.number, "L’attestation fiscale compte la garde des enfants de moins de six ans, repas exclus."
            )
        audit.record(db, "paper.tax", at=now, actor_id=actor.account_id, subject_id=family.key)
    paper = _Paper(
        title=f"Attestation fiscale {year.number}",
        sentence=_sentence(
            year,
            f" pour la garde hors du domicile de ses enfants âgés de moins de six ans au 1er janvier {year.number}",
        ),
        heads=("Enfant", "Né le", "Garde payée"),
        rows=[
            [_named(child, children), wording.short_date(children[child].birth_date), euros(parts.care_cents)]
            for child, parts in paid.items()
        ],
        total=euros(sum(parts.care_cents for parts in paid.values())),
        notes=_TAX_NOTES,
    )
    return _download(f"attestation-fiscale-{year.number}", paper, family, now)


def make_payments(actor: Actor, family_id: int, given: Mapping[str, str], now: datetime) -> Download:
    """Tout ce qui a été payé, repas et garde à part."""
    with transaction() as db:
        family, year = _opened(db, actor, family_id, given, now)
        children = paid_amounts.children_of(db, family.key)
        paid = paid_amounts.paid_in(db, family.key, year.number)
        if not any(parts.total_cents for parts in paid.values()):
            raise NothingPaidError(year.number)
        audit.record(db, "paper.payments", at=now, actor_id=actor.account_id, subject_id=family.key)
    total = sum(paid.values(), Parts())
    paper = _Paper(
        title=f"Attestation de paiement {year.number}",
        sentence=_sentence(year, " pour les activités de ses enfants"),
        heads=("Enfant", "Repas", "Garde et activités", "Autres", "Total"),
        rows=[[_named(child, children), *_amounts(parts)] for child, parts in paid.items() if parts.total_cents],
        total=euros(total.total_cents),
        notes=_PAYMENT_NOTES,
    )
    return _download(f"attestation-paiement-{year.number}", paper, family, now)


def _amounts(parts: Parts) -> list[str]:
    each = (parts.meal_cents, parts.care_cents, parts.other_cents, parts.total_cents)
    return [euros(cents) for cents in each]


def _named(child: ChildKey, children: Mapping[ChildKey, paid_amounts.Known]) -> str:
    known = children.get(child)
    return known.full_name if known else str(child)


def _sentence(year: Year, purpose: str) -> str:
    return (
        f"Le service enfance de la commune de {current().town_name} atteste que la famille désignée ci-dessous a payé, "
        f"{year.period}, les sommes suivantes{purpose}."
    )


def _opened(db: Session, actor: Actor, family_id: int, given: Mapping[str, str], now: datetime) -> tuple[Family, Year]:
    """Un adulte qui voit l'argent du dossier, ou la régie."""
    if actor.is_staff:
        family = access.any_family(db, actor, family_id, Audience.MONEY)
    else:
        family = access.my_family(db, actor, family_id, FamilyRight.MONEY)[0]
    typed, today = given.get("annee", ""), paris_day(now)
    if not (typed.isascii() and typed.isdigit() and FIRST_YEAR <= int(typed[:5]) <= today.year):
        raise BadInputError("Cette année n’a pas d’attestation.", "Choisissez-la dans « Mes documents ».")
    return family, Year(int(typed), today)


def _download(name: str, paper: _Paper, family: Family, now: datetime) -> Download:
    place = " ".join(part for part in (family.postcode, family.city) if part)
    lines = [
        ["Famille", family.name],
        ["Adresse", ", ".join(part for part in (family.address, place) if part)],
        ["Dossier", family.number],
    ]
    given = {
        "town": content.town_content(),
        "title": paper.title,
        "description": f"{paper.title}, dossier {family.number}.",
        "sentence": paper.sentence,
        "lines": [line for line in lines if line[1]],
        "heads": list(paper.heads),
        "rows": paper.rows,
        "total": paper.total,
        "notes": list(paper.notes),
        "made": f"Fait à {current().town_name}, le {wording.long_date(paris_day(now))}.",
    }
    return Download(file_name(name, family.number), compile_pdf(TEMPLATE, given, now, content.emblem()))


@dataclass(frozen=True)
class PaidYear:
    """Une année où le foyer a payé ; avait-il alors un enfant de moins de six ans ?"""

    number: int
    has_young: bool


def years_of(db: Session, family_ids: list[int]) -> dict[int, list[PaidYear]]:
    """Les années où chaque foyer a payé quelque chose, la plus récente d'abord ; trois lectures."""
    found: dict[int, set[int]] = defaultdict(set)
    for family_id, year in paid_amounts.paid_years(db, family_ids):
        found[family_id].add(year)
    births = paid_amounts.births_of(db, list(found))
    return {
        family_id: [
            PaidYear(year, any(is_young(birth, year) for birth in births[family_id]))
            for year in sorted(years, reverse=True)
        ]
        for family_id, years in found.items()
    }
