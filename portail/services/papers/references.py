"""La référence d'un papier : donnée une fois par enfant et par jour, vérifiable par n'importe qui."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, select

from portail.domain.papers import REFERENCE_LENGTH, PaperKind, grouped, read_reference
from portail.ids import readable_code
from portail.models.database import reading
from portail.models.families import Child
from portail.models.papers import Paper
from portail.views import wording
from portail.views.papers import Verification


def take(db: Session, kind: PaperKind, child: Child, now: datetime) -> Paper:
    """Le papier du jour ; deux demandes au même instant reçoivent la même référence."""
    day = now.astimezone(wording.PARIS).date()
    insert = postgresql.insert if db.connection().dialect.name == "postgresql" else sqlite.insert
    values = {
        "reference": readable_code(REFERENCE_LENGTH),
        "kind": kind,
        "child_id": child.key,
        "initial": child.first_name[:1].upper(),
        "made_on": day,
        "made_at": now,
    }
    db.connection().execute(insert(SQLModel.metadata.tables["paper"]).values(values).on_conflict_do_nothing())
    query = select(Paper).where(Paper.child_id == child.key, Paper.kind == kind, Paper.made_on == day)
    return db.exec(query).one()


def verify(*, typed: str) -> Verification:
    """Ouvert à tous : vrai ou inconnu, l'initiale et la date, rien d'autre."""
    reference = read_reference(typed)
    if not reference:
        return Verification("unknown", reference=typed.strip()[:40])
    with reading() as db:
        paper = db.exec(select(Paper).where(Paper.reference == reference)).first()
    if paper is None:
        return Verification("unknown", reference=reference)
    return Verification(
        status="valid",
        reference=grouped(reference),
        kind=PaperKind(paper.kind).label,
        initial=f"{paper.initial}.",
        day=wording.long_date(paper.made_on),
    )
