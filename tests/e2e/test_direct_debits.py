"""Le prélèvement dans un vrai navigateur : un parent signe et garde sa copie, la régie va de l'aperçu au fichier."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import Page, expect

from tests.e2e.visits import DESKTOP, PARENT, PHONE, Screen, axe, settled, sideways, sign_in
from tests.integrations.test_sepa import SCHEMA, SPACE
from tests.tools import twins
from tests.tools.server import Running

Open = Callable[..., Page]
Account = Callable[..., str]
IBAN = "FR76 3000 6000 0112 3456 7890 189"
ASKED = {
    "amount": "p:InstdAmt",
    "iban": "p:DbtrAcct/p:Id/p:IBAN",
    "rum": "p:DrctDbtTx/p:MndtRltdInf/p:MndtId",
    "sequence": "../p:PmtTpInf/p:SeqTp",
}


@pytest.fixture
def parent(own_account: Account) -> str:
    return own_account("karim.benali@famille.example", own_family=True)


@pytest.fixture
def agent(own_account: Account) -> str:
    return own_account("regie@mairie.example")


@pytest.fixture
def debtor(own_account: Account, portal: Running) -> str:
    """Une famille à elle seule, qui a une facture à payer et pas encore de mandat."""
    account = own_account(PARENT, own_family=True)
    twins.bill(portal, PARENT, account)
    return account


def _said(page: Page, sentence: str) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert sideways(page) == 0


def _open(page: Page, path: str) -> None:
    page.goto(path)
    settled(page)


def _sign(page: Page) -> None:
    page.get_by_label("IBAN", exact=True).fill(IBAN)
    page.get_by_label("J’ai lu ces conditions et je signe ce mandat").check()
    page.get_by_role("button", name="Signer le mandat").click()
    _said(page, "est signé")


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_a_parent_signs_a_mandate_and_ends_it(open_page: Open, parent: str, screen: Screen) -> None:
    page = open_page(screen)
    sign_in(page, parent)
    _open(page, "/prelevements")
    iban = page.get_by_label("IBAN", exact=True)
    expect(page.get_by_label("Au profit de")).not_to_have_value("")  # une seule régie prélève : elle est choisie
    iban.fill(IBAN.replace("189", "188"))
    page.get_by_role("button", name="Signer le mandat").click()
    expect(page.get_by_role("alert")).to_contain_text("Cet IBAN n’est pas juste.")
    expect(iban).to_have_value(IBAN.replace("189", "188"))
    _checked(page)
    _sign(page)
    mandates = page.locator("section", has=page.get_by_role("heading", name="Mes mandats"))
    expect(mandates).to_contain_text("••••\u00a00189")
    assert "3000600001" not in page.content().replace(" ", "")
    expect(mandates).to_contain_text("identifiant (ICS)")
    with page.expect_download() as copy:
        mandates.get_by_role("link", name="Copie du mandat").click()
    assert copy.value.path().read_bytes().startswith(b"%PDF")
    assert axe(page) == []
    mandates.get_by_text("Mettre fin à ce mandat").click()
    mandates.get_by_role("button", name="Oui, mettre fin au mandat").click()
    _said(page, "Ce mandat a pris fin.")
    expect(page.get_by_role("button", name="Signer le mandat")).to_be_visible()


def test_a_mandate_is_found_by_name_and_from_the_family_s_desk_page(open_page: Open, agent: str) -> None:
    page = open_page(DESKTOP)
    sign_in(page, agent)
    _open(page, "/admin/prelevements")
    section = page.locator("section", has=page.get_by_role("heading", name="Mandats"))
    rum = section.get_by_text("-ESSAI-").first.inner_text()
    page.get_by_role("searchbox").fill(rum)
    page.get_by_role("button", name="Rechercher").click()
    expect(section.get_by_text("1 mandat, page 1 sur 1")).to_be_visible()
    _open(page, f"/admin/prelevements?mots={rum}")
    expect(section.get_by_text("1 mandat, page 1 sur 1")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value(rum)


def _announce(desk: Page, reference: str) -> None:
    """De la date à la remise : ce qui serait prélevé se lit avant que les familles en soient prévenues."""
    desk.get_by_role("button", name="Voir ce qui serait prélevé").click()
    expect(desk.get_by_role("row").filter(has_text=reference)).to_be_visible()
    _checked(desk)
    desk.get_by_role("button", name="Annoncer aux familles").click()
    desk.wait_for_url(re.compile(r"/admin/prelevements/\d+$"))
    settled(desk)
    expect(desk.get_by_role("row").filter(has_text=reference)).to_contain_text("Annoncé")
    _checked(desk)


def _file(desk: Page) -> Path:
    """Le fichier de la banque, créé une fois, téléchargé pour de vrai."""
    desk.get_by_text("Créer le fichier", exact=True).click()
    _checked(desk)
    desk.get_by_role("button", name="Oui, créer le fichier").click()
    _said(desk, "Le fichier est créé")
    expect(desk.get_by_text("Créer le fichier", exact=True)).to_have_count(0)
    with desk.expect_download() as arriving:
        desk.get_by_role("link", name="Télécharger le fichier (pain.008)").click()
    assert re.fullmatch(r"[A-Z]+-PRLV-\d{8}-\w+\.xml", arriving.value.suggested_filename)
    return Path(arriving.value.path())


def _read(file: Path, reference: str) -> dict[str, str]:
    """Le schéma publié l'accepte, ses totaux sont justes ; ce qu'il demande pour cette facture."""
    document = etree.parse(str(file))
    SCHEMA.assertValid(document)
    amounts = [round(float(one.text or "") * 100) for one in document.iterfind(".//p:InstdAmt", SPACE)]
    assert document.findtext(".//p:GrpHdr/p:NbOfTxs", None, SPACE) == str(len(amounts))
    assert round(float(document.findtext(".//p:GrpHdr/p:CtrlSum", "", SPACE)) * 100) == sum(amounts)
    (line,) = [
        one
        for one in document.iterfind(".//p:DrctDbtTxInf", SPACE)
        if one.findtext("p:RmtInf/p:Ustrd", "", SPACE) == f"Facture {reference}"
    ]
    return {name: line.findtext(path, "", SPACE) for name, path in ASKED.items()}


def _reject(desk: Page, reference: str) -> None:
    row = desk.get_by_role("row").filter(has_text=reference)
    row.get_by_text("Rejeté", exact=True).click()
    row.get_by_role("button", name="Enregistrer le rejet").click()
    _said(desk, "Choisissez le motif donné par la banque.")
    row.get_by_label("Motif donné par la banque").select_option(label="AM04 : Provision insuffisante")
    _checked(desk)
    row.get_by_role("button", name="Enregistrer le rejet").click()
    _said(desk, f"la facture {reference} est de nouveau due")
    expect(row).to_contain_text("Provision insuffisante")
    expect(row.get_by_role("button", name="Enregistrer le rejet")).to_have_count(0)
    _checked(desk)


def _to_look_at(desk: Page, reference: str) -> None:
    _open(desk, "/admin/prelevements")
    seen = desk.get_by_role("button", name=f"C’est vu, facture {reference}")
    expect(seen).to_be_visible()
    _checked(desk)
    seen.click()
    _said(desk, "C’est noté.")
    expect(seen).to_have_count(0)


def test_a_rejected_debit_is_due_again_and_explained_to_the_family(open_page: Open, debtor: str, agent: str) -> None:
    page = open_page(PHONE)
    sign_in(page, debtor, suite="/prelevements")
    _sign(page)
    rum = re.findall(r"Référence ([\w-]+)", page.get_by_role("main").inner_text())[0]
    _open(page, "/factures")
    reference = re.findall(r"ENF-\d{4}-\d+", page.get_by_role("main").inner_text())[0]

    desk = open_page(DESKTOP)
    sign_in(desk, agent, suite="/admin/prelevements")
    settled(desk)
    _announce(desk, reference)
    _open(page, "/factures")
    expect(page.get_by_text("Prélèvement prévu le")).to_be_visible()
    _checked(page)

    asked = _read(_file(desk), reference)
    assert asked["iban"] == IBAN.replace(" ", "")
    assert asked["rum"] == rum
    assert asked["sequence"] == "FRST"
    _open(page, "/factures")
    expect(page.get_by_text("Tout sera prélevé : vous n’avez rien à faire.")).to_be_visible()
    expect(page.locator("p.balance")).to_have_text(asked["amount"].replace(".", ",") + "\u00a0€")
    _checked(page)

    _reject(desk, reference)
    _to_look_at(desk, reference)
    _open(page, "/factures")
    expect(page.get_by_role("link", name="Payer mes factures")).to_be_visible()
    expect(page.get_by_text("Prélèvement prévu le")).to_have_count(0)
    page.get_by_role("listitem").filter(has_text=reference).get_by_role("link").click()
    expect(page.get_by_text("a été rejeté. Motif : Provision insuffisante.")).to_be_visible()
    _checked(page)
    _open(page, "/prelevements")
    debits = page.locator("section", has=page.get_by_role("heading", name="Prélèvements", exact=True))
    expect(debits.get_by_role("listitem").filter(has_text=reference)).to_contain_text("Provision insuffisante")
    expect(debits).to_contain_text("Rejeté")
    _checked(page)
