"""Le ménage : rien de plus jeune ne part, tout le reste part, l'essai ne touche à rien, la panne se rattrape."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel, col, select, update

from portail.domain.accounts import REMEMBERED, AccountStatus, LinkKind, Role
from portail.domain.direct_debits import MandateEnd, MandateState
from portail.domain.families import FamilyStatus
from portail.domain.mails import MailStatus
from portail.domain.payments import AttemptState, KeptKind, Provider, Purpose
from portail.domain.requests import RequestKind, RequestStatus
from portail.domain.retention import RULES, Category, Duration, limit
from portail.jobs import cleaning as job
from portail.models.accounts import Account, FailedAttempts, LoginSession, OneUseLink
from portail.models.activities import Slot
from portail.models.audit import AuditEntry
from portail.models.base import Row
from portail.models.bookings import Booking, BookingBatch, CalendarFeed, WaitlistEntry
from portail.models.campaigns import Campaign, WaitingTicket, WishList
from portail.models.custody import CustodyPattern
from portail.models.database import reading, transaction
from portail.models.direct_debits import DebitBatch, Mandate
from portail.models.documents import FamilyDocument
from portail.models.duplicates import PersonKey
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.health import HealthRecord
from portail.models.mails import OutboxMail
from portail.models.merging import FamilyMerge
from portail.models.papers import Paper
from portail.models.payments import KeptSelection, PaymentAttempt
from portail.models.requests import Request, RequestEvent
from portail.models.tariffs import FamilyQuotient
from portail.services import regies
from portail.services.accounts import care
from portail.services.health import records
from portail.services.privacy import erasure, retention
from portail.services.upkeep import doctor
from portail.settings import ROOT
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_canteen, make_document, make_document_type
from tests.factories.custody import alternating
from tests.factories.families import make_child, make_family
from tests.factories.money import add_quotient
from tests.factories.people import make_account, open_session

SECOND = timedelta(seconds=1)
MARGIN = timedelta(days=3)


def _add(*rows: Row) -> None:
    with transaction() as db:
        db.add_all(rows)


def _account(status: AccountStatus = AccountStatus.ACTIVE, **columns: object) -> Account:
    account = make_account(f"a{len(_all(Account))}@famille.example", active=status is not AccountStatus.INVITED)
    with transaction() as db:
        db.exec(update(Account).where(col(Account.id) == account.key).values(status=status, **columns))
    return account


def _all(table: type[SQLModel]) -> list:
    with reading() as db:
        return list(db.exec(select(table)))


def _family(at: datetime, status: FamilyStatus = FamilyStatus.ARCHIVED, into: int | None = None) -> int:
    family = make_family(f"f{len(_all(Family))}")
    with transaction() as db:
        values = {"status": status, "closed_at": at, "merged_into_id": into}
        db.exec(update(Family).where(col(Family.id) == family).values(**values))
    return family


def _link(at: datetime) -> None:
    holder = _account()
    _add(OneUseLink(token_hash=str(at), kind=LinkKind.RESET, account_id=holder.key, created_at=at, expires_at=at))


def _ended_session(at: datetime) -> None:
    _, actor = open_session(_account(), now=at)
    with transaction() as db:
        db.exec(update(LoginSession).where(col(LoginSession.id) == actor.session_id).values(ended_at=at))


def _mail(at: datetime) -> None:
    sent = {"status": MailStatus.SENT, "created_at": at, "next_attempt_at": at}
    _add(OutboxMail(recipient="a@famille.example", subject="Bonjour", **sent))


def _request(at: datetime) -> None:
    moments = {"created_at": at, "updated_at": at, "decided_at": at}
    kind = {"kind": RequestKind.CORRECTION, "status": RequestStatus.ACCEPTED}
    with transaction() as db:
        request = Request(year=at.year, rank=1 + len(_all(Request)), **kind, **moments)
        db.add(request)
        db.flush()
        db.add(RequestEvent(request_id=request.key, at=at, step="sent"))


def _paper(at: datetime) -> None:
    child = make_child("Léa", make_family(f"p{len(_all(Family))}"))
    reference = f"ABCDEFGH{child:04d}"
    _add(Paper(reference=reference, kind="registration", child_id=child, initial="L", made_on=at.date(), made_at=at))


def _grown(at: datetime) -> None:
    """Le plus jeune a eu dix-huit ans la veille de ce jour."""
    family = make_family(f"g{len(_all(Family))}")
    youngest = Duration(years=18).before(at).date() - timedelta(days=1)
    make_child("Aîné", family, birth=youngest - timedelta(days=900))
    make_child("Cadet", family, birth=youngest)


def _alone(at: datetime) -> None:
    """Un enfant retiré de tout dossier ce jour-là ; sa démarche de retrait est là tant qu'elle est gardée."""
    child = make_child("Seul")
    if at >= limit(Category.REQUEST, NOW):
        moments = {"created_at": at, "updated_at": at, "decided_at": at}
        kind = {"kind": RequestKind.CHILD_REMOVE, "status": RequestStatus.ACCEPTED}
        _add(Request(year=at.year, rank=1 + len(_all(Request)), child_id=child, **kind, **moments))


