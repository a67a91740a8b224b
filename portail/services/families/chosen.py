"""L'enfant choisi : retenu par la connexion, revérifié à l'usage, oublié en silence s'il n'est plus à elle."""

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.families import child_color
from portail.models.accounts import LoginSession
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.services import access
from portail.views.history import Chooser
from portail.views.home import ChildChip


def show(*, actor: Actor) -> Chooser:
    with reading() as db:
        return chooser_of(db, actor)


def kept(*, actor: Actor) -> int:
    """Le seul numéro retenu, zéro pour « Tous » : la page qui le lit vérifie elle-même à qui est l'enfant."""
    with reading() as db:
        session = db.get(LoginSession, actor.session_id)
        return (session.child_id or 0) if session else 0


def arrive(*, actor: Actor, child_id: int) -> Chooser:
    """À l'arrivée sur la page d'un enfant, il devient l'enfant choisi ; ailleurs (zéro), rien ne change."""
    known = show(actor=actor)
    if child_id == known.chosen or child_id not in {child.id for child in known.children}:
        return known
    return choose(actor=actor, child_id=child_id)


def choose(*, actor: Actor, child_id: int) -> Chooser:
    """Zéro : « Tous ». L'enfant d'une autre famille n'existe pas."""
    with transaction() as db:
        if child_id:
            access.my_child(db, actor, child_id)
        session = db.get_one(LoginSession, actor.session_id)
        session.child_id = child_id or None
        db.flush()
        return chooser_of(db, actor)


def chooser_of(db: Session, actor: Actor) -> Chooser:
    """Deux lectures : les enfants, et ce que la connexion retient."""
    children = _children(db, actor)
    session = db.get(LoginSession, actor.session_id)
    kept = session.child_id if session else None
    return Chooser(children, kept if kept in {child.id for child in children} else 0)


def _children(db: Session, actor: Actor) -> list[ChildChip]:
    query = (
        select(Child, FamilyChild.position)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(Guardian.account_id == actor.account_id, col(Family.status).in_(access.OPEN))
        .order_by(col(Family.name), col(Family.id), col(FamilyChild.position), col(Child.birth_date))
    )
    found: dict[int, ChildChip] = {}
    for child, position in db.exec(query):
        chip = ChildChip(child.key, child.first_name, child.first_name[:1], child_color(position))
        found.setdefault(child.key, chip)
    return list(found.values())
