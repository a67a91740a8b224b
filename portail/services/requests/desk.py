"""La file des agents : filtrer, prendre, répondre, accepter d'un geste qui applique, refuser avec un motif."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from portail.domain.accounts import AccountStatus, Actor, Audience, Role, check_audience, is_allowed
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.requests import LATE_AFTER_DAYS, RequestKind, RequestStatus, Service, Step
from portail.domain.text import clean_text
from portail.domain.uploads import Upload
from portail.models.accounts import Account
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.requests import Request
from portail.services import audit
from portail.services.files import stored_files
from portail.services.requests import lifecycle, shown
from portail.services.requests.kinds import HANDLING
from portail.services.requests.lifecycle import Move
from portail.services.requests.opening import OPEN, Said, write
from portail.views import wording
from portail.views.requests import Choice, RequestPage, RequestView

PAGE_SIZE = 20
OPEN_ONES = select(func.count()).select_from(Request).where(col(Request.status).in_(OPEN))
TEXT_LIMIT = 1_000


@dataclass(frozen=True)
class Filters:
    """Ce que l'agent veut voir ; une valeur inconnue ne filtre rien."""

    kind: str = ""
    status: str = "open"
    whose: str = ""
    service: str = ""
    age: str = ""
    page: int = 1


@dataclass(frozen=True)
class Decision:
    """Ce que l'agent décide, sur la version qu'il a sous les yeux."""

    request_id: int
    version: int
    text: str = ""
    files: tuple[Upload, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)  # ce que cette sorte de démarche fait compléter


