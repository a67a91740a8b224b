"""Les porte-monnaie de la ville de démonstration : versés au guichet, dépensés en réservations, en partie double."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Role
from portail.domain.dates import paris_day
from portail.domain.families import FamilyStatus
from portail.domain.payments import Means
from portail.domain.wallet import TERMS_VERSION, LedgerAccountKind, MovementKind
from portail.models.accounts import Account
from portail.models.families import Family, Guardian
from portail.models.payments import DepositSlip, Payment
from portail.services import numbering, regies
from portail.services.wallet.accounts import common, wallet_of
from portail.services.wallet.posting import Line, Movement, post

LEFT = {"camille.durand": 6_000, "ines.moreau": 2_000, "nadia.rossi": 4_000, "tom.petit": 4_500}
LEFT_TO_OTHERS = (1_500, 3_000, 4_500, 800)
NOT_ACTIVE = "karim.benali"
AT_THE_DESK = "Versement à la régie"


@dataclass(frozen=True)
class Spent:
    """Ce qu'un foyer a payé (positif) ou récupéré pour ses réservations."""

    at: datetime
    family_id: int
    cents: int
    label: str
    batch_id: int
    author_id: int | None = None


def load(db: Session, spent: Sequence[Spent], opened_at: datetime) -> None:
    """Chacun a versé ce qu'il a dépensé, plus ce qui lui reste."""
    revenue, desk = (common(db, kind, opened_at) for kind in (LedgerAccountKind.REVENUE, LedgerAccountKind.DESK))
    agent = db.exec(select(Account.id).where(Account.role == Role.REGIE)).one()
    wallets, regie = {}, regies.default(db)
    slips = {means: _slip(db, regie.key, means, opened_at, agent) for means in (Means.CHEQUE, Means.CASH)}
    for rank, (family_id, left) in enumerate(_left(db).items()):
        wallets[family_id] = wallet = wallet_of(db, family_id, opened_at)
        wallet.activated_at, wallet.terms_version = opened_at, TERMS_VERSION
        given = left + sum(one.cents for one in spent if one.family_id == family_id)
        lines = (Line(wallet, given), Line(desk, -given))
        number = post(db, Movement(MovementKind.TOP_UP, AT_THE_DESK, lines, opened_at, agent))
        means = Means.CASH if rank % 3 else Means.CHEQUE
        db.add(
            Payment(
                regie_id=regie.key,
                family_id=family_id,
                means=means,
                slip_id=slips[means],
                amount_cents=given,
                received_on=paris_day(opened_at),
                at=opened_at,
                token=f"demonstration-{rank}",
                author_id=agent,
                movement_id=number,
            )
        )
    for one in sorted(spent, key=lambda one: (one.at, one.batch_id)):
        kind = MovementKind.BOOKING if one.cents > 0 else MovementKind.CANCELLATION
        lines = (Line(wallets[one.family_id], -one.cents), Line(revenue, one.cents))
        post(db, Movement(kind, one.label, lines, one.at, one.author_id, one.batch_id))


def _slip(db: Session, regie_id: int, means: Means, at: datetime, agent: int | None) -> int:
    """Déjà déposé : la caisse de la démonstration ne traîne pas trois mois."""
    number = numbering.next_number(db, f"slip:{regie_id}")
    slip = DepositSlip(regie_id=regie_id, means=means, number=number, author_id=agent, at=at)
    db.add(slip)
    db.flush()
    return slip.key


def _left(db: Session) -> dict[int, int]:
    """Ce qui reste dans chaque porte-monnaie actif."""
    query = (
        select(Family.id, Account.username)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .join(Account, col(Account.id) == col(Guardian.account_id), isouter=True)
        .where(Family.status == FamilyStatus.ACTIVE)
        .order_by(col(Family.id), col(Guardian.id).desc())
    )
    return {
        int(key or 0): LEFT.get(username or "", LEFT_TO_OTHERS[rank % len(LEFT_TO_OTHERS)])
        for rank, (key, username) in enumerate(dict(db.exec(query).all()).items())
        if username != NOT_ACTIVE
    }
