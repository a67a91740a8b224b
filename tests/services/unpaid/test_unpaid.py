"""Les impayés par âge, et des relances qui ne partent jamais deux fois."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.desk import REMINDER_GAP, Age, ReminderLevel
from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.database import transaction
from portail.models.families import Guardian
from portail.models.invoices import Invoice
from portail.services.mails import outbox
from portail.services.unpaid import listing, reminding
from portail.services.unpaid.listing import Sought
from tests.conftest import NOW
from tests.factories.billed import credit
from tests.factories.crowds import together
from tests.factories.desk import agent, take
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_draft, make_invoice, make_regie
from tests.factories.people import make_account, open_session
from tests.factories.unpaid import home, late, letters, levels


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def show(actor: Actor, age: str = "", page: int = 1, **sought: Any) -> Any:
    return listing.show(actor=actor, sought=Sought(age, **sought), page=page, now=NOW)


def found(actor: Actor, words: str, **sought: Any) -> list[int]:
    return sorted(row.id for row in show(actor, words=words, **sought).rows)


def remind(actor: Actor, *keys: int, now: Any = NOW) -> str:
    return reminding.remind(actor=actor, invoice_ids=keys, now=now)


def test_each_age_counts_what_is_left(regie: Actor) -> None:
    family = home()
    for days in (0, 1, 30, 31, 60, 61, 90, 91, 400):
        late(family, days, 10_00)
    shown = show(regie)
    assert [(one.value, one.count, one.amount) for one in shown.ages] == [
        ("month", "2 factures", "20,00\u00a0€"),
        ("two", "2 factures", "20,00\u00a0€"),
        ("three", "2 factures", "20,00\u00a0€"),
        ("older", "2 factures", "20,00\u00a0€"),
    ]
    assert shown.total == "8 factures, 80,00\u00a0€"
    assert [row.age for row in shown.rows] == [f"{days} jours" for days in (400, 91, 90, 61, 60, 31, 30)] + ["1 jour"]
    assert [row.age for row in show(regie, Age.TWO).rows] == ["60 jours", "31 jours"]
    assert (shown.summary, show(regie, Age.TWO).summary) == ("8 factures, page 1 sur 1", "2 factures, page 1 sur 1")
    assert show(regie, "inconnu").age == ""


def test_only_what_is_issued_late_and_not_paid_is_listed(regie: Actor) -> None:
    family = home()
    part, whole = late(family, 5, 30_00), late(family, 5, 20_00)
    make_invoice(family, 99_00)
    credit(family, {"amount_cents": -500})
    with transaction() as db:
        make_draft(db, family, (50_00,), date(2026, 8, 1), invoice(part).regie_id)
    take(regie, family, amount="20", split="typed", **{f"facture-{whole}": "20"})
    take(regie, family, amount="12,34", split="typed", **{f"facture-{part}": "12,34"})
    (row,) = show(regie).rows
    assert (row.id, row.left, row.family, row.next_level) == (part, "17,66\u00a0€", "Durand", "Rappel")
    assert "Durand Essai 06 00 00 00 01" in row.adults
    assert {InvoiceState.DRAFT, InvoiceKind.CREDIT_NOTE}  # ni l'un ni l'autre n'est un impayé


def test_a_long_list_is_turned(regie: Actor) -> None:
    family = home()
    for _ in range(21):
        late(family, 5, 1_00)
    assert (len(show(regie).rows), len(show(regie, page=2).rows), show(regie, page=99).page) == (20, 1, 2)


def test_the_list_and_its_ages_follow_the_regie(regie: Actor) -> None:
    family, sport = home(), make_regie("SPO")
    mine, theirs = late(family, 5, 10_00), make_invoice(family, 20_00, now=NOW - timedelta(days=100), regie_id=sport)
    assert [row.id for row in show(regie).rows] == [theirs, mine]
    shown = show(regie, regie_id=sport)
    assert ([row.id for row in shown.rows], shown.total, shown.regie) == (
        [theirs],
        "1 facture, 20,00\u00a0€",
        str(sport),
    )
    assert [one.amount for one in shown.ages] == ["0,00\u00a0€", "0,00\u00a0€", "20,00\u00a0€", "0,00\u00a0€"]
    assert [one.label for one in shown.regies] == ["Régie enfance", "Régie SPO"]
    unknown = show(regie, regie_id=999_999)
    assert (unknown.regie, len(unknown.rows)) == ("", 2)
    assert show(regie, Age.MONTH, regie_id=sport).rows == []


def test_a_family_is_found_by_its_name_an_adult_or_an_invoice(regie: Actor) -> None:
    family = home()
    with transaction() as db:
        adult = db.exec(select(Guardian).where(Guardian.family_id == family)).one()
        adult.first_name, adult.last_name = "Élodie", "Étienne"
    durand, martin = late(family, 5, 10_00), late(home("Martin"), 9, 20_00)
    number = next(row.number for row in show(regie).rows if row.id == martin)
    assert found(regie, "") == sorted((durand, martin))
    assert found(regie, "durand") == found(regie, " élodie ") == found(regie, "Étienne Durand") == [durand]
    assert found(regie, "martin") == found(regie, number.lower()) == [martin]
    assert found(regie, "durand martin") == found(regie, "100%") == found(regie, "ENF-1999-000001") == []
    shown = show(regie, words="durand")
    assert (shown.words, shown.total, shown.summary) == ("durand", "1 facture, 10,00\u00a0€", "1 facture, page 1 sur 1")
    with pytest.raises(BadInputError):
        show(regie, words="x" * 81)


def test_a_search_keeps_its_pages(regie: Actor) -> None:
    durand, martin = home(), home("Martin")
    for family in (durand,) * 21 + (martin,):
        late(family, 5, 1_00)
    assert (len(show(regie, words="durand").rows), len(show(regie, page=2, words="durand").rows)) == (20, 1)


def test_an_erased_family_has_no_file_to_open(regie: Actor) -> None:
    key = late(home(), 5, 10_00)
    with transaction() as db:
        db.get_one(Invoice, key).family_id = None
    (row,) = show(regie).rows
    assert (row.id, row.family_id, row.family, row.next_level) == (key, 0, "Dossier effacé", "")


def test_one_letter_by_family_names_every_invoice(regie: Actor) -> None:
    durand, martin = home(), home("Martin")
    keys = [late(durand, 5, 10_00), late(durand, 9, 20_00), late(martin, 5, 30_00)]
    assert remind(regie, *keys) == "3 factures relancées."
    first, second = letters()
    assert (first.recipient, second.recipient) == ("durand@famille.example", "martin@famille.example")
    body = outbox.letter(first).text
    assert "10,00\u00a0€" in body
    assert "20,00\u00a0€" in body
    assert "30,00" not in body
    assert "Merci" in body


def test_three_polite_and_different_letters_each_once(regie: Actor) -> None:
    key, now = late(home(), 5, 10_00), NOW
    for level in ReminderLevel:
        assert remind(regie, key, now=now) == "1 facture relancée."
        assert remind(regie, key, now=now) == "Rien à relancer."
        assert remind(regie, key, now=now + REMINDER_GAP - timedelta(days=1)) == "Rien à relancer."
        assert levels()[-1] == (key, level.number)
        now += REMINDER_GAP
    assert remind(regie, key, now=now + timedelta(days=90)) == "Rien à relancer."
    bodies = [outbox.letter(one).text for one in letters()]
    assert len({mail.subject for mail in letters()}) == len(set(bodies)) == 3
    assert "Trésor public" in bodies[2]
    assert "Trésor public" not in bodies[0] + bodies[1]
    assert show(regie).rows[0].next_level == ""


def test_two_agents_remind_once(regie: Actor) -> None:
    key, other = late(home(), 5, 10_00), agent("regie2@mairie.example")
    done = together(*[partial(remind, actor, key) for actor in (regie, other) * 3])
    assert sorted(done) == ["1 facture relancée.", *["Rien à relancer."] * 5]
    assert (levels(), len(letters())) == ([(key, 1)], 1)


def test_what_is_paid_or_not_due_is_left_alone(regie: Actor) -> None:
    family = home()
    paid, fresh = late(family, 5, 10_00), make_invoice(family, 10_00)
    take(regie, family, amount="10", split="typed", **{f"facture-{paid}": "10"})
    before = len(letters())
    assert remind(regie, paid, fresh, 999_999) == "Rien à relancer."
    assert (levels(), len(letters())) == ([], before)


def test_a_family_without_address_is_called(regie: Actor) -> None:
    nobody, closed = make_family("Sans"), home()
    with transaction() as db:
        for one in db.exec(select(Guardian).where(Guardian.family_id == closed)):
            one.can_see_money = False
    keys = late(nobody, 5, 10_00), late(closed, 5, 10_00)
    assert remind(regie, *keys) == "Rien à relancer. 2 familles sans adresse e-mail : appelez-les."
    assert levels() == [], "rien n'est parti : le niveau reste à envoyer"


@pytest.mark.parametrize("keys", [(), (0,), (-1, 2**40), tuple(range(1, 102))])
def test_a_forged_choice_reminds_nobody(regie: Actor, keys: tuple[int, ...]) -> None:
    with pytest.raises(BadInputError):
        remind(regie, *keys)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_reads_and_reminds(base: Engine, role: Role) -> None:
    actor = open_session(make_account("autre@mairie.example", role=role))[1]
    for call in (partial(show, actor), partial(remind, actor, 1)):
        with pytest.raises(NotOpenError):
            call()
