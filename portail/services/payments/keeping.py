"""« Régler cela, puis revenir ici » : ce qui est choisi attend en base ; l'adresse n'en porte que la référence."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session, col, delete, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.payments import KeptKind
from portail.domain.selection import read_choices, write_choices
from portail.domain.weekly import read_text
from portail.ids import readable_code
from portail.models.database import transaction
from portail.models.payments import KeptSelection
from portail.services.bookings.advanced.comparing import compare
from portail.services.bookings.facts import Desk
from portail.services.bookings.plan import Plan, make_plan
from portail.services.bookings.recap import missing_cents
from portail.services.bookings.selection import facts_for
from portail.services.bookings.sheet import open_sheet

KEPT_FOR = timedelta(days=2)
WALLET_PAGE = "/porte-monnaie"


@dataclass(frozen=True)
class Chosen:
    """Des jours cochés ou une semaine type, et la page où les confirmer."""

    kind: KeptKind
    activity_id: int
    content: str

    @property
    def resume(self) -> dict[str, Any]:
        """Tel que la tentative de paiement le garde."""
        name = "wish" if self.kind is KeptKind.WEEK else "choices"
        return {"activity": self.activity_id, name: self.content}

    def page(self, reference: str) -> str:
        end = "/avancee" if self.kind is KeptKind.WEEK else ""
        return f"/reservations/{self.activity_id}{end}?reprise={reference}"


def chosen_in(resume: dict[str, Any]) -> Chosen:
    """Ce qu'une tentative de paiement a gardé."""
    kind = KeptKind.WEEK if "wish" in resume else KeptKind.DAYS
    return Chosen(kind, resume["activity"], resume["wish" if kind is KeptKind.WEEK else "choices"])


def keep_days(*, actor: Actor, activity_id: int, choices: str, now: datetime) -> str:
    """Rend l'adresse où alimenter le porte-monnaie ; ce qui manque se compte ici, jamais dans l'adresse."""
    chosen = read_choices(choices)
    check_audience(Audience.PARENT, actor)
    with transaction() as db:
        plan = make_plan(facts_for(db, Desk(actor), activity_id, chosen, now), chosen, now)
        return _keep(db, actor, Chosen(KeptKind.DAYS, activity_id, write_choices(chosen)), [plan], now)


def keep_week(*, actor: Actor, activity_id: int, wish: str, now: datetime) -> str:
    asked = read_text(wish)
    check_audience(Audience.PARENT, actor)
    with transaction() as db:
        page = open_sheet(db, activity_id)
        plans = compare(db, Desk(actor), asked, now).plans
        return _keep(db, actor, Chosen(KeptKind.WEEK, page.key, asked.text), plans, now)


def _keep(db: Session, actor: Actor, chosen: Chosen, plans: list[Plan], now: datetime) -> str:
    """La précédente de la même page n'attend plus."""
    forget(db, actor, chosen)
    row = KeptSelection(
        reference=f"SE{readable_code(12)}",
        account_id=actor.account_id,
        activity_id=chosen.activity_id,
        kind=chosen.kind,
        content=chosen.content,
        missing_cents=max(0, missing_cents(*plans)),
        kept_at=now,
    )
    db.add(row)
    return _address(chosen, row.reference)


def forget(db: Session, actor: Actor, chosen: Chosen) -> None:
    db.exec(delete(KeptSelection).where(*_same(actor, chosen)))


def _same(actor: Actor, chosen: Chosen) -> tuple[Any, ...]:
    """Une seule par page."""
    return (
        col(KeptSelection.account_id) == actor.account_id,
        col(KeptSelection.kind) == chosen.kind,
        col(KeptSelection.activity_id) == chosen.activity_id,
    )


def way_to_pay(db: Session, actor: Actor, chosen: Chosen, now: datetime) -> str:
    """Pour recommencer un paiement : la même sélection attend encore, sauf si elle n'est plus gardée."""
    query = select(KeptSelection.reference).where(*_same(actor, chosen), col(KeptSelection.kept_at) > now - KEPT_FOR)
    reference = db.exec(query).first()
    return _address(chosen, reference) if reference else WALLET_PAGE


def _address(chosen: Chosen, reference: str) -> str:
    return f"{WALLET_PAGE}?{urlencode({'suite': chosen.page(reference)}, safe='/')}"


def kept(db: Session, actor: Actor, reference: str, now: datetime) -> KeptSelection | None:
    """La mienne, encore fraîche ; celle d'un autre n'existe pas."""
    if not (reference.isascii() and reference.isalnum()):
        return None
    query = select(KeptSelection).where(
        KeptSelection.reference == reference,
        KeptSelection.account_id == actor.account_id,
        col(KeptSelection.kept_at) > now - KEPT_FOR,
    )
    return db.exec(query).first()


def chosen_of(row: KeptSelection) -> Chosen:
    return Chosen(KeptKind(row.kind), row.activity_id, row.content)
