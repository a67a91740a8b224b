"""Relancer tout ce qui est dû : annoncé juste, parti une seule fois, repris là où une panne l'a laissé."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.desk import REMINDER_GAP, ReminderLevel, ReminderWay
from portail.domain.refusals import NotOpenError
from portail.jobs import reminders as jobs
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.reminders import ReminderRound
from portail.services.unpaid import board, by_post, listing, reminding, rounds
from portail.services.wallet import people
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.desk import agent, regie_id, take
from tests.factories.families import make_family
from tests.factories.invoices import make_invoice, make_regie
from tests.factories.people import make_account, open_session
from tests.factories.unpaid import home, late, letters, levels, plan
from tests.factories.unpaid import rounds as every


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def ask(actor: Actor, *, regie: int = 0, with_last: bool = False, now: Any = NOW) -> str:
    return rounds.ask(actor=actor, regie_id=regie, with_last=with_last, now=now)


def finish(now: Any = NOW) -> None:
    while rounds.advance(now):
        pass


def shown(actor: Actor, regie: int = 0, now: Any = NOW) -> Any:
    return board.show(actor=actor, regie_id=regie, now=now)


def refused(call: Any) -> str:
    with pytest.raises((rounds.NothingToRemindError, rounds.RoundUnderWayError)) as refusal:
        call()
    return type(refusal.value).__name__


def test_what_is_announced_is_what_leaves(regie: Actor) -> None:
    durand, martin, nobody = home(), home("Martin"), make_family("Sans")
    first, second, third = late(durand, 5, 10_00), late(durand, 9, 20_00), late(martin, 5, 30_00)
    late(nobody, 5, 40_00)
    make_invoice(durand, 99_00)
    view = shown(regie)
    assert [(one.label, one.letters, one.mails, one.silent) for one in view.levels] == [
        ("Rappel", 2, "2 familles, 3 factures", 1),
        ("Relance", 0, "aucune", 0),
        ("Dernière relance avant le Trésor public", 0, "aucune", 0),
    ]
    assert (view.gentle, view.last, view.silent, view.is_busy) == ("2 rappels", "", "1 lettre à poster", False)
    assert ask(regie) == "Les relances partent : 2 lettres."
    assert (letters(), shown(regie).is_busy) == ([], True)
    finish()
    assert levels() == [(first, 1), (second, 1), (third, 1)]
    assert [one.recipient for one in letters()] == ["durand@famille.example", "martin@famille.example"]
    (done,) = every()
    assert (done.letters, done.invoices, done.silent, done.done_at) == (2, 3, 1, NOW)
    line = shown(regie).rounds[0]
    assert (line.day, line.way, line.sent, line.silent, line.href) == (
        "20/11/2026",
        "Par courriel",
        "2 lettres, 3 factures",
        "1 famille sans adresse e-mail",
        "",
    )
    assert line.who == "Regie Essai"
    assert refused(partial(ask, regie)) == "NothingToRemindError"


def test_the_list_and_the_count_propose_the_same(regie: Actor) -> None:
    """La règle est écrite deux fois, ligne à ligne et en une question : elles disent la même chose."""
    family, now = home(), NOW
    for days in (0, 1, 5, 40):
        late(family, days, 10_00)
    for days in (0, 9, 10, 11, 25, 40):
        now = NOW + timedelta(days=days)
        rows = listing.show(actor=regie, sought=listing.ALL, page=1, now=now).rows
        proposed = [one.next_level for one in rows if one.next_level]
        counted = {one.label: one.mails for one in shown(regie, now=now).levels if one.letters}
        assert counted == {
            level: f"1 famille, {proposed.count(level)} facture{'s' * (proposed.count(level) > 1)}"
            for level in dict.fromkeys(proposed)
        }
        if days % 2:
            reminding.remind(actor=regie, invoice_ids=[one.id for one in rows], now=now)


def test_the_last_reminder_leaves_only_when_it_is_asked(regie: Actor) -> None:
    key, now = late(home(), 5, 10_00), NOW
    for level in (1, 2):
        ask(regie, now=now)
        finish(now)
        assert levels()[-1] == (key, level)
        now += REMINDER_GAP
    view = shown(regie, now=now)
    assert (view.gentle, view.last) == ("", "1 dernière relance")
    assert refused(partial(ask, regie, now=now)) == "NothingToRemindError"
    assert ask(regie, with_last=True, now=now) == "Les relances partent : 1 lettre."
    finish(now)
    assert levels() == [(key, 1), (key, 2), (key, 3)]
    assert "Trésor public" in letters()[-1].subject
    assert refused(partial(ask, regie, with_last=True, now=now + REMINDER_GAP)) == "NothingToRemindError"


def test_a_round_of_one_regie_leaves_the_others_alone(regie: Actor) -> None:
    family, sport = home(), make_regie("SPO")
    mine, theirs = late(family, 5, 10_00), late(family, 5, 20_00, regie_id=sport)
    assert [one.mails for one in shown(regie, sport).levels][:1] == ["1 famille, 1 facture"]
    ask(regie, regie=sport)
    finish()
    assert levels() == [(theirs, 1)]
    assert shown(regie).rounds[0].who == "Regie Essai, Régie SPO"
    ask(regie)
    finish()
    assert levels() == sorted([(theirs, 1), (mine, 1)])
    for unknown in (999_999, -1, 2**40):
        with pytest.raises(NotOpenError):
            ask(regie, regie=unknown)


def test_killed_in_the_middle_it_goes_on_without_doubles(regie: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    families = [home(f"Famille{rank}") for rank in range(5)]
    keys = [late(family, 5, 10_00) for family in families]
    monkeypatch.setattr(rounds, "FAMILIES", 2)
    ask(regie)
    assert rounds.advance(NOW)
    real = reminding.outbox.add

    def killed(*given: Any) -> None:
        real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(reminding.outbox, "add", killed)
        with pytest.raises(KeyboardInterrupt):
            rounds.advance(NOW)
    assert (len(letters()), len(levels()), every()[0].letters) == (2, 2, 2), "la tranche tuée n'a rien laissé"
    monkeypatch.setattr(jobs.clock, "now", lambda: NOW)
    jobs.send_reminders()
    assert levels() == [(key, 1) for key in keys]
    assert len({one.recipient for one in letters()}) == len(letters()) == 5
    assert (every()[0].letters, every()[0].done_at) == (5, NOW)


def test_a_long_round_gives_the_others_their_turn(regie: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    for rank in range(7):
        late(home(f"Famille{rank}"), 5, 10_00)
    monkeypatch.setattr(rounds, "FAMILIES", 1)
    monkeypatch.setattr(jobs.clock, "now", lambda: NOW)
    woken: list[str] = []
    monkeypatch.setattr(jobs, "wake", woken.append)
    ask(regie)
    jobs.send_reminders()
    assert (len(letters()), woken) == (5, [rounds.JOB])
    jobs.send_reminders()
    assert (len(letters()), woken) == (7, [rounds.JOB])


def test_two_agents_and_two_workers_make_one_round(regie: Actor) -> None:
    other = agent("regie2@mairie.example")
    keys = [late(home(f"Famille{rank}"), 5, 10_00) for rank in range(6)]
    asked = together(*[partial(ask, actor) for actor in (regie, other) * 2])
    assert sorted(type(one).__name__ for one in asked) == [*["RoundUnderWayError"] * 3, "str"]
    together(*[finish] * 3, partial(reminding.remind, actor=other, invoice_ids=keys, now=NOW))
    assert levels() == [(key, 1) for key in keys]
    assert len(letters()) == 6
    assert len(every()) == 1


def test_what_is_paid_meanwhile_is_left_alone(regie: Actor) -> None:
    family = home()
    key, paid = late(family, 5, 10_00), late(family, 5, 20_00)
    ask(regie)
    take(regie, family, amount="20", split="typed", **{f"facture-{paid}": "20"})
    before = len(letters())
    finish()
    assert (levels(), len(letters()) - before) == ([(key, 1)], 1)


def test_the_calendar_is_off_until_it_is_set(regie: Actor) -> None:
    late(home(), 30, 10_00)
    assert (rounds.start_scheduled(NOW), every()) == (False, [])


def test_the_calendar_follows_each_regie_and_never_sends_twice(regie: Actor) -> None:
    family, sport = home(), make_regie("SPO")
    keys = {days: late(family, days, 10_00) for days in (4, 5, 29)}
    theirs = late(family, 5, 20_00, regie_id=sport)
    plan(regie_id(), 5, 30)
    assert together(*[partial(rounds.start_scheduled, NOW)] * 3).count(True) == 1
    finish()
    assert levels() == [(keys[5], 1), (keys[29], 1)], "quatre jours : trop tôt ; l'autre régie : pas de calendrier"
    assert len(letters()) == 1
    assert not rounds.start_scheduled(NOW), "plus rien aujourd'hui"
    plan(sport, 5, None)
    assert not rounds.start_scheduled(NOW), "une tournée par jour, même changée dans la journée"
    later = NOW + REMINDER_GAP
    assert rounds.start_scheduled(later)
    finish(later)
    assert levels() == sorted([(keys[4], 1), (keys[5], 1), (keys[29], 1), (keys[29], 2), (theirs, 1)])
    assert len(letters()) == 3, "un rappel pour les deux régies, une relance"
    view = shown(regie, now=later).rounds[0]
    assert (view.who, view.what) == ("Calendrier", "Jusqu’à «\u00a0Relance\u00a0»")
    with reading() as db:
        authors = {one.actor_id for one in db.exec(select(AuditEntry).where(AuditEntry.action == "invoice.reminded"))}
    assert authors == {None}


def test_the_calendar_never_sends_the_last_reminder(regie: Actor) -> None:
    key = late(home(), 40, 10_00)
    plan(regie_id(), 1, 12)
    for week in range(8):
        now = NOW + timedelta(weeks=week)
        rounds.start_scheduled(now)
        finish(now)
    assert levels() == [(key, 1), (key, 2)]


def test_the_daily_job_and_the_worker_do_the_whole(regie: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    key = late(home(), 5, 10_00)
    plan(regie_id(), 5, None)
    monkeypatch.setattr(jobs.clock, "now", lambda: NOW)
    for _ in range(3):
        jobs.remind_on_schedule()
        jobs.send_reminders()
    assert (levels(), len(letters()), len(every())) == ([(key, 1)], 1, 1)


@pytest.mark.parametrize("days", [(0, None), (None, 366), (20, 20), (20, 10)])
def test_the_base_refuses_a_calendar_out_of_order(regie: Actor, days: tuple[int | None, int | None]) -> None:
    with pytest.raises(IntegrityError):
        plan(regie_id(), *days)


def write(row: ReminderRound) -> None:
    with transaction() as db:
        db.add(row)


@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 1), (1, 4)])
def test_the_base_refuses_a_round_of_unknown_levels(regie: Actor, first: int, last: int) -> None:
    known = {"way": ReminderWay.EMAIL, "day": NOW.date(), "asked_at": NOW}
    asked = ReminderRound(first_level=first, last_level=last, **known)
    with pytest.raises(IntegrityError):
        write(asked)


def test_a_family_is_reachable_exactly_when_it_has_an_address(regie: Actor) -> None:
    invited = make_account("invite@famille.example", active=False)
    cases: list[dict[str, Any]] = [
        {},
        {"can_see_money": False},
        {"account_id": None},
        {"account_id": None, "email": "dossier@famille.example"},
        {"account_id": None, "invoice_email": "factures@famille.example"},
        {"account_id": None, "email": "dossier@famille.example", "can_see_money": False},
        {"account_id": invited.id},
        {"account_id": invited.id, "email": "dossier@famille.example"},
    ]
    found = {}
    for rank, changes in enumerate(cases):
        family = home(f"Cas{rank}")
        with transaction() as db:
            adult = db.exec(select(Guardian).where(Guardian.family_id == family)).one()
            for name, value in changes.items():
                setattr(adult, name, value)
        with reading() as db:
            found[rank] = bool(people.addresses(db, family))
            asked = select(Guardian.id).where(Guardian.family_id == family, people.is_reachable(family))
            assert bool(db.exec(asked).first()) is found[rank], changes
    assert [rank for rank, reached in found.items() if reached] == [0, 3, 4, 7]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_makes_rounds(base: Engine, role: Role) -> None:
    actor = open_session(make_account("autre@mairie.example", role=role))[1]
    prepare = partial(by_post.prepare, actor=actor, level=ReminderLevel.FIRST, regie_id=0, now=NOW)
    for call in (partial(ask, actor), partial(shown, actor), prepare, partial(by_post.make_pdf, actor, 1, NOW)):
        with pytest.raises(NotOpenError):
            call()
