"""Ce qu'un enfant emporte quand deux dossiers n'en font plus qu'un : fiche sanitaire, garde, démarches, coordonnées."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import SQLModel, col

from portail.domain.accounts import Actor, Role
from portail.domain.families import GuardianRole
from portail.domain.health import Part
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.requests import RequestKind
from portail.jobs import merging as job
from portail.models.accounts import Account
from portail.models.custody import CustodyException, CustodyPattern
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.health import ConsentAnswer, HealthContact, HealthRecord, Vaccination
from portail.models.merging import FamilyMerge
from portail.models.requests import Request
from portail.services import custody, merging
from portail.services.custody import PatternForm
from portail.services.families import coordinates, household
from portail.services.health import contacts, files, parents, records, rotation, vault
from portail.services.health.uniting import TooManyContactsError
from portail.services.privacy import erasure
from portail.services.requests import desk
from portail.services.requests.desk import Decision
from tests.conftest import NOW
from tests.factories import health
from tests.factories.custody import ALTERNATE
from tests.factories.families import make_child, make_family
from tests.factories.health import Home, fill, make_home, seen
from tests.factories.people import make_account, open_session
from tests.factories.settings import configured
from tests.services.health.test_rotation import BOTH, NEW
from tests.services.merging.test_families import content, people_of

LATER, MONTH = NOW + timedelta(days=3), timedelta(days=30)
BIRTH = date(2016, 5, 4)


@pytest.fixture
def agent(base: Engine) -> Actor:
    return open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]


@pytest.fixture
def homes(agent: Actor) -> tuple[Home, Home]:
    """Zoé, inscrite dans deux dossiers par deux adultes différents."""
    return make_home("alba@famille.example"), make_home("yves@famille.example")


def merge(agent: Actor, source: int, target: int) -> int:
    return merging.merge_families(actor=agent, source_id=source, target_id=target, now=NOW)


def undo(agent: Actor, merge_id: int) -> None:
    merging.undo_merge(actor=agent, merge_id=merge_id, now=LATER)


def name_doctor(home: Home, name: str) -> None:
    form = health.DOCTOR | {"doctor_name": name}
    records.save_part(actor=home.actor, edit=seen(home.child_id), part=Part.DOCTOR, form=form, now=NOW)


def doctor_of(home: Home, child_id: int) -> str:
    return parents.show(actor=home.actor, child_id=child_id, now=NOW).record.doctor_name


def missing_of(child_id: int) -> list[Part]:
    with reading() as db:
        return [one.part for one in files.missing_for(db, [child_id], NOW.date())[child_id]]


def rows(table: type[SQLModel]) -> list[tuple[object, ...]]:
    """Sans ce qui est scellé : rescellé, il n'a plus les mêmes octets."""
    columns = [one for one in table.__table__.columns if one.name not in getattr(table, "SEALED", ())]
    with reading() as db:
        return [tuple(row) for row in db.connection().execute(select(*columns).order_by(columns[0]))]


SEALED = (HealthRecord, Vaccination)
PLAIN = (HealthContact, ConsentAnswer, FamilyChild, Child)


# ── La fiche sanitaire ──────────────────────────────────────────────────────────────────────────


def test_a_sealed_record_follows_the_child_and_opens_on_both_ways(agent: Actor, homes: tuple[Home, Home]) -> None:
    old, kept = homes
    health.make_consents()
    fill(old)
    before = {table: rows(table) for table in (*SEALED, *PLAIN)}
    done = merge(agent, old.family_id, kept.family_id)
    assert doctor_of(kept, kept.child_id) == doctor_of(old, kept.child_id) == "Dr Martin"
    assert missing_of(kept.child_id) == []
    assert {row.child_id for row in _vaccinations()} == {kept.child_id}
    undo(agent, done)
    assert {table: rows(table) for table in (*SEALED, *PLAIN)} == before
    assert doctor_of(old, old.child_id) == "Dr Martin"
    assert missing_of(old.child_id) == []
    assert Part.DOCTOR in missing_of(kept.child_id)


def _vaccinations() -> list[Vaccination]:
    with reading() as db:
        return list(db.exec(select(Vaccination)).scalars())