def _booking(at: datetime) -> None:
    """Une séance de la veille de ce jour : on compte en jours."""
    home = make_family(f"b{len(_all(Family))}")
    _, slot = make_canteen(day=at.date() - timedelta(days=1))
    child = make_child("Zoé", home)
    with transaction() as db:
        db.exec(update(Slot).where(col(Slot.id) == slot).values(taken=1))
        db.add(Booking(slot_id=slot, child_id=child, family_id=home, state="booked", changed_at=NOW))


def _batch(at: datetime) -> None:
    rank = len(_all(BookingBatch))
    _add(BookingBatch(token=str(rank), digest="", source="calendar", family_id=make_family(f"v{rank}"), at=at))


def _wait(at: datetime) -> None:
    home = make_family(f"w{len(_all(Family))}")
    _, slot = make_canteen(day=at.date() - timedelta(days=1))
    _add(WaitlistEntry(slot_id=slot, child_id=make_child("Zoé", home), family_id=home, joined_at=NOW, until=NOW))


def _document(at: datetime) -> None:
    rank = len(_all(FamilyDocument))
    kind = make_document_type(f"Document {rank}")
    make_document(kind, make_family(f"d{rank}"), valid_until=at.date() - timedelta(days=1))


def _campaign() -> int:
    days = {"first_day": date(2026, 7, 1), "last_day": date(2026, 8, 31)}
    with transaction() as db:
        campaign = Campaign(name="Été", residents_at=NOW, everyone_at=NOW, **days)
        db.add(campaign)
        db.flush()
        return campaign.key


def _wishes(at: datetime) -> None:
    home = make_family(f"s{len(_all(Family))}")
    _add(WishList(campaign_id=_campaign(), family_id=home, activity_id=make_activity(), changed_at=at))


def _ticket(at: datetime) -> None:
    _add(WaitingTicket(campaign_id=_campaign(), account_id=_account().key, rank=1, joined_at=at, seen_at=at))


def _quotient(at: datetime) -> None:
    last = at.date() - timedelta(days=1)
    add_quotient(make_family(f"q{len(_all(FamilyQuotient))}"), 850, last - timedelta(days=30), last)


def _regie() -> int:
    with transaction() as db:
        return regies.default(db).key


def _mandate(at: datetime) -> None:
    ended = {"state": MandateState.ENDED, "ended_at": at, "end_reason": MandateEnd.FAMILY, "terms_version": 1}
    rum = f"RUM-{len(_all(Mandate))}"
    _add(Mandate(regie_id=_regie(), rum=rum, holder="Alba Petit", iban_end="0189", signed_at=at, **ended))


def _debit_file(at: datetime) -> None:
    day, name = at.date() - timedelta(days=1), f"LOT-{len(_all(DebitBatch))}"
    _add(DebitBatch(regie_id=_regie(), message_id=name, collected_on=day, created_at=at, sent_at=at, sealed_file=b"x"))


def _attempt(at: datetime) -> None:
    rank = len(_all(PaymentAttempt))
    what = {"provider": Provider.STRIPE, "purpose": Purpose.TOP_UP, "amount_cents": 45_00, "token": f"jeton-{rank}"}
    state = (AttemptState.FAILED, AttemptState.EXPIRED)[rank % 2]
    _add(PaymentAttempt(reference=f"PF{rank}", regie_id=_regie(), state=state, created_at=at, **what))


