"""Les relances à poster : une page par famille sans adresse e-mail, notées une seule fois, imprimées à volonté."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.desk import REMINDER_GAP, ReminderLevel
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.services.unpaid import board, by_post, rounds
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.desk import agent, take
from tests.factories.families import make_family
from tests.factories.invoices import make_regie
from tests.factories.unpaid import home, late, letters, levels
from tests.factories.unpaid import rounds as every
from tests.tools.pdfs import opened, tags_of, text_of


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def prepare(actor: Actor, level: str = "1", *, regie: int = 0, now: Any = NOW) -> str:
    return by_post.prepare(actor=actor, level=level, regie_id=regie, now=now)


def pdf(actor: Actor, rank: int = -1) -> bytes:
    return by_post.make_pdf(actor, every()[rank].key, NOW).body


def alone(name: str) -> int:
    """Une famille que l'on ne joint que par la poste."""
    family = home(name)
    with transaction() as db:
        adult = db.exec(select(Guardian).where(Guardian.family_id == family)).one()
        adult.account_id, adult.first_name, adult.last_name = None, "Odette", name
        place = db.get_one(Family, family)
        place.address, place.postcode, place.city = "3 rue du Lavoir", "45000", "Valbourg-sur-Loire"
    return family


def test_one_page_for_each_family_without_address(regie: Actor) -> None:
    durand, martin, reached = alone("Durand"), alone("Martin"), home("Petit")
    keys = [late(durand, 5, 10_00), late(durand, 9, 20_00), late(martin, 5, 30_00)]
    late(reached, 5, 40_00)
    assert board.show(actor=regie, regie_id=0, now=NOW).levels[0].proposed == "Établir 2 lettres"
    assert prepare(regie) == "Rappel : 2 lettres. Le PDF à imprimer est dans « Dernières relances »."
    assert (levels(), letters()) == ([(key, 1) for key in keys], [])
    body = pdf(regie)
    first, second = (page.extract_text() for page in opened(body).pages)
    assert "Odette Durand" in first
    assert "3 rue du Lavoir" in first
    assert "45000 Valbourg-sur-Loire" in first
    assert "30,00\u00a0€" in first, "le total des deux"
    assert "Martin" not in first
    assert "Odette Martin" in second
    assert {"H1", "Table", "TH"} <= tags_of(body)
    assert "Petit" not in text_of(body)
    line = board.show(actor=regie, regie_id=0, now=NOW).rounds[0]
    assert (line.way, line.what, line.sent, line.href) == (
        "À poster",
        "Rappel",
        "2 lettres, 3 factures",
        f"/telechargements/relances-{every()[0].key}",
    )


def test_each_level_has_its_own_letter_once(regie: Actor) -> None:
    key, now, said = late(alone("Durand"), 5, 10_00), NOW, set()
    for level in ReminderLevel:
        prepare(regie, level, now=now)
        assert levels()[-1] == (key, level.number)
        said.add(text_of(pdf(regie)))
        for again in ReminderLevel:
            with pytest.raises(rounds.NothingToRemindError):
                prepare(regie, again, now=now)
        now += REMINDER_GAP
    assert len(said) == len(every()) == 3
    assert sum("Trésor public" in text for text in said) == 1


def test_what_is_paid_since_is_not_posted(regie: Actor) -> None:
    durand, martin = alone("Durand"), alone("Martin")
    paid = late(durand, 5, 10_00)
    late(martin, 5, 30_00)
    prepare(regie)
    take(regie, durand, amount="10", split="typed", **{f"facture-{paid}": "10"})
    assert "Durand" not in text_of(pdf(regie))
    take(regie, martin, amount="30")
    with pytest.raises(BadInputError, match="payées"):
        pdf(regie)


def test_two_agents_print_once(regie: Actor) -> None:
    keys = [late(alone(name), 5, 10_00) for name in ("Durand", "Martin")]
    done = together(*[partial(prepare, actor) for actor in (regie, agent("regie2@mairie.example")) * 2])
    assert sorted(type(one).__name__ for one in done) == [*["NothingToRemindError"] * 3, "str"]
    assert levels() == [(key, 1) for key in keys]
    assert [one.letters for one in every()] == [2]


def test_too_many_letters_make_another_batch(regie: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_post, "MOST_LETTERS", 2)
    for name in ("Durand", "Martin", "Petit"):
        late(alone(name), 5, 10_00)
    assert [prepare(regie).partition(".")[0] for _ in range(2)] == ["Rappel : 2 lettres", "Rappel : 1 lettre"]
    assert len(levels()) == 3


def test_the_longest_batch_is_printed(regie: Actor) -> None:
    for rank in range(by_post.MOST_LETTERS):
        for days in (5, 6, 7):
            late(alone(f"Famille{rank}") if days == 5 else every_last(), days, 10_00)
    prepare(regie)
    assert len(opened(pdf(regie)).pages) == by_post.MOST_LETTERS


def every_last() -> int:
    with reading() as db:
        return max(one.key for one in db.exec(select(Family)))


def test_letters_follow_the_regie_and_are_told(regie: Actor) -> None:
    family, sport = alone("Durand"), make_regie("SPO")
    late(family, 5, 10_00)
    theirs = late(family, 5, 20_00, regie_id=sport)
    prepare(regie, regie=sport)
    assert levels() == [(theirs, 1)]
    pdf(regie)
    with reading() as db:
        told = [one.action for one in db.exec(select(AuditEntry)) if one.action.startswith("reminders.")]
    assert told == ["reminders.printed", "reminders.downloaded"]


@pytest.mark.parametrize("level", ["", "0", "4", "1' or '1'='1"])
def test_a_forged_level_prints_nothing(regie: Actor, level: str) -> None:
    with pytest.raises(BadInputError):
        prepare(regie, level)
    assert every() == []


def test_a_round_by_mail_has_no_paper(regie: Actor) -> None:
    late(make_family("Sans"), 5, 10_00)
    late(home(), 5, 10_00)
    rounds.ask(actor=regie, regie_id=0, with_last=False, now=NOW)
    for key in (every()[0].key, 999_999, 0, -1, 2**40):
        with pytest.raises(NotOpenError):
            by_post.make_pdf(regie, key, NOW)
