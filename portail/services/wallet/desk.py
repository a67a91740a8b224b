"""La régie : trouver le porte-monnaie d'une famille, le lire, y verser ce qui est encaissé au guichet."""

from dataclasses import replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import String, cast, literal
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.forms import Reader
from portail.domain.money import euros, typed_cents
from portail.domain.refusals import RefusalError
from portail.domain.tariffs import QuotientSource
from portail.domain.wallet import DESK_CEILING_CENTS, Balance, DeskMeans, LedgerAccountKind, MovementKind
from portail.ids import new_token
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.wallet import LedgerAccount, LedgerEntry, LedgerTransaction
from portail.services import access, audit, family_files, tariffs
from portail.services.tariffs.standing import quotient_lines
from portail.services.wallet.accounts import balance_of, balances_of, common, wallet_of
from portail.services.wallet.mine import said_residence
from portail.services.wallet.posting import Line, Movement, NotEnoughMoneyError, post
from portail.services.wallet.statement import Wanted, statement
from portail.views import wording
from portail.views.families import FamilyRow
from portail.views.requests import Choice
from portail.views.wallet import DeskList, DeskRow, DeskWallet

_DESK, _UNDONE = "desk:", "desk_undone:"  # le début des références


def find(*, actor: Actor, words: str, page: int) -> DeskList:
    """La même recherche que celle des dossiers, avec le solde de chacun."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        found = family_files.search(db, words, page)
        families = family_files.rows_of(db, found.keys)
        balances = balances_of(db, found.keys)
    rows = [_row(family, balances[family.id]) for family in families]
    return DeskList(True, rows, found.total, found.page, found.pages, found.summary, found.words)


def _row(family: FamilyRow, balance: Balance) -> DeskRow:
    standing, tone = ("actif", "ok") if balance.is_active else ("à activer", "warn")
    return DeskRow(family.id, family.number, family.name, family.adults, euros(balance.cents), standing, tone)


def show(*, actor: Actor, family_id: int, page: int, now: datetime) -> DeskWallet:
    with reading() as db:
        family = access.any_family(db, actor, family_id, Audience.MONEY)
        balance = balance_of(db, family.key)
        shown = statement(db, family.key, Wanted(page=page), now)
        undoable = set(db.exec(_undoable([row.id for row in shown.rows], now)))
        history = tariffs.quotients_of(db, [family.key])[family.key]
    return DeskWallet(
        ready=True,
        family_id=family.key,
        number=family.number,
        family=family.name,
        is_open=family.is_open,
        is_active=balance.is_active,
        balance=euros(balance.cents),
        residence=said_residence(family),
        quotients=quotient_lines(history, now.astimezone(wording.PARIS).date()),
        sources=[Choice(source.value, wording.capitalised(source.label)) for source in QuotientSource],
        means=[Choice(means.value, means.label) for means in DeskMeans],
        today=wording.iso_day(now),
        token=new_token(),
        statement=replace(shown, rows=[replace(row, can_undo=row.id in undoable) for row in shown.rows]),
    )


def credit(*, actor: Actor, family_id: int, form: dict[str, Any], now: datetime) -> str:
    """Espèces ou chèque : le mouvement dit qui a encaissé ; le même formulaire envoyé deux fois ne compte qu'une."""
    reader = Reader(form)
    cents = reader.take("amount", 0, lambda typed: typed_cents(typed, highest=DESK_CEILING_CENTS))
    means = reader.choice("means", lambda typed: typed in set(DeskMeans), "Choisissez espèces ou chèque.")
    note = reader.line("note", "Numéro du chèque", limit=40)
    token = reader.line("token", "Encaissement", limit=43, missing="Rechargez la page, puis recommencez.")
    reader.check()
    named = f"{DeskMeans(means).label} n° {note}" if note and means == DeskMeans.CHEQUE else DeskMeans(means).label
    with transaction() as db:
        family = access.any_family(db, actor, family_id, Audience.MONEY)
        if not family.is_open:
            raise RefusalError("Ce dossier est fermé : son porte-monnaie ne reçoit plus rien.")
        wallet, desk = wallet_of(db, family.key, now), common(db, LedgerAccountKind.DESK, now)
        lines = (Line(wallet, cents), Line(desk, -cents))
        reference = f"{_DESK}{actor.account_id}:{token}"
        label = f"{named}, au guichet"
        post(db, Movement(MovementKind.TOP_UP, label, lines, now, actor.account_id, reference=reference))
        audit.record(db, "wallet.credited", at=now, actor_id=actor.account_id, subject_id=family.key)
    return f"{euros(cents)} versés. Nouveau solde de la famille {family.name} : {euros(wallet.balance_cents)}."


def _undoable(movement_ids: list[int], now: datetime) -> Any:
    """Les encaissements d'aujourd'hui que rien n'a encore annulés ; la caisse d'hier est arrêtée."""
    undone = aliased(LedgerTransaction)
    reference = literal(_UNDONE) + cast(col(LedgerTransaction.id), String)
    midnight = datetime.combine(now.astimezone(wording.PARIS).date(), time.min, wording.PARIS)
    return select(LedgerTransaction.id).where(
        col(LedgerTransaction.id).in_(movement_ids),
        col(LedgerTransaction.reference).startswith(_DESK),
        col(LedgerTransaction.at) >= midnight,
        ~select(undone.id).where(undone.reference == reference).exists(),
    )


def undo(*, actor: Actor, movement_id: int, now: datetime) -> str:
    """Une faute de frappe se répare le jour même, par le mouvement inverse : rien ne s'efface."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        if not is_key(movement_id) or db.exec(_undoable([movement_id], now)).first() is None:
            raise RefusalError("Cet encaissement ne peut plus être annulé.", "Rechargez la page.")
        done = db.get_one(LedgerTransaction, movement_id)
        query = select(LedgerAccount, LedgerEntry.amount_cents).join(
            LedgerEntry, col(LedgerEntry.account_id) == col(LedgerAccount.id)
        )
        written = list(db.exec(query.where(LedgerEntry.transaction_id == movement_id)))
        lines = tuple(Line(account, -cents) for account, cents in written)
        label, reference = f"Annulé : {done.label}", f"{_UNDONE}{movement_id}"
        try:
            post(db, Movement(MovementKind.TOP_UP, label, lines, now, actor.account_id, reference=reference))
        except NotEnoughMoneyError:
            raise RefusalError("La famille a déjà dépensé cette somme : elle ne peut plus être reprise.") from None
        family_id = next((account.family_id for account, _ in written if account.family_id), None)
        audit.record(db, "wallet.credit_undone", at=now, actor_id=actor.account_id, subject_id=family_id)
    return "L’encaissement est annulé."
