"""Les documents que la ville de démonstration demande, et ce que chaque famille a donné."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from portail.demo.season import Season
from portail.domain.activities import ActivityKind
from portail.domain.documents import DocumentScope, DocumentState, DocumentValidity, valid_until
from portail.models.accounts import Account
from portail.models.activities import Activity
from portail.models.documents import ActivityDocument, DocumentType, FamilyDocument
from portail.models.families import FamilyChild, Guardian

TAX_NOTICE = "Avis d’imposition"
INSURANCE, SPORT = "Assurance scolaire et extrascolaire", "Certificat médical de sport"
TYPES = (
    (INSURANCE, DocumentScope.CHILD, DocumentValidity.SCHOOL_YEAR, True),
    (SPORT, DocumentScope.CHILD, DocumentValidity.YEAR, True),
    ("Justificatif de domicile", DocumentScope.FAMILY, DocumentValidity.YEAR, True),
    ("Pièce d’identité d’un responsable", DocumentScope.FAMILY, DocumentValidity.ALWAYS, False),
    (TAX_NOTICE, DocumentScope.FAMILY, DocumentValidity.YEAR, True),
)
NEEDED = {ActivityKind.EXTRA: INSURANCE, ActivityKind.SPORT: SPORT}
REFUSED = "nadia.rossi"
UNREADABLE = "La photo est floue : les dates ne se lisent pas."


def load(db: Session, season: Season, now: datetime) -> None:
    types = [
        DocumentType(
            name=name,
            scope=scope,
            validity=validity,
            needs_validation=checked,
            for_tariff=name == TAX_NOTICE,
            position=rank,
        )
        for rank, (name, scope, validity, checked) in enumerate(TYPES)
    ]
    db.add_all(types)
    db.flush()
    named = {one.name: one for one in types}
    for activity in db.exec(select(Activity).order_by(col(Activity.id))):
        if wanted := NEEDED.get(ActivityKind(activity.kind)):
            db.add(ActivityDocument(activity_id=activity.key, type_id=named[wanted].key))
    _given(db, named, season, now)


def _given(db: Session, types: dict[str, DocumentType], season: Season, now: datetime) -> None:
    """Chaque enfant est assuré, sauf une dont la photo ne se lit pas ; un sur deux a vu le médecin."""
    refused = db.exec(select(Guardian.family_id).join(Account).where(Account.username == REFUSED)).one()
    seen: set[int] = set()
    for place in db.exec(select(FamilyChild).order_by(col(FamilyChild.id))):
        wanted = [INSURANCE, SPORT] if place.child_id % 2 else [INSURANCE]
        for kind in [types[name] for name in wanted] if place.child_id not in seen else []:
            bad = place.family_id == refused
            db.add(
                FamilyDocument(
                    type_id=kind.key,
                    family_id=place.family_id,
                    child_id=place.child_id,
                    state=DocumentState.REFUSED if bad else DocumentState.ACCEPTED,
                    valid_until=None if bad else valid_until(DocumentValidity(kind.validity), season.today),
                    why=UNREADABLE if bad else "",
                    created_at=now - timedelta(days=40),
                    decided_at=now - timedelta(days=38),
                )
            )
        seen.add(place.child_id)
