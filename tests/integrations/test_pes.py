"""Le rôle ORMC suit le schéma, au centime, et ses clés sont justes."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from portail.integrations.pes import SCHEMA, Debtor, Role, Title, amount, as_xml, first_key, second_key

CHECKED = etree.XMLSchema(etree.parse(str(SCHEMA)))
DEBTOR = Debtor("Durand", "Camille", "1 rue Pasteur", "49999", "Valbourg-sur-Loire", "F-000012")
ROLE = Role(
    file_name="PESORMC_ENF_202610.xml",
    town="Valbourg-sur-Loire",
    treasury="049012",
    siret="21490001200018",
    collectivity="123",
    budget="00",
    number=12610,
    exercise=2026,
    issued_on=date(2026, 11, 20),
    purpose="Activités enfance, octobre 2026",
    titles=[
        Title(1, "ENF-2026-000001", "0012600000001", "Octobre", 45_00, DEBTOR),
        Title(2, "ENF-2026-000002", "0012600000002", "Octobre", 5, DEBTOR),
    ],
)


def read(role: Role) -> etree._Element:
    root = etree.fromstring(as_xml(role))
    CHECKED.assertValid(root)
    return root


def value(root: etree._Element, path: str) -> list[str]:
    return [one.get("V") for one in root.findall(f".//{path}")]


def test_the_role_follows_the_schema_and_sums_up() -> None:
    root = read(ROLE)
    assert value(root, "TypBord") == ["06"]
    assert value(root, "NbrPce") == ["2"]
    assert value(root, "MtBordHt") == ["45.05"]
    assert value(root, "MtHT") == ["45.00", "0.05"]
    assert value(root, "NumDette") == ["0012600000001", "0012600000002"]
    assert value(root, "IdColl") == ["21490001200018"]


def test_the_exercise_is_the_one_of_the_invoices_even_in_january() -> None:
    root = read(replace(ROLE, issued_on=date(2027, 1, 4)))
    assert (value(root, "Exer"), value(root, "DteBordEm")) == (["2026"], ["2027-01-04"])
    assert value(root, "Cle2") == value(read(ROLE), "Cle2")


def test_accents_and_hostile_names_stay_inside_their_attribute() -> None:
    hostile = Debtor('"><Piece/>É & <b>Ωmega', "Zoé", "x" * 99, "49999", "Ville")
    body = as_xml(replace(ROLE, titles=[replace(ROLE.titles[0], purpose="a" * 500, debtor=hostile)]))
    assert body.startswith(b"<?xml version='1.0' encoding='ISO-8859-1'?>")
    root = etree.fromstring(body)
    CHECKED.assertValid(root)
    assert value(root, "Nom") == ['"><Piece/>É & <b>Ωmega']
    assert len(root.findall(".//Piece")) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        replace(ROLE, siret="123"),
        replace(ROLE, titles=[]),
        replace(ROLE, collectivity=""),
        replace(ROLE, treasury=""),
        replace(ROLE, titles=[replace(ROLE.titles[0], debt="1" * 14)]),
    ],
)
def test_the_schema_refuses_what_the_treasury_would(wrong: Role) -> None:
    assert not CHECKED.validate(etree.fromstring(as_xml(wrong)))


@given(st.integers(0, 10**12))
def test_an_amount_is_exact(cents: int) -> None:
    whole, _, rest = amount(cents).partition(".")
    assert (int(whole) * 100 + int(rest), len(rest)) == (cents, 2)


@given(st.text(alphabet="0123456789", min_size=1, max_size=30))
def test_keys_are_one_sign(digits: str) -> None:
    assert first_key(digits) in set("123456789")
    assert second_key(digits) in set("ABCDEFGHJKLMNPQRSTUVWXY")


def test_keys_are_computed_by_hand_the_same() -> None:
    assert first_key("123") == str(11 - (3 * 2 + 2 * 3 + 1 * 4) % 11)
    assert first_key("5") == "1"  # 11 - 10
    assert second_key("24") == "B"
    assert second_key("22") == "Y"
