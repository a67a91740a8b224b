"""Les conditions : chaque version dit ce qu'elle change, et attend un accord une seule fois."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain import accounts, terms


def test_every_version_says_what_it_changes() -> None:
    assert set(terms.CHANGES) == set(range(1, accounts.CURRENT_TERMS + 1))
    assert all(changes and all(change.strip() for change in changes) for changes in terms.CHANGES.values())


@pytest.mark.parametrize(("accepted", "due"), [(0, True), (1, True), (2, False), (3, False)])
def test_an_older_version_waits_for_an_agreement(monkeypatch: pytest.MonkeyPatch, accepted: int, due: bool) -> None:
    monkeypatch.setattr(accounts, "CURRENT_TERMS", 2)
    assert terms.is_due(accepted) is due


def test_what_changed_is_told_from_the_version_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "CURRENT_TERMS", 3)
    monkeypatch.setattr(terms, "CHANGES", {1: ("un",), 2: ("deux", "deux bis"), 3: ("trois",), 4: ("pas encore",)})
    assert terms.changes_since(0) == ["un", "deux", "deux bis", "trois"]
    assert terms.changes_since(2) == ["trois"]
    assert terms.changes_since(3) == []


@given(st.integers(0, 50))
def test_changes_are_told_when_and_only_when_an_agreement_is_due(accepted: int) -> None:
    assert bool(terms.changes_since(accepted)) is terms.is_due(accepted)
