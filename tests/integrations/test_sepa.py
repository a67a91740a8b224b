"""Le fichier pain.008 : validé par le schéma publié, quoi qu'il y ait dans les noms."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from portail.integrations.sepa import Address, Collected, Creditor, DebitFile, plain, write
from portail.settings import ROOT

SCHEMA = etree.XMLSchema(etree.parse(str(ROOT / "tests" / "integrations" / "schemas" / "pain.008.001.08.xsd")))
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"}
ONE = Collected(
    key="ENF-2026-000001-1",
    sequence="FRST",
    cents=42_30,
    rum="ENF-20261120-ABCD2345",
    signed_on=date(2026, 11, 20),
    holder="Œuvre d’Été & Cie",
    iban="FR7630006000011234567890189",
    bic="",
    label="Facture ENF-2026-000001",
    address=Address("1 rue Pasteur", "49999", "Valbourg"),
)
SWISS = replace(ONE, iban="CH9300762011623852957", bic="POFICHBEXXX")
FILE = DebitFile(
    message_id="ENF-PRLV-20261207-ABC234",
    created_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
    collected_on=date(2026, 12, 7),
    creditor=Creditor("Valbourg-sur-Loire Régie enfance", "FR12ZZZ123456", "FR7630001007941234567890185", ""),
    debits=[ONE],
)


def read(file: DebitFile) -> etree._Element:
    document = etree.fromstring(write(file))
    SCHEMA.assertValid(document)
    return document


def texts(document: etree._Element, name: str) -> list[str | None]:
    return [one.text for one in document.iterfind(f".//p:{name}", SPACE)]


def test_the_file_says_what_the_bank_needs() -> None:
    document = read(FILE)
    assert texts(document, "Dbtr/p:Nm") == ["OEuvre d'Ete Cie"]
    assert texts(document, "DtOfSgntr") == ["2026-11-20"]
    assert texts(document, "DbtrAgt/p:FinInstnId/p:Othr/p:Id") == ["NOTPROVIDED"]
    assert texts(document, "LclInstrm/p:Cd") == ["CORE"]
    assert texts(document, "CreDtTm") == ["2026-11-20T10:00:00"]


def test_first_and_recurrent_go_in_two_lots_with_their_totals() -> None:
    more = [ONE, replace(ONE, key="b", sequence="RCUR", cents=5), replace(ONE, key="c", cents=1_00, bic="BNPAFRPP")]
    document = read(replace(FILE, debits=more))
    assert texts(document, "SeqTp") == ["FRST", "RCUR"]
    assert texts(document, "CtrlSum") == ["43.35", "43.30", "0.05"]
    assert texts(document, "NbOfTxs") == ["3", "2", "1"]
    assert texts(document, "BICFI") == ["BNPAFRPP"]


def test_an_account_of_the_european_area_goes_without_an_address() -> None:
    document = read(replace(FILE, debits=[ONE, replace(ONE, key="b", iban="DE89370400440532013000")]))
    assert document.findall(".//p:PstlAdr", SPACE) == []


@pytest.mark.parametrize(
    "iban", [SWISS.iban, "GB29NWBK60161331926819", "MC5811222000010123456789030", "SM86U0322509800000000270100"]
)
def test_elsewhere_the_address_is_structured_never_free_lines(iban: str) -> None:
    document = read(replace(FILE, debits=[replace(SWISS, iban=iban)]))
    (place,) = document.findall(".//p:Dbtr/p:PstlAdr", SPACE)
    said = [(etree.QName(one).localname, one.text) for one in place]
    assert said == [("StrtNm", "1 rue Pasteur"), ("PstCd", "49999"), ("TwnNm", "Valbourg"), ("Ctry", "FR")]


@pytest.mark.parametrize("address", [Address(), Address("1 rue Pasteur", "49999", "李")])
def test_an_address_without_a_town_is_left_out(address: Address) -> None:
    assert read(replace(FILE, debits=[replace(SWISS, address=address)])).findall(".//p:PstlAdr", SPACE) == []


def test_a_long_address_keeps_to_the_lengths_of_the_schema() -> None:
    document = read(replace(FILE, debits=[replace(SWISS, address=Address("é" * 200, "", "Saint-" * 20))]))
    assert [len(words or "") for words in (*texts(document, "StrtNm"), *texts(document, "TwnNm"))] == [70, 35]
    assert texts(document, "PstCd") == []


@pytest.mark.parametrize("debits", [[], [replace(ONE, cents=0)], [ONE, replace(ONE, cents=-1)]])
def test_an_empty_file_or_a_null_amount_is_a_fault_of_ours(debits: list[Collected]) -> None:
    with pytest.raises(ValueError, match="positifs"):
        write(replace(FILE, debits=debits))


@given(st.text(max_size=200), st.text(max_size=300), st.integers(1, 99_999_999))
@example("李", "&", 1)
def test_no_name_and_no_amount_breaks_the_schema(name: str, label: str, cents: int) -> None:
    debits = [replace(SWISS, holder=name, label=label, cents=cents, address=Address(name, label, name))]
    document = read(replace(FILE, debits=debits))
    assert texts(document, "InstdAmt") == texts(document, "CtrlSum")[:1] == [f"{cents // 100}.{cents % 100:02}"]


@given(st.text(max_size=300))
def test_words_keep_only_what_every_bank_takes(words: str) -> None:
    said = plain(words, 70)
    assert len(said) <= 70
    assert all(char.isascii() and (char.isalnum() or char in "/-?:().,'+ ") for char in said)
