"""Rembourser un porte-monnaie : la famille demande avec son IBAN, la régie vire puis le dit ; au plus le solde."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, func, select, update

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.families import FamilyRight
from portail.domain.forms import Reader
from portail.domain.iban import checked_iban, shown
from portail.domain.money import euros, typed_cents
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.wallet import LedgerAccountKind, MovementKind, WalletRefundState
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.wallet import WalletRefund
from portail.services import access, audit
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.services.rows import insert_once
from portail.services.sealing import seal, unseal
from portail.services.wallet import people
from portail.services.wallet.accounts import balance_of, common, wallet_of
from portail.services.wallet.posting import Line, Movement, NotEnoughMoneyError, post
from portail.settings import current
from portail.views import wording
from portail.views.wallet import RefundLine

PURPOSE = "wallet-refund"
LAST = 20


class AlreadyAskedError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Un remboursement est déjà demandé pour ce dossier.", "Retirez-le pour en demander un autre.")


class TooLittleLeftError(RefusalError):
    def __init__(self, balance_cents: int) -> None:
        super().__init__(
            f"Le porte-monnaie ne contient plus que {euros(max(0, balance_cents))}.", "Refusez cette demande."
        )


def ask(*, actor: Actor, family_id: int, form: dict[str, Any], now: datetime) -> str:
    """Le solde ne bouge qu'au moment où la régie rembourse ; une seule demande à la fois."""
    reader = Reader(form)
    cents = reader.take("amount", 0, typed_cents)
    holder = reader.line("holder", "Titulaire du compte", limit=70, missing="Indiquez le titulaire du compte.")
    iban = reader.take("iban", "", checked_iban)
    reader.check()
    with transaction() as db:
        family = access.my_family(db, actor, family_id, FamilyRight.MONEY)[0]
        available = max(0, balance_of(db, family.key).cents)
        if cents > available:
            raise RefusalError(f"Votre porte-monnaie contient {euros(available)} : demandez au plus cette somme.")
        values = {
            "family_id": family.key,
            "account_id": actor.account_id,
            "cents": cents,
            "holder": holder,
            "sealed_iban": seal(PURPOSE, iban),
            "iban_end": iban[-4:],
            "state": WalletRefundState.ASKED,
            "reason": "",
            "asked_at": now,
        }
        if insert_once(db, SQLModel.metadata.tables["wallet_refund"].name, values) is None:
            raise AlreadyAskedError
        audit.record(db, "wallet.refund_asked", at=now, actor_id=actor.account_id, subject_id=family.key)
    return f"Votre demande de remboursement de {euros(cents)} est envoyée à la régie."


def withdraw(*, actor: Actor, family_id: int, now: datetime) -> str:
    with transaction() as db:
        family = access.my_family(db, actor, family_id, FamilyRight.MONEY)[0]
        asked = db.exec(select(WalletRefund).where(WalletRefund.family_id == family.key, _ASKED)).first()
        if asked is None or not _decide(db, asked.key, {"state": WalletRefundState.WITHDRAWN}, now):
            raise RefusalError("Cette demande n’attend plus.", "Rechargez la page.")
        audit.record(db, "wallet.refund_withdrawn", at=now, actor_id=actor.account_id, subject_id=family.key)
    return "Votre demande de remboursement est retirée."


_ASKED: Any = WalletRefund.state == WalletRefundState.ASKED


def _decide(db: Session, refund_id: int, values: dict[str, Any], now: datetime) -> bool:
    """Une réponse et une seule ; l'IBAN s'efface avec elle."""
    query = update(WalletRefund).where(col(WalletRefund.id) == refund_id, _ASKED)
    done = db.exec(
        query.values(decided_at=now, sealed_iban=None, **values).execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)


def count_waiting() -> Any:
    """Ce que la régie a à virer ; à glisser dans une autre question."""
    return select(func.count()).select_from(WalletRefund).where(_ASKED)


def waiting(*, actor: Actor) -> list[RefundLine]:
    """Ce que la régie a à virer, l'IBAN en clair : elle seule le lit."""
    check_audience(Audience.MONEY, actor)
    query = (
        select(WalletRefund, Family)
        .join(Family, col(Family.id) == col(WalletRefund.family_id))
        .where(_ASKED)
        .order_by(col(WalletRefund.asked_at), col(WalletRefund.id))
    )
    with reading() as db:
        return [
            RefundLine(
                id=one.key,
                family=family.name,
                number=family.number,
                holder=one.holder,
                iban=unseal(PURPOSE, one.sealed_iban) if one.sealed_iban else "",
                iban_end=shown(one.iban_end),
                amount=euros(one.cents),
                asked=wording.instant(one.asked_at),
                state=WalletRefundState(one.state).label,
            )
            for one, family in db.exec(query)
        ]


