"""Santé et garde dans l'archive : lisibles pour qui y a droit, muettes pour les autres, sans un mot de l'autre foyer."""

import json
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.accounts import Actor
from portail.domain.families import FamilyRight, FamilyStatus
from portail.domain.health import Part
from portail.domain.requests import RequestKind
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.models.health import HealthRecord
from portail.models.registrations import Registration
from portail.services import custody
from portail.services.families import household
from portail.services.health import readings, records
from portail.services.health.vault import VaultError
from portail.services.privacy import export
from portail.services.privacy.export.requests import told
from portail.services.privacy.export.shapes import OTHER_HOME, Person
from tests.conftest import NOW
from tests.factories.custody import Separated, alternating, lend, separated
from tests.factories.families import make_child, make_family
from tests.factories.health import fill, make_agent, make_consents, make_home, seen
from tests.factories.people import make_account, open_session

HEALTH = ("sante", "vaccinations", "contacts_des_enfants", "autorisations")
CARE = {
    "allergies": "yes",
    "food_allergies": "Arachide",
    "asthma": "no",
    "pai": "no",
    "illness_otitis": "on",
    "advice": "Dort avec son doudou",
}


def exported(actor: Actor) -> dict[str, Any]:
    with ZipFile(BytesIO(export.make_export(actor, NOW).body)) as archive:
        return json.loads(archive.read("donnees.json"))


def everything(actor: Actor) -> str:
    return json.dumps(exported(actor), ensure_ascii=False)


def test_health_is_told_in_plain_french_to_who_may_see_it(base: Engine) -> None:
    make_consents()
    home = make_home()
    fill(home)
    edit = seen(home.child_id)
    records.save_part(actor=home.actor, edit=edit, part=Part.CARE, form=CARE, now=NOW)
    data = exported(home.actor)
    (record,) = data["sante"]
    told_of = {name: record[name] for name in ("enfant", "medecin", "telephone_du_medecin", "regime_alimentaire")}
    assert told_of == {
        "enfant": "Zoé",
        "medecin": "Dr Martin",
        "telephone_du_medecin": "02 99 00 00 01",
        "regime_alimentaire": "Mange de tout",
    }
    assert (record["allergies"], record["allergies_alimentaires"]) == ("Oui", "Arachide")
    assert (record["asthme"], record["groupe_sanguin"], record["contre_indication_aux_vaccins"]) == ("Non", "", False)
    assert record["maladies_deja_eues"] == ["Otite"]
    assert (record["recommandations"], record["modifiee_par"]) == ("Dort avec son doudou", "vous")
    dtp = next(one for one in data["vaccinations"] if one["dates"])
    assert dtp["dates"] == ["2016-07-04", "2016-09-04", "2017-04-04"]
    assert data["contacts_des_enfants"][0] | {"nom": "Durand", "lien": "Grand-mère"} == data["contacts_des_enfants"][0]
    assert {one["reponse"] for one in data["autorisations"]} == {"Oui"}
    assert {one["signee_par"] for one in data["autorisations"]} == {"Alba Essai"}


def test_no_sealed_byte_nor_key_leaves(base_sqlite: Engine) -> None:
    home = make_home()
    fill(home)
    with reading() as db:
        row = db.exec(select(HealthRecord)).one()
    said = everything(home.actor)
    assert row.key_id
    assert f'"{row.key_id}"' not in said
    assert "b'" not in said


def test_without_the_right_to_see_health_not_a_word_of_it(base: Engine) -> None:
    make_consents()
    home = make_home()
    fill(home)
    readings.read(actor=make_agent(), child_id=home.child_id, now=NOW)
    assert any("Fiche sanitaire lue" in line["action"] for line in exported(home.actor)["journal"])
    other = make_account("carer@famille.example")
    with transaction() as db:
        names = {"first_name": "Ana", "last_name": "Essai", "role": "carer", "account_id": other.key}
        db.add(Guardian(family_id=home.family_id, **names, **{FamilyRight.HEALTH: False}))
    data = exported(open_session(other)[1])
    assert [one["prenom"] for one in data["enfants"]] == ["Zoé"]
    assert [data[section] for section in HEALTH] == [[], [], [], []]
    assert not [line for line in data["journal"] if "sanitaire" in line["action"]]
    for secret in ("Dr Martin", "Arachide", "Grand-mère"):
        assert secret not in json.dumps(data, ensure_ascii=False)


@pytest.mark.parametrize("status", [FamilyStatus.ARCHIVED])
def test_a_closed_file_opens_no_health(base: Engine, status: FamilyStatus) -> None:
    home = make_home()
    fill(home)
    make_family("Autre", make_account("autre@famille.example"))
    with transaction() as db:
        db.exec(update(Family).where(col(Family.id) == home.family_id).values(status=status))
    data = exported(home.actor)
    assert [one["prenom"] for one in data["enfants"]] == ["Zoé"]
    assert [data[section] for section in HEALTH] == [[], [], [], []]


def test_a_record_moved_to_another_child_does_not_open(base_sqlite: Engine) -> None:
    home = make_home()
    fill(home)
    twin = make_child("Jumeau", home.family_id)
    with transaction() as db:
        db.exec(update(HealthRecord).values(child_id=twin))
    with pytest.raises(VaultError):
        export.make_export(home.actor, NOW)


