"""Les refus : une phrase lisible, et la suite quand il y en a une."""

import importlib
import inspect
import pkgutil
from datetime import UTC, date, datetime
from typing import get_type_hints

import pytest

import portail.domain
from portail.domain.activities import EnrolmentState
from portail.domain.invoices import RunState
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError, TooManyAttemptsError
from portail.domain.requests import RequestStatus
from portail.domain.uploads import Fault
from portail.domain.why_not import WhyNot, full

for module in pkgutil.iter_modules(portail.domain.__path__):  # tous les refus, d'où qu'ils viennent
    importlib.import_module(f"portail.domain.{module.name}")
EXAMPLES: dict[type, object] = {
    int: 3,
    str: "Zoé",
    date: date(2026, 12, 3),
    datetime: datetime(2026, 12, 3, 11, tzinfo=UTC),
    EnrolmentState: EnrolmentState.ACCEPTED,
    RequestStatus: RequestStatus.REFUSED,
    RunState: RunState.READY,
    Fault: Fault.EMPTY,
    WhyNot: full(has_waitlist=True),
    tuple[str, ...]: ("Cela ne va pas.",),
    dict[str, str]: {"phone": "Le numéro ne va pas."},
}


def every_refusal(parent: type[RefusalError] = RefusalError) -> list[type[RefusalError]]:
    found = [each for each in parent.__subclasses__() if each.__module__.startswith("portail.domain.")]
    return found + [deeper for each in found for deeper in every_refusal(each)]


def example(kind: type[RefusalError]) -> RefusalError:
    """Le refus, avec des valeurs plausibles ; les phrases libres sont celles de qui refuse."""
    hints = get_type_hints(kind.__init__)
    needed = [p for p in inspect.signature(kind).parameters.values() if p.default is inspect.Parameter.empty]
    spoken = {"sentence": "Cela ne va pas.", "full_sentence": "Cela ne va pas."}
    return kind(**{p.name: spoken.get(p.name, EXAMPLES[hints[p.name]]) for p in needed})


@pytest.mark.parametrize("kind", every_refusal(), ids=lambda kind: kind.__name__)
def test_every_refusal_is_a_full_sentence(kind: type[RefusalError]) -> None:
    refusal = example(kind)
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
