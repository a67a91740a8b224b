"""Fiche famille et attestation : ce qu'elles disent, à qui elles sont remises, et comment on les vérifie."""

import base64
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel, col, select, update

from portail.domain.accounts import Actor, Role
from portail.domain.families import FamilyStatus
from portail.domain.papers import FamilyNotValidatedError, grouped
from portail.domain.refusals import NotOpenError
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, Guardian, SchoolClass
from portail.models.papers import Paper
from portail.services import papers
from portail.services.papers import references
from portail.views.papers import Verification
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family, make_school
from tests.factories.people import make_account, open_session
from tests.factories.settings import configured
from tests.tools.pdfs import assert_accessible, tags_of, text_of

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def parent(email: str = "camille@famille.example") -> tuple[Account, Actor]:
    account = make_account(email)
    return account, open_session(account)[1]


def rows(table: type[SQLModel]) -> list[Any]:
    with reading() as db:
        return list(db.exec(select(table)))


def words(body: bytes) -> str:
    return " ".join(text_of(body).split())


def test_family_sheet_says_what_the_file_holds(base: Engine) -> None:
    account, actor = parent()
    family = make_family("Durand", account, phone="06 00 00 00 11")
    school = make_school("École Jean-Macé")
    child = make_child("Léa", family, birth=date(2016, 5, 1), school_id=school)
    with transaction() as db:
        group = SchoolClass(school_id=school, name="CM2 B")
        db.add(group)
        db.flush()
        db.exec(update(Child).where(col(Child.id) == child).values(class_id=group.key))
        db.add(
            Guardian(
                family_id=family, first_name="Hugo", last_name="Durand", role="father", work_phone="02 11 22 33 44"
            )
        )
    made = papers.make_family_sheet(actor, family, NOW)
    assert (made.name, made.media_type) == ("fiche-famille-f-durand.pdf", "application/pdf")
    assert_accessible(made.body, "Fiche famille · Valbourg-sur-Loire")
    said = words(made.body)
    for expected in (
        "Valbourg-sur-Loire",
        "02 99 00 00 00",
        "F-Durand",
        "1 rue Pasteur, 49999 Valbourg",
        "Camille Essai",
        "Portable : 06 00 00 00 11",
        "camille@famille.example",
        "Hugo Durand",
        "Travail : 02 11 22 33 44",
        "Léa Essai",
        "1er mai 2016",
        "École Jean-Macé",
        "CM2 B",
        "20 novembre 2026",
    ):
        assert expected in said, expected
    assert {"H1", "H2", "Table", "TH", "TD", "Figure"} <= tags_of(made.body)
    assert papers.make_family_sheet(actor, family, NOW).body == made.body


def test_an_empty_family_still_has_its_sheet(base_sqlite: Engine) -> None:
    _, agent = parent("accueil@mairie.example")
    with transaction() as db:
        db.exec(update(Account).values(role=Role.RECEPTION))
    family = make_family("Vide")
    said = words(papers.make_family_sheet(Actor(agent.account_id, Role.RECEPTION, 1, "x"), family, NOW).body)
    assert "Aucun enfant" in said
    assert "Aucun responsable" in said


def test_hostile_names_print_as_they_are(base_sqlite: Engine) -> None:
    account, actor = parent()
    family = make_family("Piège", account)
    child = make_child('#panic("x")', family)
    with transaction() as db:
        db.exec(update(Family).values(name="*_$ #read(1)", address="] #set page(width: 1pt) ["))
    said = words(papers.make_family_sheet(actor, family, NOW).body)
    for expected in ('#panic("x")', "*_$ #read(1)", "] #set page(width: 1pt) ["):
        assert expected in said
    made = papers.make_registration(actor, child, NOW)
    assert '#panic("x")' in words(made.body)
    assert made.name == "attestation-inscription-panic-x.pdf"


def test_registration_attests_the_child_this_school_year(base: Engine) -> None:
    account, actor = parent()
    child = make_child("Léa", make_family("Durand", account), school_id=make_school())
    made = papers.make_registration(actor, child, NOW)
    assert_accessible(made.body, "Attestation d’inscription · Valbourg-sur-Loire")
    (paper,) = rows(Paper)
    said = words(made.body)
    for expected in (
        "Léa Essai",
        "4 mai 2016",
        "2026-2027",
        "École Jean-Macé",
        "CM2",
        "Fait à Valbourg-sur-Loire, le 20 novembre 2026.",
        f"Référence : {grouped(paper.reference)}",
        f"/verification/{grouped(paper.reference)}",
    ):
        assert expected in said, expected
    assert "rue Pasteur" not in said
    assert (paper.initial, paper.made_on, paper.child_id) == ("L", NOW.date(), child)


def test_the_same_day_gives_the_same_paper_and_the_next_day_another(base: Engine) -> None:
    account, actor = parent()
    child = make_child("Léa", make_family("Durand", account))
    first = papers.make_registration(actor, child, NOW)
    assert papers.make_registration(actor, child, NOW + timedelta(hours=3)).body == first.body
    assert papers.make_registration(actor, child, NOW + timedelta(days=1)).body != first.body
    assert len({paper.reference for paper in rows(Paper)}) == 2


def test_two_downloads_at_once_share_one_reference(base: Engine) -> None:
    account, actor = parent()
    child = make_child("Léa", make_family("Durand", account))
    made = together(*[lambda: papers.make_registration(actor, child, NOW) for _ in range(4)])
    assert len({file.body for file in made}) == 1
    assert len(rows(Paper)) == 1


