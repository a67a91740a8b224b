"""Le grand livre : juste à chaque instant, sur les deux bases, même quand tout le monde écrit ensemble."""

import random
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import func, select

from portail.domain.refusals import RefusalError
from portail.domain.wallet import Balance, Charge, LedgerAccountKind, MovementKind, UnbalancedError
from portail.models.database import reading, transaction
from portail.models.wallet import LedgerAccount, LedgerEntry, LedgerTransaction
from portail.services import wallet
from portail.services.wallet import InactiveWalletError, Line, Movement, NotEnoughMoneyError
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.families import make_family
from tests.factories.money import balance, fill
from tests.factories.queries import counted

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def family(base: Engine) -> int:
    return make_family("Durand")


def spend(family_id: int, cents: int) -> int:
    with transaction() as db:
        return wallet.debit_for_booking(db, Charge(family_id, cents, "4 réservations"), author_id=None, now=LATER)


def give_back(family_id: int, cents: int) -> int:
    with transaction() as db:
        return wallet.refund_for_booking(db, Charge(family_id, cents, "1 annulation"), author_id=None, now=LATER)


def entries() -> list[tuple[str, int, int | None]]:
    query = (
        select(LedgerAccount.kind, LedgerEntry.amount_cents, LedgerEntry.balance_cents)
        .join(LedgerEntry, LedgerEntry.account_id == LedgerAccount.id)
        .order_by(LedgerEntry.id)
    )
    with reading() as db:
        return [tuple(row) for row in db.exec(query)]


def test_a_family_without_wallet_has_nothing_and_nothing_active(family: int) -> None:
    with reading() as db:
        assert wallet.balance_of(db, family) == Balance()
        assert wallet.balances_of(db, []) == {}


def test_a_debit_and_a_refund_are_written_on_both_sides(family: int) -> None:
    fill(family, 6000)
    assert spend(family, 1280) == 4720
    assert give_back(family, 320) == 5040
    assert entries() == [
        ("wallet", 6000, 6000),
        ("desk", -6000, None),
        ("wallet", -1280, 4720),
        ("revenue", 1280, None),
        ("wallet", 320, 5040),
        ("revenue", -320, None),
    ]
    assert balance(family) == 5040
    assert wallet.check_ledger() == []


def test_a_movement_says_what_why_and_who(family: int) -> None:
    fill(family, 6000)
    spend(family, 500)
    with reading() as db:
        rows = db.exec(select(LedgerTransaction).order_by(LedgerTransaction.id)).all()
    assert [(one.kind, one.label, one.at) for one in rows] == [
        ("top_up", "Au guichet", NOW),
        ("booking", "4 réservations", LATER),
    ]


def test_too_little_money_says_how_much_is_missing_and_changes_nothing(family: int) -> None:
    fill(family, 1000)
    with pytest.raises(NotEnoughMoneyError) as refusal:
        spend(family, 1280)
    assert refusal.value.missing_cents == 280
    assert refusal.value.link == "/porte-monnaie"
    assert "2,80\u00a0€" in refusal.value.sentence
    assert (balance(family), len(entries())) == (1000, 2)
    assert spend(family, 1000) == 0


def test_an_inactive_wallet_pays_nothing_but_can_be_paid_back(family: int) -> None:
    fill(family, 5000, active=False)
    for cents in (100, 0):
        with pytest.raises(InactiveWalletError):
            spend(family, cents)
    assert give_back(family, 100) == 5100


def test_a_free_booking_writes_nothing(family: int) -> None:
    fill(family, 100)
    assert (spend(family, 0), give_back(family, 0)) == (100, 100)
    assert len(entries()) == 2


def test_a_debit_goes_down_to_the_floor_the_regie_set(family: int) -> None:
    key = fill(family, 1000)
    with transaction() as db:
        db.get_one(LedgerAccount, key).floor_cents = -500
    assert spend(family, 1500) == -500
    with reading() as db:
        assert wallet.balance_of(db, family).missing_for(100) == 100
    with pytest.raises(NotEnoughMoneyError):
        spend(family, 1)


