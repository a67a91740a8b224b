"""Les refus : une phrase lisible, et la suite quand il y en a une."""

import pytest

from portail.domain import refusals
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError, TooManyAttemptsError

PLAIN = [each for each in RefusalError.__subclasses__() if each.__module__ == refusals.__name__]
PLAIN = [each for each in PLAIN if each not in {TooManyAttemptsError, refusals.WeakPasswordError}]


@pytest.mark.parametrize("kind", PLAIN)
def test_every_refusal_is_a_full_sentence(kind: type[RefusalError]) -> None:
    refusal = kind()
    assert refusal.full_sentence == f"{refusal.sentence} {refusal.next_step}".strip()
    assert refusal.full_sentence[0].isupper()
    assert refusal.full_sentence.endswith((".", "?", "»."))
    assert str(refusal) == refusal.sentence


@pytest.mark.parametrize(
    ("seconds", "wait"),
    [(1, "1 seconde"), (2, "2 secondes"), (89, "89 secondes"), (90, "2 minutes"), (300, "5 minutes")],
)
def test_wait_is_said_in_plain_french(seconds: int, wait: str) -> None:
    refusal = TooManyAttemptsError(seconds)
    assert f"dans {wait}." in refusal.full_sentence
    assert refusal.seconds == seconds


def test_missing_and_foreign_answer_the_same() -> None:
    assert NotOpenError().full_sentence == "Cette page n’existe pas ou ne vous est pas ouverte."


def test_bad_input_can_say_more() -> None:
    assert BadInputError("Nom : trop long.", "Raccourcissez-le.").full_sentence == "Nom : trop long. Raccourcissez-le."
