"""La liste des autorisations, réglée par la direction : ajouter, reformuler, ordonner, retirer, remettre."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.consents import LABEL_LIMIT, TEXT_LIMIT, ConsentChangedError, check_room
from portail.domain.forms import FormRefusedError, Reader
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.text import clean_text, fold
from portail.ids import readable_code
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.models.health import Consent, ConsentAnswer
from portail.services import audit
from portail.views import wording
from portail.views.health import ConsentList, ConsentRow


@dataclass(frozen=True)
class Seen:
    """L'autorisation (0 : à ajouter) et sa révision, telles que l'agent les a sous les yeux."""

    consent_id: int = 0
    revision: int = 0


def show(*, actor: Actor) -> ConsentList:
    """Deux lectures ; celles qui sont retirées viennent à part, leurs réponses comptées."""
    check_audience(Audience.TOWN, actor)
    query = (
        select(Consent, Account)
        .join(Account, col(Account.id) == col(Consent.updated_by), isouter=True)
        .order_by(col(Consent.position), col(Consent.id))
    )
    with reading() as db:
        found, counts = list(db.exec(query)), _counts(db)
    rows = [_row(consent, author, counts[consent.key]) for consent, author in found]
    return ConsentList(True, [row for row in rows if row.active], [row for row in rows if not row.active])


def _counts(db: Session) -> dict[int, dict[int, int]]:
    """Par autorisation et par version de son texte, combien d'enfants ont une réponse."""
    about, version = col(ConsentAnswer.consent_id), col(ConsentAnswer.version)
    query = select(about, version, func.count(func.distinct(ConsentAnswer.child_id))).group_by(about, version)
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for consent_id, worded, number in db.exec(query):
        found[consent_id][worded] = number
    return found


def _row(consent: Consent, author: Account | None, counts: dict[int, int]) -> ConsentRow:
    older = sum(number for version, number in counts.items() if version != consent.version)
    by = f" par {author.full_name}" if author else ""
    return ConsentRow(
        id=consent.key,
        label=consent.label,
        text=consent.text,
        compulsory=consent.compulsory,
        active=consent.active,
        revision=consent.revision,
        answers=wording.count(counts.get(consent.version, 0), "réponse à ce texte", "réponses à ce texte"),
        older=wording.count(older, "réponse gardée à un texte précédent", "réponses gardées à un texte précédent")
        if older
        else "",
        updated=f"Modifiée le {wording.instant(consent.updated_at)}{by}." if consent.updated_at else "",
    )


def save(*, actor: Actor, seen: Seen, form: dict[str, Any], now: datetime) -> None:
    """Un texte changé est une nouvelle version, redemandée aux familles ; le reste ne redemande rien."""
    check_audience(Audience.TOWN, actor)
    reader = Reader(form)
    label = reader.line("label", "Titre", limit=LABEL_LIMIT, missing="Indiquez le titre de l’autorisation.")
    text = reader.take("text", "", _text)
    compulsory = reader.flag("compulsory")
    reader.check()
    with transaction() as db:
        everything = _locked(db)
        _check_label(everything, label, seen.consent_id)
        if seen.consent_id:
            consent = _held(db, everything, seen)
            if not consent.active:
                raise RefusalError("Cette autorisation est retirée.", "Remettez-la dans la liste pour la changer.")
            reworded = consent.text != text
        else:
            check_room(sum(one.active for one in everything))
            consent, reworded = (
                Consent(code=f"own-{readable_code()}", label=label, text=text, version=0, revision=0),
                True,
            )
            consent.position = _last(everything)
        consent.label, consent.text, consent.compulsory = label, text, compulsory
        consent.version += reworded
        what = "added" if not seen.consent_id else "reworded" if reworded else "changed"
        _note(db, consent, what, actor, now)


def move(*, actor: Actor, seen: Seen, up: bool, now: datetime) -> None:
    """Échange sa place avec la voisine encore demandée ; au bout de la liste, rien ne bouge."""
    check_audience(Audience.TOWN, actor)
    with transaction() as db:
        everything = _locked(db)
        consent = _held(db, everything, seen)
        asked = [one for one in everything if one.active]
        for place, one in enumerate(asked):
            one.position = place
        if consent not in asked:
            return
        here = asked.index(consent)
        there = here - 1 if up else here + 1
        if 0 <= there < len(asked):
            consent.position, asked[there].position = there, here
            _note(db, consent, "moved", actor, now)


def set_active(*, actor: Actor, seen: Seen, active: bool, now: datetime) -> None:
    """Retirée, elle ne se demande plus et ses réponses restent ; remise, celles de ce texte comptent de nouveau."""
    check_audience(Audience.TOWN, actor)
    with transaction() as db:
        everything = _locked(db)
        consent = _held(db, everything, seen)
        if consent.active is active:
            return
        if active:
            check_room(sum(one.active for one in everything))
            consent.position = _last(everything)
        consent.active = active
        _note(db, consent, "restored" if active else "withdrawn", actor, now)


def _text(value: str) -> str:
    text = clean_text(value, label="Texte", limit=TEXT_LIMIT)
    if not text:
        raise BadInputError("Écrivez ce que le parent signe.")
    return text


def _locked(db: Session) -> list[Consent]:
    """Toute la liste, tenue jusqu'à la fin : deux agents passent l'un après l'autre."""
    return list(db.exec(select(Consent).order_by(col(Consent.position), col(Consent.id)).with_for_update()))


def _held(db: Session, everything: list[Consent], seen: Seen) -> Consent:
    consent = next((one for one in everything if one.id == seen.consent_id), None)
    if consent is None:
        raise NotOpenError
    if consent.revision != seen.revision:
        author = db.get(Account, consent.updated_by) if consent.updated_by else None
        raise ConsentChangedError(author.full_name if author else "")
    return consent


def _check_label(everything: list[Consent], label: str, consent_id: int) -> None:
    for other in everything:
        if other.id != consent_id and fold(other.label) == fold(label):
            where = "" if other.active else " parmi celles qui sont retirées"
            raise FormRefusedError({"label": f"« {other.label} » existe déjà{where}."})


def _last(everything: list[Consent]) -> int:
    return max((one.position for one in everything), default=-1) + 1


def _note(db: Session, consent: Consent, what: str, actor: Actor, now: datetime) -> None:
    consent.revision += 1
    consent.updated_at, consent.updated_by = now, actor.account_id
    db.add(consent)
    db.flush()
    who = {"actor_id": actor.account_id, "subject_id": consent.key}
    audit.record(db, f"consent.{what}", at=now, detail=consent.label, **who)
