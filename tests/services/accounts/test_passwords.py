"""Hacher et vérifier : toute la phrase compte, et un compte inconnu prend le même chemin."""

import pytest

from portail.services.accounts.passwords import hash_password, verify_password


@pytest.mark.parametrize(
    "password", ["quatre mots", "é" * 128, "a\0b", "\ud800", "🙂" * 30, ""], ids=lambda p: ascii(p[:4])
)
def test_right_password_matches_and_its_neighbours_do_not(password: str) -> None:
    kept = hash_password(password)
    assert verify_password(password, kept)
    assert not verify_password(password + "x", kept)


def test_every_character_counts_beyond_what_bcrypt_reads() -> None:
    kept = hash_password("a" * 100 + "b")
    assert not verify_password("a" * 100 + "c", kept)


def test_nul_does_not_cut_the_password() -> None:
    assert not verify_password("a\0c", hash_password("a\0b"))


def test_same_accent_typed_on_another_keyboard_matches() -> None:
    assert verify_password("e\u0301te\u0301 au bord de l'eau", hash_password("été au bord de l'eau"))


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password("quatre mots") != hash_password("quatre mots")


def test_account_without_password_never_matches() -> None:
    assert not verify_password("personne", None)