@pytest.mark.parametrize("newest", [0, 1])
def test_of_two_records_the_most_recent_stays_and_must_be_confirmed_again(
    agent: Actor, homes: tuple[Home, Home], newest: int
) -> None:
    for rank, home in enumerate(homes):
        fill(home, NOW + timedelta(hours=rank == newest))
        vault_name(home, f"Dr {rank}")
    old, kept = homes
    done = merge(agent, old.family_id, kept.family_id)
    assert doctor_of(kept, kept.child_id) == f"Dr {newest}"
    assert missing_of(kept.child_id) == [Part.CONFIRMATION]
    undo(agent, done)
    for rank, home in enumerate(homes):
        assert doctor_of(home, home.child_id) == f"Dr {rank}"
        assert missing_of(home.child_id) == []


def vault_name(home: Home, name: str) -> None:
    """Le médecin change, sans que la date de la fiche ni sa confirmation ne changent."""
    with transaction() as db:
        row = db.exec(select(HealthRecord).where(HealthRecord.child_id == home.child_id)).scalars().one()
        vault.write(row, {"doctor_name": name})


def test_two_records_that_agree_stay_confirmed(agent: Actor, homes: tuple[Home, Home]) -> None:
    for home in homes:
        fill(home)
    merge(agent, homes[0].family_id, homes[1].family_id)
    assert missing_of(homes[1].child_id) == []


def test_a_record_corrected_since_stays_corrected_where_it_goes_back(agent: Actor, homes: tuple[Home, Home]) -> None:
    old, kept = homes
    fill(old)
    done = merge(agent, old.family_id, kept.family_id)
    name_doctor(replace(kept, child_id=kept.child_id), "Dr Nouveau")
    undo(agent, done)
    assert doctor_of(old, old.child_id) == "Dr Nouveau"


def test_the_record_opens_even_when_the_number_of_the_child_was_used_again(
    agent: Actor, homes: tuple[Home, Home]
) -> None:
    kept, old = homes  # l'enfant effacé porte le dernier numéro, que SQLite redonne
    fill(old)
    done = merge(agent, old.family_id, kept.family_id)
    with transaction() as db:
        db.add(Child(id=old.child_id, first_name="Autre", last_name="Enfant", birth_date=BIRTH))
        db.flush()
        if db.connection().dialect.name == "postgresql":
            db.connection().execute(select(func.setval("child_id_seq", old.child_id)))
    undo(agent, done)
    with reading() as db:
        place = db.exec(select(FamilyChild).where(FamilyChild.family_id == old.family_id)).scalars().one()
    assert place.child_id != old.child_id
    assert doctor_of(old, place.child_id) == "Dr Martin"


def test_what_a_merge_keeps_aside_changes_key_too(agent: Actor, homes: tuple[Home, Home]) -> None:
    for home in homes:
        fill(home)
    vault_name(homes[0], "Dr Écarté")
    done = merge(agent, homes[0].family_id, homes[1].family_id)
    with configured(PORTAIL_HEALTH_KEYS=NEW):
        assert rotation.unknown_keys() != []
    with configured(PORTAIL_HEALTH_KEYS=BOTH):
        assert list(rotation.rotate())[-1] == 2 * 11
        assert list(rotation.rotate()) == []
    with configured(PORTAIL_HEALTH_KEYS=NEW):
        assert rotation.unknown_keys() == []
        undo(agent, done)
        assert doctor_of(homes[0], homes[0].child_id) == "Dr Écarté"


def add_contact(home: Home, first_name: str, phone: str) -> None:
    form = health.CONTACT | {"first_name": first_name, "phone": phone}
    contacts.save(actor=home.actor, edit=seen(home.child_id), contact_id=0, form=form, now=NOW)


def contacts_of(child_id: int) -> list[tuple[int, str]]:
    with reading() as db:
        query = select(HealthContact.position, HealthContact.first_name).where(HealthContact.child_id == child_id)
        return [tuple(row) for row in db.exec(query.order_by(col(HealthContact.position)))]


def test_every_contact_is_kept_once(agent: Actor, homes: tuple[Home, Home]) -> None:
    old, kept = homes
    for home, names in ((old, ("Jeanne", "Ali", "Lou")), (kept, ("Rose", "JEANNE"))):
        for name in names:
            add_contact(home, name, "06 12 34 56 78" if name.title() == "Jeanne" else "06 11 11 11 11")
    before = rows(HealthContact)
    done = merge(agent, old.family_id, kept.family_id)
    assert contacts_of(kept.child_id) == [(0, "Rose"), (1, "JEANNE"), (2, "Ali"), (3, "Lou")]
    undo(agent, done)
    assert rows(HealthContact) == before


