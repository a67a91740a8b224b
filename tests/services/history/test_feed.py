"""« Mon tableau de bord » : tout ce qui est à cette famille, rien de l'autre, en peu de lectures."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, update

from portail.domain.accounts import Actor, Role
from portail.domain.families import FamilyRight
from portail.domain.history import FACTS, HistoryKind, Period
from portail.models.audit import AuditEntry
from portail.models.database import transaction
from portail.models.families import Guardian
from portail.services import audit, custody
from portail.services.families import children, chosen, coordinates, desk, household, rights
from portail.services.health import readings
from portail.services.history import feed
from portail.services.history.feed import Wanted
from portail.services.history.sources import SOURCES
from portail.services.requests import mine
from portail.services.searching import PAGE_SIZE
from portail.views.history import HistoryLine
from tests.conftest import NOW
from tests.factories.activities import make_canteen
from tests.factories.booked import book, change
from tests.factories.custody import ALTERNATE, separated
from tests.factories.families import make_child, make_family
from tests.factories.health import Home, fill, make_agent, make_home
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

ADDRESS = {"address": "9 rue Haute", "postcode": "49999", "city": "Valbourg", "phone": "0612345678"}
BIRTH = {"change": "birth", "since": "2026-11-01", "detail": "Un bébé est né"}


def lines(actor: Actor, kind: str = "", period: str = "", now: datetime = NOW) -> list[HistoryLine]:
    return feed.show(actor=actor, wanted=Wanted(kind, period), now=now).rows


def titles(actor: Actor, kind: str = "") -> list[str]:
    return [line.title for line in lines(actor, kind)]


def note(action: str, actor: Actor, subject: int, *, days: int = 0, detail: str = "") -> None:
    with transaction() as db:
        at = NOW - timedelta(days=days)
        audit.record(db, action, at=at, actor_id=actor.account_id, subject_id=subject, detail=detail)


def take(actor: Actor, *withdrawn: FamilyRight) -> None:
    values = {right.value: False for right in withdrawn}
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.account_id) == actor.account_id).values(values))


@pytest.fixture
def home(base: Engine) -> Home:
    return make_home()


def test_a_request_is_one_line_with_its_state_and_its_page(home: Home) -> None:
    form = BIRTH | {"family_id": str(home.family_id)}
    household.tell_situation(actor=home.actor, form=form, now=NOW)
    (line,) = lines(home.actor)
    (row,) = mine.show_list(actor=home.actor, now=NOW).rows
    assert (line.title, line.state, line.who) == ("Changement de situation", "Envoyée", "Vous")
    assert (line.href, line.when) == (f"/demarches/{row.id}", "20 novembre 2026 à 10\u00a0h\u00a000")
    mine.withdraw(actor=home.actor, request_id=row.id, now=NOW + timedelta(days=1))
    (line,) = lines(home.actor)
    assert (line.state, line.when[:11]) == ("Retirée", "21 novembre")


def test_everything_is_mixed_newest_first(home: Home) -> None:
    agent = make_agent(Role.RECEPTION)
    coordinates.save(actor=home.actor, family_id=home.family_id, form=ADDRESS, now=NOW)
    form = {"first_name": "Zoé", "last_name": "Essai", "birth_date": "2016-05-04", "level": "CM1"}
    later = NOW + timedelta(hours=1)
    given = {"actor": agent, "family_id": home.family_id, "child_id": home.child_id}
    desk.correct_child(form=form, now=later, **given)
    note("account.password_changed", home.actor, 0, days=-1)
    shown = lines(home.actor)
    assert [line.title for line in shown] == [
        "Mot de passe changé",
        "Fiche corrigée par la mairie",
        "Coordonnées enregistrées",
    ]
    assert [line.who for line in shown] == ["Vous", "Service enfance", "Vous"]
    assert (shown[1].about, shown[1].href) == ("Zoé", f"/dossier/enfants/{home.child_id}")
    assert [line.icon for line in shown] == ["key", "family", "family"]


def test_health_tells_who_confirmed_and_who_read(home: Home) -> None:
    fill(home)
    readings.read(actor=make_agent(), child_id=home.child_id, now=NOW + timedelta(minutes=5))
    shown = lines(home.actor, HistoryKind.HEALTH)
    assert [line.title for line in shown[:2]] == ["Fiche sanitaire consultée", "Fiche sanitaire confirmée"]
    assert [line.who for line in shown[:2]] == ["Service enfance", "Vous"]
    assert {line.href for line in shown} == {f"/dossier/enfants/{home.child_id}/sante"}
    assert "Zoé · Médecin" in {line.about for line in shown}


def test_the_home_of_another_is_never_shown(home: Home) -> None:
    other = make_home("ali@famille.example")
    fill(other)
    household.tell_situation(actor=other.actor, form=BIRTH | {"family_id": str(other.family_id)}, now=NOW)
    coordinates.save(actor=other.actor, family_id=other.family_id, form=ADDRESS, now=NOW)
    note("account.password_changed", other.actor, 0)
    assert lines(home.actor) == []
    assert len(lines(other.actor)) > 5


def test_separated_parents_see_the_custody_and_nothing_else_of_each_other(base: Engine) -> None:
    them = separated()
    custody.set_pattern(actor=them.agent, child_id=them.jade, form=ALTERNATE, now=NOW)
    fill(Home(them.paul, them.lefevre, them.jade))
    coordinates.save(actor=them.paul, family_id=them.lefevre, form=ADDRESS, now=NOW)
    household.tell_situation(actor=them.paul, form=BIRTH | {"family_id": str(them.lefevre)}, now=NOW)
    children.ask_removal(actor=them.paul, child_id=them.jade, form={"reason": "Déménagement"}, now=NOW)
    (line,) = lines(them.sophie)
    assert (line.title, line.about, line.who) == ("Rythme de garde réglé", "Jade", "Service enfance")
    assert {"Fiche sanitaire confirmée", "Coordonnées enregistrées", "Retrait d’un enfant"} <= set(titles(them.paul))
    assert "Paul" not in " ".join(f"{one.who} {one.about}" for one in lines(them.sophie))


def test_an_adult_without_a_right_does_not_see_what_it_covers(base: Engine) -> None:
    alba, zoe = make_account(), make_account("zoe@famille.example")
    family = make_family("Essai", alba, zoe)
    child = make_child("Lou", family)
    one, two = open_session(alba)[1], open_session(zoe)[1]
    fill(Home(one, family, child))
    coordinates.save(actor=one, family_id=family, form=ADDRESS, now=NOW)
    household.tell_situation(actor=one, form=BIRTH | {"family_id": str(family)}, now=NOW)
    assert {line.kind for line in lines(two)} == {"Santé", "Dossier", "Démarches"}
    take(two, FamilyRight.HEALTH)
    assert {line.kind for line in lines(two)} == {"Dossier", "Démarches"}
    take(two, FamilyRight.EDIT)
    assert lines(two) == []
    assert {line.kind for line in lines(one)} == {"Santé", "Dossier", "Démarches"}


def test_ones_own_rights_are_always_told_and_those_of_others_to_who_edits(base: Engine) -> None:
    alba, zoe, carer = (make_account(f"{name}@famille.example") for name in ("alba", "zoe", "carer"))
    make_family("Essai", alba, zoe, carer)
    actors = [open_session(one)[1] for one in (alba, zoe, carer)]
    keys = [adult.guardian_id for adult in rights.show(actor=actors[0])[0].adults]
    for key in keys[1:]:
        given = frozenset({FamilyRight.BOOK})
        rights.set_rights(actor=actors[0], guardian_id=key, rights=given, now=NOW)
    assert [line.about for line in lines(actors[0])] == ["Carer Essai", "Zoe Essai"]
    assert [line.about for line in lines(actors[1])] == ["Zoe Essai"]
    assert lines(actors[1])[0].href == "/dossier/droits"


def test_my_account_is_mine_alone_whoever_acted(base: Engine) -> None:
    alba, zoe = make_account(), make_account("zoe@famille.example")
    make_family("Essai", alba, zoe)
    one, two, agent = open_session(alba)[1], open_session(zoe)[1], make_agent(Role.RECEPTION)
    note("account.password_issued", agent, one.account_id)
    note("session.revoked", one, two.account_id)  # le sujet en est une connexion, pas un compte
    note("account.password_changed", one, 0)
    assert set(titles(one)) == {
        "Mot de passe provisoire donné par la mairie",
        "Appareil déconnecté",
        "Mot de passe changé",
    }
    assert lines(two) == []
    assert lines(agent) == []


@pytest.mark.parametrize("kind", list(HistoryKind))
def test_the_kind_filters(home: Home, kind: HistoryKind) -> None:
    fill(home)
    coordinates.save(actor=home.actor, family_id=home.family_id, form=ADDRESS, now=NOW)
    household.tell_situation(actor=home.actor, form=BIRTH | {"family_id": str(home.family_id)}, now=NOW)
    note("account.password_changed", home.actor, 0)
    change(book(make_canteen()[1], home.child_id, home.family_id), home.family_id)
    shown = lines(home.actor, kind)
    assert {line.kind for line in shown} == {kind.label}


@pytest.mark.parametrize("forged", ["", "inconnu", "x" * 2000, "request' OR 1=1"])
def test_an_unknown_filter_filters_nothing(home: Home, forged: str) -> None:
    note("account.password_changed", home.actor, 0)
    shown = feed.show(actor=home.actor, wanted=Wanted(forged, forged, 7), now=NOW)
    assert (len(shown.rows), shown.kind, shown.period, shown.page) == (1, "", "", 1)


@pytest.mark.parametrize(("period", "kept"), [(Period.MONTH, 1), (Period.QUARTER, 2), (Period.YEAR, 3), ("", 4)])
def test_the_period_filters(home: Home, period: str, kept: int) -> None:
    for days in (2, 60, 300, 900):
        note("account.password_changed", home.actor, 0, days=days)
    assert len(lines(home.actor, period=period)) == kept


def test_the_chosen_child_filters_and_everyone_shows_all(home: Home) -> None:
    other = make_child("Lou", home.family_id)
    for child in (home.child_id, other):
        note("health.confirmed", home.actor, child)
    note("account.password_changed", home.actor, 0)
    assert len(lines(home.actor)) == 3
    chosen.choose(actor=home.actor, child_id=other)
    assert [line.about for line in lines(home.actor)] == ["Lou"]
    chosen.choose(actor=home.actor, child_id=0)
    assert len(lines(home.actor)) == 3


def test_pages_hold_each_fact_once(home: Home) -> None:
    for rank in range(PAGE_SIZE + 3):
        note("health.saved", home.actor, home.child_id, detail=str(rank))
    pages = [feed.show(actor=home.actor, wanted=Wanted(page=page), now=NOW) for page in (1, 2, 99, -4)]
    assert [len(page.rows) for page in pages] == [PAGE_SIZE, 3, 3, PAGE_SIZE]
    assert pages[0].summary == "23 événements, page 1 sur 2"
    about = [line.about for page in pages[:2] for line in page.rows]
    assert len(set(about)) == PAGE_SIZE + 3
    assert about[0] == f"Zoé · {PAGE_SIZE + 2}"


def test_reading_costs_four_queries_whatever_the_history(base: Engine, home: Home) -> None:
    with counted(base) as small:
        lines(home.actor)
    fill(home)
    for rank in range(40):
        note("health.saved", home.actor, make_child(f"Enfant{rank}", home.family_id))
    with counted(base) as large:
        lines(home.actor)
    assert len(small) == len(large) == 4


def test_every_kind_has_a_source_and_every_fact_a_page(base: Engine) -> None:
    assert {source.kind for source in SOURCES} == set(HistoryKind)
    assert all(fact.href.startswith("/") and fact.label for fact in FACTS.values())


def test_a_child_who_left_takes_their_link_away_but_the_line_stays(home: Home) -> None:
    note("coordinates.corrected", make_agent(Role.RECEPTION), home.family_id)
    note("child.corrected", make_agent(Role.DIRECTION), home.family_id, detail="Parti")
    shown = {line.title: line for line in lines(home.actor)}
    assert shown["Fiche corrigée par la mairie"].href == ""
    assert shown["Coordonnées corrigées par la mairie"].href == "/dossier/coordonnees"


def test_lines_of_a_removed_account_name_nobody(home: Home) -> None:
    agent = make_agent(Role.RECEPTION)
    note("coordinates.corrected", agent, home.family_id)
    with transaction() as db:
        db.exec(update(AuditEntry).values(actor_id=None))
    (line,) = lines(home.actor)
    assert line.who == ""
