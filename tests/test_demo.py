"""La ville de démonstration : complète, toujours la même, tout entière ou pas du tout."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as select_rows

from portail.demo import people, town
from portail.domain.accounts import Role, Standing
from portail.domain.dates import paris_day
from portail.domain.direct_debits import earliest_day
from portail.domain.families import FamilyStatus
from portail.models import database, migrations
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.families import Child, Family, FamilyChild, School
from portail.services import accounts, custody, families
from portail.services.accounts import desk as account_desk
from portail.services.accounts import passwords, sessions, sign_in
from portail.services.accounts.desk import Search
from portail.services.direct_debits import listing, preparing
from portail.services.health import files, parents
from portail.services.home import parent
from portail.services.registration import reviews
from portail.services.requests import desk
from portail.services.town import news
from portail.services.upkeep import doctor
from tests.factories.people import BROWSER, make_account, open_session
from tests.tools.towns import TownAt

SECRETS = {"password_hash", "body_sealed", "token_hash"}  # différents à chaque fois, et c'est voulu
NAMED = {
    "camille.durand@famille.example",
    "karim.benali@famille.example",
    "ines.moreau@famille.example",
    "paul.lefevre@famille.example",
    "sophie.garnier@famille.example",
    "nadia.rossi@famille.example",
    "tom.petit@famille.example",
    "accueil@mairie.example",
    "regie@mairie.example",
    "direction@mairie.example",
    "animation@mairie.example",
    "admin@mairie.example",
}


def content(engine: Engine) -> dict[str, list[dict]]:
    with engine.connect() as connection:
        known = {
            table.name: [
                {name: value for name, value in row.items() if name not in SECRETS and not isinstance(value, bytes)}
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in SQLModel.metadata.sorted_tables
        }
    # refaites à chaque écriture : leurs numéros disent seulement combien de fois
    known["person_key"] = sorted(
        ({**row, "id": None} for row in known["person_key"]), key=lambda row: (row["family_id"], row["value"])
    )
    return known


def account_of(email: str) -> Account:
    with reading() as db:
        return db.exec(select_rows(Account).where(Account.email == email)).one()


def test_town_loads_once(base: Engine, now: datetime) -> None:
    assert town.load_if_empty(now)
    sizes = doctor.sizes()
    assert not town.load_if_empty(now)
    assert doctor.sizes() == sizes


def test_town_is_as_large_as_promised(base: Engine, now: datetime) -> None:
    town.load_if_empty(now)
    sizes = doctor.sizes()
    assert sizes["family"] >= 40
    assert sizes["school"] == 3
    assert sizes["child"] > sizes["family"]
    assert len(news.show_all(now)) >= 3


def test_two_loads_are_the_same_on_both_bases(sqlite_engine: Engine, empty_postgres: Engine, now: datetime) -> None:
    for engine in (sqlite_engine, empty_postgres):
        database.use(engine)
        town.load_if_empty(now)
    database.use(None)
    assert content(sqlite_engine) == content(empty_postgres)


def test_every_named_account_signs_in(settled: Engine, now: datetime) -> None:
    assert set(people.ACCOUNTS) == NAMED
    for email in NAMED:
        attempt = sign_in.Attempt(email, "Demo-portail-2026", False, "192.0.2.1", BROWSER)
        assert sign_in.sign_in(attempt, now).ticket


def test_there_is_one_agent_per_role(settled: Engine, now: datetime) -> None:
    with reading() as db:
        staff = db.exec(select_rows(Account.role).where(Account.role != Role.PARENT)).all()
    assert sorted(staff) == sorted(role for role in Role if role is not Role.PARENT)


@pytest.mark.parametrize("month", range(1, 13))
def test_camille_has_lea_and_noe_whatever_the_month(town_at: TownAt, month: int) -> None:
    now = datetime(2026, month, 2, 23, 30, tzinfo=UTC)
    town_at(now)
    _, actor = open_session(account_of("camille.durand@famille.example"), now=now)
    (card,) = families.show_mine(actor=actor, now=now)
    assert [(child.first_name, child.age, child.level) for child in card.children] == [
        ("Léa", "10 ans", "CM2"),
        ("Noé", "5 ans", "GS"),
    ]


def test_jade_lives_in_two_homes(settled: Engine, now: datetime) -> None:
    seen = set()
    for email in ("paul.lefevre@famille.example", "sophie.garnier@famille.example"):
        (card,) = families.show_mine(actor=open_session(account_of(email))[1], now=now)
        (child,) = card.children
        seen.add((child.id, child.first_name))
    assert len(seen) == 1


@pytest.mark.parametrize("month", range(1, 13))
def test_jade_is_with_her_father_on_even_weeks_and_everyone_sees_it(town_at: TownAt, month: int) -> None:
    now = datetime(2026, month, 2, 23, 30, tzinfo=UTC)
    town_at(now)
    seen = {}
    for email in ("paul.lefevre@famille.example", "sophie.garnier@famille.example"):
        _, actor = open_session(account_of(email), now=now)
        child = families.show_mine(actor=actor, now=now)[0].children[0]
        assert child.shared
        view = custody.show(actor=actor, child_id=child.id, month="", now=now)
        assert len(view.patterns) == len(view.exceptions) == 1
        seen[email] = {day.date: day for week in view.weeks for day in week.days if day.number}
    paul, sophie = seen.values()
    for key, day in paul.items():
        assert {day.home, sophie[key].home} == {"a", "b"}
        even = datetime.fromisoformat(key).isocalendar().week % 2 == 0
        assert day.reason or (day.home == "a") == even


def test_tom_lives_elsewhere_and_ines_has_something_to_do(settled: Engine, now: datetime) -> None:
    (card,) = families.show_mine(actor=open_session(account_of("tom.petit@famille.example"))[1], now=now)
    assert "Valbourg" not in card.address
    assert parent.show(actor=open_session(account_of("ines.moreau@famille.example"))[1], now=now).todos


def known_children(db: Session) -> dict[int, str]:
    """Ceux des dossiers validés ; une famille qui vient de s'inscrire n'a encore rien rempli."""
    query = (
        select_rows(Child)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .where(Family.status == FamilyStatus.ACTIVE)
    )
    return {child.key: child.first_name for child in db.exec(query)}


def test_only_lina_has_an_incomplete_health_record(base: Engine, now: datetime) -> None:
    town.load_if_empty(now)
    with reading() as db:
        children = known_children(db)
        lacking = files.missing_for(db, list(children), now.date())
    assert {children[key] for key, lacks in lacking.items() if lacks} == {"Lina"}
    assert len(lacking) == len(children)
    _, ines = open_session(account_of("ines.moreau@famille.example"))
    assert "Complétez la fiche sanitaire de Lina" in [item.title for item in parent.show(actor=ines, now=now).todos]
    _, camille = open_session(account_of("camille.durand@famille.example"))
    assert [item.title for item in parent.show(actor=camille, now=now).todos] == ["Des factures sont à payer"]


def test_camille_sees_who_read_her_daughters_record(settled: Engine, now: datetime) -> None:
    _, actor = open_session(account_of("camille.durand@famille.example"))
    (card,) = families.show_mine(actor=actor, now=now)
    view = parents.show(actor=actor, child_id=card.children[0].id, now=now)
    assert [(line.who, line.role) for line in view.readings] == [("Claire Montagne", "Direction")]
    assert (view.to_do, view.signer) == ("", "Camille Durand")


@pytest.mark.parametrize("month", [1, 7, 8, 9, 12])
def test_health_records_are_complete_whatever_the_month(town_at: TownAt, month: int) -> None:
    now = datetime(2027, month, 2, 23, 30, tzinfo=UTC)
    town_at(now)
    with reading() as db:
        keys = list(known_children(db))
        assert sum(bool(lacks) for lacks in files.missing_for(db, keys, files.today(now)).values()) == 1


def test_every_child_goes_to_school_and_every_family_has_a_guardian(settled: Engine, now: datetime) -> None:
    with reading() as db:
        assert db.exec(select_rows(Child).where(col(Child.school_id).is_(None))).all() == []
        assert len(db.exec(select_rows(School)).all()) == 3
        numbers = db.exec(select_rows(Family.number)).all()
    assert len(set(numbers)) == len(numbers) == doctor.sizes()["family"]
    assert doctor.sizes()["guardian"] >= len(numbers)


def test_everyone_is_fictional(settled: Engine, now: datetime) -> None:
    with reading() as db:
        emails = db.exec(select_rows(Account.email)).all()
    assert all(email.endswith(".example") for email in emails)


def test_one_invited_mother_waits_with_her_mail_and_another_let_her_link_end(settled: Engine, now: datetime) -> None:
    _, actor = open_session(account_of("accueil@mairie.example"))
    found = {
        standing: [row.email for row in account_desk.show_page(actor=actor, search=Search("", standing), now=now).rows]
        for standing in (Standing.INVITED, Standing.EXPIRED)
    }
    assert found == {
        Standing.INVITED: ["anais.aubry@famille.example"],
        Standing.EXPIRED: ["celine.chevrier@famille.example"],
    }
    assert (
        doctor.sizes()["outbox_mail"] == 6
    )  # les deux leurs, les inscriptions en attente, un porte-monnaie presque vide, un prélèvement annoncé


def test_one_batch_of_debits_is_announced_and_another_can_be_prepared(settled: Engine, now: datetime) -> None:
    _, agent = open_session(account_of("regie@mairie.example"))
    (announced,) = listing.find_batches(actor=agent, words="", page=1).rows
    assert announced.count == "1 prélèvement"
    day = earliest_day(paris_day(now)).isoformat()
    preview = preparing.preview(actor=agent, form={"regie": "1", "day": day}, now=now)
    assert [one.family for one in preview.rows] == ["Petit"]
    assert [one.family for one in preview.left_out] == ["Chevrier"]


def test_one_of_the_two_registrations_looks_like_a_family_already_known(settled: Engine, now: datetime) -> None:
    _, agent = open_session(account_of("accueil@mairie.example"))
    queue = desk.show_queue(actor=agent, wanted=desk.Filters(kind="registration"), now=now)
    alike, plain = (reviews.show(actor=agent, request_id=row.id, now=now) for row in queue.rows)
    assert alike.author == "Hugo Durant"
    first, *_ = alike.candidates
    assert (first.name, first.number) == ("Durand", "F-1001")
    assert {"même date de naissance", "même téléphone"} <= set(first.reasons)
    assert (plain.author, plain.candidates) == ("Solène Prigent", [])


def test_interrupted_load_leaves_nothing(base: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(town, "_news", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            town.load_if_empty(now)
    assert not any(doctor.sizes().values())
    assert town.load_if_empty(now)


def test_town_never_settles_over_real_accounts(base: Engine, now: datetime) -> None:
    make_account()
    assert not town.load_if_empty(now)
    assert doctor.sizes()["family"] == 0


def test_town_loads_on_a_base_just_migrated(tmp_path: Path, now: datetime) -> None:
    engine = database.open_engine(f"sqlite:///{tmp_path / 'neuve.sqlite'}")
    database.use(engine)
    migrations.upgrade(engine)
    assert town.load_if_empty(now)
    engine.dispose()
    database.use(None)


def test_demo_password_is_good_enough_for_the_rules(settled: Engine, now: datetime) -> None:
    _, actor = open_session(account_of("karim.benali@famille.example"))
    accounts.change_password(actor=actor, old="Demo-portail-2026", password="Demo-portail-2027!", now=now)
    changed = account_of("karim.benali@famille.example")
    assert passwords.verify_password("Demo-portail-2027!", changed.password_hash)
    assert sessions.end_others(actor=actor, now=now) == 0
