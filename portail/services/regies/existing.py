"""Les régies : celle qui tient les porte-monnaie existe toujours, les autres s'ajoutent."""

from sqlmodel import Session, col, select

from portail.domain.payments import Provider
from portail.domain.top_ups import TopUpRules
from portail.models.activities import Activity
from portail.models.database import transaction
from portail.models.regies import SUGGESTED, Regie
from portail.services.rows import insert_once

FIRST_NAME, FIRST_CODE = "Régie enfance", "ENF"


def default(db: Session) -> Regie:
    """Celle qui tient les porte-monnaie ; créée si elle manque, une seule fois même demandée ensemble."""
    query = select(Regie).where(col(Regie.holds_wallets))
    found = db.exec(query).first()
    if found is None:
        _create(db)
        found = db.exec(query).one()
    return found


def top_up_rules(regie: Regie) -> TopUpRules:
    """Ce qu'un versement au porte-monnaie peut y être."""
    suggested = tuple(cents for name in SUGGESTED if (cents := getattr(regie, name)))
    return TopUpRules(regie.top_up_least_cents, regie.top_up_most_cents, suggested, regie.low_cents)


def of_activity(db: Session, activity: Activity) -> Regie:
    """Celle qui vend cette activité ; sans choix, celle qui tient les porte-monnaie."""
    return db.get_one(Regie, activity.regie_id) if activity.regie_id else default(db)


def open_regies(db: Session) -> list[Regie]:
    """Celles qui encaissent encore, la première étant celle des porte-monnaie."""
    default(db)
    query = select(Regie).where(col(Regie.closed_at).is_(None))
    return list(db.exec(query.order_by(col(Regie.holds_wallets).desc(), col(Regie.name))))


def prepare() -> None:
    """Au démarrage : la première régie, pour que les lectures la trouvent."""
    with transaction() as db:
        default(db)


def _create(db: Session) -> None:
    first = Regie(name=FIRST_NAME, code=FIRST_CODE, holds_wallets=True, providers=[Provider.STRIPE.value])
    insert_once(db, Regie.__tablename__, first.model_dump(exclude={"id"}))