def _kept(at: datetime) -> None:
    rank, owner = len(_all(KeptSelection)), _account(last_sign_in_at=NOW).key
    what = {"reference": f"SE{rank}", "kind": KeptKind.DAYS, "content": "1.1=add", "activity_id": make_activity()}
    _add(KeptSelection(account_id=owner, kept_at=at, **what))


BY_DAY = {
    Category.FAMILY_GROWN,
    Category.BOOKING,
    Category.WAITLIST,
    Category.DOCUMENT,
    Category.QUOTIENT,
    Category.DEBIT_FILE,
}
EMPTIED = {
    Category.ACCOUNT_IDLE,
    Category.MANDATE,
    Category.DEBIT_FILE,
}  # la ligne reste, sans ce qui nommait quelqu'un
SEEDS: dict[Category, tuple[type[Row], Callable[[datetime], object]]] = {
    Category.LINK: (OneUseLink, _link),
    Category.SESSION: (LoginSession, _ended_session),
    Category.ATTEMPT: (FailedAttempts, lambda at: _add(FailedAttempts(scope="mail", key_hash=str(at), last_at=at))),
    Category.MAIL: (OutboxMail, _mail),
    Category.AUDIT: (AuditEntry, lambda at: _add(AuditEntry(at=at, action="session.opened"))),
    Category.REQUEST: (Request, _request),
    Category.PAPER: (Paper, _paper),
    Category.FAMILY_CLOSED: (Family, _family),
    Category.FAMILY_GROWN: (Family, _grown),
    Category.CHILD_ALONE: (Child, _alone),
    Category.BOOKING: (Booking, _booking),
    Category.BOOKING_HISTORY: (BookingBatch, _batch),
    Category.WAITLIST: (WaitlistEntry, _wait),
    Category.DOCUMENT: (FamilyDocument, _document),
    Category.QUOTIENT: (FamilyQuotient, _quotient),
    Category.WISHES: (WishList, _wishes),
    Category.WAITING_ROOM: (WaitingTicket, _ticket),
    Category.MANDATE: (Mandate, _mandate),
    Category.DEBIT_FILE: (DebitBatch, _debit_file),
    Category.UNPAID_ATTEMPT: (PaymentAttempt, _attempt),
    Category.KEPT_SELECTION: (KeptSelection, _kept),
    Category.ACCOUNT_CLOSED: (Account, lambda at: _account(AccountStatus.CLOSED, closed_at=at)),
    Category.ACCOUNT_INVITED: (Account, lambda at: _account(AccountStatus.INVITED, created_at=at)),
    Category.ACCOUNT_IDLE: (Account, lambda at: _account(last_sign_in_at=at)),
}


def _due(now: datetime) -> dict[Category, int]:
    return {found.category: found.count for found in retention.due(now) if found.count}


def _applied(now: datetime) -> dict[Category, int]:
    return {found.category: found.count for found in retention.apply(now) if found.count}


def test_every_category_has_its_sweep_and_its_test() -> None:
    assert set(retention.SWEEPS) == set(RULES) == set(Category) == set(SEEDS)


@pytest.mark.parametrize("category", Category)
def test_nothing_younger_goes_and_everything_older_does(base: Engine, category: Category) -> None:
    table, seed = SEEDS[category]
    before = limit(category, NOW)
    seed(before + timedelta(days=1) if category in BY_DAY else before)
    assert _due(NOW) == _applied(NOW) == {}
    young = {row.key for row in _all(table)}
    seed(before if category in BY_DAY else before - SECOND)
    assert _due(NOW) == {category: 1}
    assert _applied(NOW) == {category: 1}
    if category not in EMPTIED:
        assert {row.key for row in _all(table)} == young
    assert _due(NOW) == {}


def test_a_dry_run_changes_nothing(base: Engine) -> None:
    for category, (_, seed) in SEEDS.items():
        seed(limit(category, NOW) - MARGIN)
    make_account("jamais-vu@famille.example")
    before = doctor.sizes(), _all(Account), _all(Family)
    counted = retention.due(NOW)
    assert {found.category for found in counted if found.count} == set(Category)
    assert (doctor.sizes(), _all(Account), _all(Family)) == before
    assert retention.apply(NOW) == counted