def test_more_than_ten_contacts_are_refused_and_nothing_moves(
    base: Engine, agent: Actor, homes: tuple[Home, Home]
) -> None:
    for home in homes:
        for rank in range(6):
            add_contact(home, f"Prénom{'abcdef'[rank]}", f"06 1{rank} 11 11 {home.child_id:02d}")
    before = content(base)
    with pytest.raises(TooManyContactsError, match="plus de 10 contacts"):
        merge(agent, homes[0].family_id, homes[1].family_id)
    assert content(base) == before


# ── La garde ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def apart(agent: Actor) -> tuple[int, int, int, int]:
    """Jade vit chez Paul, une semaine sur deux chez Sophie ; Paul a un second dossier, vide."""
    second, paul, sophie = make_family("Second"), make_family("Paul"), make_family("Sophie")
    jade = make_child("Jade", paul, sophie)
    custody.set_pattern(actor=agent, child_id=jade, form=ALTERNATE, now=NOW)
    form = custody.ExceptionForm("a", "2026-12-01", "2026-12-03")
    custody.add_exception(actor=agent, child_id=jade, form=form, now=NOW)
    return second, paul, sophie, jade


def month_of(agent: Actor, jade: int) -> list[tuple[str, str]]:
    shown = custody.show_to_agent(actor=agent, child_id=jade, month="2026-12", now=NOW)
    homes = {"a": shown.home_a.label, "b": shown.home_b.label}
    return [(day.date, homes[day.home]) for week in shown.weeks for day in week.days if day.home]


def test_the_custody_goes_on_with_the_kept_file_and_comes_back(
    base: Engine, agent: Actor, apart: tuple[int, int, int, int]
) -> None:
    second, paul, sophie, jade = apart
    before, month = content(base), month_of(agent, jade)
    done = merge(agent, paul, second)
    with reading() as db:
        (pattern,) = db.exec(select(CustodyPattern)).scalars()
        (exception,) = db.exec(select(CustodyException)).scalars()
    assert {pattern.first_family_id, pattern.second_family_id} == {second, sophie}
    assert exception.family_id == second
    assert month_of(agent, jade) == [(day, who.replace("Paul", "Second")) for day, who in month]
    undo(agent, done)
    assert content(base) == before


def test_two_homes_of_a_shared_child_are_never_merged(
    base: Engine, agent: Actor, apart: tuple[int, int, int, int]
) -> None:
    _, paul, sophie, _ = apart
    before = content(base)
    for source, target in ((paul, sophie), (sophie, paul)):
        with pytest.raises(RefusalError, match="Jade partage son temps entre ces deux dossiers"):
            merge(agent, source, target)
    assert content(base) == before


def test_a_rhythm_that_is_over_does_not_forbid_anything(
    base: Engine, agent: Actor, apart: tuple[int, int, int, int]
) -> None:
    _, paul, sophie, _jade = apart
    with transaction() as db:
        row = db.exec(select(CustodyPattern)).scalars().one()
        row.valid_from, row.valid_to = date(2025, 9, 1), NOW.date() - timedelta(days=1)
    before = content(base)
    done = merge(agent, paul, sophie)
    assert rows(CustodyPattern) == []
    assert people_of(sophie)[1] == ["Jade"]
    undo(agent, done)
    assert content(base) == before


def test_a_rhythm_naming_a_home_the_child_left_does_not_forbid_anything(
    agent: Actor, apart: tuple[int, int, int, int]
) -> None:
    _, paul, sophie, _ = apart
    with transaction() as db:
        db.delete(db.exec(select(FamilyChild).where(FamilyChild.family_id == sophie)).scalars().one())
    merge(agent, paul, sophie)
    assert people_of(sophie)[1] == ["Jade"]


