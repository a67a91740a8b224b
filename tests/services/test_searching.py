"""Chercher et tourner les pages : ni hors des bornes, ni plus que ce qui est demandé."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.services.searching import PAGE_SIZE, containing, slice_of
from tests.factories.people import make_account


@given(st.integers(0, 10_000), st.integers(-(2**53), 2**53))
def test_a_page_is_always_within_the_list(total: int, wanted: int) -> None:
    here = slice_of(total, wanted)
    assert 1 <= here.page <= here.pages
    assert 0 <= here.offset <= total
    assert (here.pages - 1) * PAGE_SIZE <= total <= here.pages * PAGE_SIZE


@given(st.integers(0, 500))
def test_pages_end_to_end_cover_everything_once(total: int) -> None:
    pages = slice_of(total, 1).pages
    seen = [row for page in range(1, pages + 1) for row in range(slice_of(total, page).offset, total)[:PAGE_SIZE]]
    assert seen == list(range(total))


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [
        ("Élodie", "élo", True),
        ("Élodie", "Élo", True),
        ("Martin", "MART", True),
        ("Martin", "arti", True),
        ("Martin", "m_rtin", False),
        ("Martin", "%", False),
        ("100 % Nature", "0 %", True),
        ("a_b", "a_b", True),
        ("a!b", "a!b", True),
        ("a!b", "!%", False),
        ("O'Brien", "o'b", True),
    ],
)
def test_words_are_looked_for_as_they_are_written(base: Engine, name: str, typed: str, found: bool) -> None:
    account = make_account()
    with transaction() as db:
        db.get_one(Account, account.key).last_name = name
    with reading() as db:
        assert bool(db.exec(select(Account.id).where(containing(Account.last_name, typed))).all()) is found
