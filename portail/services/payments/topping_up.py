"""« Alimenter mon porte-monnaie » : un montant, puis la page de paiement ; rien n'est crédité ici."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.families import FamilyRight
from portail.domain.forms import Reader
from portail.domain.money import as_typed, euros
from portail.domain.payments import KeptKind, Provider, Purpose
from portail.ids import new_token
from portail.models.database import reading, transaction
from portail.services import access, regies
from portail.services.payments import gateways, keeping, opening, places, resuming
from portail.services.payments.opening import Way
from portail.services.wallet.accounts import balance_of
from portail.services.wallet.posting import InactiveWalletError
from portail.views.payments import TopUpOffer
from portail.views.requests import Choice

LABEL = "Porte-monnaie du Portail Famille"


def offer(*, actor: Actor, kept: str, now: datetime) -> TopUpOffer:
    """De quoi remplir le formulaire, dans les bornes de la régie ; ce qui manque est déjà écrit."""
    check_audience(Audience.PARENT, actor)
    with reading() as db:
        regie = regies.default(db)
        waiting = resuming.latest(db, actor, now)
        selection = keeping.kept(db, actor, kept, now)
    missing = selection.missing_cents if selection else 0
    rules = regies.top_up_rules(regie)
    wanted = rules.wanted_for(missing)
    return TopUpOffer(
        ready=True,
        providers=[Choice(one.value, one.label) for one in gateways.offered(regie)],
        suggested=[Choice(as_typed(cents), euros(cents)) for cents in rules.suggested],
        amount=as_typed(wanted) if wanted else "",
        missing=euros(missing) if missing else "",
        several=euros(rules.most_cents) if missing > rules.most_cents else "",
        least=euros(rules.least_cents),
        most=euros(rules.most_cents),
        kept=selection.reference if selection else "",
        token=new_token(),
        resume=resuming.page_of(waiting) if waiting else "",
    )


def start(*, actor: Actor, family_id: int, form: dict[str, Any], now: datetime) -> Way:
    """Rend la page où payer. `kept` : la sélection à retrouver après."""
    reader = Reader(form)
    with reading() as db:
        rules = regies.top_up_rules(regies.default(db))
    cents = reader.take("amount", 0, rules.read)
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


def _waiting(db: Session, actor: Actor, reference: str, now: datetime) -> dict[str, Any]:
    """La sélection qui attendait cet argent, si elle est encore gardée ; ses droits se vérifient quand elle revient."""
    row = keeping.kept(db, actor, reference, now)
    if row is None:
        return {}
    chosen = keeping.chosen_of(row)
    if chosen.kind is KeptKind.DAYS:
        return chosen.resume
    return chosen.resume | {places.SESSIONS: places.count_sessions(db, actor, chosen, now)}