def of_family(db: Session, family_id: int) -> list[RefundLine]:
    """Les demandes d'un foyer, la dernière d'abord ; de l'IBAN, la famille ne relit que la fin."""
    query = select(WalletRefund).where(WalletRefund.family_id == family_id)
    return [
        RefundLine(
            id=one.key,
            iban=shown(one.iban_end),
            amount=euros(one.cents),
            asked=wording.instant(one.asked_at),
            state=WalletRefundState(one.state).label,
            reason=one.reason,
            is_waiting=one.state == WalletRefundState.ASKED,
        )
        for one in db.exec(query.order_by(col(WalletRefund.id).desc()).limit(LAST))
    ]


def pay(*, actor: Actor, refund_id: int, now: datetime) -> str:
    """L'agent a fait le virement : le porte-monnaie baisse d'autant, ou rien si le solde a fondu entre-temps."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        asked, family = _asked(db, refund_id)
        wallet, bank = wallet_of(db, family.key, now), common(db, LedgerAccountKind.TRANSFER, now)
        lines = (Line(wallet, -asked.cents), Line(bank, asked.cents))
        label = f"Remboursement par virement sur le compte {shown(asked.iban_end)}"
        reference = f"wallet_refund:{asked.key}"
        try:
            movement_id = post(
                db, Movement(MovementKind.REFUND, label, lines, now, actor.account_id, reference=reference)
            )
        except NotEnoughMoneyError:
            raise TooLittleLeftError(wallet.balance_cents) from None
        if wallet.balance_cents < 0:  # un découvert se dépense, il ne se rembourse pas
            raise TooLittleLeftError(wallet.balance_cents + asked.cents)
        decided = {"state": WalletRefundState.DONE, "movement_id": movement_id, "author_id": actor.account_id}
        if not _decide(db, asked.key, decided, now):
            raise NotOpenError
        audit.record(db, "wallet.refund_done", at=now, actor_id=actor.account_id, subject_id=family.key)
        said = f"Un virement de {euros(asked.cents)} est fait sur le compte {shown(asked.iban_end)}."
        _tell(db, family, "Votre porte-monnaie est remboursé", (said, "Comptez deux à trois jours ouvrés."), now)
    return f"{euros(asked.cents)} remboursés à la famille {family.name}."


def refuse(*, actor: Actor, refund_id: int, reason: str, now: datetime) -> str:
    check_audience(Audience.MONEY, actor)
    reader = Reader({"reason": reason})
    said = reader.line("reason", "Motif", limit=160, missing="Dites pourquoi : la famille le lira.")
    reader.check()
    with transaction() as db:
        asked, family = _asked(db, refund_id)
        decided = {"state": WalletRefundState.REFUSED, "reason": said, "author_id": actor.account_id}
        if not _decide(db, asked.key, decided, now):
            raise NotOpenError
        audit.record(db, "wallet.refund_refused", at=now, actor_id=actor.account_id, subject_id=family.key)
        paragraphs = (f"La régie n’a pas pu rembourser {euros(asked.cents)}.", f"Motif : {said}")
        _tell(db, family, "Votre demande de remboursement", paragraphs, now)
    return "La demande est refusée, la famille en est prévenue."


def _asked(db: Session, refund_id: int) -> tuple[WalletRefund, Family]:
    query = select(WalletRefund).where(WalletRefund.id == refund_id, _ASKED).with_for_update()
    asked = db.exec(query).first() if is_key(refund_id) else None
    if asked is None or asked.family_id is None:
        raise BadInputError("Cette demande n’attend plus.", "Rechargez la page.")
    return asked, db.get_one(Family, asked.family_id)


def _tell(db: Session, family: Family, subject: str, paragraphs: Iterable[str], now: datetime) -> None:
    url = f"{current().site_url}/porte-monnaie"
    message = Message(subject, tuple(paragraphs), "Voir mon porte-monnaie", url)
    for address in people.addresses(db, family.key):
        outbox.add(db, address, message, now)
