"""« Alimenter mon porte-monnaie » : un montant, puis la page de paiement ; rien n'est crédité ici."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.families import FamilyRight
from portail.domain.forms import Reader
from portail.domain.money import euros, typed_cents
from portail.domain.payments import KeptKind, Provider, Purpose
from portail.domain.refusals import BadInputError
from portail.ids import new_token
from portail.models.database import reading, transaction
from portail.services import access, regies
from portail.services.payments import gateways, keeping, opening, places, resuming
from portail.services.payments.opening import Way
from portail.services.wallet.accounts import balance_of
from portail.services.wallet.posting import InactiveWalletError
from portail.views.payments import TopUpOffer
from portail.views.requests import Choice

LEAST_CENTS, MOST_CENTS = 1_00, 500_00
SUGGESTED_CENTS = (20_00, 50_00, 100_00)
LABEL = "Porte-monnaie du Portail Famille"


def offer(*, actor: Actor, kept: str, now: datetime) -> TopUpOffer:
    """De quoi remplir le formulaire ; ce qui manque est arrondi à l'euro du dessus, un versement à la fois."""
    check_audience(Audience.PARENT, actor)
    with reading() as db:
        providers = gateways.offered(regies.default(db))
        waiting = resuming.latest(db, actor, now)
        selection = keeping.kept(db, actor, kept, now)
    missing = selection.missing_cents if selection else 0
    wanted = min(MOST_CENTS, max(LEAST_CENTS, -(-missing // 100) * 100)) if missing else 0
    return TopUpOffer(
        ready=True,
        providers=[Choice(one.value, one.label) for one in providers],
        suggested=[Choice(str(cents // 100), euros(cents)) for cents in SUGGESTED_CENTS],
        amount=str(wanted // 100) if wanted else "",
        missing=euros(missing) if missing else "",
        several=euros(MOST_CENTS) if missing > MOST_CENTS else "",
        kept=selection.reference if selection else "",
        token=new_token(),
        resume=resuming.page_of(waiting) if waiting else "",
    )


def start(*, actor: Actor, family_id: int, form: dict[str, Any], now: datetime) -> Way:
    """Rend la page où payer. `kept` : la sélection à retrouver après."""
    reader = Reader(form)
    cents = reader.take("amount", 0, _typed)
    chosen = reader.choice("provider", lambda typed: typed in set(Provider), "Choisissez comment payer.")
    token = reader.line("token", "Paiement", limit=64, missing="Rechargez la page, puis recommencez.")
    reader.check()
    reference = str(form.get("kept") or "")
    with transaction() as db:
        family, _ = access.my_family(db, actor, family_id, FamilyRight.MONEY)
        if not balance_of(db, family.key).is_active:
            raise InactiveWalletError
        asked = (family.key, Purpose.TOP_UP, Provider(chosen), cents, token)
        wanted = opening.Wanted(*asked, resume=_waiting(db, actor, reference, now))
        attempt_id = opening.prepare(db, actor, regies.default(db), wanted, now)
    return opening.open_page(attempt_id, LABEL, now)


def _typed(typed: str) -> int:
    cents = typed_cents(typed, highest=MOST_CENTS)
    if cents < LEAST_CENTS:
        raise BadInputError("Le montant est de 1 € au moins.")
    return cents


def _waiting(db: Session, actor: Actor, reference: str, now: datetime) -> dict[str, Any]:
    """La sélection qui attendait cet argent, si elle est encore gardée ; ses droits se vérifient quand elle revient."""
    row = keeping.kept(db, actor, reference, now)
    if row is None:
        return {}
    chosen = keeping.chosen_of(row)
    if chosen.kind is KeptKind.DAYS:
        return chosen.resume
    return chosen.resume | {places.SESSIONS: places.count_sessions(db, actor, chosen, now)}
