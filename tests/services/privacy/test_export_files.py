"""« Télécharger mes données » : les pièces jointes y sont, celles des autres non."""

import json
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.requests import RequestKind
from portail.domain.uploads import Upload
from portail.integrations.storage import storage
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.files import Attachment
from portail.services.files import stored_files
from portail.services.health import pai
from portail.services.privacy import erasure, export
from portail.services.privacy.export import attachments
from portail.services.requests import NewRequest, mine, open_request
from tests.conftest import NOW
from tests.factories import uploads
from tests.factories.health import Home, make_home
from tests.factories.people import make_account, open_session

SENT, PLAN = Upload("attestation de la CAF.pdf", uploads.pdf("CAF")), Upload("plan.pdf", uploads.pdf("Plan"))


@pytest.fixture
def home(base: Engine) -> Home:
    return make_home()


def send(home: Home) -> None:
    """Une pièce dans une démarche, un document de PAI."""
    with transaction() as db:
        new = NewRequest(RequestKind.SITUATION, home.actor, home.family_id, None, {"change": "Mariage"})
        request = open_request(db, new, NOW).key
    mine.answer(actor=home.actor, request_id=request, text="", files=[SENT], now=NOW)
    pai.add(actor=home.actor, child_id=home.child_id, files=[PLAN], now=NOW)


def exported(actor: Actor, now: datetime = NOW) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    with ZipFile(BytesIO(export.make_export(actor, now).body)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    pieces = {name: body for name, body in files.items() if name.startswith("fichiers/pieces/")}
    return json.loads(files["donnees.json"])["pieces_jointes"], pieces


def test_every_piece_is_there_where_its_line_says(home: Home) -> None:
    send(home)
    lines, pieces = exported(home.actor)
    assert {line["fichier"] for line in lines} == set(pieces)
    assert sorted(pieces.values()) == sorted([SENT.body, PLAN.body])
    assert {(line["enfant"], line["envoyee_par"]) for line in lines} == {("", "vous"), ("Zoé", "vous")}
    assert [line["demarche"] for line in lines if line["demarche"]] != []


def test_the_pieces_of_another_home_are_nowhere(home: Home) -> None:
    send(home)
    stranger = make_home("leo@famille.example").actor
    assert exported(stranger) == ([], {})
    assert exported(open_session(make_account("seul@famille.example"))[1]) == ([], {})


def test_a_lost_piece_does_not_keep_the_others(home: Home) -> None:
    send(home)
    lost, *_ = [name for name, _ in storage().names()]
    storage().delete(lost)
    lines, pieces = exported(home.actor)
    assert len(lines) == 2
    assert len(pieces) == 1


def test_the_archive_stays_bounded_and_the_latest_comes_first(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    send(home)
    monkeypatch.setattr(attachments, "HEAVIEST", len(PLAN.body))
    lines, pieces = exported(home.actor)
    assert len(lines) == 2
    assert list(pieces.values()) == [PLAN.body]


def test_health_documents_go_when_nobody_holds_the_child_any_more(home: Home) -> None:
    send(home)
    with transaction() as db:
        erasure.archive(db, [db.get_one(Family, home.family_id)], NOW)
    with reading() as db:
        assert [one.child_id for one in db.exec(select(Attachment))] == [None]
    assert stored_files.sweep(NOW.replace(year=NOW.year + 1)) == 1
    assert len(list(storage().names())) == 1
