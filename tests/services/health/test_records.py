"""Un parent remplit la fiche : ses parties, ses refus, deux parents à la fois, l'enfant d'un autre."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.families import FamilyRight
from portail.domain.health import Part, StalePartError
from portail.domain.health_forms import BadFieldError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import FamilyChild, Guardian
from portail.models.health import Vaccination
from portail.services.health import files, pai, parents, records
from portail.services.health.records import Edit
from tests.conftest import NOW
from tests.factories import uploads
from tests.factories.crowds import together
from tests.factories.families import make_family
from tests.factories.health import CARE, DOCTOR, DTP, MEALS, Home, fill, make_consents, make_home, seen
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

IMPOSSIBLE = (0, -1, 2**31, 2**63, 987_654)
HEXAVALENT = {"hexavalent_0": "2020-07-06", "hexavalent_1": "2020-09-06", "hexavalent_2": "2021-04-06"}


def view(home: Home):
    return parents.show(actor=home.actor, child_id=home.child_id, now=NOW)


def save(home: Home, part: Part, form: dict, edit: Edit | None = None) -> None:
    records.save_part(actor=home.actor, edit=edit or seen(home.child_id), part=part, form=form, now=NOW)


def second_parent(home: Home, email: str = "hugo@famille.example") -> Home:
    account = make_account(email)
    family = make_family("Autre", account)
    with transaction() as db:
        db.add(FamilyChild(family_id=family, child_id=home.child_id))
    return Home(open_session(account)[1], family, home.child_id)


def test_a_new_child_has_an_empty_file_that_says_what_to_fill(base: Engine) -> None:
    make_consents()
    shown = view(make_home())
    assert (shown.ready, shown.first_name, shown.version) == (True, "Zoé", 0)
    assert shown.to_do == "9 choses à compléter"
    assert [line.href for line in shown.missing][:2] == ["#medecin", "#sante"]
    assert shown.missing[0].sentence == "Indiquez le médecin traitant et son téléphone."
    assert (shown.confirmed, shown.updated) == ("", "")


def test_each_part_is_saved_on_its_own_and_shown_in_words(base: Engine) -> None:
    home = make_home()
    save(home, Part.DOCTOR, DOCTOR)
    save(home, Part.CARE, CARE | {"pai": "yes", "pai_until": "2027-08-31", "illness_otitis": "on", "blood_group": "O-"})
    save(home, Part.MEALS, {"diet": "vegetarian"})
    record = view(home).record
    assert (record.doctor_name, record.doctor_phone) == ("Dr Martin", "02 99 00 00 01")
    assert (record.pai_label, record.pai_until) == ("Oui, jusqu’au 31 août 2027", "2027-08-31")
    assert (record.illnesses_label, record.blood_group_label) == ("Otite", "O−")
    assert record.diet_label.startswith("Végétarien")
    assert view(home).updated == "Modifiée le 20 novembre 2026 par Alba Essai."


def test_a_pai_said_without_its_document_keeps_the_file_incomplete(base: Engine) -> None:
    home = make_home()
    fill(home, confirm=False)
    save(home, Part.CARE, CARE | {"pai": "yes", "pai_until": "2027-08-31"})
    asked = "Joignez le document du PAI."
    assert asked in [line.sentence for line in view(home).missing]
    with reading() as db:
        assert asked in [one.sentence for one in files.missing_for(db, [home.child_id], NOW.date())[home.child_id]]
    pai.add(actor=home.actor, child_id=home.child_id, files=[uploads.good()], now=NOW)
    assert asked not in [line.sentence for line in view(home).missing]
    with reading() as db:
        assert asked not in [one.sentence for one in files.missing_for(db, [home.child_id], NOW.date())[home.child_id]]


def test_a_complete_and_confirmed_file_lacks_nothing(base: Engine) -> None:
    make_consents()
    home = make_home()
    fill(home)
    shown = view(home)
    assert (shown.missing, shown.to_do, shown.can_confirm) == ([], "", False)
    assert shown.confirmed == "Confirmée le 20 novembre 2026 par Alba Essai."


def test_vaccines_show_what_the_law_asks_first(base: Engine) -> None:
    home = make_home(birth=date(2020, 5, 4))
    records.save_vaccines(actor=home.actor, edit=seen(home.child_id), form=HEXAVALENT, now=NOW)
    lines = {line.code: line for line in view(home).vaccines}
    assert (lines["dtp"].state, lines["dtp"].tone, lines["dtp"].dates) == (
        "Fait",
        "ok",
        "06/07/2020, 06/09/2020, 06/04/2021",
    )
    assert (lines["mmr"].state, lines["mmr"].tone) == ("À compléter", "warn")
    assert (lines["bcg"].state, lines["bcg"].required) == ("Non exigé", False)
    assert [box.value for box in lines["hepatitis_b"].boxes] == ["2020-07-06", "2020-09-06", "2021-04-06"]
    required = [line.required for line in view(home).vaccines]
    assert required == sorted(required, reverse=True)
    with reading() as db:
        assert len(db.exec(select(Vaccination)).all()) == 10


def test_dates_taken_away_are_forgotten(base: Engine) -> None:
    home = make_home()
    for form in (DTP, {"dtp_0": "2016-07-04"}, {}):
        records.save_vaccines(actor=home.actor, edit=seen(home.child_id), form=form, now=NOW)
    assert not any(line.dates for line in view(home).vaccines)


def test_a_contraindication_silences_what_is_missing(base: Engine) -> None:
    home = make_home(birth=date(2020, 5, 4))
    records.save_vaccines(actor=home.actor, edit=seen(home.child_id), form={"exempt": "on"}, now=NOW)
    shown = view(home)
    assert shown.record.exempt
    assert "#vaccinations" not in [line.href for line in shown.missing]
    assert {line.state for line in shown.vaccines if line.required} == {"Contre-indication"}


def test_a_refused_part_changes_nothing(base: Engine) -> None:
    home = make_home()
    save(home, Part.DOCTOR, DOCTOR)
    with pytest.raises(BadFieldError) as refusal:
        save(home, Part.DOCTOR, DOCTOR | {"doctor_phone": "FR76 3000 6000 0112 3456 7890 189"})
    assert (refusal.value.field, "IBAN" in refusal.value.sentence) == ("doctor_phone", True)
    with pytest.raises(BadFieldError):
        records.save_vaccines(actor=home.actor, edit=seen(home.child_id), form={"dtp_0": "2015-01-01"}, now=NOW)
    assert (view(home).record.doctor_phone, view(home).version) == ("02 99 00 00 01", 1)


def test_a_foreign_child_answers_as_a_missing_one(base: Engine) -> None:
    mine, theirs = make_home(), make_home("ali@famille.example")
    said = set()
    for key in (theirs.child_id, *IMPOSSIBLE):
        for work in (
            lambda k: parents.show(actor=mine.actor, child_id=k, now=NOW),
            lambda k: records.save_part(actor=mine.actor, edit=Edit(k, 0), part=Part.MEALS, form=MEALS, now=NOW),
            lambda k: records.save_vaccines(actor=mine.actor, edit=Edit(k, 0), form=DTP, now=NOW),
            lambda k: records.confirm(actor=mine.actor, edit=Edit(k, 0), now=NOW),
        ):
            with pytest.raises(NotOpenError) as refusal:
                work(key)
            said.add(refusal.value.sentence)
    assert len(said) == 1
    assert view(theirs).version == 0


def test_without_the_health_right_nothing_is_read_nor_written(base: Engine) -> None:
    home = make_home()
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.family_id) == home.family_id).values(can_see_health=False))
    for work in (lambda: view(home), lambda: save(home, Part.MEALS, MEALS)):
        with pytest.raises(RefusalError, match=FamilyRight.HEALTH.label.lower()):
            work()


def test_a_second_parent_saving_over_the_first_is_told_and_loses_nothing(base: Engine) -> None:
    home = make_home()
    other = second_parent(home)
    page = seen(home.child_id)
    save(home, Part.DOCTOR, DOCTOR)
    with pytest.raises(StalePartError) as refusal:
        save(other, Part.DOCTOR, DOCTOR | {"doctor_name": "Dr Petit"}, page)
    assert "par Alba Essai" in refusal.value.sentence
    assert view(home).record.doctor_name == "Dr Martin"
    save(other, Part.DOCTOR, DOCTOR | {"doctor_name": "Dr Petit"})
    assert view(home).record.doctor_name == "Dr Petit"


def test_two_parents_on_two_parts_do_not_disturb_each_other(base: Engine) -> None:
    home = make_home()
    other = second_parent(home)
    page = seen(home.child_id)
    save(home, Part.DOCTOR, DOCTOR, page)
    save(other, Part.MEALS, MEALS, page)
    records.save_vaccines(actor=home.actor, edit=page, form=DTP, now=NOW)
    assert (view(home).record.doctor_name, view(home).record.diet, view(home).version) == ("Dr Martin", "everything", 3)


def test_two_first_saves_at_the_same_instant_make_one_file(base: Engine) -> None:
    home = make_home()
    other = second_parent(home)
    page = Edit(home.child_id, 0)
    results = together(
        lambda: save(home, Part.DOCTOR, DOCTOR, page),
        lambda: save(other, Part.DOCTOR, DOCTOR | {"doctor_name": "Dr Petit"}, page),
        lambda: save(other, Part.MEALS, MEALS, page),
    )
    assert sorted(type(one).__name__ for one in results) == ["NoneType", "NoneType", "StalePartError"]
    assert view(home).record.diet == "everything"
    assert view(home).version == 2


def test_confirming_waits_until_the_rest_is_complete(base: Engine) -> None:
    home = make_home()
    with pytest.raises(RefusalError, match="pas complète"):
        records.confirm(actor=home.actor, edit=seen(home.child_id), now=NOW)
    fill(home, confirm=False)
    assert view(home).confirm_label == "Tout est exact : confirmer pour 2026-2027"
    records.confirm(actor=home.actor, edit=seen(home.child_id), now=NOW)
    assert view(home).missing == []


def test_what_was_not_read_is_not_confirmed(base: Engine) -> None:
    home = make_home()
    fill(home, confirm=False)
    page = seen(home.child_id)
    save(second_parent(home), Part.MEALS, {"diet": "no_pork"})
    with pytest.raises(StalePartError, match="Hugo Essai"):
        records.confirm(actor=home.actor, edit=page, now=NOW)
    assert view(home).confirmed == ""


def test_next_year_the_file_is_confirmed_again_in_one_tap(base: Engine) -> None:
    home = make_home()
    fill(home)
    later = NOW.replace(year=2027, month=9, day=2)
    shown = parents.show(actor=home.actor, child_id=home.child_id, now=later)
    assert [line.href for line in shown.missing] == ["#confirmation"]
    assert shown.confirm_label == "Rien n’a changé : confirmer pour 2027-2028"
    assert shown.confirmed.endswith("pour une année scolaire passée.")
    records.confirm(actor=home.actor, edit=seen(home.child_id), now=later)
    assert parents.show(actor=home.actor, child_id=home.child_id, now=later).missing == []


def test_confirming_twice_keeps_the_first_date(base: Engine) -> None:
    home = make_home()
    fill(home)
    records.confirm(actor=home.actor, edit=seen(home.child_id), now=NOW + timedelta(days=3))
    assert view(home).confirmed.startswith("Confirmée le 20 novembre 2026")


def test_every_change_is_in_the_journal_without_its_content(base: Engine) -> None:
    home = make_home()
    fill(home)
    with reading() as db:
        entries = db.exec(select(AuditEntry).where(AuditEntry.subject_id == home.child_id)).all()
    assert {entry.action for entry in entries} == {"health.saved", "health.confirmed"}
    assert {entry.detail for entry in entries} <= {"", *(part.label for part in Part)}


def test_the_page_costs_the_same_whatever_is_in_it(base: Engine) -> None:
    make_consents()
    home = make_home()
    with counted(base) as few:
        view(home)
    fill(home)
    with counted(base) as many:
        view(home)
    assert len(many) == len(few) <= 8
