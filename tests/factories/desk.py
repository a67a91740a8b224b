"""La régie à son guichet : encaisser en une ligne, et ce que la base en garde."""

from datetime import datetime

from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.models.database import reading, transaction
from portail.models.payments import Payment
from portail.services import regies
from portail.services.cash_desk import paying
from tests.conftest import NOW
from tests.factories.people import make_account, open_session
from tests.factories.ranks import RANKS

FORM = {"amount": "20,50", "means": "cheque", "note": "", "split": "auto"}


def agent(email: str = "regie@mairie.example") -> Actor:
    return open_session(make_account(email, role=Role.REGIE))[1]


def take(actor: Actor, family: int, *, now: datetime = NOW, **form: str) -> str:
    """Un encaissement au guichet ; chaque appel a son jeton."""
    given = FORM | {"token": f"jeton-{RANKS.next()}"} | form
    return paying.record(actor=actor, family_id=family, form=given, now=now)


def payments() -> list[Payment]:
    with reading() as db:
        return list(db.exec(select(Payment).order_by(Payment.id)))  # type: ignore[arg-type]


def regie_id() -> int:
    with transaction() as db:
        return regies.default(db).key
