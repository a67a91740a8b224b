"""`/telechargements/<id>` : un fichier pour qui en a le droit, la même page pour tous les autres."""

import re
from datetime import date, timedelta

import httpx
import pytest
from sqlmodel import col, update

from portail import clock
from portail.domain.accounts import Role
from portail.domain.dates import paris_day
from portail.domain.families import FamilyStatus
from portail.models.accounts import Account, LoginSession
from portail.models.database import transaction
from portail.models.families import Family
from portail.services import papers
from portail.services.cash_desk import closing
from portail.services.unpaid import by_post
from tests.factories import direct_debits
from tests.factories.activities import make_activity, make_offering, make_slot
from tests.factories.billed import paid
from tests.factories.desk import regie_id, take
from tests.factories.families import make_child, make_family
from tests.factories.invoices import make_invoice
from tests.factories.people import make_account, open_session
from tests.tools.pdfs import text_of

CLOSED = "Cette page n’existe pas ou ne vous est pas ouverte."


def arrive(web: httpx.AsyncClient, email: str = "camille@famille.example") -> Account:
    account = make_account(email, now=clock.now())
    web.cookies.set("portail-session", open_session(account, now=clock.now())[0])
    return account


async def test_a_parent_downloads_a_file_that_no_cache_keeps(web: httpx.AsyncClient) -> None:
    family = make_family("Durand", arrive(web), now=clock.now())
    answer = await web.get(f"/telechargements/fiche-famille-{family}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-1.7")
    assert answer.headers["content-type"] == "application/pdf"
    named = answer.headers["content-disposition"]
    assert named.startswith('attachment; filename="fiche-famille-f-durand.pdf"; filename*=UTF-8')
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "set-cookie" not in answer.headers


async def test_a_parent_downloads_the_registration_of_a_child(web: httpx.AsyncClient) -> None:
    child = make_child("Léa", make_family("Durand", arrive(web), now=clock.now()))
    answer = await web.get(f"/telechargements/attestation-{child}")
    assert answer.status_code == 200
    assert "attestation-inscription-lea.pdf" in answer.headers["content-disposition"]


async def test_a_parent_downloads_the_copy_of_a_mandate_and_a_stranger_does_not(web: httpx.AsyncClient) -> None:
    payer = direct_debits.make_payer(now=clock.now())
    camille = arrive(web)
    answer = await web.get(f"/telechargements/mandat-{payer.mandate}")
    assert (answer.status_code, CLOSED in answer.text) == (404, True)
    family = make_family("Petit", camille, now=clock.now())
    direct_debits.sign(open_session(camille, now=clock.now())[1], family, clock.now())
    (mandate,) = direct_debits.mandates_of(family)
    answer = await web.get(f"/telechargements/mandat-{mandate.key}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert f"mandat-{mandate.rum.lower()}.pdf" in answer.headers["content-disposition"]


async def test_one_downloads_ones_own_data(web: httpx.AsyncClient) -> None:
    make_family("Durand", arrive(web), now=clock.now())
    answer = await web.get("/telechargements/mes-donnees")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert re.match(r'attachment; filename="mes-donnees-[0-9-]{10}\.zip";', answer.headers["content-disposition"])
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b"PK")


