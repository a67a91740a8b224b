"""Les sources du tableau de bord : chacune dit quels faits cette personne peut lire. En ajouter une est une ligne.

Toutes rendent les mêmes colonnes, pour que la base les mêle, les trie et les découpe en une seule lecture.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal, null
from sqlmodel import and_, col, func, or_, select

from portail.domain.accounts import STAFF, Actor
from portail.domain.families import FamilyRight
from portail.domain.history import (
    ACCOUNT_FACTS,
    CUSTODY_FACTS,
    FILE_FACTS,
    HEALTH_FACTS,
    RIGHTS_FACTS,
    HistoryKind,
)
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.requests import Request
from portail.services import access
from portail.services.history import bookings
from portail.services.history.shape import Common
from portail.services.requests import mine


@dataclass(frozen=True)
class Source:
    """`rows` : la question qui donne ses faits, droits et foyer de cette personne déjà appliqués."""

    kind: HistoryKind
    rows: Callable[[Actor], Any]


def _journal(kind: HistoryKind, facts: Collection[str], *, child: Any = None, detail: Any = None) -> Any:
    """Les lignes du journal qui disent ces faits."""
    common = Common(
        at=col(AuditEntry.at),
        child=null() if child is None else child,
        by=AuditEntry.actor_id,
        what=AuditEntry.action,
        detail=AuditEntry.detail if detail is None else detail,
        ref=AuditEntry.id,
    )
    return select(*common.of(kind)).select_from(AuditEntry).where(col(AuditEntry.action).in_(facts))


def _places(actor: Actor, right: FamilyRight | None = None) -> Any:
    """Mes foyers ouverts, ou ceux où j'ai ce droit."""
    query = (
        select(Guardian.family_id)
        .join(Family, col(Family.id) == col(Guardian.family_id))
        .where(Guardian.account_id == actor.account_id, col(Family.status).in_(access.OPEN))
    )
    return query if right is None else query.where(getattr(Guardian, right))


def _requests(actor: Actor) -> Any:
    common = Common(
        at=col(Request.updated_at),
        child=Request.child_id,
        by=Request.author_id,
        what=Request.kind,
        detail=Request.status,
        ref=Request.id,
    )
    return select(*common.of(HistoryKind.REQUEST)).select_from(Request).where(mine.belongs_to(actor))


def _file(actor: Actor) -> Any:
    """Le journal d'un foyer nomme l'enfant corrigé par son prénom : on en retrouve le numéro."""
    child = (
        select(func.min(Child.id))
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .where(
            FamilyChild.family_id == AuditEntry.subject_id,
            Child.first_name == AuditEntry.detail,
            AuditEntry.action == "child.corrected",
        )
        .correlate(AuditEntry)
        .scalar_subquery()
    )
    rows = _journal(HistoryKind.FILE, FILE_FACTS, child=child, detail=literal(""))
    return rows.where(col(AuditEntry.subject_id).in_(_places(actor, FamilyRight.EDIT)))


def _rights(actor: Actor) -> Any:
    """Les siens, toujours ; ceux des autres adultes, à qui peut les régler."""
    name = (
        select(col(Guardian.first_name) + " " + col(Guardian.last_name))
        .where(Guardian.id == AuditEntry.subject_id)
        .correlate(AuditEntry)
        .scalar_subquery()
    )
    own = (col(Guardian.account_id) == actor.account_id) & col(Guardian.family_id).in_(_places(actor))
    seen = select(Guardian.id).where(or_(own, col(Guardian.family_id).in_(_places(actor, FamilyRight.EDIT))))
    rows = _journal(HistoryKind.FILE, RIGHTS_FACTS, detail=name)
    return rows.where(col(AuditEntry.subject_id).in_(seen))


def _custody(actor: Actor) -> Any:
    held = select(FamilyChild.child_id).where(col(FamilyChild.family_id).in_(_places(actor)))
    rows = _journal(HistoryKind.FILE, CUSTODY_FACTS, child=AuditEntry.subject_id, detail=literal(""))
    return rows.where(col(AuditEntry.subject_id).in_(held))


def _health(actor: Actor) -> Any:
    """Ce qu'ont fait les adultes de mes foyers ou un agent : rien de ce que fait l'autre foyer d'un enfant partagé."""
    neighbours = select(Guardian.account_id).where(
        col(Guardian.family_id).in_(_places(actor)), col(Guardian.account_id).is_not(None)
    )
    agents = select(Account.id).where(col(Account.role).in_(STAFF))
    return _journal(HistoryKind.HEALTH, HEALTH_FACTS, child=AuditEntry.subject_id).where(
        col(AuditEntry.subject_id).in_(access.my_children(actor, FamilyRight.HEALTH)),
        or_(col(AuditEntry.actor_id).in_(neighbours), col(AuditEntry.actor_id).in_(agents)),
    )


def _account(actor: Actor) -> Any:
    """Ce que j'ai fait de mon compte ; ce qu'un autre en a fait nomme mon compte en sujet."""
    me = actor.account_id
    by_me = and_(col(AuditEntry.actor_id) == me, col(AuditEntry.action).in_(BY_ONESELF))
    about_me = and_(col(AuditEntry.subject_id) == me, col(AuditEntry.action).in_(ABOUT_AN_ACCOUNT))
    return _journal(HistoryKind.ACCOUNT, ACCOUNT_FACTS, detail=literal("")).where(or_(by_me, about_me))


ABOUT_AN_ACCOUNT = frozenset(
    {
        "account.invited",
        "account.invited_again",
        "account.activation_asked",
        "account.reset_asked",
        "account.password_issued",
        "account.closed",
        "account.reopened",
    }
)
BY_ONESELF = frozenset(ACCOUNT_FACTS) - ABOUT_AN_ACCOUNT
SOURCES = (
    Source(HistoryKind.REQUEST, _requests),
    Source(HistoryKind.BOOKING, bookings.changes),
    Source(HistoryKind.FILE, _file),
    Source(HistoryKind.FILE, _rights),
    Source(HistoryKind.FILE, _custody),
    Source(HistoryKind.HEALTH, _health),
    Source(HistoryKind.ACCOUNT, _account),
)