def test_the_rhythm_of_the_kept_child_wins_when_both_have_one(base: Engine, agent: Actor) -> None:
    other = make_family("Autre")
    one, two = make_family("Un"), make_family("Deux")
    for family_id, start in ((one, "2026-11-20"), (two, "2026-11-27")):
        child = make_child("Zoé", family_id, other)
        form = PatternForm("alternate_weeks", "a", "2026-11-16", "0", "none", start)
        custody.set_pattern(actor=agent, child_id=child, form=form, now=NOW)
    before = content(base)
    done = merge(agent, one, two)
    with reading() as db:
        (pattern,) = db.exec(select(CustodyPattern)).scalars()
    assert (pattern.child_id, pattern.valid_from, pattern.first_family_id) == (child, date(2026, 11, 27), two)
    undo(agent, done)
    assert content(base) == before


# ── Les démarches et les coordonnées ────────────────────────────────────────────────────────────


def waiting(kind: RequestKind) -> Request:
    with reading() as db:
        return db.exec(select(Request).where(Request.kind == kind)).scalars().one()


def accept(agent: Actor, request: Request) -> None:
    desk.accept(actor=agent, made=Decision(request.key, request.version, ""), now=NOW)


def test_a_custody_proposal_names_the_kept_file_and_is_accepted(base: Engine, agent: Actor) -> None:
    parent = make_account("paul@famille.example")
    second, paul, sophie = make_family("Second"), make_family("Paul", parent), make_family("Sophie")
    jade = make_child("Jade", paul, sophie)
    custody.propose(actor=open_session(parent)[1], child_id=jade, form=ALTERNATE, now=NOW)
    before = content(base)
    done = merge(agent, paul, second)
    asked = waiting(RequestKind.CUSTODY)
    assert (asked.family_id, asked.content["first"], asked.content["second"]) == (second, second, sophie)
    undo(agent, done)
    assert content(base) == before
    merge(agent, paul, second)
    accept(agent, asked)
    with reading() as db:
        (pattern,) = db.exec(select(CustodyPattern)).scalars()
    assert (pattern.first_family_id, pattern.second_family_id) == (second, sophie)


def test_an_exception_asked_by_the_other_home_names_the_kept_file(agent: Actor) -> None:
    parent = make_account("sophie@famille.example")
    second, paul, sophie = make_family("Second"), make_family("Paul"), make_family("Sophie", parent)
    jade = make_child("Jade", paul, sophie)
    custody.set_pattern(actor=agent, child_id=jade, form=ALTERNATE, now=NOW)
    form = custody.ExceptionForm("b", "2026-12-01", "2026-12-03")
    custody.propose(actor=open_session(parent)[1], child_id=jade, form=form, now=NOW)
    merge(agent, paul, second)
    asked = waiting(RequestKind.CUSTODY)
    assert (asked.family_id, asked.content["family"]) == (sophie, second)


def test_a_removal_names_the_adult_who_stays_and_is_accepted(base: Engine, agent: Actor) -> None:
    parent, other = make_account("zoe@famille.example"), make_account("ali@famille.example")
    source, target = make_family("Un", parent), make_family("Deux", other)
    for family_id in (source, target):
        with transaction() as db:
            db.add(Guardian(family_id=family_id, first_name="Nour", last_name="Essai", role=GuardianRole.CARER))
    with reading() as db:
        gone = select(Guardian.id).where(Guardian.first_name == "Nour", Guardian.family_id == source)
        form = {"guardian_id": str(db.exec(gone).scalar_one()), "detail": "Parti"}
    household.ask_adult_removal(actor=open_session(parent)[1], form=form, now=NOW)
    before = content(base)
    done = merge(agent, source, target)
    undo(agent, done)
    assert content(base) == before
    merge(agent, source, target)
    accept(agent, waiting(RequestKind.ADULT_REMOVE))
    assert people_of(target)[0] == ["Ali", "Zoe"]


MOVE = {"address": "3 quai Nord", "postcode": "49998", "city": "Saint-Aubin"}


def address_of(family_id: int) -> tuple[str, str, str]:
    with reading() as db:
        family = db.get_one(Family, family_id)
    return family.address, family.postcode, family.city


def test_a_move_that_waits_applies_to_the_kept_file(agent: Actor) -> None:
    parent = make_account("zoe@famille.example")
    source, target = make_family("Un", parent), make_family("Deux")
    actor = open_session(parent)[1]
    coordinates.save(actor=actor, family_id=source, form=MOVE | {"phone": "06 11 22 33 44"}, now=NOW)
    done = merge(agent, source, target)
    (shown,) = coordinates.show(actor=actor)
    assert (shown.family_id, shown.phone) == (target, "06 11 22 33 44")
    assert shown.waiting == waiting(RequestKind.FAMILY_CHANGE).number
    accept(agent, waiting(RequestKind.FAMILY_CHANGE))
    assert address_of(target) == ("3 quai Nord", "49998", "Saint-Aubin")
    undo(agent, done)
    assert [one.family_id for one in coordinates.show(actor=actor)] == [source]


