"""La régie encaisse : ce qui est tapé est lu sans ambiguïté, une fois, et l'on sait qui."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.families import FamilyStatus
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.wallet import DESK_CEILING_CENTS, Charge
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.services import wallet
from portail.services.cash_desk import paying, undoing
from portail.services.merging import person_keys
from portail.services.wallet import AlreadyPostedError, desk
from portail.services.wallet.statement import Wanted
from portail.views.cash_desk import PaymentLine
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.families import make_family
from tests.factories.money import add_quotient, balance, fill
from tests.factories.people import make_account, open_session

FORM = {"amount": "20,50", "means": "cash", "note": "", "token": "jeton-1"}


@pytest.fixture
def regie(base: Engine) -> Actor:
    return open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]


def credit(actor: Actor, family_id: int, **changed: str) -> str:
    return paying.record(actor=actor, family_id=family_id, form=FORM | changed, now=NOW)


def show(actor: Actor, family_id: int) -> desk.DeskWallet:
    return desk.show(actor=actor, wanted=Wanted(family_id), now=NOW)


def test_cash_is_credited_and_says_who_took_it(regie: Actor) -> None:
    family = make_family("Durand")
    said = credit(regie, family)
    assert said == "20,50\u00a0€ versés. Nouveau solde de la famille Durand : 20,50\u00a0€."
    credit(regie, family, amount="9,50", means="cheque", note="0012345", token="jeton-2")
    view = show(regie, family)
    assert (view.balance, view.is_active) == ("30,00\u00a0€", False)
    assert [(row.label, row.who, row.amount) for row in view.statement.rows] == [
        ("Chèque n° 0012345, au guichet", "Regie Essai", "+\u00a09,50\u00a0€"),
        ("Espèces, au guichet", "Regie Essai", "+\u00a020,50\u00a0€"),
    ]
    with reading() as db:
        told = db.exec(select(AuditEntry).where(AuditEntry.action == "wallet.credited")).all()
    assert [(line.actor_id, line.subject_id) for line in told] == [(regie.account_id, family)] * 2
    assert wallet.check_ledger() == []


def test_the_same_form_sent_twice_counts_once(regie: Actor) -> None:
    family = make_family("Durand")
    done = together(*[partial(credit, regie, family)] * 5)
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert len([one for one in done if isinstance(one, AlreadyPostedError)]) == 4
    assert balance(family) == 2050
    with reading() as db:
        assert len(db.exec(select(AuditEntry).where(AuditEntry.action == "wallet.credited")).all()) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("amount", typed) for typed in ("", "0", "-5", "12,345", "NaN", "9223372036854775808", "vingt", "2000,01")),
        *(("means", typed) for typed in ("", "carte", "CASH")),
        ("note", "9" * 41),
        *(("token", typed) for typed in ("", "t" * 44)),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_credited(regie: Actor, field: str, typed: str) -> None:
    family = make_family("Durand")
    with pytest.raises(FormRefusedError) as refusal:
        credit(regie, family, **{field: typed})
    assert set(refusal.value.fields) == {field}
    assert (balance(family), wallet.check_ledger()) == (0, [])


def test_the_ceiling_itself_is_accepted(regie: Actor) -> None:
    family = make_family("Durand")
    credit(regie, family, amount="2000")
    assert balance(family) == DESK_CEILING_CENTS


@pytest.mark.parametrize("status", [FamilyStatus.ARCHIVED, FamilyStatus.PENDING])
def test_a_closed_file_receives_nothing_more(regie: Actor, status: FamilyStatus) -> None:
    family = make_family("Durand")
    with transaction() as db:
        db.get_one(Family, family).status = status
    if status is FamilyStatus.PENDING:
        assert credit(regie, family)
        return
    with pytest.raises(RefusalError, match="fermé"):
        credit(regie, family)
    assert (balance(family), show(regie, family).is_open) == (0, False)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_and_the_administration_hold_the_desk(base: Engine, role: Role) -> None:
    family = make_family("Durand")
    _, actor = open_session(make_account("autre@mairie.example", role=role))
    for call in (
        partial(credit, actor, family),
        partial(show, actor, family),
        partial(desk.find, actor=actor, words="", page=1),
    ):
        with pytest.raises(NotOpenError):
            call()
    assert balance(family) == 0


@pytest.mark.parametrize("family_id", [0, -3, 999, 2**40])
def test_a_missing_family_has_no_desk(regie: Actor, family_id: int) -> None:
    for call in (partial(credit, regie, family_id), partial(show, regie, family_id)):
        with pytest.raises(NotOpenError):
            call()


def test_families_are_found_with_their_balance(regie: Actor) -> None:
    durand, martin = make_family("Durand"), make_family("Martin")
    fill(durand, 6000)
    person_keys.index_everything()
    listing = desk.find(actor=regie, words="", page=1)
    assert [(row.name, row.balance, row.standing, row.tone) for row in listing.rows] == [
        ("Durand", "60,00\u00a0€", "actif", "ok"),
        ("Martin", "0,00\u00a0€", "à activer", "warn"),
    ]
    assert listing.summary == "2 dossiers, page 1 sur 1"
    found = desk.find(actor=regie, words="F-Martin", page=1)
    assert [row.id for row in found.rows] == [martin]
    assert desk.find(actor=regie, words="zzzz", page=1).rows == []


def test_the_history_of_the_quotient_says_which_one_counts(regie: Actor) -> None:
    family = make_family("Durand")
    add_quotient(family, 400, date(2025, 9, 1), date(2026, 8, 31), now=NOW - timedelta(days=400))
    add_quotient(family, 850, date(2026, 9, 1), date(2027, 8, 31))
    add_quotient(family, 900, date(2027, 1, 1), date(2027, 12, 31), now=NOW + timedelta(seconds=1))
    lines = show(regie, family).quotients
    assert [(one.value, one.is_current) for one in lines] == [("900", False), ("850", True), ("400", False)]
    assert lines[1].validity == "du 01/09/2026 au 31/08/2027"


def test_each_page_brings_a_token_of_its_own(regie: Actor) -> None:
    family = make_family("Durand")
    assert show(regie, family).token != show(regie, family).token != ""


# ── Une faute de frappe se répare ────────────────────────────────────────────────────────────────


def undo(actor: Actor, payment_id: int, now: datetime = NOW) -> str:
    return undoing.undo(actor=actor, payment_id=payment_id, now=now)


def last(actor: Actor, family_id: int) -> PaymentLine:
    return show(actor, family_id).payments[0]


def test_todays_credit_is_undone_once_by_the_reverse_movement(regie: Actor) -> None:
    family = make_family("Durand")
    credit(regie, family, amount="205")
    wrong = last(regie, family)
    assert wrong.can_undo
    done = together(*[partial(undo, regie, wrong.id)] * 4)
    assert [one for one in done if isinstance(one, str)] == ["L’encaissement est annulé."]
    assert balance(family) == 0
    rows = show(regie, family).statement.rows
    assert [(row.label, row.amount) for row in rows] == [
        ("Annulé : Espèces, au guichet", "−\u00a0205,00\u00a0€"),
        ("Espèces, au guichet", "+\u00a0205,00\u00a0€"),
    ]
    assert [(row.state, row.can_undo, row.receipt) for row in show(regie, family).payments] == [("Annulé", False, "")]
    assert wallet.check_ledger() == []
    with reading() as db:
        told = db.exec(select(AuditEntry).where(AuditEntry.action == "wallet.credit_undone")).all()
    assert [(line.actor_id, line.subject_id) for line in told] == [(regie.account_id, family)]


def test_yesterdays_credit_stays(regie: Actor) -> None:
    family = make_family("Durand")
    credit(regie, family)
    number = last(regie, family).id
    midnight = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)  # à Paris
    assert not desk.show(actor=regie, wanted=Wanted(family), now=midnight).payments[0].can_undo
    with pytest.raises(RefusalError, match="ne peut plus"):
        undo(regie, number, midnight)
    assert undo(regie, number, midnight - timedelta(seconds=1))


def test_money_already_spent_is_not_taken_back(regie: Actor) -> None:
    family = make_family("Durand")
    credit(regie, family)
    number = last(regie, family).id
    fill(family, 1)
    with transaction() as db:
        wallet.debit_for_booking(db, Charge(family, 100, "Repas"), author_id=None, now=NOW)
    with pytest.raises(RefusalError, match="déjà dépensé"):
        undo(regie, number)
    assert (balance(family), wallet.check_ledger()) == (1951, [])


def test_only_a_credit_of_the_desk_is_undone(regie: Actor) -> None:
    family = make_family("Durand")
    fill(family, 5000)
    for number in (0, -1, 999, 2**40):
        with pytest.raises(RefusalError):
            undo(regie, number)
    _, reception = open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))
    credit(regie, family)
    with pytest.raises(NotOpenError):
        undo(reception, last(regie, family).id)
    assert balance(family) == 7050
