"""Ouvrir la fiche d'un enfant : ses lignes, en peu de lectures, et ce qui y manque."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ScalarSelect
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from portail.domain.health import HealthFile, Missing, Record, completeness
from portail.domain.vaccinations import Vaccine
from portail.models.accounts import Account
from portail.models.families import Child
from portail.models.files import Attachment
from portail.models.health import Consent, ConsentAnswer, HealthContact, HealthRecord, Vaccination
from portail.services.health import vault
from portail.views import wording

Children = Collection[int] | SelectOfScalar[int]  # leurs numéros, ou la question qui les donne


@dataclass(frozen=True)
class Opened:
    """La fiche, en clair, avec ce qui l'entoure."""

    row: HealthRecord | None
    record: Record = field(default_factory=Record)
    vaccines: dict[Vaccine, tuple[date, ...]] = field(default_factory=dict)
    contacts: list[HealthContact] = field(default_factory=list)
    consents: list[tuple[Consent, ConsentAnswer | None]] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)  # qui a modifié, qui a confirmé, qui lit
    documents: int = 0

    def as_file(self, birth: date) -> HealthFile:
        unanswered = sum(consent.compulsory and answer is None for consent, answer in self.consents)
        emergency = sum(contact.emergency for contact in self.contacts)
        confirmed = confirmed_on(self.row)
        return HealthFile(birth, self.record, self.vaccines, emergency, unanswered, confirmed, self.documents)


def missing_for(db: Session, children: Children, day: date) -> dict[int, list[Missing]]:
    """Ce qui manque à chaque fiche, en deux lectures quel que soit le nombre d'enfants."""
    query = (
        select(Child, HealthRecord, _emergency_contacts(), _unanswered_consents(), _documents())  # type: ignore[call-overload]
        .join(HealthRecord, col(HealthRecord.child_id) == col(Child.id), isouter=True)
        .where(col(Child.id).in_(children))
    )
    doses = _doses(db, children)
    found = {}
    for child, row, emergency, unanswered, documents in db.exec(query):
        known = (_record(row), doses[child.key], emergency, unanswered, confirmed_on(row), documents)
        found[child.key] = completeness(HealthFile(child.birth_date, *known), day)
    return found


def open_file(db: Session, child_id: int, reader_id: int) -> Opened:
    query = select(HealthRecord, _documents()).select_from(Child).where(Child.id == child_id)
    row, documents = db.exec(query.join(HealthRecord, col(HealthRecord.child_id) == col(Child.id), isouter=True)).one()
    contacts = db.exec(
        select(HealthContact).where(HealthContact.child_id == child_id).order_by(col(HealthContact.position))
    )
    doses, consents = _doses(db, [child_id])[child_id], consents_of(db, child_id)
    return Opened(row, _record(row), doses, list(contacts), consents, _names(db, row, reader_id), documents)


def _names(db: Session, row: HealthRecord | None, reader_id: int) -> dict[int, str]:
    wanted = {reader_id} | ({row.updated_by, row.confirmed_by} if row else set())
    return {account.key: account.full_name for account in db.exec(select(Account).where(col(Account.id).in_(wanted)))}


def consents_of(db: Session, child_id: int) -> list[tuple[Consent, ConsentAnswer | None]]:
    """Les autorisations demandées, chacune avec la dernière réponse à son texte actuel."""
    query = (
        select(Consent, ConsentAnswer)
        .join(
            ConsentAnswer,
            (col(ConsentAnswer.consent_id) == col(Consent.id))
            & (col(ConsentAnswer.child_id) == child_id)
            & (col(ConsentAnswer.version) == col(Consent.version)),
            isouter=True,
        )
        .where(col(Consent.active))
        .order_by(col(Consent.position), col(Consent.id), col(ConsentAnswer.id))
    )
    latest: dict[int, tuple[Consent, ConsentAnswer | None]] = {}
    for consent, answer in db.exec(query):
        latest[consent.key] = (consent, answer)
    return list(latest.values())


def confirmed_on(row: HealthRecord | None) -> date | None:
    return row.confirmed_at.astimezone(wording.PARIS).date() if row and row.confirmed_at else None


def today(now: datetime) -> date:
    return now.astimezone(wording.PARIS).date()


def _record(row: HealthRecord | None) -> Record:
    return Record(**vault.read(row)) if row else Record()


def _doses(db: Session, children: Children) -> dict[int, dict[Vaccine, tuple[date, ...]]]:
    found: dict[int, dict[Vaccine, tuple[date, ...]]] = defaultdict(dict)
    for row in db.exec(select(Vaccination).where(col(Vaccination.child_id).in_(children))):
        written = vault.read(row).get("dates", "")
        found[row.child_id][Vaccine(row.vaccine)] = tuple(date.fromisoformat(one) for one in written.split(",") if one)
    return found


def _emergency_contacts() -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(HealthContact.child_id == Child.id, col(HealthContact.emergency))
        .correlate(Child)
        .scalar_subquery()
    )


def _documents() -> ScalarSelect[int]:
    return select(func.count()).where(Attachment.child_id == Child.id).correlate(Child).scalar_subquery()


def _unanswered_consents() -> ScalarSelect[int]:
    answered = (
        select(ConsentAnswer.id)
        .where(
            ConsentAnswer.child_id == Child.id,
            ConsentAnswer.consent_id == Consent.id,
            ConsentAnswer.version == Consent.version,
        )
        .correlate(Child, Consent)
        .exists()
    )
    return (
        select(func.count())
        .select_from(Consent)
        .where(col(Consent.active), col(Consent.compulsory), ~answered)
        .correlate(Child)
        .scalar_subquery()
    )