def test_a_kept_file_without_address_takes_the_other_one(agent: Actor) -> None:
    source, target = make_family("Un"), make_family("Deux")
    with transaction() as db:
        kept = db.get_one(Family, target)
        kept.address, kept.postcode, kept.city = "", "", "Ailleurs"
    done = merge(agent, source, target)
    assert address_of(target) == ("1 rue Pasteur", "49999", "Valbourg")
    undo(agent, done)
    assert address_of(target) == ("", "", "Ailleurs")


def test_two_addresses_leave_the_kept_one(agent: Actor) -> None:
    source, target = make_family("Un"), make_family("Deux")
    with transaction() as db:
        db.get_one(Family, source).address = "9 rue Ailleurs"
    merge(agent, source, target)
    assert address_of(target)[0] == "1 rue Pasteur"


# ── Revenir, oublier ────────────────────────────────────────────────────────────────────────────


def test_undo_never_leaves_a_child_in_three_homes(base: Engine, agent: Actor) -> None:
    source, target, third = make_family("Un"), make_family("Deux"), make_family("Trois")
    child = make_child("Zoé", source, target)
    done = merge(agent, source, target)
    with transaction() as db:
        db.add(FamilyChild(family_id=third, child_id=child))
    before = content(base)
    with pytest.raises(RefusalError, match="trois foyers"):
        undo(agent, done)
    assert content(base) == before


def test_what_a_merge_keeps_aside_is_forgotten_after_thirty_days(base: Engine, agent: Actor) -> None:
    source, target = make_family("Un"), make_family("Deux")
    make_child("Zoé", source)
    merge(agent, source, target)
    assert merging.forget_old_steps(NOW + MONTH - timedelta(seconds=1)) == 0
    assert merging.forget_old_steps(NOW + MONTH) == 1
    assert merging.forget_old_steps(NOW + MONTH) == 0
    with reading() as db:
        (kept,) = db.exec(select(FamilyMerge)).scalars()
    assert (kept.source_id, kept.target_id, kept.steps) == (source, target, [])


def test_an_undone_merge_keeps_nothing_aside(agent: Actor) -> None:
    source, target = make_family("Un"), make_family("Deux")
    make_child("Zoé", source)
    undo(agent, merge(agent, source, target))
    with reading() as db:
        (kept,) = db.exec(select(FamilyMerge)).scalars()
    assert (kept.undone_at, kept.steps) == (LATER, [])


def test_the_nightly_job_forgets(agent: Actor) -> None:
    source, target = make_family("Un"), make_family("Deux")
    make_child("Zoé", source)
    long_ago = NOW - timedelta(days=3_650)
    merging.merge_families(actor=agent, source_id=source, target_id=target, now=long_ago)
    job.forget_old_merges()
    with reading() as db:
        assert db.exec(select(FamilyMerge)).scalars().one().steps == []


def test_a_merged_file_keeps_the_day_it_closed_until_it_reopens(agent: Actor) -> None:
    source, target = make_family("Un"), make_family("Deux")
    done = merge(agent, source, target)
    assert closing_days() == {source: NOW, target: None}
    undo(agent, done)
    assert closing_days() == {source: None, target: None}


def closing_days() -> dict[int, datetime | None]:
    with reading() as db:
        return dict(db.exec(select(Family.id, Family.closed_at)).all())


def test_what_a_person_has_erased_is_not_kept_aside_either(agent: Actor, homes: tuple[Home, Home]) -> None:
    for home in homes:
        fill(home)
    done = merge(agent, homes[0].family_id, homes[1].family_id)
    other = merge(agent, make_family("Un"), make_family("Deux"))
    with transaction() as db:
        erasure.erase_account(db, db.get_one(Account, homes[0].actor.account_id), NOW)
    with reading() as db:
        assert [one.key for one in db.exec(select(FamilyMerge)).scalars()] == [other]
    with pytest.raises(NotOpenError):
        undo(agent, done)
