"""Le journal : chaque action a ses mots, et l'on sait sur qui elle porte."""

import ast
import re
from collections.abc import Iterator

import pytest

from portail.domain.audit import (
    ABOUT,
    ABOUT_NOBODY,
    LABELS,
    UnwordedActionError,
    action_label,
    actions_about,
    check_worded,
)
from portail.domain.requests import RequestKind, Step
from portail.settings import ROOT


def recorded() -> Iterator[ast.expr]:
    """L'action de chaque `audit.record(db, action, …)` du programme."""
    for file in (ROOT / "portail").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                yield node.args[1]


def shapes(action: ast.expr) -> list[str]:
    """Les textes qu'une expression peut donner, en motifs ; une variable se vérifie à l'exécution."""
    if isinstance(action, ast.IfExp):
        return shapes(action.body) + shapes(action.orelse)
    if isinstance(action, ast.JoinedStr):
        parts = [re.escape(one.value) if isinstance(one, ast.Constant) else r"\w+" for one in action.values]
        return ["".join(parts)]
    return [re.escape(action.value)] if isinstance(action, ast.Constant) else []


def test_every_action_that_the_program_writes_has_its_words() -> None:
    written = [shape for action in recorded() for shape in shapes(action)]
    assert len(written) > 30
    for shape in written:
        assert [one for one in LABELS if re.fullmatch(shape, one)], f"{shape} : ses mots vont dans domain/audit.py"


def test_an_action_without_words_does_not_enter_the_journal() -> None:
    with pytest.raises(UnwordedActionError, match=r"inconnue\.action"):
        check_worded("inconnue.action")
    for action in LABELS:
        check_worded(action)


def test_every_kind_of_request_and_every_step_is_worded() -> None:
    for kind in RequestKind:
        assert kind.label in action_label(f"request.{kind}")
        assert kind.label in action_label(f"request.applied.{kind}")
    for step in Step:
        assert step.label in action_label(f"request.{step}")
    assert not set(RequestKind) & set(Step)


def test_an_action_of_the_past_is_shown_as_it_is() -> None:
    assert action_label("request.forgotten") == "request.forgotten"


@pytest.mark.parametrize("words", LABELS.values())
def test_words_are_a_plain_french_line(words: str) -> None:
    assert words[0].isupper()
    assert words[-1] not in ".!"
    assert "'" not in words


@pytest.mark.parametrize("action", LABELS)
def test_of_every_action_one_knows_whom_it_is_about(action: str) -> None:
    whose = [what for what in set(ABOUT.values()) if action in actions_about(what)]
    assert len(whose) == (0 if action.startswith(ABOUT_NOBODY) else 1)


def test_what_a_decision_changes_is_about_the_file_and_its_steps_about_the_request() -> None:
    assert "request.applied.custody" in actions_about("families")
    assert "request.applied.custody" not in actions_about("requests")
    assert {"request.custody", "request.refused"} <= set(actions_about("requests"))
    assert actions_about("unknown") == []


def test_no_beginning_is_useless() -> None:
    for start in (*ABOUT, *ABOUT_NOBODY):
        assert any(action.startswith(start) for action in LABELS), start
