"""S'inscrire à une activité, dans un vrai navigateur : du catalogue à la réponse de la mairie."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.visits import DARK, DESKTOP, PARENT, PHONE, SMALL, Screen, axe, settled, sideways, sign_in

Open = Callable[..., Page]
Account = Callable[..., str]
RECEPTION = "accueil@mairie.example"


@pytest.fixture
def parent(own_account: Account) -> str:
    """Léa et Noé, dans un foyer que rien n'a encore inscrit."""
    return own_account(PARENT, own_family=True)


def _card(page: Page, part: str, title: str) -> Locator:
    return page.get_by_role("region", name=part).get_by_role("article").filter(has_text=title)


def _checked(page: Page) -> None:
    assert (axe(page), sideways(page)) == ([], 0)


@pytest.mark.parametrize("screen", [PHONE, DARK, SMALL, DESKTOP], ids=lambda screen: screen.name)
def test_the_catalogue_says_the_price_and_why_a_child_cannot_come(open_as: Open, screen: Screen) -> None:
    page = open_as(PARENT, screen)
    page.goto("/activites")
    settled(page)
    page.get_by_role("group", name="Enfant", exact=True).get_by_text("Tous").click()
    canteen = _card(page, "Mes activités", "Cantine · Jean-Macé")
    expect(canteen).to_contain_text("3,20\u00a0€ pour votre famille")
    expect(canteen.get_by_role("link", name="Réserver : Léa, Cantine · Jean-Macé")).to_be_visible()
    elsewhere = _card(page, "Inscrire à une nouvelle activité", "Cantine · Louise-Michel")
    expect(elsewhere).to_contain_text("réservée aux enfants de certaines écoles : École Louise-Michel")
    _checked(page)

    page.get_by_label("Montrer").select_option("sport")
    sports = _card(page, "Inscrire à une nouvelle activité", "École des sports")
    expect(sports).to_contain_text("cette activité accueille les enfants de 6 à 12 ans")
    expect(page.get_by_role("region", name="Mes activités")).to_contain_text("Aucune activité pour l’instant")
    _checked(page)


def test_a_child_is_enrolled_at_once_then_led_to_the_calendar_and_may_leave(open_page: Open, parent: str) -> None:
    page = open_page(PHONE)
    sign_in(page, parent, suite="/activites")
    page.get_by_role("link", name="Inscrire : Léa, Mercredis · La Clairière").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mercredis · La Clairière")
    settled(page)
    expect(page.get_by_text("Assurance scolaire et extrascolaire")).to_be_visible()
    expect(page.get_by_text("À fournir")).to_be_visible()
    _checked(page)

    form = page.get_by_role("region", name="Inscrire un enfant")
    form.get_by_label(re.compile("^Régulière")).check()
    form.get_by_role("button", name="Valider").click()
    expect(page.get_by_role("alert")).to_contain_text("au moins un jour")
    expect(form.get_by_text("Lisez et acceptez le règlement.")).to_be_visible()
    expect(form.get_by_label(re.compile("^Régulière"))).to_be_checked()

    form.get_by_role("group", name="Journée · 6-11 ans").get_by_label("Mercredi").check()
    form.get_by_label(re.compile("j’accepte le règlement")).check()
    _checked(page)
    form.get_by_role("button", name="Valider").dblclick()
    expect(
        page.get_by_text("C’est fait : l’inscription de Léa à « Mercredis · La Clairière » est acceptée.")
    ).to_be_visible()
    expect(page.get_by_role("link", name="Réserver ces jours")).to_have_attribute(
        "href", re.compile(r"^/reservations/\d+/avancee\?enfant=\d+&jours=\d+\.2$")
    )
    _checked(page)

    page.locator("summary", has_text="Mettre fin à l’inscription").click()
    page.get_by_role("button", name="Terminer l’inscription de Léa").click()
    expect(page.get_by_role("status").filter(has_text="L’inscription est terminée")).to_be_visible()
    expect(form.get_by_label("Enfant")).to_have_value(re.compile(r"^\d+$"))


def test_an_enrolment_waits_for_the_town_which_accepts_it(open_page: Open, parent: str) -> None:
    page = open_page(PHONE)
    sign_in(page, parent, suite="/activites")
    page.get_by_role("link", name="Inscrire : Léa, École des sports · Gymnase Colette-Besson").click()
    settled(page)
    page.get_by_label(re.compile("j’accepte le règlement")).check()
    page.get_by_role("button", name="Valider").click()
    said = page.get_by_text(re.compile(r"La demande d’inscription de Léa est envoyée \(n° D-\d{4}-\d{5}\)"))
    number = re.search(r"D-\d{4}-\d{5}", said.inner_text())[0]

    desk = open_page()
    sign_in(desk, RECEPTION, suite="/admin/demarches")
    desk.get_by_role("link", name=re.compile(f"Ouvrir la démarche {number}")).click()
    asked = desk.get_by_role("region", name="Ce qui est demandé")
    expect(asked).to_contain_text("École des sports")
    expect(asked).to_contain_text("Certificat médical de sport")
    desk.get_by_role("button", name="Accepter", exact=True).click()
    desk.get_by_role("button", name="Accepter et appliquer").click()
    expect(desk.get_by_role("status").filter(has_text="La démarche est acceptée")).to_be_visible()

    page.goto("/activites")
    settled(page)
    sports = _card(page, "Mes activités", "École des sports")
    expect(sports).to_contain_text("Inscription faite")
    expect(sports.get_by_role("link", name=re.compile("^Réserver : Léa"))).to_be_visible()


def test_an_agent_records_a_document_and_the_parent_sees_it(open_page: Open, parent: str) -> None:
    desk = open_page()
    sign_in(desk, RECEPTION, suite="/admin/familles")
    page = open_page(PHONE)
    sign_in(page, parent, suite="/dossier")
    number = re.search(r"F-jumeau\w+-\d+", page.get_by_text(re.compile("F-jumeau")).first.inner_text())[0]
    desk.get_by_label("Nom, prénom, téléphone ou numéro de dossier").fill(number)
    desk.get_by_role("button", name="Rechercher").click()
    desk.get_by_role("link", name=re.compile(f"Ouvrir le dossier Durand, {number}")).click()
    documents = desk.get_by_role("region", name="Documents")
    documents.locator("summary").click()
    documents.get_by_role("button", name="Enregistrer").click()
    expect(desk.get_by_role("alert")).to_contain_text("Choisissez un document de la liste")
    documents.get_by_label("Document", exact=True).select_option(label="Assurance scolaire et extrascolaire")
    documents.get_by_label("Pour qui").select_option(label="Léa")
    documents.get_by_role("button", name="Enregistrer").click()
    expect(documents.get_by_text("Pour Léa")).to_be_visible()
    _checked(desk)

    page.goto("/activites")
    settled(page)
    page.get_by_role("link", name="Inscrire : Léa, Mercredis · La Clairière").click()
    expect(page.get_by_role("region", name="Inscrire un enfant").get_by_text("Validé")).to_be_visible()