def test_custody_says_whose_home_without_naming_the_other(base: Engine) -> None:
    them = alternating()
    lend(them, "b", date(2026, 12, 1), date(2026, 12, 2))
    for actor, mine in ((them.paul, "F-Lefèvre"), (them.sophie, "F-Garnier")):
        data = exported(actor)
        (pattern,) = data["garde"]
        homes = {pattern["semaine_de_reference_chez"], pattern["puis_chez"]}
        assert (homes, pattern["enfant"], pattern["par"]) == ({mine, OTHER_HOME}, "Jade", "une autre personne")
        assert (pattern["jour_de_changement"], pattern["du"], pattern["au"]) == ("lundi", "2026-11-20", None)
        (lent,) = data["exceptions_de_garde"]
        assert lent["chez"] == ("F-Garnier" if actor == them.sophie else OTHER_HOME)
        assert "Rythme de garde réglé" in {line["action"] for line in data["journal"]}


def _propose(them: Separated) -> None:
    form = custody.ExceptionForm("b", "2026-12-01", "2026-12-02")
    custody.propose(actor=them.paul, child_id=them.jade, form=form, now=NOW)


def test_separated_parents_learn_nothing_of_each_other_from_custody_and_health(base: Engine) -> None:
    them = separated()
    custody.set_pattern(
        actor=them.agent,
        child_id=them.jade,
        form=custody.PatternForm("alternate_weeks", "a", "2026-11-16", "0", "none", "2026-11-20"),
        now=NOW,
    )
    _propose(them)
    with transaction() as db:
        names = {"first_name": "Marc", "last_name": "Garnier", "role": "father", "phone": "06 55 55 55 55"}
        db.add(Guardian(family_id=them.garnier, **names))
    said = everything(them.paul)
    for secret in ("Garnier", "avenue de la Gare", "Saint-Aubin", "Marc", "Sophie", "sophie@", "06 99", "06 55"):
        assert secret not in said, secret
    (proposal,) = exported(them.paul)["demarches"]
    assert proposal["contenu"]["family"] == OTHER_HOME
    assert exported(them.sophie)["demarches"] == []


def test_a_child_gone_to_strangers_tells_nothing_more(base: Engine) -> None:
    """Un foyer fermé garde le prénom de l'enfant, pas ce qui se règle ensuite sans lui."""
    them = alternating()
    lend(them, "b", date(2026, 12, 1), date(2026, 12, 2))
    former = make_account("ancien@famille.example")
    closed = make_family("Ancien", former)
    with transaction() as db:
        db.exec(update(Family).where(col(Family.id) == closed).values(status=FamilyStatus.ARCHIVED))
    data = exported(open_session(former)[1])
    assert (data["garde"], data["exceptions_de_garde"], data["sante"]) == ([], [], [])


def test_the_content_of_a_request_is_said_with_names_not_numbers() -> None:
    person = Person(1, "a@famille.example", families={4: "F-1"}, schools={7: "École Jean-Macé"})
    content = {"after": {"school_id": 7, "first_name": "Léa"}, "guardian_id": 12, "detail": "Merci", "family": 9}
    assert told(content, person, homes=False) == {
        "after": {"school": "École Jean-Macé", "first_name": "Léa"},
        "detail": "Merci",
        "family": 9,
    }
    asked = {"what": "pattern", "first": 4, "second": 9}
    assert told(asked, person, homes=True) == {"what": "pattern", "first": "F-1", "second": OTHER_HOME}


def test_a_request_to_remove_an_adult_tells_no_row_number(base: Engine) -> None:
    account = make_account("camille@famille.example")
    actor = open_session(account)[1]
    family = make_family("Durand", account, make_account("hugo@famille.example"))
    with reading() as db:
        other = db.exec(select(Guardian).where(Guardian.account_id != account.key)).one()
    form = {"family_id": str(family), "guardian_id": str(other.key), "detail": "Parti"}
    household.ask_adult_removal(actor=actor, form=form, now=NOW)
    (request,) = exported(actor)["demarches"]
    assert request["sorte"] == RequestKind.ADULT_REMOVE.label
    assert request["contenu"] == {"name": "Hugo Essai", "detail": "Parti"}


def test_rights_changed_and_a_registration_begun_are_told(base: Engine) -> None:
    (camille, hugo) = make_account("camille@famille.example"), make_account("hugo@famille.example")
    make_family("Durand", camille, hugo)
    actor = open_session(camille)[1]
    with transaction() as db:
        mine, other = db.exec(select(Guardian).order_by(col(Guardian.id))).all()
        for about in (mine, other):
            db.add(AuditEntry(at=NOW, action="guardian.rights_changed", actor_id=None, subject_id=about.key))
        db.add(Registration(account_id=camille.key, draft={"home": {"city": "Valbourg"}}, created_at=NOW))
    data = exported(actor)
    assert [line["action"] for line in data["journal"]] == ["Droits d’un adulte du dossier changés"]
    assert data["inscription_en_cours"][0]["saisie"] == {"home": {"city": "Valbourg"}}
    with reading() as db:
        assert db.get_one(Account, hugo.key).full_name not in json.dumps(data["inscription_en_cours"])
