"""Les versements que règle une régie : chaque champ, puis ce qu'ils valent ensemble."""

from typing import Any

import pytest

from portail.domain.forms import FormRefusedError, Reader
from portail.domain.refusals import BadInputError
from portail.domain.top_ups import DEFAULT, TopUpRules, read_rules

TYPED = {"top_up_least": "1", "top_up_most": "500", "suggested": "20 ; 50 ; 100", "low": "10"}


def read(**changed: Any) -> TopUpRules:
    reader = Reader(TYPED | changed)
    rules = read_rules(reader)
    reader.check()
    return rules


def test_what_is_typed_by_default_is_the_default() -> None:
    assert read() == DEFAULT


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ()),
        ("100;20;50", (20_00, 50_00, 100_00)),
        ("20 € ; 50 €", (20_00, 50_00)),
        ("20, 50", (20_00, 50_00)),
        ("20 50\u00a0100", (20_00, 50_00, 100_00)),
        ("12,50 ; 20", (12_50, 20_00)),
        ("20 ; 20,00", (20_00,)),
        ("1 ; 2 ; 3 ; 500", (1_00, 2_00, 3_00, 500_00)),
    ],
)
def test_suggestions_are_read_sorted_each_once(typed: str, kept: tuple[int, ...]) -> None:
    assert read(suggested=typed).suggested == kept


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("top_up_least", "", "pas la forme"),
        ("top_up_least", "0", "supérieur à zéro"),
        ("top_up_least", "-1", "pas la forme"),
        ("top_up_least", "12,345", "pas la forme"),
        ("top_up_least", str(2**63), "pas la forme"),
        ("top_up_most", "2000,01", "dépasser 2\u00a0000,00\u00a0€"),
        ("top_up_most", "NaN", "pas la forme"),
        ("top_up_most", "1e3", "pas la forme"),
        ("suggested", "20 ; 12,345", "pas la forme"),
        ("suggested", "20 ; -5", "pas la forme"),
        ("suggested", "20 ; 0", "supérieur à zéro"),
        ("suggested", "1 000", "supérieur à zéro"),
        ("suggested", "20,50,100", "pas la forme"),
        ("suggested", str(2**63), "pas la forme"),
        ("suggested", "1;2;3;4;5", "4 montants au plus"),
        ("suggested", "1;" * 60, "4 montants au plus"),
        ("suggested", "20 ; 500,01", "500,01\u00a0€ : proposez de 1,00\u00a0€ à 500,00\u00a0€"),
        ("suggested", "0,50 ; 600", "0,50\u00a0€ et 600,00\u00a0€ : proposez"),
        ("low", "", "pas la forme"),
        ("low", "-1", "pas la forme"),
        ("low", "200,01", "dépasser 200,00\u00a0€"),
    ],
)
def test_a_wrong_amount_is_named_beside_its_field_alone(field: str, typed: str, said: str) -> None:
    with pytest.raises(FormRefusedError, match=said) as refusal:
        read(**{field: typed})
    assert set(refusal.value.fields) == {field}


def test_the_least_never_passes_the_most() -> None:
    with pytest.raises(FormRefusedError, match="ne peut pas être sous 60,00") as refusal:
        read(top_up_least="60", top_up_most="50")
    assert set(refusal.value.fields) == {"top_up_most"}
    assert read(top_up_least="50", top_up_most="50", suggested="50").suggested == (50_00,)
    assert read(low="0").low_cents == 0


def test_what_is_missing_is_proposed_within_the_bounds() -> None:
    rules = TopUpRules(10_50, 99_99)
    assert [rules.wanted_for(cents) for cents in (0, 1, 10_51, 99_00, 99_01)] == [0, 10_50, 11_00, 99_00, 99_99]


def test_a_family_stays_within_the_bounds() -> None:
    rules = TopUpRules(10_50, 99_99)
    assert (rules.read("10,50"), rules.read("99,99 €")) == (10_50, 99_99)
    for typed, said in (("10,49", "10,50\u00a0€ au moins"), ("100", "dépasser 99,99")):
        with pytest.raises(BadInputError, match=said):
            rules.read(typed)
