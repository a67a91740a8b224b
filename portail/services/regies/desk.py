"""« Régies » : leurs noms, leurs moyens de paiement, leurs numéros légaux, et les activités que chacune vend."""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.desk import REMINDER_GAP, read_reminder_days
from portail.domain.forms import FormRefusedError, Reader
from portail.domain.iban import grouped
from portail.domain.money import as_typed, euros, typed_cents
from portail.domain.payments import Provider
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.regies import read_bic, read_code, read_creditor, read_days, read_digits, read_iban, read_siret
from portail.domain.top_ups import TopUpRules, read_rules
from portail.models.activities import Activity
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.regies import SUGGESTED, Regie
from portail.models.reminders import ReminderPlan
from portail.services import audit, regies
from portail.services.payments import gateways
from portail.services.rows import insert_once
from portail.services.upkeep import books
from portail.settings import current
from portail.views import wording
from portail.views.payments import ActivityRegie, RegieCard, RegieList
from portail.views.requests import Choice

HIGHEST_MINIMUM = 100_00
Days = tuple[int | None, int | None]  # après l'échéance, le rappel puis la relance


def show(*, actor: Actor) -> RegieList:
    check_audience(Audience.ADMIN, actor)
    with reading() as db:
        found = list(db.exec(select(Regie).order_by(col(Regie.holds_wallets).desc(), col(Regie.name))))
        sold = select(Activity).where(col(Activity.closed_at).is_(None))
        faults = books.known(db)
        plans = {one.regie_id: one for one in db.exec(select(ReminderPlan))}
        activities = list(db.exec(sold.order_by(col(Activity.position), col(Activity.id))))
    first = next((one.key for one in found if one.holds_wallets), 0)
    titles: dict[int, list[str]] = {}
    for activity in activities:
        titles.setdefault(activity.regie_id or first, []).append(activity.title)
    return RegieList(
        ready=True,
        rows=[_card(one, titles.get(one.key, []), plans.get(one.key)) for one in found],
        activities=[ActivityRegie(one.key, one.title, str(one.regie_id or first)) for one in activities],
        choices=[Choice(str(one.key), one.name) for one in found if one.closed_at is None],
        faults=[f"{one.sentence} Vu le {wording.instant(one.found_at)}." for one in faults],
    )


def _card(regie: Regie, titles: list[str], plan: ReminderPlan | None) -> RegieCard:
    rules = regies.top_up_rules(regie)
    return RegieCard(
        id=regie.key,
        name=regie.name,
        code=regie.code,
        holds_wallets=regie.holds_wallets,
        is_closed=regie.closed_at is not None,
        stripe=Provider.STRIPE in regie.providers,
        payfip=Provider.PAYFIP in regie.providers,
        due_days=str(regie.due_days),
        minimum=f"{regie.minimum_cents // 100},{regie.minimum_cents % 100:02d}",
        iban=grouped(regie.iban),
        bic=regie.bic,
        creditor_id=regie.creditor_id,
        siret=regie.siret,
        payfip_client=regie.payfip_client,
        treasury_code=regie.treasury_code,
        budget_code=regie.budget_code,
        first_days=str((plan and plan.first_days) or ""),
        second_days=str((plan and plan.second_days) or ""),
        top_up_least=as_typed(rules.least_cents),
        top_up_most=as_typed(rules.most_cents),
        suggested=" ; ".join(as_typed(cents) for cents in rules.suggested),
        low=as_typed(rules.low_cents),
        activities=titles,
    )


def save(*, actor: Actor, regie_id: int, form: dict[str, Any], now: datetime) -> None:
    """Ajoute une régie (numéro 0) ou change la sienne ; toutes les fautes sont dites d'un coup."""
    check_audience(Audience.ADMIN, actor)
    with transaction() as db:
        regies.default(db)
        regie = _held(db, regie_id) if regie_id else Regie(name="", code="")
        before = regies.top_up_rules(regie)
        values, days = _read(form, regie)
        for name, value in values.items():
            setattr(regie, name, value)
        db.add(regie)
        try:
            db.flush()
        except IntegrityError:
            raise FormRefusedError({"name": "Une autre régie porte ce nom ou ce code."}) from None
        _plan(db, regie.key, days)
        what = "regie.changed" if regie_id else "regie.added"
        detail = regie.name + _changed(before, regies.top_up_rules(regie))
        audit.record(db, what, at=now, actor_id=actor.account_id, subject_id=regie.key, detail=detail)


def _held(db: Session, regie_id: int) -> Regie:
    """Verrouillée : deux agents qui enregistrent ensemble n'écrivent jamais un mélange des deux formulaires."""
    query = select(Regie).where(Regie.id == regie_id).with_for_update()
    found = db.exec(query).first() if is_key(regie_id) else None
    if found is None:
        raise NotOpenError
    return found


def _changed(before: TopUpRules, after: TopUpRules) -> str:
    """Ce que le journal garde des versements, quand ils ont changé."""
    if before == after:
        return ""
    suggested = ", ".join(euros(cents) for cents in after.suggested) or "rien"
    span = f"de {euros(after.least_cents)} à {euros(after.most_cents)}, proposé\u00a0: {suggested}"
    return f" ; versements {span} ; solde bas sous {euros(after.low_cents)}"


