"""Les scellés : la bonne clé, le bon usage, aucun octet touché, ou rien."""

import pytest
from cryptography.exceptions import InvalidTag

from portail.services.sealing import seal, unseal
from tests.factories.settings import configured


@pytest.mark.parametrize("text", ["", "secret", "é\0\n🙂", "x" * 100_000], ids=["vide", "court", "varié", "long"])
def test_sealed_text_comes_back(text: str) -> None:
    assert unseal("essai", seal("essai", text)) == text


def test_seal_hides_the_text_and_never_repeats() -> None:
    one, other = seal("essai", "secret"), seal("essai", "secret")
    assert one != other
    assert b"secret" not in one


def test_other_purpose_does_not_open() -> None:
    with pytest.raises(InvalidTag):
        unseal("totp", seal("mail", "secret"))


def test_other_key_does_not_open() -> None:
    sealed = seal("essai", "secret")
    with configured(PORTAIL_SECRET_KEY="une-tout-autre-cle-que-celle-de-la-demonstration"), pytest.raises(InvalidTag):
        unseal("essai", sealed)
    assert unseal("essai", sealed) == "secret"


def test_any_touched_byte_is_seen() -> None:
    sealed = seal("essai", "secret")
    for position in range(len(sealed)):
        touched = bytearray(sealed)
        touched[position] ^= 1
        with pytest.raises(InvalidTag):
            unseal("essai", bytes(touched))


def test_cut_seal_is_refused() -> None:
    with pytest.raises(InvalidTag):
        unseal("essai", seal("essai", "secret")[:-1])