def test_an_interrupted_round_keeps_what_is_done_and_resumes(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    old = limit(Category.MAIL, NOW) - MARGIN
    for rank in range(5):
        _mail(old + rank * SECOND)
    real, calls = retention.audit.record, []

    def falls(*given: object, **named: object) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("coupure")
        real(*given, **named)

    monkeypatch.setattr(retention.audit, "record", falls)
    with pytest.raises(RuntimeError, match="coupure"):
        retention.apply(NOW)
    assert len(_all(OutboxMail)) == 3
    assert _applied(NOW) == {Category.MAIL: 3}
    assert _all(OutboxMail) == []


def test_a_mail_still_to_be_sent_is_never_swept(base: Engine) -> None:
    _mail(limit(Category.MAIL, NOW) - MARGIN)
    with transaction() as db:
        db.exec(update(OutboxMail).values(status=MailStatus.WAITING))
    assert _applied(NOW) == {}


def test_a_request_without_a_decision_is_never_swept(base: Engine) -> None:
    _request(limit(Category.REQUEST, NOW) - MARGIN)
    with transaction() as db:
        db.exec(update(Request).values(status=RequestStatus.TAKEN, decided_at=None))
    assert _applied(NOW) == {}


def test_a_decided_request_takes_its_history_along(base: Engine) -> None:
    _request(limit(Category.REQUEST, NOW) - MARGIN)
    retention.apply(NOW)
    assert _all(RequestEvent) == []


def test_a_remembered_session_goes_a_month_after_its_longest_life(base: Engine) -> None:
    open_session(_account(), now=NOW, remember=True)
    assert _due(NOW + REMEMBERED.absolute + timedelta(days=30)) == {}
    assert _due(NOW + REMEMBERED.absolute + timedelta(days=30) + SECOND)[Category.SESSION] == 1


def test_staff_accounts_do_not_go_for_being_idle(base: Engine) -> None:
    old = limit(Category.ACCOUNT_IDLE, NOW) - MARGIN
    for role in Role:
        account = make_account(f"{role}@mairie.example", role=role)
        with transaction() as db:
            db.exec(update(Account).where(col(Account.id) == account.key).values(last_sign_in_at=old))
    assert _applied(NOW) == {Category.ACCOUNT_IDLE: 1}
    assert {row.role for row in _all(Account) if row.status == AccountStatus.CLOSED} == {Role.PARENT}


def test_an_idle_account_is_closed_and_says_no_one_but_the_file_stays_whole(base: Engine) -> None:
    account = _account(last_sign_in_at=limit(Category.ACCOUNT_IDLE, NOW) - MARGIN)
    family = make_family("Un", account, phone="06 00 00 00 11")
    retention.apply(NOW)
    (row,), (guardian,) = _all(Account), _all(Guardian)
    assert (row.status, row.full_name, row.closed_at) == (AccountStatus.CLOSED, "Compte effacé", NOW)
    assert (guardian.account_id, guardian.phone, guardian.family_id) == (None, "06 00 00 00 11", family)
    assert _all(Family)[0].status == FamilyStatus.ACTIVE


def test_the_clock_of_what_has_no_date_starts_when_it_is_seen(base: Engine) -> None:
    _account()
    _account(AccountStatus.CLOSED)
    _family(NOW)
    with transaction() as db:
        db.exec(update(Family).values(closed_at=None))
    assert _applied(NOW) == {}
    assert {row.last_sign_in_at or row.closed_at for row in _all(Account)} == {NOW}
    assert _all(Family)[0].closed_at == NOW


def test_a_file_opened_again_forgets_the_day_it_was_closed(base: Engine) -> None:
    family = _family(limit(Category.FAMILY_CLOSED, NOW) - MARGIN)
    with transaction() as db:
        db.exec(update(Family).values(status=FamilyStatus.ACTIVE))
    assert _applied(NOW) == {}
    assert [(row.key, row.closed_at) for row in _all(Family)] == [(family, None)]


def test_a_file_goes_with_its_guardians_and_the_children_of_no_other_file(base: Engine) -> None:
    gone, kept = _family(limit(Category.FAMILY_CLOSED, NOW) - MARGIN), make_family("Autre parent", make_account())
    make_child("Seul", gone)
    shared = make_child("Jade", gone, kept)
    with transaction() as db:
        db.add(Guardian(family_id=gone, first_name="Paul", last_name="Lefèvre", role="father"))
    _request(NOW)
    with transaction() as db:
        db.exec(update(Request).values(family_id=gone))
    assert _applied(NOW) == {Category.FAMILY_CLOSED: 1}
    assert [row.key for row in _all(Family)] == [kept]
    assert [row.key for row in _all(Child)] == [shared]
    assert [(row.family_id, row.child_id) for row in _all(FamilyChild)] == [(kept, shared)]
    assert [row.family_id for row in _all(Guardian)] == [kept]
    assert [row.family_id for row in _all(Request)] == [None]


def test_the_files_merged_into_a_file_go_with_it(base: Engine) -> None:
    gone = _family(limit(Category.FAMILY_CLOSED, NOW) - MARGIN)
    merged = _family(NOW, FamilyStatus.MERGED, gone)
    _family(NOW, FamilyStatus.MERGED, merged)
    kept = make_family("Reste")
    assert _applied(NOW) == {Category.FAMILY_CLOSED: 1}
    assert [row.key for row in _all(Family)] == [kept]


def test_a_younger_child_keeps_the_file(base: Engine) -> None:
    _grown(limit(Category.FAMILY_GROWN, NOW) - MARGIN)
    make_child("Benjamin", _all(Family)[0].key, birth=date(2020, 1, 1))
    make_family("Sans enfant")
    assert _applied(NOW) == {}


def test_a_child_still_spoken_of_in_a_request_stays(base: Engine) -> None:
    make_child("Attendu")
    _request(NOW)
    with transaction() as db:
        values = {"child_id": _all(Child)[0].key, "status": RequestStatus.SENT, "decided_at": None}
        db.exec(update(Request).values(**values))
    assert _applied(NOW + timedelta(days=4_000)) == {}


def test_a_merge_is_forgotten_with_either_of_its_files(base: Engine) -> None:
    old = limit(Category.FAMILY_CLOSED, NOW) - MARGIN
    kept = make_family("Reste", make_account())
    gone = _family(old, FamilyStatus.MERGED, kept)
    _add(FamilyMerge(source_id=gone, target_id=kept, source_status="active", merged_at=old))
    assert _applied(NOW)[Category.FAMILY_CLOSED] == 1
    assert ([row.key for row in _all(Family)], _all(FamilyMerge)) == ([kept], [])


def test_a_file_goes_with_health_custody_and_search_keys(base: Engine) -> None:
    them = alternating()
    with transaction() as db:
        records.locked(db, them.jade, NOW)
    for family in (them.lefevre, them.garnier):
        with transaction() as db:
            values = {"status": FamilyStatus.ARCHIVED, "closed_at": limit(Category.FAMILY_CLOSED, NOW) - MARGIN}
            db.exec(update(Family).where(col(Family.id) == family).values(**values))
        retention.apply(NOW)
        left = family == them.lefevre
        assert bool(_all(HealthRecord)) is bool(_all(Child)) is left
        assert {row.family_id for row in _all(PersonKey)} == ({them.garnier} if left else set())
        assert _all(CustodyPattern) == []


def test_an_account_reopened_counts_anew(base: Engine) -> None:
    agent = open_session(make_account("admin@mairie.example", role=Role.ADMIN))[1]
    account = _account(last_sign_in_at=limit(Category.ACCOUNT_IDLE, NOW) - MARGIN)
    care.close(actor=agent, account_id=account.key, reason="Erreur", now=NOW)
    care.reopen(actor=agent, account_id=account.key, now=NOW)
    assert Category.ACCOUNT_IDLE not in _applied(NOW)
    with reading() as db:
        row = db.get_one(Account, account.key)
    assert (row.status, row.closed_at, row.last_sign_in_at) == (AccountStatus.ACTIVE, None, NOW)


def test_an_account_closed_by_an_agent_is_kept_from_that_day(base: Engine) -> None:
    agent = open_session(make_account("admin@mairie.example", role=Role.ADMIN))[1]
    account = _account(closed_at=NOW - timedelta(days=3_000))
    care.close(actor=agent, account_id=account.key, reason="Départ", now=NOW)
    assert Category.ACCOUNT_CLOSED not in _applied(NOW)
    assert {row.closed_at for row in _all(Account)} == {None, NOW}


def test_what_is_erased_is_told_in_the_journal_without_naming_anyone(base: Engine) -> None:
    _account(last_sign_in_at=limit(Category.ACCOUNT_IDLE, NOW) - MARGIN)
    retention.apply(NOW)
    (entry,) = _all(AuditEntry)
    assert (entry.action, entry.actor_id, entry.subject_id) == ("retention.erased", None, None)
    assert entry.detail == f"{Category.ACCOUNT_IDLE.label} : 1"


def test_nightly_job_applies_the_table(base_sqlite: Engine) -> None:
    old = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    for _, seed in SEEDS.values():
        seed(old)
    job.sweep()
    assert sum(doctor.sizes()[name] for name in ("login_session", "outbox_mail", "paper", "request")) == 0


def test_only_retention_erases_from_the_journal() -> None:
    """« Le journal ne se corrige pas » : hors d'ici, on y ajoute."""
    allowed = {"services/privacy/retention.py", "services/audit.py", "models/audit.py"}
    for file in (ROOT / "portail").rglob("*.py"):
        name = file.relative_to(ROOT / "portail").as_posix()
        if name not in allowed:
            touched = re.findall(
                r"(?:delete|update)\(\s*AuditEntry|(?:delete from|update) audit_entry", file.read_text(), re.IGNORECASE
            )
            assert touched == [], name
    assert "update(AuditEntry" not in (ROOT / "portail/services/privacy/retention.py").read_text()


def test_every_link_to_a_person_or_a_file_lets_go_when_they_are_erased() -> None:
    """Une table nouvelle dont le lien retiendrait un compte, un foyer ou un enfant bloquerait l'effacement."""
    undone_by_hand = {
        ("request", "family_id"),
        ("family", "merged_into_id"),
        ("family_merge", "source_id"),
        ("family_merge", "target_id"),
    }
    for table in SQLModel.metadata.sorted_tables:
        for link in table.foreign_keys:
            if link.column.table.name in {"account", "family", "child"}:
                held = link.ondelete not in {"CASCADE", "SET NULL"}
                place = (table.name, link.parent.name)
                assert not held or place in undone_by_hand, (
                    f"{place} : ondelete, ou un geste dans services/privacy/erasure.py"
                )


def test_erasing_an_account_leaves_no_name_behind(base: Engine) -> None:
    account = make_account("camille.durand@famille.example")
    open_session(account)
    family = make_family("Durand", account)
    _mail(NOW)
    with transaction() as db:
        db.exec(update(OutboxMail).values(recipient=account.email))
        erasure.erase_account(db, db.get_one(Account, account.key), NOW)
    (row,) = _all(Account)
    assert not {"camille", "durand"} & set(re.findall(r"\w+", str(row.model_dump()).casefold()))
    assert (row.password_hash, row.totp_sealed, row.status) == (None, None, AccountStatus.CLOSED)
    assert [_all(LoginSession), _all(OutboxMail)] == [[], []]
    assert _all(Guardian)[0].family_id == family
    with transaction() as db:
        erasure.erase_account(db, db.get_one(Account, account.key), NOW + MARGIN)
    assert _all(Account)[0].closed_at == NOW


def test_a_booking_that_goes_gives_its_place_back(base: Engine) -> None:
    _booking(limit(Category.BOOKING, NOW) - MARGIN)
    assert [slot.taken for slot in _all(Slot)] == [1]
    assert _applied(NOW) == {Category.BOOKING: 1}
    assert [slot.taken for slot in _all(Slot)] == [0]


def test_a_file_or_a_child_that_goes_gives_its_places_back(base: Engine) -> None:
    _booking(NOW)
    with transaction() as db:
        erasure.erase_families(db, [_all(Family)[0].key])
    assert (_all(Booking), [slot.taken for slot in _all(Slot)]) == ([], [0])
    _booking(NOW)
    with transaction() as db:
        erasure.erase_children(db, [_all(Child)[0].key])
    assert (_all(Booking), [slot.taken for slot in _all(Slot)]) == ([], [0, 0])


def test_a_document_without_an_end_follows_the_file(base: Engine) -> None:
    make_document(make_document_type(), make_family("Un"))
    assert _applied(NOW + timedelta(days=3_000)) == {}


def test_an_erased_account_loses_its_link_to_the_calendar(base: Engine) -> None:
    account = _account()
    _add(CalendarFeed(account_id=account.key, token_hash="x", created_at=NOW))
    with transaction() as db:
        erasure.erase_account(db, db.get_one(Account, account.key), NOW)
    assert _all(CalendarFeed) == []
