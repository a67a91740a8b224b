"""« Alimenter mon porte-monnaie » : un montant, puis la page de paiement ; rien n'est crédité ici."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.families import FamilyRight
from portail.domain.forms import Reader
from portail.domain.money import euros, typed_cents
from portail.domain.payments import Provider, Purpose
from portail.domain.refusals import BadInputError
from portail.domain.selection import read_choices, write_choices
from portail.ids import new_token
from portail.models.database import reading, transaction
from portail.services import access, regies
from portail.services.payments import gateways, opening, resuming
from portail.services.payments.opening import Way
from portail.services.wallet.accounts import balance_of
from portail.services.wallet.posting import InactiveWalletError
from portail.views.payments import TopUpOffer
from portail.views.requests import Choice

LEAST_CENTS, MOST_CENTS = 1_00, 500_00
SUGGESTED_CENTS = (20_00, 50_00, 100_00)
LABEL = "Porte-monnaie du Portail Famille"


@dataclass(frozen=True)
class Need:
    """Ce qui a mené ici : combien il manque, et la sélection qui attend."""

    missing_cents: int = 0
    activity: int = 0
    choices: str = ""


def offer(*, actor: Actor, need: Need, now: datetime) -> TopUpOffer:
    """De quoi remplir le formulaire ; ce qui manque est arrondi à l'euro du dessus."""
    check_audience(Audience.PARENT, actor)
    with reading() as db:
        providers = gateways.offered(regies.default(db))
        waiting = resuming.latest(db, actor, now)
    missing = need.missing_cents if 0 < need.missing_cents <= MOST_CENTS else 0
    wanted = max(LEAST_CENTS, -(-missing // 100) * 100) if missing else 0
    return TopUpOffer(
        ready=True,
        providers=[Choice(one.value, one.label) for one in providers],
        suggested=[Choice(str(cents // 100), euros(cents)) for cents in SUGGESTED_CENTS],
        amount=str(wanted // 100) if wanted else "",
        missing=euros(missing) if missing else "",
        activity=str(need.activity) if need.choices else "",
        choices=need.choices,
        token=new_token(),
        resume=resuming.page_of(waiting) if waiting else "",
    )


def start(*, actor: Actor, family_id: int, form: dict[str, Any], now: datetime) -> Way:
    """Rend la page où payer. `activity` et `choices` : la sélection à retrouver après."""
    reader = Reader(form)
    cents = reader.take("amount", 0, _typed)
    chosen = reader.choice("provider", lambda typed: typed in set(Provider), "Choisissez comment payer.")
    token = reader.line("token", "Paiement", limit=64, missing="Rechargez la page, puis recommencez.")
    reader.check()
    with transaction() as db:
        family, _ = access.my_family(db, actor, family_id, FamilyRight.MONEY)
        if not balance_of(db, family.key).is_active:
            raise InactiveWalletError
        asked = (family.key, Purpose.TOP_UP, Provider(chosen), cents, token)
        wanted = opening.Wanted(*asked, resume=_draft(reader, form))
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
