"""Un parent remplit la fiche, partie par partie ; ce qu'un autre vient d'enregistrer n'est pas écrasé sans le dire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from portail.domain.accounts import Actor
from portail.domain.families import FamilyRight
from portail.domain.health import Answer, Part, StalePartError, can_confirm, completeness
from portail.domain.health_forms import clean_doses, clean_part
from portail.domain.refusals import RefusalError
from portail.domain.vaccinations import Vaccine
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.families import Child
from portail.models.health import HealthRecord, Vaccination
from portail.services import access, audit
from portail.services.health import files, vault

Form = Mapping[str, Any]


@dataclass(frozen=True)
class Edit:
    """L'enfant, et ce que cette personne avait sous les yeux : sa fiche, la version de chaque texte à signer."""

    child_id: int
    version: int
    wordings: Mapping[int, int] = field(default_factory=dict)


def save_part(*, actor: Actor, edit: Edit, part: Part, form: Form, now: datetime) -> None:
    """Médecin, santé ou repas."""
    values = clean_part(part, form, files.today(now))
    with transaction() as db:
        access.my_child(db, actor, edit.child_id, FamilyRight.HEALTH)
        row = locked(db, edit.child_id, now)
        check_fresh(db, row, part, edit.version)
        vault.write(row, values)
        touch(db, row, part, actor, now)


def save_vaccines(*, actor: Actor, edit: Edit, form: Form, now: datetime) -> None:
    with transaction() as db:
        child = access.my_child(db, actor, edit.child_id, FamilyRight.HEALTH).child
        doses = clean_doses(form, child.birth_date, files.today(now))
        row = locked(db, child.key, now)
        check_fresh(db, row, Part.VACCINES, edit.version)
        vault.write(row, {"exempt": Answer.YES if form.get("exempt") else ""})
        write_doses(db, child.key, doses)
        touch(db, row, Part.VACCINES, actor, now)


def write_doses(db: Session, child_id: int, doses: Mapping[Vaccine, tuple[date, ...]]) -> None:
    """Une ligne par vaccin, même sans date : la présence d'une ligne ne dit rien."""
    known = {row.vaccine: row for row in db.exec(select(Vaccination).where(Vaccination.child_id == child_id))}
    rows = {vaccine: known.get(vaccine) or Vaccination(child_id=child_id, vaccine=vaccine) for vaccine in doses}
    db.add_all(rows.values())
    db.flush()
    for vaccine, dates in doses.items():
        vault.write(rows[vaccine], {"dates": ",".join(one.isoformat() for one in dates)})


def confirm(*, actor: Actor, edit: Edit, now: datetime) -> None:
    """« Rien n'a changé » : le parent a relu, tout est rempli, et personne n'a rien changé depuis."""
    day = files.today(now)
    with transaction() as db:
        child = access.my_child(db, actor, edit.child_id, FamilyRight.HEALTH).child
        row = locked(db, child.key, now)
        if row.version > edit.version:
            raise StalePartError(_name(db, row.updated_by))
        file = files.open_file(db, child.key, actor.account_id).as_file(child.birth_date)
        if any(one.part is not Part.CONFIRMATION for one in completeness(file, day)):
            raise RefusalError("La fiche n’est pas complète.", "Complétez ce qui manque, puis confirmez.")
        if not can_confirm(file.confirmed_on, day):
            return
        row.confirmed_at, row.confirmed_by = now, actor.account_id
        audit.record(db, "health.confirmed", at=now, actor_id=actor.account_id, subject_id=child.key)


def locked(db: Session, child_id: int, now: datetime) -> HealthRecord:
    """La fiche, tenue jusqu'à la fin de la transaction par le verrou de l'enfant ; créée vide la première fois."""
    db.exec(select(Child.id).where(Child.id == child_id).with_for_update()).one()
    row = db.exec(select(HealthRecord).where(HealthRecord.child_id == child_id)).first()
    if row is None:
        row = HealthRecord(child_id=child_id, updated_at=now)
        db.add(row)
        db.flush()
    return row


def check_fresh(db: Session, row: HealthRecord, part: Part, version: int) -> None:
    changed_at = row.touched.get(part, 0)
    if changed_at > version:
        raise StalePartError(_name(db, row.updated_by) if changed_at == row.version else "")


def touch(db: Session, row: HealthRecord, part: Part, actor: Actor, now: datetime) -> None:
    row.version += 1
    row.touched = row.touched | {part.value: row.version}
    row.updated_at, row.updated_by = now, actor.account_id
    audit.record(db, "health.saved", at=now, actor_id=actor.account_id, subject_id=row.child_id, detail=part.label)


def _name(db: Session, account_id: int | None) -> str:
    account = db.get(Account, account_id) if account_id else None
    return account.full_name if account else ""
