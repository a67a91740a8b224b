"""Les autorisations : signées par un responsable, l'histoire des réponses gardée."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from portail.domain.accounts import Actor
from portail.domain.consents import DEFAULT_CONSENTS, RewordedError
from portail.domain.families import FamilyRight, GuardianRole
from portail.domain.health import Part, can_sign
from portail.domain.health_forms import clean_answers
from portail.domain.refusals import RefusalError
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.health import Consent, ConsentAnswer
from portail.services import access
from portail.services.health import files
from portail.services.health.records import Edit, check_fresh, locked, touch


def install_defaults(db: Session) -> None:
    """Les autorisations habituelles, dans une commune qui n'en a encore aucune."""
    if db.exec(select(Consent.id).limit(1)).first() is None:
        db.add_all(
            Consent(code=one.code, label=one.label, text=one.text, compulsory=one.compulsory, position=position)
            for position, one in enumerate(DEFAULT_CONSENTS)
        )


def sign(*, actor: Actor, edit: Edit, form: dict[str, Any], now: datetime) -> None:
    """Enregistre les réponses nouvelles ou changées ; redire la même chose n'ajoute rien."""
    with transaction() as db:
        mine = access.my_child(db, actor, edit.child_id, FamilyRight.HEALTH)
        if not can_sign(GuardianRole(mine.guardian.role)):
            raise RefusalError(
                "Une personne de confiance ne signe pas les autorisations.", "Un responsable légal peut le faire."
            )
        row = locked(db, edit.child_id, now)
        check_fresh(db, row, Part.CONSENTS, edit.version)
        asked = files.consents_of(db, edit.child_id)
        answers = clean_answers(form, [consent.key for consent, _ in asked])
        for consent, _ in asked:
            if consent.key in answers and edit.wordings.get(consent.key) != consent.version:
                raise RewordedError(consent.label)
        signed = [
            _signed(consent, answers[consent.key], edit.child_id, db.get_one(Account, actor.account_id), now)
            for consent, last in asked
            if consent.key in answers and (last is None or last.answer != answers[consent.key])
        ]
        db.add_all(signed)
        if signed:
            touch(db, row, Part.CONSENTS, actor, now)


def _signed(consent: Consent, answer: str, child_id: int, account: Account, now: datetime) -> ConsentAnswer:
    return ConsentAnswer(
        child_id=child_id,
        consent_id=consent.key,
        version=consent.version,
        text=consent.text,
        answer=answer,
        answered_at=now,
        account_id=account.key,
        signed_name=account.full_name,
    )
