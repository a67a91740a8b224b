"""Les fiches sanitaires de la ville de démonstration : complètes, sauf celle que sa famille doit encore remplir."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from portail.domain.accounts import Role
from portail.domain.health import Answer, Diet, Illness
from portail.domain.vaccinations import OBLIGATIONS, Vaccine
from portail.models.accounts import Account
from portail.models.families import Child, FamilyChild, Guardian
from portail.models.health import Consent, ConsentAnswer, HealthContact, HealthRecord
from portail.services import audit
from portail.services.health import consents, readings, records, vault
from portail.services.health.files import today

INCOMPLETE = "Lina"  # chez Inès Moreau : le médecin est connu, le reste attend
_DIETS = (Diet.EVERYTHING, Diet.EVERYTHING, Diet.NO_PORK, Diet.VEGETARIAN, Diet.EVERYTHING, Diet.NO_MEAT)
_DOCTORS = (("Dr Hélène Masson", "02 99 00 01 01"), ("Dr Idriss Coulon", "02 99 00 01 02"))
_RELATIVES = (("Monique", "Grand-mère"), ("Gérard", "Grand-père"), ("Sonia", "Voisine"), ("Bastien", "Oncle"))


def load(db: Session, now: datetime) -> None:
    """Par les mêmes gestes que les services, une fois pour tous : la ville se charge en un instant."""
    consents.install_defaults(db)
    db.flush()
    asked = list(db.exec(select(Consent).order_by(col(Consent.position))))
    children = list(db.exec(select(Child).order_by(col(Child.id))))
    signers = _signers(db)
    rows = [_row(child, signers[child.key], now) for child in children]
    db.add_all(rows)
    db.flush()
    for rank, (child, row) in enumerate(zip(children, rows, strict=True)):
        complete = child.first_name != INCOMPLETE
        vault.write(row, _doctor(rank) | (_answers(rank) if complete else {}))
        if complete:
            records.write_doses(db, child.key, _doses(child.birth_date, today(now)))
            db.add(_contact(rank, child))
            db.add_all(_signed(one, child.key, signers[child.key], now) for one in asked)
    director = db.exec(select(Account.id).where(Account.role == Role.DIRECTION)).one()
    audit.record(db, readings.READ, at=now - timedelta(days=2), actor_id=director, subject_id=children[0].key)


def _signers(db: Session) -> dict[int, Guardian]:
    """Le premier responsable de chaque enfant."""
    query = (
        select(FamilyChild.child_id, Guardian)
        .join(Guardian, col(Guardian.family_id) == col(FamilyChild.family_id))
        .order_by(col(Guardian.id).desc())
    )
    return dict(db.exec(query).all())


def _row(child: Child, signer: Guardian, now: datetime) -> HealthRecord:
    known = {"child_id": child.key, "version": 1, "updated_at": now, "updated_by": signer.account_id}
    if child.first_name == INCOMPLETE:
        return HealthRecord(**known)
    return HealthRecord(**known, confirmed_at=now, confirmed_by=signer.account_id)


def _doctor(rank: int) -> dict[str, str]:
    name, phone = _DOCTORS[rank % len(_DOCTORS)]
    return {"doctor_name": name, "doctor_phone": phone}


def _answers(rank: int) -> dict[str, str]:
    allergic = rank % 7 == 3  # noqa: PLR2004 — un enfant sur sept, jamais le premier
    return {
        "allergies": Answer.YES if allergic else Answer.NO,
        "drug_allergies": "",
        "food_allergies": "",
        "other_allergies": "Pollen de graminées au printemps" if allergic else "",
        "asthma": Answer.YES if rank % 9 == 4 else Answer.NO,  # noqa: PLR2004
        "illnesses": Illness.CHICKENPOX if rank % 2 else "",
        "blood_group": "",
        "pai": Answer.NO,
        "pai_until": "",
        "advice": "Porte des lunettes en classe." if rank % 5 == 0 else "",
        "diet": _DIETS[rank % len(_DIETS)],
        "exempt": "",
    }


def _doses(birth: date, day: date) -> dict[Vaccine, tuple[date, ...]]:
    """Le calendrier, suivi à la lettre."""
    given = {
        one.vaccine: tuple(_at(birth, months) for months in one.ages) for one in OBLIGATIONS if one.concerns(birth)
    }
    return {vaccine: tuple(one for one in given.get(vaccine, ()) if one <= day) for vaccine in Vaccine}


def _at(birth: date, months: int) -> date:
    years, month = divmod(birth.month - 1 + months, 12)
    return date(birth.year + years, month + 1, min(birth.day, 28))


def _contact(rank: int, child: Child) -> HealthContact:
    first_name, relation = _RELATIVES[rank % len(_RELATIVES)]
    return HealthContact(
        child_id=child.key,
        position=0,
        first_name=first_name,
        last_name=child.last_name,
        relation=relation,
        phone=f"06 00 00 03 {rank % 100:02d}",
        emergency=True,
        may_collect=True,
    )


def _signed(consent: Consent, child_id: int, signer: Guardian, now: datetime) -> ConsentAnswer:
    alone = consent.code == "alone"
    return ConsentAnswer(
        child_id=child_id,
        consent_id=consent.key,
        version=consent.version,
        text=consent.text,
        answer=Answer.NO if alone else Answer.YES,
        answered_at=now,
        account_id=signer.account_id,
        signed_name=f"{signer.first_name} {signer.last_name}",
    )
