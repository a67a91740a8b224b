"""Les règles des papiers : l'année scolaire, la référence que l'on recopie, le nom du fichier."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.papers import REFERENCE_LENGTH, PaperKind, file_name, grouped, read_reference, school_year

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
references = st.text(LETTERS, min_size=REFERENCE_LENGTH, max_size=REFERENCE_LENGTH)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 8, 31), "2025-2026"),
        (date(2026, 9, 1), "2026-2027"),
        (date(2027, 1, 1), "2026-2027"),
        (date(2027, 8, 31), "2026-2027"),
    ],
)
def test_school_year_turns_on_the_first_of_september(day: date, year: str) -> None:
    assert school_year(day) == year


@given(references, st.sampled_from(["-", " ", "", " - ", "–"]))
def test_a_reference_is_read_however_it_was_copied(reference: str, between: str) -> None:
    copied = between.join(reference[start : start + 4] for start in range(0, REFERENCE_LENGTH, 4))
    assert read_reference(f" {copied.lower()} ") == reference
    assert read_reference(grouped(reference)) == reference


@pytest.mark.parametrize(
    "typed",
    ["", "K7M2", "K7M2-QH4T-XW3", "K7M2-QH4T-XW3PP", "K7M2-QH4T-XW30", "K7M2-QH4T-XWIP", "'; drop table paper", "…"],
)
def test_what_is_not_a_reference_is_not_read(typed: str) -> None:
    assert read_reference(typed) == ""


def test_a_huge_text_is_not_even_looked_at() -> None:
    assert read_reference("-" * 100_000 + "K7M2QH4TXW3P") == ""


@given(st.text(max_size=300))
def test_file_name_is_safe_in_a_header_and_on_a_disk(about: str) -> None:
    name = file_name("attestation", about)
    assert name.startswith("attestation")
    assert name.endswith(".pdf")
    assert set(name) <= set(string.ascii_lowercase + string.digits + "-.")
    assert name.count(".") == 1
    assert len(name) <= 80


def test_file_name_stays_readable() -> None:
    assert file_name("attestation-inscription", "Léa-Zoé d’Été") == "attestation-inscription-lea-zoe-d-ete.pdf"
    assert file_name("fiche-famille", "李") == "fiche-famille.pdf"


@pytest.mark.parametrize("kind", PaperKind)
def test_every_paper_has_its_name(kind: PaperKind) -> None:
    assert kind.label[0].isupper()
