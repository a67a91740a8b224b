"""L'attente dans un vrai navigateur : une campagne réglée, des vœux touchés, la salle d'attente, les pages d'attente."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from portail.domain.dates import PARIS
from tests.e2e.visits import PARENT, PHONE, axe, sideways, sign_in

Open = Callable[..., Page]
DIRECTION = "direction@mairie.example"
NAME = "Ouverture d’essai"


def _add_campaign(page: Page, opens: datetime, rate: int) -> str:
    """Sur la première activité de la liste, pour les deux mois qui viennent ; rend son numéro."""
    sign_in(page, DIRECTION, suite="/admin/campagnes")
    page.get_by_role("button", name="Ajouter une campagne").click()
    form = page.get_by_role("region", name="Ajouter une campagne")
    form.get_by_label("Nom").fill(NAME)
    form.get_by_label("Premier jour à réserver").fill(f"{opens + timedelta(days=2):%Y-%m-%d}")
    form.get_by_label("Dernier jour à réserver").fill(f"{opens + timedelta(days=60):%Y-%m-%d}")
    form.get_by_label("Ouverture aux habitants").fill(f"{opens:%Y-%m-%dT%H:%M}")
    form.get_by_label("Ouverture à tous").fill(f"{opens:%Y-%m-%dT%H:%M}")
    form.get_by_label("Entrées par minute dans la salle d’attente").fill(str(rate))
    first = form.get_by_role("group", name="Activités").get_by_role("checkbox").first
    first.check()
    activity = str(first.get_attribute("name")).removeprefix("activite-")
    assert axe(page) == []
    form.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("region", name=NAME)).to_be_visible()
    return activity


def _remove_campaign(page: Page) -> None:
    page.get_by_role("button", name=f"Retirer {NAME}").click()
    expect(page.get_by_role("region", name=NAME)).to_have_count(0)


def test_wishes_are_prepared_before_the_opening_and_kept(open_page: Open) -> None:
    agent, parent = open_page(), open_page(PHONE)
    activity = _add_campaign(agent, datetime.now(PARIS) + timedelta(days=3), rate=0)
    try:
        sign_in(parent, PARENT, suite=f"/voeux/{activity}")
        expect(parent.get_by_role("timer")).to_contain_text("jours")
        first = parent.locator("button.wish").first
        first.click()
        expect(first).to_have_attribute("aria-pressed", "true")
        expect(parent.get_by_role("status").filter(has_text="1 vœu préparé")).to_be_visible()
        parent.reload()
        expect(parent.locator("button.wish").first).to_have_attribute("aria-pressed", "true")
        assert axe(parent) == []
        assert sideways(parent) == 0
    finally:
        _remove_campaign(agent)


def test_the_room_lets_in_by_itself(open_page: Open) -> None:
    agent, parent = open_page(), open_page(PHONE)
    _add_campaign(agent, datetime.now(PARIS) - timedelta(minutes=5), rate=60)
    try:
        sign_in(parent, PARENT, suite="/accueil")
        number = agent.get_by_role("region", name=NAME).locator("input[name=campaign]").input_value()
        parent.goto(re.sub(r"/accueil.*", f"/salle-attente/{number}", parent.url))
        expect(parent.get_by_text("C’est votre tour.")).to_be_visible(timeout=20_000)
        assert axe(parent) == []
        assert sideways(parent) == 0
        expect(parent.get_by_role("link", name=re.compile("^Réserver : "))).to_be_visible()
    finally:
        _remove_campaign(agent)
