"""Une régie qui prélève, une famille qui a signé, une remise à chaque étape : par les services."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from portail.domain.accounts import Actor, Role
from portail.models.database import reading, transaction
from portail.models.direct_debits import Debit, DebitBatch, Mandate
from portail.models.mails import OutboxMail
from portail.models.regies import Regie
from portail.services import regies
from portail.services.direct_debits import mandates, outcomes, preparing, sending
from portail.services.mails import outbox
from tests.conftest import NOW
from tests.factories.families import make_family
from tests.factories.people import make_account, open_session

IBAN = "FR76 3000 6000 0112 3456 7890 189"
DAY = date(2026, 12, 7)
ON_THE_DAY = NOW + timedelta(days=17)
FORM = {"holder": "Camille Durand", "iban": IBAN, "bic": "", "accepted": "on"}


@dataclass(frozen=True)
class Payer:
    """Un adulte d'un dossier, et son mandat."""

    actor: Actor
    family: int
    mandate: int


def make_collecting() -> int:
    """La régie des porte-monnaie, que sa banque laisse prélever."""
    with transaction() as db:
        regie = db.get_one(Regie, regies.default(db).key)
        regie.creditor_id, regie.iban, regie.bic = "FR12ZZZ123456", "FR7630001007941234567890185", "BDFEFRPPCCT"
        db.add(regie)
        return regie.key


def sign(actor: Actor, family: int, now: datetime = NOW, **changed: Any) -> str:
    return mandates.sign(
        actor=actor, family_id=family, form=FORM | {"regie": str(make_collecting())} | changed, now=now
    )


def make_payer(name: str = "Durand", now: datetime = NOW) -> Payer:
    account = make_account(f"{name.lower()}@famille.example")
    family = make_family(name, account)
    actor = open_session(account)[1]
    sign(actor, family, now)
    return Payer(actor, family, mandates_of(family)[-1].key)


def make_agent(email: str = "regie@mairie.example") -> Actor:
    return open_session(make_account(email, role=Role.REGIE))[1]


def wanted(day: date = DAY) -> dict[str, Any]:
    return {"regie": str(make_collecting()), "day": day.isoformat()}


def prepare(agent: Actor, day: date = DAY, now: datetime = NOW) -> int:
    seen = preparing.preview(actor=agent, form=wanted(day), now=now)
    return preparing.prepare(actor=agent, form=wanted(day) | {"stamp": seen.stamp}, now=now)


def send(agent: Actor, batch: int, now: datetime = NOW) -> str:
    return sending.make_file(actor=agent, batch_id=batch, now=now)


def collect(agent: Actor, batch: int, now: datetime = ON_THE_DAY) -> str:
    return outcomes.collect(actor=agent, batch_id=batch, now=now)


def collected(agent: Actor) -> int:
    """Une remise entière, de l'annonce à l'encaissement."""
    batch = prepare(agent)
    send(agent, batch)
    collect(agent, batch)
    return batch


def reject(agent: Actor, debit: int, reason: str = "AM04", now: datetime = ON_THE_DAY) -> str:
    return outcomes.reject(actor=agent, debit_id=debit, form={"reason": reason}, now=now)


def mandates_of(family: int) -> list[Mandate]:
    with reading() as db:
        return list(db.exec(select(Mandate).where(Mandate.family_id == family).order_by(col(Mandate.id))))


def batches() -> list[DebitBatch]:
    with reading() as db:
        return list(db.exec(select(DebitBatch).order_by(col(DebitBatch.id))))


def debits() -> list[Debit]:
    with reading() as db:
        return list(db.exec(select(Debit).order_by(col(Debit.id))))


def letters(subject: str = "") -> list[tuple[str, str, str]]:
    """Destinataire, objet et texte des courriels dont l'objet commence ainsi."""
    with reading() as db:
        query = select(OutboxMail).where(col(OutboxMail.subject).startswith(subject)).order_by(col(OutboxMail.id))
        return [(mail.recipient, mail.subject, outbox.letter(mail).text) for mail in db.exec(query)]
