"""Régler une campagne : des champs vérifiés un à un, pas de chevauchement, deux agents à la fois, le débit en direct."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.campaigns import OverlapError
from portail.domain.custody import WrongFieldError
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.activities import Activity
from portail.models.campaigns import Campaign, CampaignActivity, WaitingTicket
from portail.models.database import reading
from portail.services.campaigns import room, settings
from portail.services.campaigns.settings import ChangedCampaignError
from portail.views.campaigns import CampaignForm
from tests.conftest import NOW
from tests.factories.activities import make_activity
from tests.factories.campaigns import EVERYONE, RESIDENTS
from tests.factories.crowds import together
from tests.factories.people import make_account, open_session
from tests.factories.waitlist import make_home


def agent(role: Role = Role.DIRECTION) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def form(*activities: int, **given: object) -> CampaignForm:
    typed = CampaignForm(
        name="Vacances de Noël",
        first_day="2026-12-21",
        last_day="2027-01-01",
        residents_at="2026-11-23T18:00",
        everyone_at="2026-11-25T18:00",
        closes_at="",
        admitted_a_minute="60",
        activities=[str(one) for one in activities],
    )
    return replace(typed, **given)  # type: ignore[arg-type]


def stamp(activity: int) -> str:
    with reading() as db:
        return db.get_one(Activity, activity).stamp


def test_a_campaign_is_kept_at_paris_time_and_renews_its_activities(base: Engine) -> None:
    who, activity, other = agent(), make_activity(), make_activity()
    before, untouched = stamp(activity), stamp(other)
    key = settings.save(actor=who, form=form(activity), now=NOW)
    with reading() as db:
        kept = db.get_one(Campaign, key)
        assert (kept.residents_at, kept.everyone_at, kept.closes_at) == (RESIDENTS, EVERYONE, None)
    assert stamp(activity) != before
    assert stamp(other) == untouched
    assert settings.show_one(actor=who, campaign_id=key) == replace(
        form(activity), id=key, stamp=settings.show_one(actor=who, campaign_id=key).stamp
    )


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "   "),
        ("first_day", "hier"),
        ("first_day", "0001-01-01"),
        ("last_day", "2026-12-20"),
        ("last_day", ""),
        ("residents_at", "2026-11-23"),
        ("residents_at", "2026-11-23T18:00+02:00"),
        ("residents_at", "demain"),
        ("everyone_at", "2026-11-22T18:00"),
        ("closes_at", "2026-11-25T18:00"),
        ("closes_at", "jamais"),
        ("admitted_a_minute", "-1"),
        ("admitted_a_minute", "6001"),
        ("admitted_a_minute", "1e3"),
        ("admitted_a_minute", "beaucoup"),
        ("activities", []),
        ("activities", ["999"]),
        ("activities", ["x"]),
    ],
)
def test_nonsense_is_refused_with_its_field(base: Engine, field: str, typed: object) -> None:
    who, activity = agent(), make_activity()
    with pytest.raises(BadInputError) as refused:
        settings.save(actor=who, form=form(activity, **{field: typed}), now=NOW)
    if isinstance(refused.value, WrongFieldError):
        assert refused.value.field in {field, "first_day"}
    with reading() as db:
        assert db.exec(select(Campaign)).all() == []


def test_a_night_of_clock_change_has_an_hour(base: Engine) -> None:
    """02:30 n'existe pas le 28 mars 2027 : le premier instant d'après."""
    key = settings.save(
        actor=agent(),
        form=form(make_activity(), residents_at="2027-03-28T02:30", everyone_at="2027-03-28T04:00"),
        now=NOW,
    )
    with reading() as db:
        assert f"{db.get_one(Campaign, key).residents_at:%H:%M}" == "01:00"


def test_two_campaigns_never_share_a_day_of_an_activity(base: Engine) -> None:
    who, activity, other = agent(), make_activity(), make_activity()
    settings.save(actor=who, form=form(activity), now=NOW)
    with pytest.raises(OverlapError, match="Vacances de Noël"):
        settings.save(actor=who, form=form(activity, other, first_day="2027-01-01", last_day="2027-01-08"), now=NOW)
    settings.save(actor=who, form=form(other), now=NOW)
    settings.save(actor=who, form=form(activity, first_day="2027-01-02", last_day="2027-01-08"), now=NOW)
    with reading() as db:
        assert len(db.exec(select(Campaign)).all()) == 3


def test_two_agents_adding_at_once_cannot_overlap(base: Engine) -> None:
    who, activity = agent(), make_activity()
    results = together(*[lambda: settings.save(actor=who, form=form(activity), now=NOW) for _ in range(4)])
    assert sum(isinstance(one, int) for one in results) == 1
    assert sum(isinstance(one, OverlapError) for one in results) == 3


def test_saving_again_does_not_overlap_with_itself_and_moves_activities(base: Engine) -> None:
    who, activity, other = agent(), make_activity(), make_activity()
    key = settings.save(actor=who, form=form(activity), now=NOW)
    seen = settings.show_one(actor=who, campaign_id=key)
    settings.save(actor=who, form=replace(seen, name="Noël", activities=[str(other)]), now=NOW)
    with reading() as db:
        assert db.exec(select(CampaignActivity.activity_id)).all() == [other]
        assert db.get_one(Campaign, key).name == "Noël"


def test_the_second_agent_is_told_and_nothing_is_lost(base: Engine) -> None:
    who, activity = agent(), make_activity()
    key = settings.save(actor=who, form=form(activity), now=NOW)
    seen = settings.show_one(actor=who, campaign_id=key)
    settings.save(actor=who, form=replace(seen, name="Noël"), now=NOW)
    with pytest.raises(ChangedCampaignError):
        settings.save(actor=who, form=replace(seen, name="Hiver"), now=NOW)
    assert settings.show_one(actor=who, campaign_id=key).name == "Noël"


def test_the_rate_changes_live(base: Engine) -> None:
    who, activity = agent(), make_activity()
    key = settings.save(actor=who, form=form(activity, admitted_a_minute="1"), now=NOW)
    alba, bruno = make_home("alba"), make_home("bruno")
    for home in (alba, bruno):
        room.look(actor=home.actor, campaign_id=key, now=EVERYONE)
    before = stamp(activity)
    settings.set_rate(actor=who, campaign_id=key, typed="0", now=EVERYONE)
    assert stamp(activity) != before
    assert room.look(actor=bruno.actor, campaign_id=key, now=EVERYONE).is_admitted
    page = settings.show(actor=who, now=EVERYONE)
    assert [(row.state, row.waiting, row.admitted, row.room) for row in page.rows] == [("Ouverte", 0, 2, "")]
    with pytest.raises(WrongFieldError):
        settings.set_rate(actor=who, campaign_id=key, typed="-3", now=EVERYONE)


def test_removing_frees_its_days_and_its_room(base: Engine) -> None:
    who, activity = agent(), make_activity()
    key = settings.save(actor=who, form=form(activity), now=NOW)
    room.look(actor=make_home("alba").actor, campaign_id=key, now=NOW)
    settings.remove(actor=who, campaign_id=key, now=NOW)
    with reading() as db:
        assert db.exec(select(WaitingTicket)).all() == []
        assert db.exec(select(CampaignActivity)).all() == []
    with pytest.raises(NotOpenError):
        settings.remove(actor=who, campaign_id=key, now=NOW)


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.REGIE, Role.ANIMATION, Role.PARENT])
def test_only_those_who_set_the_town_touch_campaigns(base: Engine, role: Role) -> None:
    who, activity = agent(role), make_activity()
    for gesture in (
        lambda: settings.show(actor=who, now=NOW),
        lambda: settings.show_one(actor=who, campaign_id=1),
        lambda: settings.save(actor=who, form=form(activity), now=NOW),
        lambda: settings.set_rate(actor=who, campaign_id=1, typed="3", now=NOW),
        lambda: settings.remove(actor=who, campaign_id=1, now=NOW),
    ):
        with pytest.raises(NotOpenError):
            gesture()


@pytest.mark.parametrize("number", [-1, 999, 2**40])
def test_an_unknown_campaign_is_a_missing_page(base: Engine, number: int) -> None:
    who, activity = agent(), make_activity()
    with pytest.raises(NotOpenError):
        settings.show_one(actor=who, campaign_id=number)
    with pytest.raises(NotOpenError):
        settings.save(actor=who, form=form(activity, id=number), now=NOW)
