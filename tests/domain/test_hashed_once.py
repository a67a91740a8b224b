"""L'empreinte calculée une fois : la même pour deux égaux, et jamais emportée dans un autre processus."""

import copy
import pickle
from dataclasses import dataclass, replace

from portail.domain.hashed_once import HashedOnce


@dataclass(frozen=True)
class Key(HashedOnce):
    name: str
    days: frozenset[int] = frozenset()
    __hash__ = HashedOnce.__hash__


class Counted(str):
    """Un texte qui compte combien de fois on lui demande son empreinte."""

    asked = 0
    __slots__ = ()

    def __hash__(self) -> int:
        Counted.asked += 1
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other)


def test_equal_keys_find_the_same_place() -> None:
    one, other = Key("a", frozenset({1, 2})), Key("a", frozenset({2, 1}))
    assert one == other
    assert hash(one) == hash(other)
    assert {one: "found"}[other] == "found"
    assert len({one, other, Key("b")}) == 2


def test_the_fingerprint_is_computed_once() -> None:
    key = Key(Counted("a"))
    Counted.asked = 0
    assert {hash(key) for _ in range(50)} == {hash(key)}
    assert Counted.asked == 1


def test_a_changed_copy_has_its_own_fingerprint() -> None:
    one = Key("a")
    hash(one)
    other = replace(one, name="b")
    assert hash(other) == hash(Key("b"))
    assert {one: 1}.get(other) is None


def test_the_fingerprint_does_not_travel() -> None:
    """Écrite puis relue ailleurs, elle serait fausse : celle d'un texte change d'un processus à l'autre."""
    one = Key("a", frozenset({3}))
    hash(one)
    assert "_hashed" in vars(one)
    for other in (pickle.loads(pickle.dumps(one)), copy.copy(one)):  # noqa: S301 — écrit une ligne plus haut
        assert "_hashed" not in vars(other)
        assert other == one
        assert hash(other) == hash(one)
