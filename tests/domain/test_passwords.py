"""Les mots de passe : les bons passent, les devinables sont refusés avec une phrase qui aide."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portail.domain.passwords import LONGEST, SHORTEST, check_password, strength
from portail.domain.refusals import RefusalError, WeakPasswordError


def refusal_of(password: str) -> str:
    """La phrase du refus ; vide quand le mot de passe passe."""
    try:
        check_password(password, about=ABOUT)
    except WeakPasswordError as refusal:
        return refusal.full_sentence
    return ""


ABOUT = ("camille.durand@famille.example", "Camille", "Durand")


@pytest.mark.parametrize(
    "password",
    [
        "quatre mots sans aucun lien",
        "cheval agrafe lampe torrent",
        "Demo-portail-2026",
        "tR7!pK2$",
        "éléphant bleu sous la pluie",
        "密码很长而且没有人能猜到它吗",
        "x" * 3 + "Wq8-zéro-lampe" * 8,
    ],
)
def test_good_password_passes(password: str) -> None:
    assert refusal_of(password) == ""


@pytest.mark.parametrize("password", ["", "a", "tR7!pK2", "       "])
def test_too_short_is_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError, match="au moins 12"):
        check_password(password)


def test_longest_is_accepted_and_one_more_is_not() -> None:
    phrase = ("cheval agrafe lampe torrent " * 10)[:LONGEST]
    check_password(phrase)
    with pytest.raises(WeakPasswordError, match="au plus 128"):
        check_password(phrase + "z")


@pytest.mark.parametrize(
    "password",
    [
        "motdepasse123",
        "MotDePasse123",
        "AZERTYUIOP",
        "azertyuiop12",
        "Soleil123456",
        "portail-famille",
        "aaaaaaaaaaaa",
        "abababababab",
        "123412341234",
        "password1234",
        "qwertyuiop12",
        "            ",
        "ééééééééééééé",
        "12345678",
        "bonjour1",
    ],
)
def test_common_password_is_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError):
        check_password(password)


@pytest.mark.parametrize(
    "password",
    ["camille.durand@famille.example", "CAMILLE.DURAND@famille.example", "camille1", "CamilleDurand", "durandcamille"],
)
def test_password_made_of_oneself_is_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError):
        check_password(password, about=ABOUT)


def test_password_equal_to_a_long_name_is_refused_by_name() -> None:
    with pytest.raises(WeakPasswordError, match="votre nom"):
        check_password("Élisabeth-Montmorency", about=("elisabeth-montmorency",))


def test_nul_is_refused() -> None:
    with pytest.raises(WeakPasswordError, match="interdit"):
        check_password("quatre mots\0sans aucun lien")


@pytest.mark.parametrize(
    "password",
    ["quatre \u202emots sans lien", "\ud800quatre mots sans lien", "\u200bquatre mots sans lien"],
    ids=ascii,
)
def test_odd_characters_are_no_reason_to_refuse(password: str) -> None:
    assert refusal_of(password) == ""


def test_eight_characters_must_be_really_strong() -> None:
    assert SHORTEST == 8
    for guessable in ("maison42", "Maison42!", "Portail1!", "Louloute3!", "P@ssw0rd", "M@rseille1"):
        with pytest.raises(WeakPasswordError, match="devine"):
            check_password(guessable)


@pytest.mark.parametrize("password", ["xkqzvwpj", "XKQZVWPJ", "xkqzVWPJ", "xkqz7395"])
def test_short_password_of_two_kinds_is_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError, match="très variés"):
        check_password(password)


def test_refusal_says_what_to_do() -> None:
    with pytest.raises(WeakPasswordError) as refusal:
        check_password("motdepasse123")
    assert "Quatre mots" in refusal.value.full_sentence


def test_strength_grows_with_the_phrase() -> None:
    assert strength("motdepasse") < strength("quatre mots sans aucun lien")
    assert strength("camilledurand", about=("camilledurand",)) < 2


@given(st.text(st.characters(), max_size=200))
@settings(max_examples=100)
def test_any_text_gets_an_answer(password: str) -> None:
    try:
        check_password(password, about=ABOUT)
    except RefusalError as refusal:
        assert refusal.sentence.endswith(".")  # noqa: PT017 — les deux issues sont bonnes
    else:
        assert SHORTEST <= len(password) <= LONGEST