def test_the_same_event_counts_once(family: int) -> None:
    fill(family)

    def credit() -> None:
        with transaction() as db:
            mine = wallet.wallet_of(db, family, NOW)
            card = wallet.common(db, LedgerAccountKind.CARD, NOW)
            lines = (Line(mine, 2000), Line(card, -2000))
            wallet.post(db, Movement(MovementKind.TOP_UP, "Carte", lines, NOW, reference="evt_1"))

    done = together(*[credit] * 8)
    assert [str(one) for one in done if one is not None] == ["Ce mouvement est déjà enregistré."] * 7
    assert balance(family) == 2000
    assert wallet.check_ledger() == []


def test_a_wallet_and_a_common_account_asked_together_open_once(base: Engine) -> None:
    family = make_family("Durand")

    def ask() -> tuple[int, int]:
        with transaction() as db:
            return wallet.wallet_of(db, family, NOW).key, wallet.common(db, LedgerAccountKind.DESK, NOW).key

    assert len(set(together(*[ask] * 12))) == 1
    with reading() as db:
        assert db.exec(select(func.count()).select_from(LedgerAccount)).one() == 2


@pytest.mark.parametrize("amounts", [(), (100,), (100, -99), (0, 0), (100, -100, 0), (10**12, -(10**12))])
def test_money_is_neither_made_nor_lost(family: int, amounts: tuple[int, ...]) -> None:
    fill(family, 5000)

    def write() -> None:
        with transaction() as db:
            accounts = [wallet.common(db, kind, NOW) for kind in list(LedgerAccountKind)[1:4]]
            lines = tuple(Line(account, cents) for account, cents in zip(accounts, amounts, strict=False))
            wallet.post(db, Movement(MovementKind.TRANSFER, "Faux", lines, NOW))

    with pytest.raises(UnbalancedError):
        write()
    assert len(entries()) == 2


def test_an_account_counts_once_in_a_movement(family: int) -> None:
    fill(family, 5000)

    def write() -> None:
        with transaction() as db:
            mine = wallet.wallet_of(db, family, NOW)
            wallet.post(db, Movement(MovementKind.TRANSFER, "Faux", (Line(mine, 10), Line(mine, -10)), NOW))

    with pytest.raises(UnbalancedError):
        write()


# ── Ensemble ─────────────────────────────────────────────────────────────────────────────────────


def test_of_twenty_debits_at_once_only_those_the_money_allows_pass(family: int) -> None:
    fill(family, 1000)
    done = together(*[partial(spend, family, 100)] * 20)
    refused = [one for one in done if isinstance(one, NotEnoughMoneyError)]
    assert sorted(one for one in done if isinstance(one, int)) == list(range(0, 1000, 100))
    assert {one.missing_cents for one in refused} == {100}
    assert len(refused) == 10
    assert balance(family) == 0
    assert wallet.check_ledger() == []


def test_crossed_transfers_never_block_each_other(base: Engine) -> None:
    one, other = make_family("Un"), make_family("Deux")
    fill(one, 10_000)
    fill(other, 10_000)

    def transfer(source: int, target: int) -> None:
        with transaction() as db:
            lines = (
                Line(wallet.wallet_of(db, source, NOW), -100),
                Line(wallet.wallet_of(db, target, NOW), 100),
            )
            wallet.post(db, Movement(MovementKind.TRANSFER, "Échange", lines, NOW))

    done = together(*[partial(transfer, one, other), partial(transfer, other, one)] * 10)
    assert done == [None] * 20
    assert (balance(one), balance(other)) == (10_000, 10_000)
    assert wallet.check_ledger() == []


def test_a_crowd_of_debits_and_refunds_keeps_the_exact_sum(base: Engine) -> None:
    families = [make_family(f"{rank}") for rank in range(4)]
    for one in families:
        fill(one, 2000)
    draw = random.Random(20261120)  # noqa: S311
    plan = [(draw.choice(families), draw.choice((-1, 1)) * draw.randrange(1, 900)) for _ in range(80)]

    def batch(part: list[tuple[int, int]]) -> int:
        moved = 0
        for family_id, cents in part:
            try:
                spend(family_id, -cents) if cents < 0 else give_back(family_id, cents)
                moved += cents
            except RefusalError:
                assert cents < 0
        return moved

    moved = together(*[partial(batch, plan[rank::8]) for rank in range(8)])
    assert sum(map(balance, families)) == 8000 + sum(moved)
    assert all(balance(one) >= 0 for one in families)
    assert wallet.check_ledger() == []


