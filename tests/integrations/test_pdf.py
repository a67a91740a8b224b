"""Typst : des données jamais lues comme du code, les mêmes octets, des bornes, un PDF accessible."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portail.integrations import pdf
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.tools.pdfs import assert_accessible, fonts_of, opened, text_of

SOURCE = """
#let content = json(bytes(sys.inputs.content))
#set document(title: "Essai", author: "Valbourg")
#set text(lang: "fr")
= Essai
#for line in content.lines [#line #parbreak()]
"""
HOSTILE = (
    '#panic("x")',
    "*gras* _souligné_ $x^2$ `code`",
    '#import "@preview/oxifmt:0.2.0"',
    '#read("/etc/passwd")',
    "= Titre // commentaire /* encore */",
    "\\u{202e} \\ <label> @ref",
    '"] #set page(width: 1pt) [',
    "Ngô Thị Hồng, Żaneta Ğül, Ελένη, Жанна",
)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("typst") / "essai.typ"
    file.write_text(SOURCE)
    return file


@pytest.mark.parametrize("line", HOSTILE)
def test_what_is_given_prints_as_it_is(template: Path, line: str) -> None:
    body = pdf.compile_pdf(template, {"lines": [line]}, NOW)
    assert "".join(line.split()) in "".join(text_of(body).split())
    assert len(opened(body).pages) == 1


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn")), max_size=30))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_an_accessible_file(template: Path, line: str) -> None:
    assert_accessible(pdf.compile_pdf(template, {"lines": [line]}, NOW), "Essai")


def test_a_sign_without_a_drawing_becomes_a_square(template: Path) -> None:
    assert "Noé □" in text_of(pdf.compile_pdf(template, {"lines": ["Noé 李"]}, NOW))


def test_every_sign_held_to_be_drawn_is_drawn(template: Path) -> None:
    import unicodedata

    hidden = {"Cc", "Cf", "Cs", "Co", "Cn"}
    signs = [chr(code) for first, last in pdf._DRAWN for code in range(first, last + 1)]
    line = " ".join(sign for sign in signs if unicodedata.category(sign) not in hidden)
    assert_accessible(pdf._compile(template, json.dumps({"lines": [line]}), "{}", NOW), "Essai")


def test_same_content_same_instant_same_bytes(template: Path) -> None:
    content = {"lines": ["Léa", "Noé"]}
    first = pdf.compile_pdf(template, content, NOW)
    assert first == pdf.compile_pdf(template, dict(reversed(content.items())), NOW)
    assert first != pdf.compile_pdf(template, content, NOW + timedelta(days=1))
    assert first != pdf.compile_pdf(template, {"lines": ["Léa"]}, NOW)


def test_only_the_fonts_of_the_package_serve(template: Path) -> None:
    assert {str(font["/FontName"]).partition("+")[2].partition("-")[0] for font in fonts_of(_one(template))} == {
        "LibertinusSerif"
    }
    assert set(pdf.fonts().families()) >= {"Libertinus Serif"}


def _one(template: Path, at: datetime = NOW) -> bytes:
    return pdf.compile_pdf(template, {"lines": ["L’été à Œuvres"]}, at)


def test_too_much_content_is_refused_before_it_is_set(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_compile", lambda *_: pytest.fail("le texte ne devait pas partir à la composition"))
    with pytest.raises(pdf.TooLongError) as refusal:
        pdf.compile_pdf(template, {"lines": ["x" * pdf.MAX_CONTENT]}, NOW)
    with pytest.raises(pdf.TooLongError):
        pdf.compile_pdf(template, {"lines": []}, NOW, {"logo": b"x" * (pdf.MAX_PICTURES + 1)})
    assert "service enfance" in refusal.value.next_step


def test_too_many_pages_are_refused(template: Path) -> None:
    with pytest.raises(pdf.TooLongError):
        pdf.compile_pdf(template, {"lines": ["ligne"] * 1_500}, NOW)


def test_a_file_too_heavy_is_refused(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_BYTES", 100)
    with pytest.raises(pdf.TooLongError):
        _one(template)


def test_a_broken_template_is_a_breakdown_not_a_refusal(tmp_path: Path) -> None:
    broken = tmp_path / "faux.typ"
    broken.write_text("#inconnu()")
    with pytest.raises(typst.TypstError):
        pdf.compile_pdf(broken, {"lines": []}, NOW)


def test_a_template_reads_nothing_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "dedans").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    curious = tmp_path / "dedans" / "curieux.typ"
    curious.write_text('#read("../secret.txt")')
    with pytest.raises(typst.TypstError):
        pdf.compile_pdf(curious, {"lines": []}, NOW)


def test_several_at_once_are_all_served(template: Path) -> None:
    found = together(*[lambda rank=rank: pdf.compile_pdf(template, {"lines": [str(rank)]}, NOW) for rank in range(6)])
    assert [text_of(body).split()[-1] for body in found] == [str(rank) for rank in range(6)]
