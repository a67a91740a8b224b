"""Une fiche sanitaire, remplie par les services comme le ferait un parent."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.health import Part
from portail.models.database import reading, transaction
from portail.models.health import Consent, HealthRecord
from portail.services.health import consents, contacts, records
from portail.services.health.records import Edit
from tests.conftest import NOW
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session

DOCTOR = {"doctor_name": "Dr Martin", "doctor_phone": "02 99 00 00 01"}
CARE = {"allergies": "no", "asthma": "no", "pai": "no"}
MEALS = {"diet": "everything"}
DTP = {"dtp_0": "2016-07-04", "dtp_1": "2016-09-04", "dtp_2": "2017-04-04"}
CONTACT = {
    "first_name": "Jeanne",
    "last_name": "Durand",
    "relation": "Grand-mère",
    "phone": "06 12 34 56 78",
    "emergency": "on",
}


@dataclass(frozen=True)
class Home:
    """Un parent, son foyer, son enfant né avant 2018 (le DTP seul est exigé)."""

    actor: Actor
    family_id: int
    child_id: int


def make_home(email: str = "alba@famille.example", birth: date = date(2016, 5, 4)) -> Home:
    account = make_account(email)
    family = make_family(email.partition("@")[0], account)
    return Home(open_session(account)[1], family, make_child("Zoé", family, birth=birth))


def make_agent(role: Role = Role.DIRECTION) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def make_consents() -> list[int]:
    """Les autorisations habituelles, et leurs numéros."""
    with transaction() as db:
        consents.install_defaults(db)
        db.flush()
        return [one.key for one in db.exec(select(Consent).order_by(Consent.position))]


def record_of(child_id: int) -> HealthRecord:
    with reading() as db:
        return db.exec(select(HealthRecord).where(HealthRecord.child_id == child_id)).one()


def seen(child_id: int) -> Edit:
    """Ce que verrait quelqu'un qui ouvre la page maintenant."""
    with reading() as db:
        row = db.exec(select(HealthRecord).where(HealthRecord.child_id == child_id)).first()
        wordings = {one.key: one.version for one in db.exec(select(Consent))}
    return Edit(child_id, row.version if row else 0, wordings)


def fill(home: Home, now: datetime = NOW, *, confirm: bool = True) -> None:
    """Tout ce qui est obligatoire."""
    actor, child = home.actor, home.child_id
    for part, form in ((Part.DOCTOR, DOCTOR), (Part.CARE, CARE), (Part.MEALS, MEALS)):
        records.save_part(actor=actor, edit=seen(child), part=part, form=form, now=now)
    records.save_vaccines(actor=actor, edit=seen(child), form=DTP, now=now)
    contacts.save(actor=actor, edit=seen(child), contact_id=0, form=CONTACT, now=now)
    with reading() as db:
        asked = [one.key for one in db.exec(select(Consent))]
    consents.sign(actor=actor, edit=seen(child), form={f"consent_{key}": "yes" for key in asked}, now=now)
    if confirm:
        records.confirm(actor=actor, edit=seen(child), now=now)
