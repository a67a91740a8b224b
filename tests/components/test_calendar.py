"""Les états d'un jour se distinguent sans la couleur, et se lisent sur fond clair comme sur fond sombre."""

import re

import pytest

from portail.components.calendar import PICKED_WORDS
from portail.components.icons import PATHS
from portail.domain.bookings import DayStatus, Intent
from portail.domain.colors import contrast
from portail.settings import ROOT

CSS = re.sub(r"/\*.*?\*/", "", (ROOT / "assets" / "style.css").read_text(), flags=re.DOTALL)
NAMES = {
    DayStatus.BOOKED: "booked",
    DayStatus.BOOKED_LOCKED: "locked",
    DayStatus.OPEN: "open",
    DayStatus.LATE: "late",
    DayStatus.CANCELLED: "cancelled",
    DayStatus.FULL: "full",
    DayStatus.WAITLISTED: "waiting",
    DayStatus.PENDING: "pending",
}
COLOURS = [*NAMES.values(), "picked"]


def palette(mode: str) -> dict[str, str]:
    """Les couleurs de la page et des états, telles que la feuille les donne à ce thème."""
    roots = [
        dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", block))
        for block in re.findall(r":root\s*{(.*?)}", CSS, re.DOTALL)
    ]
    pages, states = [root for root in roots if "ink" in root], [root for root in roots if "picked" in root]
    light, dark = pages[0] | states[0], pages[1] | states[1]
    return light if mode == "light" else light | dark


def rule(status: str) -> str:
    """Ce que la feuille dit d'un état : ses trois couleurs et son trait."""
    found = re.search(rf'\[data-status="{status}"\], \[data-legend="{status}"\]\) {{(.*?)}}', CSS)
    assert found, status
    return found[1]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", COLOURS)
def test_a_state_is_readable_on_its_ground(mode: str, name: str) -> None:
    colours = palette(mode)
    assert contrast(colours[name], colours[f"{name}-bg"]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", COLOURS)
def test_its_border_and_its_icon_stand_out(mode: str, name: str) -> None:
    colours = palette(mode)
    assert contrast(colours[f"{name}-line"], colours["surface"]) >= 3
    assert contrast(colours[name], colours[f"{name}-bg"]) >= 3  # l'icône a la couleur du texte


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_chosen_ground_stands_out_from_every_other(mode: str) -> None:
    colours = palette(mode)
    for name in NAMES.values():
        assert contrast(colours["picked-bg"], colours[f"{name}-bg"]) >= 3, name


@pytest.mark.parametrize("status", DayStatus)
def test_every_state_is_drawn_by_the_sheet_and_has_its_icon(status: DayStatus) -> None:
    assert rule(status.value)
    assert PATHS[status.icon]
    assert f'.booking:has(.seat[data-status="{status.value}"]) [data-legend="{status.value}"]' in CSS


def test_no_two_states_share_their_icon() -> None:
    assert len({status.icon for status in DayStatus}) == len(DayStatus)


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (DayStatus.BOOKED, "2px solid"),
        (DayStatus.BOOKED_LOCKED, "2px solid"),
        (DayStatus.OPEN, "1.5px solid"),
        (DayStatus.LATE, "1.5px solid"),
        (DayStatus.CANCELLED, "1.5px dashed"),
        (DayStatus.FULL, "1.5px solid"),
        (DayStatus.WAITLISTED, "2px dotted"),
        (DayStatus.PENDING, "1.5px dashed"),
    ],
)
def test_the_border_differs_as_the_design_says(status: DayStatus, line: str) -> None:
    assert f"--side-line: {line} var(--{NAMES[status]}-line)" in rule(status.value)


def test_every_gesture_has_its_word_once_ticked() -> None:
    assert set(PICKED_WORDS) == set(Intent)
    assert len(set(PICKED_WORDS.values())) == len(Intent)
