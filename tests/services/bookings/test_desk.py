"""Un agent devant le calendrier d'une famille : en son nom, avec ses droits à lui, et passer outre laisse une trace."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.bookings import Intent
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.activities import Slot
from portail.models.audit import AuditEntry
from portail.models.bookings import Booking, BookingChange
from portail.models.database import reading
from portail.models.mails import OutboxMail
from portail.services.bookings.confirming import Order, confirm
from portail.services.bookings.month import Asked, show
from portail.services.bookings.overriding import override
from portail.services.bookings.selection import preview
from portail.services.bookings.undoing import undo
from portail.services.wallet import check_ledger
from portail.views.bookings import Outcome, Recap
from tests.conftest import NOW
from tests.factories.booking import Home, make_canteen, make_home, states, taken
from tests.factories.money import balance
from tests.factories.people import make_account, open_session

WHY = "Accord du directeur"


def agent(role: Role = Role.ADMIN) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def order(home: Home, activity: int, choices: str, reason: str = "") -> Order:
    return Order(activity, choices, "jeton-d-un-agent", family_id=home.family, reason=reason)


def done(actor: Actor, home: Home, activity: int, choices: str, reason: str = "") -> Outcome:
    return confirm(actor=actor, order=order(home, activity, choices, reason), now=NOW)


def forced(actor: Actor, home: Home, activity: int, choices: str, reason: str = WHY) -> Recap:
    return override(actor=actor, order=order(home, activity, choices, reason), now=NOW)


def audited() -> list[str]:
    with reading() as db:
        return [one.detail for one in db.exec(select(AuditEntry).where(AuditEntry.action == "booking.desk"))]


def test_an_agent_books_for_a_family_which_pays_and_is_told(base: Engine) -> None:
    home, (activity, slots), actor = make_home(), make_canteen(), agent()
    assert done(actor, home, activity, home.choices(slots[0])).message == "1 jour réservé."
    assert (states(slots[0]), balance(home.family)) == (["booked"], 10_000 - 320)
    with reading() as db:
        assert [one.recipient for one in db.exec(select(OutboxMail))] == ["alba@famille.example"]
    assert len(audited()) == 1
    assert WHY not in audited()[0]


def test_the_calendar_of_the_family_lets_an_agent_tick_what_is_full(base: Engine) -> None:
    home, (activity, slots), actor = make_home(), make_canteen(capacity=1), agent()
    make_home("Bruno").book(activity, slots[0])
    given = {"activity_id": activity, "asked": Asked(home.child, "2026-12"), "now": NOW}
    month = show(actor=actor, family_id=home.family, **given)
    cells = {cell.slot: cell for day in month.days for cell in day.cells}
    assert (month.family, cells[slots[0]].status, cells[slots[0]].gesture) == (home.family, "full", "add")
    mine = {cell.slot: cell for day in show(actor=home.actor, **given).days for cell in day.cells}
    assert mine[slots[0]].gesture == "wait"


def test_a_full_day_is_overridden_with_a_reason_and_gains_a_place(base: Engine) -> None:
    home, (activity, slots), actor = make_home(), make_canteen(capacity=1), agent()
    make_home("Bruno").book(activity, slots[0])
    choices = home.choices(slots[0])
    recap = preview(actor=actor, activity_id=activity, choices=choices, now=NOW, family_id=home.family)
    assert (recap.can_force, [line.forced for line in recap.refused]) == (True, [choices])
    again = forced(actor, home, activity, choices)
    assert (again.refused, again.reason, again.can_confirm) == ([], WHY, True)
    assert "Passé outre : Toutes les places" in again.lines[0].detail
    assert taken(slots[0]) == 1

    assert done(actor, home, activity, again.choices, again.reason).message == "1 jour réservé."
    with reading() as db:
        slot = db.get_one(Slot, slots[0])
        whys = [one.why for one in db.exec(select(BookingChange).order_by(BookingChange.id))]
    assert (slot.capacity, slot.taken) == (2, 2)
    assert whys == ["", WHY]
    assert audited() == [one for one in audited() if WHY in one]
    check_ledger()


def test_a_late_day_is_overridden_and_a_reason_is_compulsory(base: Engine) -> None:
    home, (activity, slots), actor = make_home(), make_canteen(), agent()
    late = NOW.replace(month=11, day=30, hour=12)
    choices = home.choices(slots[0])
    assert confirm(actor=actor, order=order(home, activity, choices), now=late).batch == 0
    for reason in ("", "   ", "oui", "x" * 201):
        with pytest.raises(BadInputError):
            override(actor=actor, order=order(home, activity, choices, reason), now=late)
    with pytest.raises(BadInputError, match="dites pourquoi"):
        confirm(actor=actor, order=order(home, activity, choices, "oui"), now=late)
    assert confirm(actor=actor, order=order(home, activity, choices, WHY), now=late).message == "1 jour réservé."


def test_an_empty_wallet_is_billed_later_with_a_reason(base: Engine) -> None:
    home, (activity, slots), actor = make_home(cents=100), make_canteen(), agent()
    choices = home.choices(slots[0])
    shown = preview(actor=actor, activity_id=activity, choices=choices, now=NOW, family_id=home.family)
    assert (shown.can_confirm, shown.can_force, shown.can_settle) == (False, True, False)
    billed = replace(order(home, activity, choices, WHY), bill=True)
    recap = override(actor=actor, order=billed, now=NOW)
    assert (recap.can_confirm, recap.is_billed, recap.balance_after, recap.blocked) == (True, True, "", "")
    assert confirm(actor=actor, order=replace(billed, reason=""), now=NOW).batch == 0
    assert confirm(actor=actor, order=billed, now=NOW).message == "1 jour réservé."
    assert (states(slots[0]), balance(home.family)) == (["booked"], 100)
    with reading() as db:
        booking = db.exec(select(Booking)).one()
        assert (booking.is_paid, booking.price_cents) == (False, 320)
        assert [(one.why, one.amount_cents) for one in db.exec(select(BookingChange))] == [(WHY, 0)]
    assert WHY in audited()[0]

    home.confirm(activity, home.choices(slots[0], intent=Intent.REMOVE))
    assert balance(home.family) == 100  # rien n'avait été payé
    check_ledger()


def test_a_parent_never_bills_instead_of_paying(base: Engine) -> None:
    home, (activity, slots) = make_home(cents=100), make_canteen()
    outcome = home.confirm(activity, home.choices(slots[0]), reason=WHY, bill=True)
    assert (outcome.batch, states(slots[0]), balance(home.family)) == (0, [], 100)


def test_the_links_of_a_refusal_lead_an_agent_to_the_file(base: Engine) -> None:
    home, (activity, slots), actor = make_home(), make_canteen(needs_health=True), agent()
    mine = home.preview(activity, home.choices(slots[0])).refused[0]
    theirs = forced(actor, home, activity, home.choices(slots[0])).refused[0]
    assert (mine.why, mine.link) == (theirs.why, f"/dossier/enfants/{home.child}/sante")
    assert theirs.link == f"/admin/enfants/{home.child}/sante"
    asked = Asked(month="2026-12")
    month = show(actor=actor, activity_id=activity, asked=asked, now=NOW, family_id=home.family)
    links = {cell.link for day in month.days for cell in day.cells} | {month.notice_link}
    assert all(not link or link.startswith("/admin/") for link in links)


def test_what_protects_the_child_is_never_overridden(base: Engine) -> None:
    home, (activity, slots), actor = make_home(), make_canteen(needs_health=True), agent()
    recap = forced(actor, home, activity, home.choices(slots[0]))
    assert [line.forced for line in recap.refused] == [""]
    assert (recap.can_force, recap.can_confirm) == (False, False)
    assert done(actor, home, activity, home.choices(slots[0]), WHY).batch == 0
    assert taken(slots[0]) == 0


def test_a_parent_never_overrides(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen(capacity=1)
    make_home("Bruno").book(activity, slots[0])
    choices = home.choices(slots[0])
    assert not home.preview(activity, choices).can_force
    assert home.confirm(activity, choices, reason=WHY).batch == 0
    with pytest.raises(NotOpenError):
        override(actor=home.actor, order=Order(activity, choices, "", reason=WHY), now=NOW)
    with pytest.raises(NotOpenError):
        forced(home.actor, home, activity, choices)


def test_an_agent_without_the_right_finds_nothing(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    actor = agent(Role.REGIE)
    with pytest.raises(NotOpenError):
        done(actor, home, activity, home.choices(slots[0]))
    given = {"activity_id": activity, "asked": Asked(), "now": NOW}
    with pytest.raises(NotOpenError):
        show(actor=actor, family_id=home.family, **given)


def test_the_child_of_another_family_is_unknown_here(base: Engine) -> None:
    home, other, (activity, slots), actor = make_home(), make_home("Bruno"), make_canteen(), agent()
    outcome = done(actor, home, activity, home.choices(slots[0], child=other.child), WHY)
    assert [line.why for line in outcome.refused] == ["Ce jour n’est pas proposé."]


def test_an_agent_undoes_what_was_just_done(base: Engine) -> None:
    home, (activity, slots), actor = make_home(), make_canteen(), agent()
    batch = done(actor, home, activity, home.choices(slots[0])).batch
    outcome = undo(actor=actor, batch_id=batch, now=NOW, family_id=home.family)
    assert [cell.status for cell in outcome.changed] == ["open"]
    assert (states(slots[0]), balance(home.family)) == ([], 10_000)
