"""Les bordereaux de remise : ce qui attend d'être déposé part ensemble, une seule fois."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select, update

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.desk import MOST_AT_ONCE
from portail.domain.money import euros
from portail.domain.papers import file_name
from portail.domain.payments import ON_A_SLIP, Means
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.integrations.pdf import compile_pdf
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.payments import DepositSlip, Payment
from portail.models.regies import Regie
from portail.services import audit, numbering, regies
from portail.services.cash_desk.numbers import number_of
from portail.services.cash_desk.slips_cancelled import closed_days
from portail.services.papers import FOLDER, content
from portail.services.searching import PAGE_SIZE, slice_of
from portail.views import wording
from portail.views.cash_desk import PieceLine, SlipLine, SlipPile, SlipsView
from portail.views.downloads import Download

TEMPLATE = FOLDER / "slip.typ"
WAITING = (col(Payment.means).in_(ON_A_SLIP), col(Payment.slip_id).is_(None), col(Payment.cancelled_at).is_(None))


class SlipChangedError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Une de ces pièces est déjà remise ou annulée.", "Rechargez la page : rien n’a été remis.")


def show(*, actor: Actor, page: int, now: datetime) -> SlipsView:
    """Cinq lectures : les régies, ce qui attend, combien de bordereaux, ceux de la page, les journées arrêtées."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        names = {one.key: one.name for one in regies.open_regies(db)}
        query = (
            select(Payment, Family.name)
            .join(Family, col(Family.id) == col(Payment.family_id), isouter=True)
            .where(*WAITING)
            .order_by(col(Payment.regie_id), col(Payment.means), col(Payment.received_on), col(Payment.id))
        )
        piles: dict[tuple[int, str], list[PieceLine]] = {}
        sums: dict[tuple[int, str], int] = {}
        for payment, name in db.exec(query):
            place = (payment.regie_id, payment.means)
            sums[place] = sums.get(place, 0) + payment.amount_cents
            piles.setdefault(place, []).append(_piece(payment, name or ""))
        total = db.exec(select(func.count()).select_from(DepositSlip)).one()
        here = slice_of(total, page)
        done = _done(db, here.offset)
    return SlipsView(
        ready=True,
        piles=[
            SlipPile(
                key=f"{regie_id}-{means}",
                regie_id=regie_id,
                means=means,
                title=_titled(means, names.get(regie_id, ""), alone=len(names) == 1),
                total=euros(sums[regie_id, means]),
                count=wording.count(len(pieces), "pièce", "pièces"),
                pieces=pieces[:MOST_AT_ONCE],
            )
            for (regie_id, means), pieces in piles.items()
        ],
        slips=done,
        page=here.page,
        pages=here.pages,
        summary=f"{wording.count(total, 'bordereau', 'bordereaux')}, page {here.page} sur {here.pages}",
        today=paris_day(now).isoformat(),
    )


def _titled(means: str, regie: str, *, alone: bool) -> str:
    return Means(means).label if alone else f"{Means(means).label}, {regie}"


def _piece(payment: Payment, family: str) -> PieceLine:
    return PieceLine(
        id=payment.key,
        day=wording.short_date(payment.received_on),
        family=family,
        note=payment.note,
        amount=euros(payment.amount_cents),
    )


