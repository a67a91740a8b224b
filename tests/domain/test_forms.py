"""Lire un formulaire : toutes les fautes d'un coup, chacune à sa place."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.children import check_birth, read_child
from portail.domain.contacts import clean_caf_number, clean_postcode
from portail.domain.coordinates import Address, moves_elsewhere, read_address, read_contact
from portail.domain.forms import FormRefusedError, Reader
from portail.domain.refusals import BadInputError

TODAY = date(2026, 11, 20)
KID = {"first_name": "Maé", "last_name": "Petit", "birth_date": "2020-02-29", "school_id": "3", "level": "CP"}


def faults(read, form: dict[str, object]) -> dict[str, str]:
    reader = Reader(form)
    try:
        read(reader)
        reader.check()
    except FormRefusedError as refusal:
        return refusal.fields
    return {}


def child_faults(**changed: object) -> dict[str, str]:
    return faults(lambda reader: read_child(reader, TODAY), KID | changed)


def test_a_right_form_is_read_whole() -> None:
    child = read_child(Reader(KID), TODAY)
    assert (child.first_name, child.birth_date, child.school_id, child.level) == ("Maé", date(2020, 2, 29), 3, "CP")
    assert child_faults(school_id="", level="") == {}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("first_name", " ", "Indiquez le prénom"),
        ("first_name", "x" * 81, "80 caractères"),
        ("last_name", "a\u202eb", "invisibles"),
        ("birth_date", "", "Indiquez la date de naissance"),
        ("birth_date", "2026-02-30", "Indiquez la date de naissance"),
        ("birth_date", "31/12/2020", "Indiquez la date de naissance"),
        ("birth_date", "2026-11-21", "dans le futur"),
        ("birth_date", "1999-01-01", "plus de 18 ans"),
        ("level", "CM3", "Choisissez un niveau"),
    ],
)
def test_each_fault_is_said_beside_its_field(field: str, value: str, said: str) -> None:
    found = child_faults(**{field: value})
    assert set(found) == {field}
    assert said in found[field]


def test_all_faults_are_said_at_once() -> None:
    found = child_faults(first_name="", last_name="", birth_date="demain")
    assert set(found) == {"first_name", "last_name", "birth_date"}
    assert str(FormRefusedError(found).full_sentence).endswith("(2 autres à revoir.)")
    assert FormRefusedError({"a": "Faute."}).full_sentence == "Faute."


@pytest.mark.parametrize("value", ["", "x", "-3", "3.5", "٣", "9" * 12, None, True])
def test_a_number_that_is_none_is_zero(value: object) -> None:
    assert Reader({"school_id": value}).number("school_id") == 0


def test_today_is_a_possible_birth_and_tomorrow_is_not() -> None:
    check_birth(TODAY, TODAY)
    with pytest.raises(BadInputError):
        check_birth(date(2026, 11, 21), TODAY)


@pytest.mark.parametrize(("typed", "kept"), [("", ""), ("1234567", "1234567"), (" 123 4567 a ", "1234567A")])
def test_a_caf_number_is_kept_without_spaces(typed: str, kept: str) -> None:
    assert clean_caf_number(typed) == kept


@pytest.mark.parametrize("typed", ["123456", "12345678", "1234567AB", "A234567", "FR7612345678", "١٢٣٤٥٦٧"])
def test_a_caf_number_of_the_wrong_form_is_refused(typed: str) -> None:
    with pytest.raises(BadInputError, match="7 chiffres"):
        clean_caf_number(typed)


@pytest.mark.parametrize("typed", ["", "4999", "499990", "4999A", "49 99"])
def test_a_postcode_has_five_digits(typed: str) -> None:
    assert clean_postcode(" 49 999 ") == "49999"
    with pytest.raises(BadInputError):
        clean_postcode(typed)


ADDRESS = {"address": "1 rue Pasteur", "postcode": "49999", "city": "Valbourg"}


def test_an_address_needs_its_three_parts() -> None:
    assert faults(read_address, ADDRESS) == {}
    assert set(faults(read_address, {})) == {"address", "postcode", "city"}


@pytest.mark.parametrize(
    ("after", "moved"),
    [
        (Address("2 rue Pasteur", "49999", "Valbourg"), False),
        (Address("1 rue Pasteur", "49999", " VALBOURG "), False),
        (Address("1 rue Pasteur", "49998", "Valbourg"), True),
        (Address("1 rue Pasteur", "49999", "Ailleurs"), True),
    ],
)
def test_only_another_town_is_a_move(after: Address, moved: bool) -> None:
    assert moves_elsewhere(Address("1 rue Pasteur", "49999", "Valbourg"), after) is moved


def contact_faults(**form: object) -> dict[str, str]:
    return faults(lambda reader: read_contact(reader, str.strip), form)


def test_contact_fields_are_checked_one_by_one() -> None:
    assert contact_faults(phone="0612345678", home_phone="+32 470 12 34 56") == {}
    found = contact_faults(phone="FR7630006000011234567890189", work_phone="12", caf_number="1", invoices_by_email=True)
    assert set(found) == {"phone", "work_phone", "caf_number", "invoice_email"}
    assert "IBAN" in found["phone"]
    assert found["work_phone"].startswith("Téléphone du travail")


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=200) | st.booleans(), max_size=10))
def test_no_form_breaks_the_reader(form: dict[str, object]) -> None:
    assert isinstance(faults(lambda reader: read_child(reader, TODAY), form), dict)
    assert isinstance(contact_faults(**form), dict)
    assert isinstance(faults(read_address, form), dict)