async def test_an_agent_downloads_the_list_of_a_slot_and_a_parent_does_not(web: httpx.AsyncClient) -> None:
    slot = make_slot(make_offering(make_activity(name="Cantine"), name="Midi"))
    arrive(web)
    assert (await web.get(f"/telechargements/liste-de-seance-{slot}")).status_code == 404
    agent = make_account("animation@mairie.example", role=Role.ANIMATION, now=clock.now())
    web.cookies.set("portail-session", open_session(agent, now=clock.now())[0])
    answer = await web.get(f"/telechargements/liste-de-seance-{slot}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"


async def test_foreign_missing_and_malformed_answer_with_the_same_page(web: httpx.AsyncClient) -> None:
    arrive(web)
    family = make_family("Autre", make_account("autre@famille.example", now=clock.now()), now=clock.now())
    child = make_child("Zoé", family)
    wanted = [
        f"fiche-famille-{family}",
        f"attestation-{child}",
        "fiche-famille-999999",
        "fiche-famille-9999999999",
        "fiche-famille-0",
        "fiche-famille-01",
        "fiche-famille--1",
        f"fiche-famille-{family}%00",
        f"fiche-famille-{family}.pdf",
        "fiche-famille-١",
        "attestation",
        "mes-donnees-1",
        "Mes-donnees",
        "inconnu-1",
        "..",
        "..%2F..%2Fdata%2Fportail.sqlite",
        "%2e%2e%5csecret",
        "x" * 3_000,
    ]
    answers = [await web.get(f"/telechargements/{one}") for one in wanted]
    pages = {answer.text for answer in answers if answer.headers.get("content-type", "").startswith("text/html")}
    assert {answer.status_code for answer in answers} == {404}
    assert len(pages) == 1
    assert CLOSED in pages.pop()
    assert all(answer.headers["cache-control"] in {"no-store", "no-cache"} for answer in answers)


async def test_signed_out_the_address_leads_to_the_sign_in_page(web: httpx.AsyncClient) -> None:
    family = make_family("Durand", arrive(web), now=clock.now())
    for cookie in ("", "faux", "x" * 500):
        web.cookies.set("portail-session", cookie)
        answer = await web.get(f"/telechargements/fiche-famille-{family}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/connexion?suite=/documents")
        assert answer.headers["cache-control"] == "no-store"


async def test_a_session_that_has_ended_opens_nothing(web: httpx.AsyncClient) -> None:
    family = make_family("Durand", arrive(web), now=clock.now())
    with transaction() as db:
        db.exec(update(LoginSession).values(ended_at=clock.now()))
    assert (await web.get(f"/telechargements/fiche-famille-{family}")).status_code == 303


async def test_whoever_must_change_the_password_does_it_first(web: httpx.AsyncClient) -> None:
    account = arrive(web)
    family = make_family("Durand", account, now=clock.now())
    with transaction() as db:
        db.exec(update(Account).where(col(Account.id) == account.key).values(must_change_password=True))
    answer = await web.get(f"/telechargements/fiche-famille-{family}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/compte")


async def test_a_refusal_is_read_in_french(web: httpx.AsyncClient) -> None:
    child = make_child("Léa", make_family("Durand", arrive(web), now=clock.now()))
    with transaction() as db:
        db.exec(update(Family).values(status=FamilyStatus.PENDING))
    answer = await web.get(f"/telechargements/attestation-{child}")
    assert answer.status_code == 409
    assert "validation du service enfance" in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_only_reading_is_answered(web: httpx.AsyncClient, method: str) -> None:
    arrive(web)
    assert (await web.request(method, "/telechargements/fiche-famille-1")).status_code == 405


async def test_a_parent_downloads_what_was_paid_in_the_year(web: httpx.AsyncClient) -> None:
    family, today = make_family("Durand", arrive(web), now=clock.now()), clock.now().date()
    little = make_child("Noé", family, birth=date(today.year - 3, 5, 4))
    bill = make_invoice(family, {"child_id": little, "care_cents": 45_00, "meal_cents": 5_00})
    paid(family, today, (bill, 50_00))
    for name, amount in (("fiscale", "45,00"), ("paiement", "50,00")):
        answer = await web.get(f"/telechargements/attestation-{name}-{family}?annee={today.year}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert f"Total {amount}" in " ".join(text_of(answer.content).split())


async def test_a_breakdown_shows_a_number_and_no_trace(web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    family = make_family("Durand", arrive(web), now=clock.now())
    monkeypatch.setattr(papers, "FAMILY_SHEET", papers.FOLDER / "absent.typ")
    answer = await web.get(f"/telechargements/fiche-famille-{family}")
    assert answer.status_code == 500
    assert "Numéro à donner à la mairie" in answer.text
    assert "typst" not in answer.text.lower()


async def test_a_parent_downloads_the_statement_asked_for(web: httpx.AsyncClient) -> None:
    family = make_family("Durand", arrive(web), now=clock.now())
    answer = await web.get(f"/telechargements/releve-{family}?format=csv&periode=year")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert (await web.get(f"/telechargements/releve-{family}?format=pdf")).content.startswith(b"%PDF")
    assert (await web.get(f"/telechargements/attestation-fiscale-{family}?annee=2026")).status_code == 409
    assert (await web.get(f"/telechargements/attestation-fiscale-{family}")).status_code == 409


@pytest.mark.parametrize(
    "wanted",
    [
        "impayes",
        "quotients",
        "factures-1?mois=2026-10",
        "encaissements-1?mois=2026-10",
        "bordereau-1",
        "arrete-1",
        "relances-1",
    ],
)
async def test_the_tables_of_the_regie_are_closed_to_a_parent(web: httpx.AsyncClient, wanted: str) -> None:
    make_family("Durand", arrive(web), now=clock.now())
    answer = await web.get(f"/telechargements/{wanted}")
    assert (answer.status_code, CLOSED in answer.text) == (404, True)


async def test_the_regie_downloads_the_unpaid(web: httpx.AsyncClient) -> None:
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    web.cookies.set("portail-session", open_session(agent, now=clock.now())[0])
    answer = await web.get("/telechargements/impayes?format=xlsx")
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")
    assert (await web.get("/telechargements/factures-1?mois=demain")).status_code == 409
    assert (await web.get("/telechargements/relances-1")).status_code == 404


async def test_the_regie_downloads_the_quotients_to_ask_for(web: httpx.AsyncClient) -> None:
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    web.cookies.set("portail-session", open_session(agent, now=clock.now())[0])
    answer = await web.get("/telechargements/quotients?etat=missing&mots=durand")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert (await web.get(f"/telechargements/quotients?mots={'x' * 81}")).status_code == 409


async def test_the_regie_downloads_the_letters_to_post(web: httpx.AsyncClient) -> None:
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    token, actor = open_session(agent, now=clock.now())
    web.cookies.set("portail-session", token)
    make_invoice(make_family("Durand"), 30_00, now=clock.now() - timedelta(days=45))
    by_post.prepare(actor=actor, level="1", regie_id=0, now=clock.now())
    answer = await web.get("/telechargements/relances-1")
    assert (answer.status_code, answer.content[:4]) == (200, b"%PDF")
    assert 'filename="relances-1-' in answer.headers["content-disposition"]


async def test_the_regie_downloads_a_closed_day_and_other_agents_do_not(web: httpx.AsyncClient) -> None:
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    token, actor = open_session(agent, now=clock.now())
    day = paris_day(clock.now())
    take(actor, make_family("Durand"), amount="20", means="cash", now=clock.now())
    form = {"day": day.isoformat(), "counted": "20"}
    closing.close(actor=actor, regie_id=regie_id(), form=form, now=clock.now())
    web.cookies.set("portail-session", token)
    answer = await web.get("/telechargements/arrete-1")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert f'filename="arrete-enf-{day}.pdf"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert "Total 20,00" in " ".join(text_of(answer.content).split())
    assert (await web.get("/telechargements/arrete-2")).status_code == 404
    other = make_account("accueil@mairie.example", role=Role.RECEPTION, now=clock.now())
    web.cookies.set("portail-session", open_session(other, now=clock.now())[0])
    refused = await web.get("/telechargements/arrete-1")
    assert (refused.status_code, CLOSED in refused.text) == (404, True)