def test_an_interrupted_debit_leaves_nothing(family: int) -> None:
    fill(family, 1000)

    def interrupted() -> None:
        with transaction() as db:
            wallet.debit_for_booking(db, Charge(family, 300, "Coupée"), author_id=None, now=LATER)
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        interrupted()
    assert (balance(family), len(entries())) == (1000, 2)


def test_a_debit_costs_few_queries_however_long_the_history(family: int, base: Engine) -> None:
    fill(family, 100_000)
    spend(family, 100)
    with counted(base) as short:
        spend(family, 100)
    for _ in range(20):
        spend(family, 100)
    with counted(base) as long:
        spend(family, 100)
    assert len(short) == len(long) <= 4


# ── Ce que la base refuse d'elle-même ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "order",
    [
        "update ledger_entry set amount_cents = amount_cents + 1",
        "update ledger_entry set account_id = account_id",
        "delete from ledger_entry",
        "update ledger_transaction set label = 'autre'",
        "update ledger_transaction set at = '2020-01-01'",
        "delete from ledger_transaction",
    ],
)
def test_history_is_never_rewritten(family: int, base: Engine, order: str) -> None:
    fill(family, 1000)
    before = entries()
    with pytest.raises(DatabaseError, match="ne se corrige pas"), base.begin() as connection:
        connection.execute(text(order))
    assert entries() == before


@pytest.mark.parametrize("tables", ["ledger_entry", "ledger_transaction cascade", "ledger_account cascade"])
def test_history_is_never_emptied_at_once(family: int, base: Engine, tables: str) -> None:
    """SQLite ne connaît pas TRUNCATE : il n'a que DELETE, déjà refusé."""
    fill(family, 1000)
    before = entries()
    refused = "ne se corrige pas" if base.dialect.name == "postgresql" else "syntax error"
    with pytest.raises(DatabaseError, match=refused), base.begin() as connection:
        connection.execute(text(f"truncate {tables}"))
    assert entries() == before


@pytest.mark.parametrize(
    "order",
    [
        "update ledger_account set balance_cents = -1 where kind = 'wallet'",
        "update ledger_account set balance_cents = 5 where kind = 'desk'",
        "insert into ledger_account (kind, balance_cents, opened_at, terms_version) values ('desk', 0, '2026-01-01', 0)",
    ],
)
def test_impossible_accounts_are_refused_by_the_base(family: int, base: Engine, order: str) -> None:
    fill(family, 1000)
    with pytest.raises(IntegrityError), base.begin() as connection:
        connection.execute(text(order))


def test_a_movement_that_does_not_balance_never_stays(family: int, base: Engine) -> None:
    """PostgreSQL le refuse à la fin de la transaction ; SQLite ne le peut pas : la vérification le voit."""
    key = fill(family, 1000)

    def write() -> None:
        with base.begin() as connection:
            number = connection.execute(
                insert(LedgerTransaction.__table__).values(kind="refund", label="Faux", at=NOW)
            ).inserted_primary_key[0]
            row = {"transaction_id": number, "account_id": key, "amount_cents": 5, "balance_cents": 1005}
            connection.execute(insert(LedgerEntry.__table__).values(row))

    if base.dialect.name == "postgresql":
        with pytest.raises(IntegrityError, match="n'est pas nulle"):
            write()
        assert wallet.check_ledger() == []
    else:
        write()
        assert len(wallet.check_ledger()) == 2


def test_the_check_sees_a_wrong_balance_and_a_movement_without_entries(family: int) -> None:
    key = fill(family, 1000)
    with transaction() as db:
        db.get_one(LedgerAccount, key).balance_cents = 900
        db.add(LedgerTransaction(kind="refund", label="Vide", at=NOW))
    assert wallet.check_ledger() == [
        "Grand livre : le mouvement 2 n’a aucune écriture.",
        f"Grand livre : le solde du porte-monnaie {key} n’est pas celui de ses écritures.",
    ]


def test_the_ledger_outlives_the_account_of_who_wrote(family: int, base: Engine, now: datetime) -> None:
    fill(family, 1000)
    with base.begin() as connection:
        connection.execute(text("delete from family"))
    assert [row[1] for row in entries()] == [1000, -1000]
    assert wallet.check_ledger() == []
