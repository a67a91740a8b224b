"""« Alimenter mon porte-monnaie » : activer s'il le faut, puis payer par carte ; rien n'est crédité ici."""

from datetime import datetime
from typing import Any

from portail.domain.accounts import Actor
from portail.domain.families import FamilyRight
from portail.domain.forms import Reader
from portail.domain.money import typed_cents
from portail.domain.payments import Provider, Purpose
from portail.domain.refusals import BadInputError
from portail.domain.selection import read_choices, write_choices
from portail.models.database import transaction
from portail.services import access, regies
from portail.services.payments import opening
from portail.services.payments.opening import Way
from portail.services.wallet.mine import accept_terms

LEAST_CENTS, MOST_CENTS = 1_00, 500_00
SUGGESTED_CENTS = (20_00, 50_00, 100_00)
LABEL = "Porte-monnaie du Portail Famille"


def start(*, actor: Actor, family_id: int, form: dict[str, Any], now: datetime) -> Way:
    """Rend la page où payer. `activity` et `choices` : la sélection à retrouver après."""
    reader = Reader(form)
    cents = reader.take("amount", 0, _typed)
    chosen = reader.choice("provider", lambda typed: typed in set(Provider), "Choisissez comment payer.")
    token = reader.line("token", "Paiement", limit=64, missing="Rechargez la page, puis recommencez.")
    reader.check()
    with transaction() as db:
        family, _ = access.my_family(db, actor, family_id, FamilyRight.MONEY)
        accept_terms(db, actor, family, is_accepted=reader.flag("accepted"), now=now)
        wanted = opening.Wanted(family.key, Purpose.TOP_UP, Provider(chosen), cents, LABEL, token, resume=_draft(reader, form))
        attempt_id = opening.prepare(db, actor, regies.default(db), wanted, now)
    return opening.open_page(attempt_id, LABEL, now)


def _typed(typed: str) -> int:
    cents = typed_cents(typed, highest=MOST_CENTS)
    if cents < LEAST_CENTS:
        raise BadInputError("Le montant est de 1 € au moins.")
    return cents


def _draft(reader: Reader, form: dict[str, Any]) -> dict[str, Any]:
    """La sélection qui attendait cet argent ; sa forme est vérifiée, ses droits le seront quand elle sera reprise."""
    activity_id, choices = reader.number("activity"), str(form.get("choices") or "")
    if not activity_id or not choices:
        return {}
    return {"activity": activity_id, "choices": write_choices(read_choices(choices))}
