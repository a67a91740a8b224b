"""La fiche sanitaire dans un vrai navigateur : remplir, se tromper, signer, confirmer, voir qui a lu."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.visits import CLOSED, DESKTOP, PHONE, SMALL, axe, cut_off, settled, sideways, sign_in
from tests.factories import uploads
from tests.tools.server import Running

Open = Callable[..., Page]
Account = Callable[[str], str]
INES, CAMILLE = "ines.moreau@famille.example", "camille.durand@famille.example"


def child_of(portal: Running, first_name: str) -> int:
    with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base:
        (found,) = base.execute("select id from child where first_name = ? order by id", (first_name,)).fetchone()
    return int(found)


def part(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def edit(page: Page, name: str) -> Locator:
    part(page, name).get_by_role("button", name=re.compile("^(Modifier|Répondre)")).click()
    return part(page, name)


def save(page: Page, name: str) -> None:
    part(page, name).get_by_role("button", name="Enregistrer").click()
    expect(part(page, name).get_by_role("button", name="Enregistrer")).to_have_count(0)


def tidy(page: Page) -> None:
    assert axe(page) == []
    assert (sideways(page), cut_off(page)) == (0, [])


def test_a_parent_completes_the_record_from_the_home_to_the_confirmation(
    open_page: Open, own_account: Account, portal: Running
) -> None:
    page = open_page(PHONE)
    sign_in(page, own_account(INES))
    page.get_by_role("link", name="Compléter : Complétez la fiche sanitaire de Lina").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fiche sanitaire de Lina")
    expect(page).to_have_title("Fiche sanitaire · Portail Famille")
    missing = page.get_by_role("region", name="8 choses à compléter")
    missing.get_by_role("link", name="Choisissez le régime alimentaire.").click()
    expect(page).to_have_url(re.compile(r"/sante#repas$"))
    expect(part(page, "Régime alimentaire")).to_be_in_viewport()

    _fill_care(page)
    meals = edit(page, "Régime alimentaire")
    meals.get_by_label("Végétarien : ni viande, ni poisson").check()
    save(page, "Régime alimentaire")
    expect(meals).to_contain_text("Végétarien")
    _fill_vaccines(page)
    _add_contact(page)
    _sign(page)

    expect(page.get_by_role("region", name="1 chose à compléter")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Tout est exact : confirmer pour 20")).click()
    expect(page.get_by_text("La fiche est complète")).to_be_visible()
    tidy(page)
    page.goto("/accueil")
    settled(page)
    expect(page.get_by_text("Complétez la fiche sanitaire de Lina")).to_have_count(0)


def _fill_care(page: Page) -> None:
    care = edit(page, "Allergies et santé")
    care.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_have_text("Dites si votre enfant a des allergies.")
    expect(page.get_by_role("alert")).to_be_focused()
    care.get_by_role("group", name="Votre enfant a-t-il des allergies ?").get_by_label("Oui").check()
    care.get_by_label("Aliments").fill("Arachide")
    care.get_by_role("group", name="A-t-il de l’asthme ?").get_by_label("Non").check()
    care.get_by_role("group", name=re.compile("PAI")).get_by_label("Oui").check()
    care.get_by_label("Varicelle").check()
    care.get_by_role("button", name="Enregistrer").click()
    expect(care.locator(".wrong")).to_have_text("Indiquez la date de fin du PAI.")
    expect(care.get_by_label("Aliments")).to_have_value("Arachide")
    tidy(page)
    care.get_by_label("Date de fin du PAI").fill("2099-07-05")
    save(page, "Allergies et santé")
    for said in ("Arachide", "Oui, jusqu’au 5 juillet 2099", "Varicelle"):
        expect(care).to_contain_text(said)
    expect(page.get_by_role("link", name="Joignez le document du PAI.")).to_be_visible()
    plan = {"name": "pai.pdf", "mimeType": "application/pdf", "buffer": uploads.pdf()}
    part(page, "Document du PAI").get_by_label("Document à joindre").set_input_files(plan)
    part(page, "Document du PAI").get_by_role("button", name="Joindre le document").click()
    expect(page.get_by_role("link", name="Joignez le document du PAI.")).to_have_count(0)


def _fill_vaccines(page: Page) -> None:
    vaccines = edit(page, "Vaccinations")
    tidy(page)
    boxes = vaccines.locator("input[type=date]")
    assert boxes.count() > 30
    vaccines.get_by_label("Rougeole, oreillons, rubéole (ROR), dose 1").fill("1999-01-01")
    vaccines.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("antérieure à la naissance")
    vaccines.get_by_label("Rougeole, oreillons, rubéole (ROR), dose 1").fill("")
    vaccines.get_by_label("contre-indication").check()
    save(page, "Vaccinations")
    expect(vaccines).to_contain_text("Contre-indication")


def _add_contact(page: Page) -> None:
    contacts = part(page, "Contacts")
    contacts.get_by_role("button", name="Ajouter un contact").click()
    for label, value in (("Prénom", "Jeanne"), ("Nom", "Moreau"), ("Lien avec l’enfant", "Grand-mère")):
        contacts.get_by_label(label, exact=True).fill(value)
    contacts.get_by_label("Téléphone").fill("FR76 3000 6000 0112 3456 7890 189")
    contacts.get_by_label("À contacter en cas d’urgence").check()
    contacts.get_by_role("button", name="Enregistrer").click()
    expect(contacts.locator(".wrong")).to_contain_text("IBAN")
    expect(contacts.get_by_label("Prénom")).to_have_value("Jeanne")
    contacts.get_by_label("Téléphone").fill("0612345678")
    tidy(page)
    save(page, "Contacts")
    expect(contacts).to_contain_text("06 12 34 56 78")
    expect(contacts.get_by_text("Urgence", exact=True)).to_be_visible()
    expect(contacts.get_by_text("Peut venir chercher")).to_have_count(0)


def _sign(page: Page) -> None:
    consents = edit(page, "Autorisations")
    expect(consents).to_contain_text("Vos réponses seront datées et signées : Inès Moreau.")
    groups = consents.get_by_role("group")
    for rank in range(groups.count()):
        groups.nth(rank).get_by_label("Non" if rank else "Oui").check()
    tidy(page)
    save(page, "Autorisations")
    expect(consents.get_by_text("Signé : Inès Moreau")).to_have_count(groups.count() or 5)


def test_two_tabs_do_not_overwrite_each_other(open_page: Open, own_account: Account, portal: Running) -> None:
    who, path = own_account("nadia.rossi@famille.example"), f"/dossier/enfants/{child_of(portal, 'Elsa')}/sante"
    first, second = open_page(), open_page(PHONE)
    for page in (first, second):
        sign_in(page, who, suite=path)
        edit(page, "Médecin")
    first.get_by_label("Nom du médecin traitant").fill("Dr Premier")
    save(first, "Médecin")

    second.get_by_label("Nom du médecin traitant").fill("Dr Second")
    part(second, "Médecin").get_by_role("button", name="Enregistrer").click()

    expect(second.get_by_role("alert")).to_contain_text("rien n’a été écrasé")
    expect(part(second, "Médecin")).to_contain_text("Dr Premier")
    expect(second.get_by_label("Nom du médecin traitant")).to_have_value("Dr Second")
    tidy(second)
    save(second, "Médecin")
    expect(part(second, "Médecin")).to_contain_text("Dr Second")


def test_the_agent_reads_and_the_parent_sees_it(open_page: Open, own_account: Account, portal: Running) -> None:
    child = child_of(portal, "Noé")
    agent = open_page(DESKTOP)
    sign_in(agent, own_account("accueil@mairie.example"), suite=f"/admin/enfants/{child}/sante")
    expect(agent.get_by_role("heading", level=1)).to_have_text("Fiche sanitaire de Noé Durand")
    expect(agent.get_by_text("Votre lecture est inscrite au journal, et les parents la voient.")).to_be_visible()
    expect(agent.get_by_role("main").get_by_role("button")).to_have_count(0)
    tidy(agent)
    agent.emulate_media(media="print")
    expect(part(agent, "Responsables")).to_contain_text("06 00 00 00 11")

    parent = open_page(SMALL)
    sign_in(parent, own_account(CAMILLE), suite=f"/dossier/enfants/{child}/sante")
    expect(part(parent, "Qui a consulté")).to_contain_text("Odile Vasseur")
    expect(part(parent, "Qui a consulté")).to_contain_text("Accueil")
    tidy(parent)


@pytest.mark.parametrize("who", ["regie@mairie.example", "animation@mairie.example", "admin@mairie.example"])
def test_other_roles_do_not_read(open_page: Open, own_account: Account, portal: Running, who: str) -> None:
    page = open_page()
    sign_in(page, own_account(who), suite=f"/admin/enfants/{child_of(portal, 'Léa')}/sante")
    expect(page.get_by_text(CLOSED)).to_be_visible()
    expect(page.get_by_text("Durand")).to_have_count(0)


def test_the_record_of_another_family_is_closed(open_page: Open, own_account: Account, portal: Running) -> None:
    page = open_page()
    sign_in(
        page, own_account("karim.benali@famille.example"), suite=f"/dossier/enfants/{child_of(portal, 'Léa')}/sante"
    )
    expect(page.get_by_text(CLOSED)).to_be_visible()
    expect(page.get_by_text("Léa")).to_have_count(0)
