"""« Télécharger mes données » : tout ce qui est à soi, rien de ce qui est à un autre, et pas une table oubliée."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel, col, select, update

from portail.domain.accounts import Actor, LinkKind, Role
from portail.domain.audit import action_label
from portail.domain.families import FamilyStatus
from portail.domain.mails import MailStatus
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, Guardian, SchoolClass
from portail.models.mails import OutboxMail
from portail.models.requests import Request, RequestEvent
from portail.services import papers
from portail.services.accounts import links
from portail.services.privacy import export, requests
from portail.services.privacy.export.registry import REGISTRY
from portail.services.privacy.export.shapes import Excluded, Exported, Person
from tests.conftest import NOW
from tests.factories import money
from tests.factories.families import make_child, make_family, make_school
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted
from tests.tools.pdfs import text_of

EXPORTED = [one for one in REGISTRY.values() if isinstance(one, Exported)]


def exported(actor: Actor, now: datetime = NOW) -> tuple[dict[str, Any], dict[str, bytes]]:
    made = export.make_export(actor, now)
    assert made.media_type == "application/zip"
    with ZipFile(BytesIO(made.body)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(files["donnees.json"]), files


def parent(email: str) -> tuple[Account, Actor]:
    account = make_account(email)
    return account, open_session(account)[1]


def test_every_table_is_exported_or_excluded_with_a_reason() -> None:
    """Une table nouvelle se déclare dans services/privacy/export/registry.py."""
    assert set(REGISTRY) == {table.name for table in SQLModel.metadata.sorted_tables}
    for one in REGISTRY.values():
        assert isinstance(one, Exported) or len(one.reason) > 15


@pytest.mark.parametrize("one", EXPORTED, ids=lambda one: one.section)
def test_every_column_is_kept_or_left_out_with_a_reason(one: Exported) -> None:
    columns = {column.name for column in SQLModel.metadata.tables[one.table.__tablename__].columns}
    assert columns == set(one.keep) | set(one.left_out)
    assert not set(one.keep) & set(one.left_out)
    assert all(one.left_out.values())


def test_sections_and_fields_have_one_plain_name_each() -> None:
    sections = [one.section for one in EXPORTED]
    assert len(sections) == len(set(sections))
    for one in EXPORTED:
        names = [kept.name for kept in one.kept().values()]
        assert len(names) == len(set(names))
        assert all(re.fullmatch(r"[a-z_]+", name) for name in [one.section, *names])


def test_no_secret_is_ever_kept() -> None:
    for one in EXPORTED:
        kept = {column for column, shown in one.kept().items() if shown.say is None}
        assert not {column for column in kept if re.search(r"hash|sealed|secret|token|totp", column)}
        assert not kept & set(getattr(one.table, "SEALED", ()))  # une colonne scellée ne sort qu'ouverte


def test_one_finds_everything_about_oneself(base: Engine) -> None:
    account, actor = parent("camille@famille.example")
    family = make_family("Durand", account, phone="06 00 00 00 11")
    school = make_school()
    child = make_child("Léa", family, school_id=school)
    with transaction() as db:
        group = SchoolClass(school_id=school, name="CM2 B")
        db.add(group)
        db.flush()
        db.exec(update(Child).where(col(Child.id) == child).values(class_id=group.key))
        db.add(
            OutboxMail(
                recipient=account.email,
                subject="Bonjour",
                status=MailStatus.SENT,
                created_at=NOW,
                next_attempt_at=NOW,
                sent_at=NOW,
            )
        )
    papers.make_registration(actor, child, NOW)
    number = requests.ask_correction(actor=actor, text="Léa est au CM1.", now=NOW)
    data, files = exported(actor)
    assert data["compte"][0] | {"identifiant": "camille", "prenom": "Camille", "role": "Parent"} == data["compte"][0]
    assert data["compte"][0]["cree_le"] == "2026-11-20T10:00:00+01:00"
    assert data["compte"][0]["validation_en_deux_etapes"] is False
    assert data["dossiers"][0]["adresse"] == "1 rue Pasteur"
    assert data["responsables"][0]["telephone_portable"] == "06 00 00 00 11"
    assert data["enfants"] == [
        {
            "prenom": "Léa",
            "nom": "Essai",
            "ne_le": "2016-05-04",
            "ecole": "École Jean-Macé",
            "niveau": "CM2",
            "classe": "CM2 B",
        }
    ]
    assert data["rattachements"] == [{"dossier": "F-Durand", "enfant": "Léa", "rang": 0}]
    assert data["demarches"][0] | {"numero": number, "contenu": {"text": "Léa est au CM1."}} == data["demarches"][0]
    assert data["historique_des_demarches"] == [
        {"demarche": number, "le": "2026-11-20T10:00:00+01:00", "par": "vous", "etape": "Demande envoyée", "texte": ""}
    ]
    assert data["courriels"][0]["objet"] == "Bonjour"
    assert data["attestations"][0]["enfant"] == "Léa"
    assert data["appareils"][0]["appareil"] == "Firefox sur Linux"
    assert {line["action"] for line in data["journal"]} >= {"Attestation d’inscription téléchargée"}
    assert set(files) == {"LISEZ-MOI.txt", "donnees.json", "fichiers/fiche-famille-f-durand.pdf"}
    assert "06 00 00 00 11" in text_of(files["fichiers/fiche-famille-f-durand.pdf"])


def test_the_notice_explains_every_section_every_field_and_what_is_missing(base_sqlite: Engine) -> None:
    _, actor = parent("camille@famille.example")
    data, files = exported(actor)
    notice = files["LISEZ-MOI.txt"].decode()
    assert "Camille Essai" in notice
    for one in EXPORTED:
        assert f"- {one.section} : {one.words}" in notice
        assert one.section in data
        for kept in one.kept().values():
            assert kept.name in notice
    for one in REGISTRY.values():
        if isinstance(one, Excluded):
            assert one.reason in notice


def test_separated_parents_learn_nothing_of_each_other(base: Engine) -> None:
    (paul, mine), (sophie, _) = parent("paul@famille.example"), parent("sophie@famille.example")
    ours, theirs = make_family("Lefèvre", paul), make_family("Garnier", sophie, phone="06 99 99 99 99")
    with transaction() as db:
        db.exec(update(Family).where(col(Family.id) == theirs).values(address="31 avenue de la Gare", city="Ailleurs"))
    make_child("Jade", ours, theirs)
    make_child("Demi-frère", theirs)
    data, files = exported(mine)
    said = json.dumps(data, ensure_ascii=False) + "".join(
        text_of(body) if name.endswith(".pdf") else body.decode() for name, body in files.items()
    )
    assert [one["prenom"] for one in data["enfants"]] == ["Jade"]
    for secret in ("Garnier", "avenue de la Gare", "Ailleurs", "sophie", "Sophie", "06 99", "Demi-frère"):
        assert secret not in said, secret


def test_of_the_other_adults_of_the_file_only_the_name_is_told(base: Engine) -> None:
    (camille, mine), (hugo, _) = parent("camille@famille.example"), parent("hugo@famille.example")
    make_family("Durand", camille, hugo)
    with transaction() as db:
        values = {"phone": "06 77 77 77 77", "caf_number": "1234567", "email": "hugo@travail.example"}
        db.exec(update(Guardian).where(col(Guardian.account_id) == hugo.key).values(**values))
    data, files = exported(mine)
    assert {"dossier": "F-Durand", "prenom": "Hugo", "nom": "Essai"} in data["responsables"]
    said = json.dumps(data) + text_of(files["fichiers/fiche-famille-f-durand.pdf"])
    for secret in ("06 77", "1234567", "hugo@"):
        assert secret not in said, secret


def test_the_requests_and_the_notes_of_others_stay_theirs(base: Engine) -> None:
    (camille, mine), (hugo, other) = parent("camille@famille.example"), parent("hugo@famille.example")
    make_family("Durand", camille, hugo)
    requests.ask_correction(actor=other, text="secret de Hugo", now=NOW)
    requests.ask_correction(actor=mine, text="Mon nom", now=NOW)
    with transaction() as db:
        request = db.exec(select(Request).where(Request.author_id == camille.key)).one()
        note = {"step": "taken", "text": "note de travail", "internal": True}
        db.add(RequestEvent(request_id=request.key, at=NOW, actor_id=hugo.key, **note))
        db.add(RequestEvent(request_id=request.key, at=NOW, actor_id=hugo.key, step="asked", text="Un papier ?"))
    data, _ = exported(mine)
    said = json.dumps(data, ensure_ascii=False)
    assert "secret de Hugo" not in said
    assert "note de travail" not in said
    assert [(line["par"], line["etape"]) for line in data["historique_des_demarches"]] == [
        ("vous", "Demande envoyée"),
        ("une autre personne", "Question du service"),
    ]


def test_the_journal_tells_what_one_did_and_what_was_done_about_one(base: Engine) -> None:
    (camille, mine), (hugo, _) = parent("camille@famille.example"), parent("hugo@famille.example")
    family = make_family("Durand", camille)
    child = make_child("Léa", family)
    lines = [
        ("session.opened", camille.key, None, True),
        ("session.opened", hugo.key, None, False),
        ("account.erased", hugo.key, camille.key, True),
        ("account.erased", None, hugo.key, False),
        ("paper.family_sheet", hugo.key, family, True),
        ("paper.family_sheet", hugo.key, family + 50, False),
        ("paper.registration", hugo.key, child, True),
        ("mail.read", hugo.key, camille.key, False),
    ]
    with transaction() as db:
        for rank, (action, by, about, _) in enumerate(lines):
            at = NOW + timedelta(seconds=rank)
            db.add(AuditEntry(at=at, action=action, actor_id=by, subject_id=about, detail="x"))
    data, _ = exported(mine)
    told = [(line["action"], line["par"]) for line in data["journal"]]
    assert told == [
        (action_label(action), "vous" if by == camille.key else "une autre personne")
        for action, by, _, expected in lines
        if expected
    ]


def test_a_closed_file_is_told_but_has_no_sheet(base: Engine) -> None:
    account, actor = parent("camille@famille.example")
    make_family("Durand", account)
    with transaction() as db:
        db.exec(update(Family).values(status=FamilyStatus.ARCHIVED))
    data, files = exported(actor)
    assert data["dossiers"][0]["etat"] == "archivé"
    assert not [name for name in files if name.startswith("fichiers/")]


@pytest.mark.parametrize("role", [Role.PARENT, Role.ADMIN])
def test_an_account_without_a_file_has_its_export_too(base: Engine, role: Role) -> None:
    actor = open_session(make_account("seul@famille.example", role=role))[1]
    with transaction() as db:
        links.issue(db, LinkKind.RESET, actor.account_id, NOW)
    data, _ = exported(actor)
    assert (len(data["compte"]), data["enfants"], data["dossiers"]) == (1, [], [])


def test_no_secret_leaves_in_the_archive(base: Engine) -> None:
    account = make_account("camille@famille.example")
    token, actor = open_session(account)
    with transaction() as db:
        link = links.issue(db, LinkKind.RESET, account.key, NOW)
    made = json.dumps(exported(actor)[0])
    with reading() as db:
        row = db.get_one(Account, account.key)
    for secret in (token, link, actor.session_hash, row.password_hash):
        assert secret not in made


def test_the_same_instant_gives_the_same_archive_and_a_line_in_the_journal(base_sqlite: Engine) -> None:
    account, actor = parent("camille@famille.example")
    make_family("Durand", account)
    first = export.make_export(actor, NOW)
    with transaction() as db:
        (entry,) = db.exec(select(AuditEntry))
        assert (entry.action, entry.actor_id) == ("privacy.exported", account.key)
        db.delete(entry)
    assert export.make_export(actor, NOW).body == first.body
    assert first.name == "mes-donnees-2026-11-20.zip"


def _grown(actor: Actor, account: Account, families: int) -> None:
    for rank in range(families):
        family = make_family(f"{rank}", account)
        for order in range(4):
            make_child(f"Enfant{order}", family)


def test_a_larger_family_costs_few_more_reads(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[object] = []
    draw: Callable[..., bytes] = lambda *given: compiled.append(given) or b"%PDF"  # noqa: E731
    monkeypatch.setattr(export, "compile_pdf", draw)
    (small, one), (large, many) = parent("un@famille.example"), parent("cinq@famille.example")
    make_child("Seul", make_family("Un", small))
    _grown(many, large, 5)
    with counted(base) as few:
        export.make_export(one, NOW)
    with counted(base) as more:
        export.make_export(many, NOW)
    assert len(compiled) == 6
    assert len(more) - len(few) == 4 * 2  # deux lectures par fiche, quel que soit le nombre d'enfants
    assert len(few) <= len(EXPORTED) + 20  # une lecture par section, et les noms derrière les numéros


def test_a_name_behind_a_foreign_number_is_not_told() -> None:
    person = Person(1, "a@famille.example", families={1: "F-1"})
    row = Guardian(family_id=2, account_id=1, first_name="A", last_name="B", role="mother")
    assert REGISTRY["guardian"].line(row, person)["dossier"] == ""


def test_money_is_told_to_who_may_see_it_and_to_nobody_else(base: Engine) -> None:
    camille, actor = parent("camille@famille.example")
    family, stranger = make_family("Durand", camille), make_family("Loin", parent("loin@famille.example")[0])
    money.fill(family, 6000)
    money.fill(stranger, 9900)
    money.add_quotient(family, 850, date(2026, 9, 1), date(2027, 8, 31))
    data, _ = exported(actor)
    assert data["mouvements_du_porte_monnaie"] == [
        {
            "dossier": "F-Durand",
            "mouvement": "20/11/2026, Alimentation : Au guichet",
            "montant_en_centimes": 6000,
            "solde_apres_en_centimes": 6000,
        }
    ]
    assert [line["solde_en_centimes"] for line in data["porte_monnaie"]] == [6000]
    assert [(line["quotient"], line["dossier"]) for line in data["quotients_familiaux"]] == [(850, "F-Durand")]
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.family_id) == family).values(can_see_money=False))
    data, _ = exported(actor)
    assert (data["porte_monnaie"], data["mouvements_du_porte_monnaie"], data["quotients_familiaux"]) == ([], [], [])
