"""La page « Protection des données » et la documentation disent ce que fait le ménage, mot pour mot."""

import pytest

from portail.domain.privacy import ERASED, KEPT
from portail.domain.retention import RULES, Category
from portail.pages.texts import privacy
from portail.services.privacy.export.registry import REGISTRY
from portail.services.privacy.export.shapes import Exported
from portail.settings import ROOT

DOCUMENTED = (ROOT / "docs" / "donnees-personnelles.md").read_text()
SECTIONS = {section.title: section for section in privacy.TEXT.sections}


@pytest.mark.parametrize("category", Category)
def test_the_page_and_the_documentation_say_the_duration_that_is_applied(category: Category) -> None:
    rule = RULES[category]
    assert rule.sentence in SECTIONS["Durées de conservation"].points
    assert f"| {rule.label} | {rule.duration.label} | {rule.start} | {rule.reason} |" in DOCUMENTED


def test_the_page_promises_no_other_duration() -> None:
    assert len(SECTIONS["Durées de conservation"].points) == len(RULES)


@pytest.mark.parametrize("what", [*ERASED, *KEPT])
def test_what_a_deletion_erases_and_keeps_is_said_everywhere(what: str) -> None:
    assert any(what in point for point in SECTIONS["Si vous demandez la suppression"].points)
    assert what in " ".join(DOCUMENTED.split())


@pytest.mark.parametrize(
    "one", [one for one in REGISTRY.values() if isinstance(one, Exported)], ids=lambda one: one.section
)
def test_every_section_of_the_export_is_documented(one: Exported) -> None:
    fields = ", ".join(f"`{kept.name}`" for kept in one.kept().values())
    assert f"| `{one.section}` | {one.words} | {fields} |" in DOCUMENTED
