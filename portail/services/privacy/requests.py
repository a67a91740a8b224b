"""Les droits de chacun sur ses données : demander une rectification ou une suppression, puis l'appliquer."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from portail.domain.accounts import Actor, Audience, check_audience, is_erased
from portail.domain.privacy import AlreadyAskedError, AlreadyErasedError, NothingToCorrectError
from portail.domain.requests import RequestKind, RequestStatus, Step, check_transition
from portail.domain.text import clean_text
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.families import Family, Guardian
from portail.models.requests import Request
from portail.services import audit
from portail.services.bookings import leaving
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.services.privacy import erasure
from portail.services.requests.opening import OPEN, NewRequest, Said, open_request, write
from portail.settings import current
from portail.views.requests import ChangeLine

LONGEST = 1_500


def ask_correction(*, actor: Actor, text: str, now: datetime) -> str:
    """Rend le numéro de la demande."""
    wanted = clean_text(text, label="Ce qu’il faut corriger", limit=LONGEST)
    if not wanted:
        raise NothingToCorrectError
    return _ask(actor, RequestKind.CORRECTION, wanted, now)


def ask_deletion(*, actor: Actor, text: str, now: datetime) -> str:
    """Le motif est libre : personne n'a à se justifier."""
    return _ask(actor, RequestKind.DELETION, clean_text(text, label="Votre message", limit=LONGEST), now)


def _ask(actor: Actor, kind: RequestKind, text: str, now: datetime) -> str:
    """Une demande de cette sorte à la fois : la personne est tenue le temps de le vérifier."""
    check_audience(Audience.PARENT, actor)
    with transaction() as db:
        db.exec(select(Account.id).where(Account.id == actor.account_id).with_for_update()).one()
        if (pending := waiting(db, actor).get(kind)) is not None:
            raise AlreadyAskedError(pending.number)
        return open_request(db, NewRequest(kind, actor, content={"text": text}), now).number


def waiting(db: Session, actor: Actor) -> dict[RequestKind, Request]:
    """Les demandes de cette personne qui attendent encore une décision, par sorte."""
    query = select(Request).where(
        Request.author_id == actor.account_id,
        col(Request.kind).in_((RequestKind.CORRECTION, RequestKind.DELETION)),
        col(Request.status).in_(OPEN),
    )
    return {RequestKind(request.kind): request for request in db.exec(query)}


def describe_correction(_db: Session, request: Request) -> list[ChangeLine]:
    return [ChangeLine("Ce qu’il faut corriger", "", str(request.content.get("text", "")))]


def describe_deletion(db: Session, request: Request) -> list[ChangeLine]:
    """Ce qui partirait et ce qui resterait, tant que rien n'est décidé."""
    text = str(request.content.get("text", ""))
    account = db.get(Account, request.author_id) if request.author_id else None
    if account is None or is_erased(account.email):
        lines = [ChangeLine("Compte", "", "effacé et fermé")]
    else:
        lines = [ChangeLine("Compte", f"{account.full_name}, {account.email}", "effacé et fermé")]
        alone = {family.key for family in erasure.held_alone(db, account.key)}
        for family in _held(db, account.key):
            after = (
                "archivé, sans adresse ni santé" if family.key in alone else "gardé : d’autres responsables le tiennent"
            )
            lines.append(ChangeLine(f"Dossier {family.number}", family.name, after))
        lines.append(ChangeLine("Coordonnées dans ces dossiers", "téléphones, e-mail, numéro CAF", "effacées"))
    return [*lines, ChangeLine("Message", "", text)] if text else lines


def _held(db: Session, account_id: int) -> list[Family]:
    query = select(Family).join(Guardian, col(Guardian.family_id) == col(Family.id)).order_by(col(Family.id))
    return list(db.exec(query.where(Guardian.account_id == account_id)))


def apply_deletion(db: Session, request: Request, actor: Actor, now: datetime) -> None:
    """La suppression acceptée : le courriel de réponse d'abord, l'effacement ensuite, dans la même transaction."""
    check_audience(Audience.FILES, actor)
    account = db.get(Account, request.author_id, with_for_update=True) if request.author_id else None
    if account is None or is_erased(account.email):
        raise AlreadyErasedError
    outbox.add(db, account.email, _erased(account, request), now)
    alone = erasure.held_alone(db, account.key)
    _withdraw_others(db, request, [family.key for family in alone], now)
    erasure.forget_contacts(db, account.key)
    erasure.archive(db, alone, now)
    leaving.leave_all(db, [family.key for family in alone], author_id=actor.account_id, now=now)
    erasure.erase_account(db, account, now)
    audit.record(db, "account.erased", at=now, actor_id=actor.account_id, subject_id=account.key, detail=request.number)


def _withdraw_others(db: Session, deletion: Request, archived: list[int], now: datetime) -> None:
    """Ce que cette personne demandait encore n'a plus personne à qui répondre, sauf si d'autres tiennent le dossier."""
    lonely = or_(col(Request.family_id).is_(None), col(Request.family_id).in_(archived))
    mine = (Request.author_id == deletion.author_id, col(Request.id) != deletion.key)
    query = select(Request).where(*mine, col(Request.status).in_(OPEN), lonely).with_for_update()
    for other in db.exec(query).all():
        check_transition(RequestStatus(other.status), RequestStatus.WITHDRAWN)
        other.status, other.decided_at, other.updated_at = RequestStatus.WITHDRAWN, now, now
        other.version += 1
        write(db, other, Step.WITHDRAWN, now, actor_id=None, said=Said("Compte supprimé."))


def _erased(account: Account, request: Request) -> Message:
    return Message(
        subject="Vos données ont été supprimées",
        paragraphs=(
            f"Bonjour {account.first_name},",
            f"Votre demande {request.number} est acceptée : votre compte est fermé et vos coordonnées sont effacées.",
            "La page « Protection des données » dit ce que la loi nous fait garder, et jusqu’à quand.",
        ),
        action="Lire « Protection des données »",
        url=f"{current().site_url}/protection-des-donnees",
    )
