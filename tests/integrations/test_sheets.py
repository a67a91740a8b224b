"""Un tableau pour le tableur : lisible par Excel, jamais exécutable."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.integrations.sheets import Cents, Sheet, as_csv, as_xlsx, inert

SHEET = Sheet("Essai", ("Nom", "Jour", "Montant", "Rang"), [("Dürand ; l’été", date(2026, 11, 20), Cents(-1205), 3)])


def inside(body: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(body)).read(name).decode()


def test_csv_has_the_mark_the_semicolon_and_french_amounts() -> None:
    body = as_csv(SHEET)
    assert body.startswith(b"\xef\xbb\xbf")
    assert body.decode("utf-8-sig") == 'Nom;Jour;Montant;Rang\r\n"Dürand ; l’été";20/11/2026;-12,05;3\r\n'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_is_disarmed_in_both(start: str) -> None:
    hostile = f"{start}cmd|' /C calc'!A0"
    sheet = Sheet("Essai", ("A",), [(hostile,)])
    assert as_csv(sheet).decode("utf-8-sig").splitlines()[1].lstrip('"').startswith("'")
    body = as_xlsx(sheet)
    assert "<f>" not in inside(body, "xl/worksheets/sheet1.xml")
    assert "'" in inside(body, "xl/sharedStrings.xml")


def test_xlsx_keeps_amounts_as_numbers_and_links_as_text() -> None:
    body = as_xlsx(
        Sheet("Un titre bien plus long que trente et un signes", ("A",), [(Cents(1205),), ("https://x.example",)])
    )
    page = inside(body, "xl/worksheets/sheet1.xml")
    assert "<v>12.05</v>" in page
    assert "hyperlink" not in page


@given(st.integers(-(10**9), 10**9))
def test_cents_are_written_exactly(cents: int) -> None:
    written = as_csv(Sheet("E", ("A",), [(Cents(cents),)])).decode("utf-8-sig").splitlines()[1]
    sign, _, rest = ("-", "", written[1:]) if written.startswith("-") else ("", "", written)
    whole, _, part = rest.partition(",")
    assert (int(whole) * 100 + int(part)) * (-1 if sign else 1) == cents


def test_plain_text_is_left_alone() -> None:
    assert (inert("Durand"), inert("")) == ("Durand", "")
