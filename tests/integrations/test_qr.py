"""Un code QR dessiné se relit : le texte, tout le texte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.integrations.qr import as_svg
from tests.tools.qr import texts_of


@given(st.from_regex(r"https://[a-z.-]{4,60}/factures/[0-9]{1,10}", fullmatch=True))
def test_an_address_is_read_back(address: str) -> None:
    assert texts_of(as_svg(address)) == [address]


@pytest.mark.parametrize("options", [{}, {"border": 1}, {"border": 3, "scale": 4, "ground": "#ffffff"}])
def test_border_scale_and_ground_change_nothing_of_what_is_read(options: dict[str, object]) -> None:
    key = "otpauth://totp/Portail%20Valbourg:camille%40famille.example?secret=JBSWY3DPEHPK3PXP&issuer=Portail"
    drawn = as_svg(key, **options)  # type: ignore[arg-type]
    assert texts_of(drawn) == [key]
    assert (b'fill="#ffffff"' in drawn) == ("ground" in options)


def test_the_same_text_gives_the_same_bytes() -> None:
    assert as_svg("https://valbourg.example/factures/1") == as_svg("https://valbourg.example/factures/1")
