"""Le mandat d'une famille : le signer en ligne, le retrouver, y mettre fin."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.direct_debits import TERMS_VERSION, DebitState, MandateEnd, MandateState, WrongStepError
from portail.domain.families import FamilyRight
from portail.domain.forms import Reader
from portail.domain.iban import checked_bic, checked_iban
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.ids import readable_code
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.direct_debits import Debit, DebitBatch, Mandate
from portail.models.families import Family, Guardian
from portail.models.regies import Regie
from portail.services import access, audit
from portail.services.direct_debits import letters
from portail.services.health import vault

HOLDER_LENGTH = 70


class AlreadySignedError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Un mandat est déjà en cours.", "Mettez-y fin avant d’en signer un autre.")


@dataclass(frozen=True)
class Signature:
    """Qui signe, pour quel dossier, sur quel compte."""

    family_id: int
    account_id: int
    holder: str
    iban: str
    bic: str = ""


def sign(*, actor: Actor, family_id: int, form: dict[str, Any], now: datetime) -> str:
    """Rend la phrase à dire. De deux adultes qui signent au même instant, un seul signe."""
    reader = Reader(form)
    holder = reader.line("holder", "Titulaire", limit=HOLDER_LENGTH, missing="Indiquez le titulaire du compte.")
    iban = reader.take("iban", "", checked_iban)
    bic = reader.take("bic", "", lambda typed: checked_bic(typed, iban))
    if not reader.flag("accepted"):
        reader.errors.setdefault("accepted", "Cochez la case pour signer le mandat.")
    reader.check()
    with transaction() as db:
        family, _ = access.my_family(db, actor, family_id, FamilyRight.MONEY)
        db.get_one(Family, family.key, with_for_update={"key_share": True})
        regie = _collecting(db, reader.number("regie"))
        if _active(db, family.key, regie.key) is not None:
            raise AlreadySignedError
        mandate = record(db, regie, Signature(family.key, actor.account_id, holder, iban, bic), now)
        letters.signed(db, mandate, regie, now)
        audit.record(db, "mandate.signed", at=now, actor_id=actor.account_id, subject_id=family.key, detail=mandate.rum)
    return f"Votre mandat {mandate.rum} est signé. Un courriel vous annoncera chaque prélèvement."


def record(db: Session, regie: Regie, signature: Signature, now: datetime) -> Mandate:
    """Ce qui a été vérifié, écrit : l'IBAN se scelle pour cette ligne, une fois numérotée."""
    mandate = Mandate(
        regie_id=regie.key,
        family_id=signature.family_id,
        account_id=signature.account_id,
        rum=f"{regie.code}-{paris_day(now):%Y%m%d}-{readable_code(8)}",
        holder=signature.holder,
        iban_end=signature.iban[-4:],
        bic=signature.bic,
        terms_version=TERMS_VERSION,
        signed_at=now,
    )
    db.add(mandate)
    db.flush()
    vault.write(mandate, {"sealed_iban": signature.iban})
    return mandate


def collecting(db: Session) -> list[Regie]:
    """Les régies que leur banque laisse prélever : elles ont un identifiant créancier et un compte."""
    query = select(Regie).where(col(Regie.closed_at).is_(None), Regie.creditor_id != "", Regie.iban != "")
    return list(db.exec(query.order_by(col(Regie.name))))


def is_collecting(regie: Regie) -> bool:
    """La même question, posée d'une régie déjà lue."""
    return regie.closed_at is None and bool(regie.creditor_id and regie.iban)


def _collecting(db: Session, regie_id: int) -> Regie:
    found = next((one for one in collecting(db) if one.key == regie_id), None)
    if found is None:
        raise BadInputError("Choisissez à qui vous donnez ce mandat.", "Rechargez la page.")
    return found


def _active(db: Session, family_id: int, regie_id: int) -> Mandate | None:
    query = select(Mandate).where(
        Mandate.family_id == family_id, Mandate.regie_id == regie_id, Mandate.state == MandateState.ACTIVE
    )
    return db.exec(query).first()


def end_mine(*, actor: Actor, mandate_id: int, now: datetime) -> str:
    """Tout adulte du dossier qui en voit l'argent ; ce qui est déjà remis à la banque sera encore prélevé."""
    with transaction() as db:
        mandate = mine(db, actor, mandate_id)
        _end_told(db, actor, mandate.key, MandateEnd.FAMILY, now)
        sent = db.exec(select(Debit.id).where(Debit.mandate_id == mandate_id, Debit.state == DebitState.SENT)).first()
    still = " Un prélèvement déjà remis à la banque aura encore lieu." if sent else ""
    return f"Ce mandat a pris fin.{still}"


def mine(db: Session, actor: Actor, mandate_id: int) -> Mandate:
    """Celui d'un de mes dossiers dont je vois l'argent ; celui d'un autre répond comme s'il n'existait pas."""
    query = (
        select(Mandate)
        .join(Family, col(Family.id) == col(Mandate.family_id))
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(
            Mandate.id == mandate_id,
            Guardian.account_id == actor.account_id,
            col(getattr(Guardian, FamilyRight.MONEY)),
            col(Family.status).in_(access.OPEN),
        )
    )
    found = db.exec(query).first() if is_key(mandate_id) else None
    if found is None:
        raise NotOpenError
    return found


def end_at_desk(*, actor: Actor, mandate_id: int, now: datetime) -> str:
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        if not is_key(mandate_id) or db.get(Mandate, mandate_id) is None:
            raise NotOpenError
        _end_told(db, actor, mandate_id, MandateEnd.DESK, now)
    return "Ce mandat a pris fin. La famille en est prévenue."


def _end_told(db: Session, actor: Actor, mandate_id: int, why: MandateEnd, now: datetime) -> None:
    query = select(Mandate).where(Mandate.id == mandate_id)
    mandate = db.exec(query.with_for_update().execution_options(populate_existing=True)).one()
    if mandate.state != MandateState.ACTIVE:
        raise WrongStepError("Ce mandat a déjà pris fin.")
    end(db, mandate, why, now)
    letters.ended(db, mandate, now)
    subject, detail = mandate.family_id, f"{mandate.rum}, {why.label}"
    audit.record(db, "mandate.ended", at=now, actor_id=actor.account_id, subject_id=subject, detail=detail)


def end(db: Session, mandate: Mandate, why: MandateEnd, now: datetime) -> None:
    """Ce qui était annoncé sans être remis n'aura pas lieu ; une remise qui se vide s'en va."""
    if mandate.state == MandateState.ACTIVE:
        mandate.state, mandate.ended_at, mandate.end_reason = MandateState.ENDED, now, why
    planned = (col(Debit.mandate_id) == mandate.key, col(Debit.state) == DebitState.PLANNED)
    batches = set(db.exec(select(Debit.batch_id).where(*planned)))
    db.exec(delete(Debit).where(*planned))
    _drop_empty(db, batches)
    db.flush()


def _drop_empty(db: Session, batch_ids: set[int]) -> None:
    kept = select(Debit.batch_id)
    empty = (col(DebitBatch.id).in_(batch_ids), col(DebitBatch.sent_at).is_(None), col(DebitBatch.id).not_in(kept))
    db.exec(delete(DebitBatch).where(*empty))
