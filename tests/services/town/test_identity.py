"""L'identité de la commune : des couleurs lisibles quoi qu'on règle, un logo, un avertissement qui aide."""

import re
from pathlib import Path

import pytest

from portail.domain.colors import contrast
from portail.services.town import identity
from tests.factories.settings import configured


def variables(css: str) -> tuple[dict[str, str], dict[str, str]]:
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    return dict(re.findall(r"--([\w-]+):(#\w{6})", light)), dict(re.findall(r"--([\w-]+):(#\w{6})", dark))


@pytest.mark.parametrize("color", ["#FFFFFF", "#FFFF00", "#000000", "#1B4F9C", "#808080", "#00FF00"])
def test_any_town_color_is_readable_by_day_and_by_night(color: str) -> None:
    with configured(PORTAIL_TOWN_COLOR=color, PORTAIL_TOWN_ACCENT=color):
        light, dark = variables(identity.stylesheet())
    for name in ("town", "town-2"):
        assert contrast("#FFFFFF", light[name]) >= 4.5
        assert contrast("#1C1D24", dark[name]) >= 6
    assert contrast(light["town"], light["town-ink"]) >= 4.5
    assert contrast(dark["town"], dark["town-ink"]) >= 4.5
    assert contrast(light["town-soft"], light["town"]) >= 3


def test_default_colors_need_no_warning() -> None:
    with configured():
        assert identity.warnings() == []


def test_pale_color_is_signalled_with_its_replacement() -> None:
    with configured(PORTAIL_TOWN_ACCENT="#FFEE88"):
        (sentence,) = identity.warnings()
    assert sentence.startswith("PORTAIL_TOWN_ACCENT : #FFEE88")
    assert contrast("#FFFFFF", sentence.rstrip(".").split()[-1]) >= 4.5


@pytest.mark.parametrize(
    ("name", "kind"), [("logo.svg", "image/svg+xml"), ("LOGO.SVG", "image/svg+xml"), ("logo.png", "image/png")]
)
def test_logo_of_the_town_is_served_with_its_type(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / name).write_bytes(b"image")
    with configured(PORTAIL_TOWN_LOGO=str(tmp_path / name)):
        assert identity.logo() == (b"image", kind)