def _done(db: Session, offset: int) -> list[SlipLine]:
    """Annulé, un bordereau garde sa ligne et son numéro ; ses pièces sont reparties."""
    counted, rejected = func.count(col(Payment.id)), func.count(col(Payment.cancelled_at))
    columns: tuple[Any, ...] = (DepositSlip, Regie, counted, func.sum(Payment.amount_cents), rejected)
    query = (
        select(*columns)
        .join(Regie, col(Regie.id) == col(DepositSlip.regie_id))
        .join(Payment, col(Payment.slip_id) == col(DepositSlip.id), isouter=True)
        .group_by(col(DepositSlip.id), col(Regie.id))
        .order_by(col(DepositSlip.id).desc())
        .offset(offset)
        .limit(PAGE_SIZE)
    )
    found = list(db.exec(query))
    closed = closed_days(db, [slip for slip, *_ in found])
    return [
        SlipLine(
            id=slip.key,
            number=number_of(slip, regie),
            means=Means(slip.means).label,
            day=wording.short_date(paris_day(slip.at)),
            count=f"Annulé : {slip.cancelled_why}"
            if slip.cancelled_at
            else wording.count(int(count), "pièce", "pièces"),
            total=euros(int(cents)) if count else "",
            href=f"/telechargements/bordereau-{slip.key}" if count else "",
            credited=f"Crédité le {wording.short_date(slip.credited_on)}" if slip.credited_on else "",
            can_credit=slip.cancelled_at is None and slip.credited_on is None,
            can_cancel=not (slip.cancelled_at or slip.credited_on or back)
            and (slip.regie_id, paris_day(slip.at)) not in closed,
        )
        for slip, regie, count, cents, back in found
    ]


def make(*, actor: Actor, regie_id: int, means: str, pieces: Collection[int], now: datetime) -> str:
    """Une pièce prise par un autre bordereau, ou annulée, refuse l'ensemble : rien n'est remis deux fois."""
    check_audience(Audience.MONEY, actor)
    wanted = {key for key in pieces if is_key(key)}
    if not wanted or len(wanted) > MOST_AT_ONCE or means not in ON_A_SLIP:
        raise BadInputError("Cochez au moins une pièce.", f"{MOST_AT_ONCE} au plus par bordereau.")
    with transaction() as db:
        regie = db.get(Regie, regie_id) if is_key(regie_id) else None
        if regie is None:
            raise NotOpenError
        number = numbering.next_number(db, f"slip:{regie.key}")
        slip = DepositSlip(regie_id=regie.key, means=means, number=number, author_id=actor.account_id, at=now)
        db.add(slip)
        db.flush()
        mine = (col(Payment.id).in_(wanted), col(Payment.regie_id) == regie.key, col(Payment.means) == means)
        put = update(Payment).where(*mine, *WAITING).values(slip_id=slip.key)
        if db.exec(put.execution_options(synchronize_session=False)).rowcount != len(wanted):
            raise SlipChangedError
        said = number_of(slip, regie)
        audit.record(db, "desk.deposited", at=now, actor_id=actor.account_id, subject_id=slip.key, detail=said)
    return f"Bordereau {said} : {wording.count(len(wanted), 'pièce', 'pièces')}."


def make_pdf(actor: Actor, slip_id: int, _now: datetime) -> Download:
    """La liste des pièces, à joindre au dépôt ; la même tant que rien n'y change."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        slip = db.get(DepositSlip, slip_id) if is_key(slip_id) else None
        if slip is None or slip.cancelled_at:  # annulé, il n'y a plus rien à joindre à un dépôt
            raise NotOpenError
        regie = db.get_one(Regie, slip.regie_id)
        query: Any = (
            select(Payment, Family)
            .join(Family, col(Family.id) == col(Payment.family_id), isouter=True)
            .where(Payment.slip_id == slip.key)
            .order_by(col(Payment.received_on), col(Payment.id))
        )
        pieces = list(db.exec(query))
    number = number_of(slip, regie)
    given = {
        "town": content.town_content(),
        "title": f"Bordereau de remise {number}",
        "description": f"{Means(slip.means).label} remis par la {regie.name}.",
        "lines": [
            ["Régie", regie.name],
            ["Nature", Means(slip.means).label],
            ["Établi le", wording.long_date(paris_day(slip.at))],
            ["Pièces", str(len(pieces))],
        ],
        "rows": [
            [
                wording.short_date(one.received_on),
                family.name if family else "—",
                one.note or "—",
                euros(one.amount_cents) + (" (rejeté)" if one.cancelled_at else ""),
            ]
            for one, family in pieces
        ],
        "total": euros(sum(one.amount_cents for one, _ in pieces)),
    }
    return Download(file_name("bordereau", number), compile_pdf(TEMPLATE, given, slip.at, content.emblem()))