def test_the_day_is_the_day_in_paris(base_sqlite: Engine) -> None:
    account, actor = parent()
    child = make_child("Léa", make_family("Durand", account))
    papers.make_registration(actor, child, datetime.fromisoformat("2026-11-20T23:30:00+00:00"))
    assert rows(Paper)[0].made_on == date(2026, 11, 21)


def test_a_family_that_waits_has_no_registration_yet(base: Engine) -> None:
    account, actor = parent()
    family = make_family("Durand", account)
    child = make_child("Léa", family)
    with transaction() as db:
        db.exec(update(Family).values(status=FamilyStatus.PENDING))
    with pytest.raises(FamilyNotValidatedError) as refusal:
        papers.make_registration(actor, child, NOW)
    assert refusal.value.next_step
    assert rows(Paper) == []
    assert papers.make_family_sheet(actor, family, NOW).body


def test_a_foreign_paper_answers_as_a_missing_one_and_leaves_no_trace(base: Engine) -> None:
    owner, _ = parent()
    _, stranger = parent("karim@famille.example")
    family = make_family("Durand", owner)
    child = make_child("Léa", family)
    for make, own in ((papers.make_family_sheet, family), (papers.make_registration, child)):
        said = set()
        for key in (own, 999_999, 0, -1, 2**31, 2**63):
            with pytest.raises(NotOpenError) as refusal:
                make(stranger, key, NOW)
            said.add(refusal.value.full_sentence)
        assert len(said) == 1
    assert rows(Paper) == []
    assert rows(AuditEntry) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PARENT])
def test_agents_who_hold_the_files_make_any_paper_and_no_other(base_sqlite: Engine, role: Role) -> None:
    owner, _ = parent()
    family = make_family("Durand", owner)
    child = make_child("Léa", family)
    agent = open_session(make_account("agent@mairie.example", role=role))[1]
    for make, key in ((papers.make_family_sheet, family), (papers.make_registration, child)):
        if role in {Role.RECEPTION, Role.DIRECTION, Role.ADMIN}:
            assert make(agent, key, NOW).body.startswith(b"%PDF")
        else:
            with pytest.raises(NotOpenError):
                make(agent, key, NOW)


def test_every_paper_made_is_written_in_the_journal(base_sqlite: Engine) -> None:
    account, actor = parent()
    family = make_family("Durand", account)
    child = make_child("Léa", family)
    papers.make_family_sheet(actor, family, NOW)
    papers.make_registration(actor, child, NOW)
    written = [(entry.action, entry.actor_id, entry.subject_id) for entry in rows(AuditEntry)]
    assert written == [
        ("paper.family_sheet", account.key, family),
        ("paper.registration", account.key, child),
    ]


@pytest.mark.parametrize(
    ("name", "body"),
    [("logo.png", DOT), ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>")],
)
def test_the_town_brings_its_logo_and_its_name(base_sqlite: Engine, tmp_path: Path, name: str, body: bytes) -> None:
    account, actor = parent()
    family = make_family("Durand", account)
    (tmp_path / name).write_bytes(body)
    with configured(
        PORTAIL_TOWN_LOGO=str(tmp_path / name), PORTAIL_TOWN_NAME="L’Île-#d’Aval", PORTAIL_TOWN_COLOR="#FFFF00"
    ):
        made = papers.make_family_sheet(actor, family, NOW).body
    assert "L’Île-#d’Aval" in words(made)
    assert "Figure" in tags_of(made)


def test_a_huge_logo_is_left_aside(base_sqlite: Engine, tmp_path: Path) -> None:
    account, actor = parent()
    family = make_family("Durand", account)
    (tmp_path / "logo.png").write_bytes(DOT + b"\0" * papers.content.MAX_LOGO)
    with configured(PORTAIL_TOWN_LOGO=str(tmp_path / "logo.png")):
        made = papers.make_family_sheet(actor, family, NOW).body
    assert "Figure" not in tags_of(made)
    assert_accessible(made, "Fiche famille · Valbourg-sur-Loire")


def test_anyone_verifies_a_reference_and_learns_an_initial_and_a_day(base: Engine) -> None:
    account, actor = parent()
    child = make_child("élodie", make_family("Durand", account))
    papers.make_registration(actor, child, NOW)
    reference = rows(Paper)[0].reference
    assert references.verify(typed=f" {grouped(reference).lower()} ") == Verification(
        "valid", grouped(reference), "Attestation d’inscription", "É.", "20 novembre 2026"
    )


@pytest.mark.parametrize("typed", ["", "K7M2-QH4T-XW3P", "n’importe quoi", "\0", "x" * 5_000])
def test_an_unknown_reference_says_so_and_nothing_else(base: Engine, typed: str) -> None:
    found = references.verify(typed=typed)
    assert (found.status, found.kind, found.initial, found.day) == ("unknown", "", "", "")
    assert len(found.reference) <= 40


def test_a_child_who_leaves_takes_the_references_along(base: Engine) -> None:
    account, actor = parent()
    child = make_child("Léa", make_family("Durand", account))
    papers.make_registration(actor, child, NOW)
    reference = rows(Paper)[0].reference
    with transaction() as db:
        db.delete(db.get_one(Child, child))
    assert references.verify(typed=reference).status == "unknown"