def show_queue(*, actor: Actor, wanted: Filters, now: datetime) -> RequestPage:
    """La plus ancienne d'abord parmi ce qui attend ; la plus récente d'abord parmi ce qui est fini."""
    check_audience(Audience.FILES, actor)
    conditions = _conditions(actor, wanted, now)
    oldest_first = wanted.status == "open"
    with reading() as db:
        total = db.exec(select(func.count()).select_from(Request).where(*conditions)).one()
        pages = max(1, -(-total // PAGE_SIZE))
        page = min(max(1, wanted.page), pages)
        order = col(Request.updated_at) if oldest_first else col(Request.updated_at).desc()
        query = shown.ROWS.where(*conditions).order_by(order, col(Request.id))
        rows = [
            shown.row(found, now, staff=True)
            for found in db.exec(query.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE))
        ]
    return RequestPage(
        ready=True,
        rows=rows,
        total=total,
        page=page,
        pages=pages,
        summary=f"{wording.count(total, 'démarche', 'démarches')}, page {page} sur {pages}",
        kinds=[Choice(kind.value, kind.label) for kind in RequestKind],
        kind=wanted.kind,
        status=wanted.status,
        whose=wanted.whose,
        service=wanted.service,
        age=wanted.age,
    )


def _conditions(actor: Actor, wanted: Filters, now: datetime) -> list[Any]:
    found: list[Any] = []
    if wanted.service in set(Service):
        found.append(col(Request.kind).in_(Service(wanted.service).kinds))
    if wanted.age == "late":
        found.append(col(Request.updated_at) <= now - timedelta(days=LATE_AFTER_DAYS))
    if wanted.kind in set(RequestKind):
        found.append(Request.kind == wanted.kind)
    if wanted.status == "open":
        found.append(col(Request.status).in_(OPEN))
    elif wanted.status in set(RequestStatus):
        found.append(Request.status == wanted.status)
    if wanted.whose == "mine":
        found.append(Request.assignee_id == actor.account_id)
    elif wanted.whose == "nobody":
        found.append(col(Request.assignee_id).is_(None))
    return found


def late_ones(now: datetime) -> Any:
    """Compter celles que personne n'a fait avancer depuis une semaine."""
    waiting = col(Request.status).in_((RequestStatus.SENT, RequestStatus.TAKEN))
    limit = now - timedelta(days=LATE_AFTER_DAYS)
    return select(func.count()).select_from(Request).where(waiting, col(Request.updated_at) <= limit)


def show_one(*, actor: Actor, request_id: int) -> RequestView:
    check_audience(Audience.FILES, actor)
    with reading() as db:
        view = shown.whole(db, request_id, shown.Reader(actor.account_id, staff=True))
        if not view.is_open:
            return view
        request = db.get_one(Request, view.id)
        propose = HANDLING[RequestKind(request.kind)].propose
        view = replace(view, quotient=propose(request)) if propose else view
        return replace(view, colleagues=_colleagues(db, actor))


def _colleagues(db: Session, actor: Actor) -> list[Choice]:
    """Les autres agents à qui confier une démarche."""
    return [Choice(str(agent.key), agent.full_name) for agent in db.exec(_agents(actor).order_by(Account.last_name))]


def _agents(actor: Actor) -> SelectOfScalar[Account]:
    return select(Account).where(
        col(Account.role).in_([role for role in Role if is_allowed(Audience.FILES, role)]),
        Account.status == AccountStatus.ACTIVE,
        Account.id != actor.account_id,
    )


def assign(*, actor: Actor, made: Decision, agent_id: int, now: datetime) -> None:
    """Confier la démarche à un collègue qui tient, lui aussi, les dossiers."""
    check_audience(Audience.FILES, actor)
    with transaction() as db:
        request = lifecycle.hold(db, made.request_id)
        lifecycle.check_version(db, request, made.version)
        agent = db.exec(_agents(actor).where(Account.id == agent_id)).first() if is_key(agent_id) else None
        if agent is None:
            raise BadInputError("Choisissez un collègue de la liste.")
        if request.status == RequestStatus.TAKEN:
            request.status = RequestStatus.SENT
        said = Move(actor.account_id, RequestStatus.TAKEN, Step.ASSIGNED, f"À {agent.full_name}.")
        lifecycle.move(db, request, said, now)
        request.assignee_id = agent.key


def take(*, actor: Actor, request_id: int, version: int, now: datetime) -> None:
    """Prendre une démarche à son nom ; celle d'un collègue se reprend de même, et l'histoire le dit."""
    check_audience(Audience.FILES, actor)
    with transaction() as db:
        request = lifecycle.hold(db, request_id)
        lifecycle.check_version(db, request, version)
        if request.status == RequestStatus.TAKEN:
            request.status = RequestStatus.SENT
        lifecycle.move(db, request, Move(actor.account_id, RequestStatus.TAKEN, Step.TAKEN), now)
        request.assignee_id = actor.account_id


def release(*, actor: Actor, request_id: int, version: int, now: datetime) -> None:
    check_audience(Audience.FILES, actor)
    with transaction() as db:
        request = lifecycle.hold(db, request_id)
        lifecycle.check_version(db, request, version)
        lifecycle.move(db, request, Move(actor.account_id, RequestStatus.SENT, Step.RELEASED), now)
        request.assignee_id = None


def note(*, actor: Actor, made: Decision, now: datetime) -> None:
    """Une note que la famille ne lit pas."""
    check_audience(Audience.FILES, actor)
    said = _required(made.text, "Écrivez votre note.")
    with stored_files.received(made.files, now) as kept, transaction() as db:
        request = lifecycle.hold(db, made.request_id)
        write(db, request, Step.NOTE, now, actor_id=actor.account_id, said=Said(said, internal=True, files=kept))
        request.version += 1


def ask(*, actor: Actor, made: Decision, now: datetime) -> None:
    check_audience(Audience.FILES, actor)
    said = _required(made.text, "Écrivez votre question à la famille.")
    with stored_files.received(made.files, now) as kept, transaction() as db:
        request = lifecycle.hold(db, made.request_id)
        lifecycle.check_version(db, request, made.version)
        lifecycle.move(db, request, Move(actor.account_id, RequestStatus.ASKED, Step.ASKED, said, kept), now)
        lifecycle.tell(
            db, request, "Le service enfance a besoin d’une précision", (said, "Répondez depuis votre espace."), now
        )


def accept(*, actor: Actor, made: Decision, now: datetime) -> None:
    """Accepter applique le changement dans la même transaction : les deux, ou rien."""
    check_audience(Audience.FILES, actor)
    said = clean_text(made.text, label="Réponse", limit=TEXT_LIMIT)
    with stored_files.received(made.files, now) as kept, transaction() as db:
        request = lifecycle.hold(db, made.request_id)
        lifecycle.check_version(db, request, made.version)
        kind = RequestKind(request.kind)
        handling = HANDLING[kind]
        lifecycle.move(db, request, Move(actor.account_id, RequestStatus.ACCEPTED, Step.ACCEPTED, said, kept), now)
        if handling.settle:
            handling.settle(request, made.fields, now)
        if handling.apply:
            handling.apply(db, request, actor, now)
        audit.record(db, f"request.applied.{kind}", at=now, actor_id=actor.account_id, subject_id=request.family_id)
        if handling.own_mail:
            return
        told = (f"Votre demande « {kind.label} » est acceptée, votre dossier est à jour.",)
        lifecycle.tell(db, request, "Votre demande est acceptée", told + ((said,) if said else ()), now)


def refuse(*, actor: Actor, made: Decision, now: datetime) -> None:
    check_audience(Audience.FILES, actor)
    said = _required(made.text, "Indiquez le motif du refus : la famille le lira.")
    with stored_files.received(made.files, now) as kept, transaction() as db:
        request = lifecycle.hold(db, made.request_id)
        lifecycle.check_version(db, request, made.version)
        lifecycle.move(db, request, Move(actor.account_id, RequestStatus.REFUSED, Step.REFUSED, said, kept), now)
        kind = RequestKind(request.kind)
        close = HANDLING[kind].close
        if close:
            close(db, request, said, now)
            return
        told = (f"Votre demande « {kind.label} » n’a pas pu être acceptée.", f"Motif : {said}")
        lifecycle.tell(db, request, "Votre demande n’est pas acceptée", told, now)


GESTURES: dict[str, Callable[..., None]] = {"note": note, "ask": ask, "accept": accept, "refuse": refuse}


def check_may_act(actor: Actor, request_id: int) -> None:
    """Avant de lire un seul octet de ce qui est envoyé."""
    check_audience(Audience.FILES, actor)
    with reading() as db:
        if not is_key(request_id) or db.get(Request, request_id) is None:
            raise NotOpenError


def _required(text: str, missing: str) -> str:
    said = clean_text(text, label="Texte", limit=TEXT_LIMIT)
    if not said:
        raise BadInputError(missing)
    return said