def _plan(db: Session, regie_id: int, days: Days) -> None:
    """Sans délai, il n'y a pas de calendrier."""
    mine = col(ReminderPlan.regie_id) == regie_id
    if days == (None, None):
        db.exec(delete(ReminderPlan).where(mine))
        return
    wanted = dict(zip(("first_days", "second_days"), days, strict=True))
    insert_once(db, ReminderPlan.__tablename__, wanted | {"regie_id": regie_id})
    db.exec(update(ReminderPlan).where(mine).values(**wanted))


def _read(form: dict[str, Any], regie: Regie) -> tuple[dict[str, Any], Days]:
    reader = Reader(form)
    has_payfip = reader.flag("payfip")
    values: dict[str, Any] = {
        "name": reader.line("name", "Nom", missing="Indiquez le nom de la régie."),
        "code": reader.take("code", "", read_code),
        "providers": [one.value for one in Provider if reader.flag(one.value)],
        "due_days": reader.take("due_days", 30, read_days),
        "minimum_cents": reader.take("minimum", 0, _read_minimum),
        "iban": reader.take("iban", "", read_iban),
        "bic": reader.take("bic", "", read_bic),
        "creditor_id": reader.take("creditor_id", "", read_creditor),
        "siret": reader.take("siret", "", read_siret),
        "payfip_client": reader.take("payfip_client", "", lambda typed: read_digits(typed, 6)),
        "treasury_code": reader.take("treasury_code", "", lambda typed: read_digits(typed, 6)),
        "budget_code": reader.line("budget_code", "Code budget", limit=10),
    }
    if has_payfip and not (values["payfip_client"] or current().payfip_client_id):
        reader.errors.setdefault("payfip_client", "PayFiP demande le numéro client donné par la DGFiP.")
    days = _read_plan(reader)
    if regie.holds_wallets:
        values |= _read_top_ups(reader, values["providers"])
    reader.check()
    return values, days


def _read_plan(reader: Reader) -> Days:
    first = reader.take("first_days", None, read_reminder_days)
    second = reader.take("second_days", None, read_reminder_days)
    if first and second and second < first + REMINDER_GAP.days:
        reader.errors.setdefault("second_days", f"Laissez au moins {REMINDER_GAP.days} jours après le rappel.")
    return first, second


def _read_top_ups(reader: Reader, providers: list[str]) -> dict[str, Any]:
    """Aucun moyen coché ne doit refuser ce que le formulaire des familles accepte."""
    rules = read_rules(reader)
    refusing = [one for one in Provider if one in providers and rules.least_cents < gateways.LEAST_CENTS[one]]
    if refusing and rules.least_cents:
        reader.errors.setdefault("top_up_least", gateways.too_little(refusing[-1]))
    padded = (*rules.suggested, *[None] * (len(SUGGESTED) - len(rules.suggested)))
    bounds = {"top_up_least_cents": rules.least_cents, "top_up_most_cents": rules.most_cents}
    return bounds | dict(zip(SUGGESTED, padded, strict=True)) | {"low_cents": rules.low_cents}


def _read_minimum(typed: str) -> int:
    """Zéro est permis : tout se facture."""
    return 0 if typed.strip(" 0,.€") == "" else typed_cents(typed, highest=HIGHEST_MINIMUM)


def assign(*, actor: Actor, activity_id: int, regie_id: int, now: datetime) -> None:
    """Ce qui est déjà facturé ne change pas ; la suite se facture à cette régie."""
    check_audience(Audience.ADMIN, actor)
    with transaction() as db:
        regie = _regie(db, regie_id)
        if regie.closed_at is not None:
            raise BadInputError("Cette régie est fermée.")
        activity = db.get(Activity, activity_id) if is_key(activity_id) else None
        if activity is None:
            raise NotOpenError
        activity.regie_id = None if regie.holds_wallets else regie.key
        detail = f"{activity.title} → {regie.name}"
        audit.record(db, "regie.assigned", at=now, actor_id=actor.account_id, subject_id=regie.key, detail=detail)


def set_open(*, actor: Actor, regie_id: int, opened: bool, now: datetime) -> None:
    """Une régie fermée n'encaisse plus ; celle des porte-monnaie, ou qui vend encore, reste ouverte."""
    check_audience(Audience.ADMIN, actor)
    with transaction() as db:
        regie = _regie(db, regie_id)
        sells = select(Activity.id).where(Activity.regie_id == regie.key, col(Activity.closed_at).is_(None))
        if not opened and (regie.holds_wallets or db.exec(sells).first() is not None):
            raise BadInputError("Cette régie vend encore.", "Confiez d’abord ses activités à une autre.")
        regie.closed_at = None if opened else now
        audit.record(db, "regie.changed", at=now, actor_id=actor.account_id, subject_id=regie.key, detail=regie.name)


def _regie(db: Session, regie_id: int) -> Regie:
    found = db.get(Regie, regie_id) if is_key(regie_id) else None
    if found is None:
        raise NotOpenError
    return found
