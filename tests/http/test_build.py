"""Ce qui est livré à tous les navigateurs : ni source, ni personne, ni secret."""

import re
from pathlib import Path

import pytest

from portail.demo import people
from portail.http.headers import BUILD, content_policy, inline_script_hashes, policies
from portail.settings import DEMO_HEALTH_KEYS, DEMO_SECRET, current
from tests.tools.server import Running

TEXT = {".js", ".html", ".css", ".json", ".txt", ".webmanifest", ".svg", ".map", ".xml"}


@pytest.fixture
def delivered(portal: Running) -> list[tuple[Path, str]]:
    """Lu une fois que le portail a construit l'interface."""
    return [(file, file.read_text()) for file in BUILD.rglob("*") if file.is_file() and file.suffix in TEXT]


def test_there_is_something_to_look_at(delivered: list[tuple[Path, str]]) -> None:
    suffixes = {file.suffix for file, _ in delivered}
    assert {".js", ".html", ".css"} <= suffixes


def test_no_source_map_is_delivered(delivered: list[tuple[Path, str]]) -> None:
    assert not [file.name for file in BUILD.rglob("*.map")]
    assert not [file.name for file, text in delivered if re.search(r"sourceMappingURL=(?!data:,)", text)]


def test_nobody_is_in_the_interface(delivered: list[tuple[Path, str]]) -> None:
    homes = (*people.NAMED, *people.neighbours())
    adults = [adult for home in homes for adult in home.adults]
    words = {email for email in people.ACCOUNTS if email != current().town_email}
    words |= {adult.phone for adult in adults if adult.phone}
    words |= {f"{adult.first_name} {adult.last_name}" for adult in adults}
    words |= {f"{agent.first_name} {agent.last_name}" for agent in people.STAFF}
    words |= {home.address for home in homes}
    for file, text in delivered:
        assert not {word for word in words if word in text}, file.name


def test_no_secret_is_in_the_interface(delivered: list[tuple[Path, str]]) -> None:
    words = (
        people.PASSWORD,
        DEMO_SECRET,
        DEMO_HEALTH_KEYS,
        "password_hash",
        "totp_sealed",
        "PORTAIL_SECRET_KEY",
        "$2b$",
    )
    for file, text in delivered:
        assert not {word for word in words if word in text}, file.name


def test_no_machine_of_the_builder_is_in_the_interface(delivered: list[tuple[Path, str]]) -> None:
    for file, text in delivered:
        assert "portail.invalid" not in text, file.name
        assert str(BUILD.parents[2]) not in text, file.name


def test_nothing_is_fetched_from_elsewhere(delivered: list[tuple[Path, str]]) -> None:
    for file, text in delivered:
        if file.suffix == ".html":
            assert not re.findall(r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=\"(?:https?:)?//", text), (
                file.name
            )
        if file.suffix == ".css":
            assert not re.findall(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", text), file.name


def test_every_built_page_has_its_policy(delivered: list[tuple[Path, str]]) -> None:
    known = policies()
    for file in BUILD.rglob("*.html"):
        path = "/" + file.relative_to(BUILD).as_posix()
        assert known[path] == content_policy(inline_script_hashes(file))
    assert known["/"] == known["/index.html"]
