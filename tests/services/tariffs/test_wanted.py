"""« Quotients manquants ou expirés » : les familles qui viennent, et elles seules, cherchées, filtrées, exportées."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.activities import EnrolmentMode, EnrolmentState
from portail.domain.quotients import SOON, Gap, gap_of, last_of
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.audit import AuditEntry
from portail.models.database import reading
from portail.services.searching import PAGE_SIZE
from portail.services.tariffs import quotients_of, wanted
from portail.services.tariffs.wanted import Sought
from portail.views.tariffs import WantedQuotient, WantedQuotients
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_enrolment, make_offering
from tests.factories.families import make_child, make_family
from tests.factories.money import add_quotient
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

TODAY, ONE_DAY = NOW.date(), timedelta(days=1)
AUTUMN, LAST = date(2026, 9, 1), date(2027, 8, 31)
Dates = tuple[date, date]
HISTORIES: dict[str, tuple[Dates, ...]] = {
    "jamais": (),
    "hier": ((AUTUMN, TODAY - ONE_DAY),),
    "aujourd’hui": ((AUTUMN, TODAY),),
    "bientôt": ((AUTUMN, TODAY + SOON),),
    "plus tard": ((AUTUMN, TODAY + SOON + ONE_DAY),),
    "suivi": ((AUTUMN, TODAY + ONE_DAY), (TODAY + 2 * ONE_DAY, LAST)),
    "repris": ((date(2025, 9, 1), date(2026, 8, 31)), (AUTUMN, LAST)),
    "trou": ((date(2025, 9, 1), date(2026, 8, 31)), (TODAY + ONE_DAY, LAST)),
    "à venir": ((TODAY + ONE_DAY, LAST),),
}


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def agent(role: Role = Role.REGIE) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def served() -> int:
    activity = make_activity(enrolment_mode=EnrolmentMode.DIRECT)
    make_offering(activity)
    return activity


def home(activity: int, name: str, *history: Dates, **options: Any) -> int:
    """Un foyer dont un enfant est inscrit, et ses quotients."""
    family = make_family(name)
    make_enrolment(make_child("Léa", family), family, activity, **options)
    for rank, (first, last) in enumerate(history):
        add_quotient(family, 600 + rank, first, last, now=NOW + timedelta(minutes=rank))
    return family


def show(actor: Actor, gap: str = "", words: str = "", page: int = 1) -> WantedQuotients:
    return wanted.show(actor=actor, sought=Sought(gap, words), page=page, now=NOW)


def names(actor: Actor, gap: str = "", words: str = "") -> list[str]:
    return [row.name for row in show(actor, gap, words).rows]


def test_each_family_is_told_as_the_rule_tells_it(regie: Actor) -> None:
    activity = served()
    keys = {home(activity, name, *history): name for name, history in HISTORIES.items()}
    found = {row.family_id: row.standing for row in show(regie).rows}
    with reading() as db:
        histories = quotients_of(db, keys)
    ruled = {key: gap_of(history, TODAY) for key, history in histories.items()}
    assert found == {key: gap.label for key, gap in ruled.items() if gap}
    assert {keys[key]: gap for key, gap in ruled.items()} == {
        "jamais": Gap.MISSING,
        "hier": Gap.EXPIRED,
        "aujourd’hui": Gap.EXPIRING,
        "bientôt": Gap.EXPIRING,
        "plus tard": None,
        "suivi": None,
        "repris": None,
        "trou": Gap.EXPIRED,
        "à venir": Gap.MISSING,
    }
    assert show(regie).total == "2 manquants, 2 expirés, 2 qui expirent dans les 60 jours"


def test_the_last_quotient_and_its_end_are_shown(regie: Actor) -> None:
    activity = served()
    never, old = home(activity, "Alba"), home(activity, "Bela", (AUTUMN, TODAY - ONE_DAY), (AUTUMN, TODAY - ONE_DAY))
    assert show(regie).rows == [
        WantedQuotient(never, "F-Alba", "Alba", "manquant", "err", "—", "—"),
        WantedQuotient(old, "F-Bela", "Bela", "expiré", "err", "601", "19/11/2026"),
    ]
    with reading() as db:
        (history,) = quotients_of(db, [old]).values()
    assert last_of(history) == history[-1]
    assert last_of([*history, replace(history[0], valid_to=AUTUMN)]) == history[-1]
    assert last_of(()) is None


def test_only_families_who_come_are_asked(regie: Actor) -> None:
    activity = served()
    for state in set(EnrolmentState) - {EnrolmentState.ACCEPTED}:
        home(activity, state, state=state)
    make_child("Sans", make_family("Sans inscription"))
    closed = make_activity(enrolment_mode=EnrolmentMode.DIRECT, closed_at=NOW)
    make_offering(closed)
    home(closed, "Fermée")
    assert names(regie) == []
    home(activity, "Inscrite")
    assert names(regie) == ["Inscrite"]


def test_the_list_is_filtered_and_searched(regie: Actor) -> None:
    activity = served()
    home(activity, "Alba")
    home(activity, "Bela", (AUTUMN, TODAY - ONE_DAY))
    home(activity, "Élan", (AUTUMN, TODAY + ONE_DAY))
    assert [names(regie, gap) for gap in Gap] == [["Alba"], ["Bela"], ["Élan"]]
    assert names(regie, "moon") == ["Alba", "Bela", "Élan"]
    assert names(regie, words="élan") == names(regie, words="F-Élan") == ["Élan"]
    assert names(regie, "missing", "bela") == names(regie, words="%") == []
    assert show(regie, "expired", "bela").export == "/telechargements/quotients?etat=expired&mots=bela"
    with pytest.raises(BadInputError):
        show(regie, words="x" * 81)


def test_the_list_is_paged_and_its_reads_never_grow(regie: Actor, base: Engine) -> None:
    activity = served()
    home(activity, "00")
    with counted(base) as small:
        show(regie)
    for rank in range(1, PAGE_SIZE + 2):
        home(activity, f"{rank:02d}")
    with counted(base) as large:
        first = show(regie)
    assert (len(first.rows), first.pages, first.summary) == (PAGE_SIZE, 2, "22 familles, page 1 sur 2")
    assert [row.name for row in show(regie, page=2).rows] == ["20", "21"]
    assert (show(regie, page=99).page, show(regie, page=-1).page) == (2, 1)
    assert len(small) == len(large) <= 10


def test_the_table_holds_every_page_filtered_as_on_screen_and_is_told(regie: Actor) -> None:
    activity = served()
    for rank in range(PAGE_SIZE + 1):
        home(activity, f"Famille {rank:02d}")
    home(activity, "Bela", (AUTUMN, TODAY - ONE_DAY))
    file = wanted.export(regie, {}, NOW)
    lines = file.body.decode("utf-8-sig").splitlines()
    assert (file.name, len(lines)) == ("quotients-2026-11-20.csv", PAGE_SIZE + 3)
    assert lines[:2] == [
        "Dossier;Famille;Quotient;Dernier quotient;Valable jusqu’au",
        "F-Bela;Bela;expiré;600;19/11/2026",
    ]
    filtered = wanted.export(regie, {"etat": "expired", "mots": "bel"}, NOW).body.decode("utf-8-sig").splitlines()
    assert filtered == lines[:2]
    with reading() as db:
        said = db.exec(select(AuditEntry.detail).where(AuditEntry.action == "desk.exported")).all()
    assert said == ["quotients à demander du 20/11/2026"] * 2


def test_a_name_that_looks_like_a_formula_is_disarmed(regie: Actor) -> None:
    home(served(), "=1+1")
    assert ";'=1+1;" in wanted.export(regie, {}, NOW).body.decode("utf-8-sig")


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.REGIE, Role.ADMIN}])
def test_only_the_money_agents_read_it(base: Engine, role: Role) -> None:
    actor = agent(role)
    with pytest.raises(NotOpenError):
        show(actor)
    with pytest.raises(NotOpenError):
        wanted.export(actor, {}, NOW)
