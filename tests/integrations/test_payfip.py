"""PayFiP : le vrai client SOAP parle à un service d'essai qui suit le même contrat, sur une vraie connexion."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from portail.integrations.payfip import PayfipGateway, access, gateway
from portail.integrations.payfip.gateway import plain
from portail.integrations.payments import (
    Answer,
    AnswerState,
    OpenOrder,
    ProviderDownError,
    ProviderRefusedError,
    RefundOrder,
)
from portail.settings import load
from portail.standins import payfip
from portail.standins.payfip import app, soap
from tests.conftest import NOW
from tests.test_settings import PRODUCTION
from tests.tools.here import served

ORDER = OpenOrder(
    reference="ENFREF0000000042",
    amount_cents=4230,
    label="Factures d’octobre : cantine & périscolaire",
    email="camille@famille.example",
    return_url="http://portail.example/paiement/retour",
    cancel_url="http://portail.example/paiement",
    expires_at=NOW + timedelta(minutes=30),
)


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """Ce qui est notifié ; un contrat relu à chaque test."""
    notices: list[tuple[str, str]] = []
    monkeypatch.setattr(app, "notify", lambda *given: notices.append(given))
    gateway._client.cache_clear()
    yield notices
    gateway._client.cache_clear()


@pytest.fixture
def hour() -> list[datetime]:
    """L'heure du service, que le test avance."""
    return [NOW]


@pytest.fixture
def address(tmp_path: Path, hour: list[datetime]) -> Iterator[str]:
    """Un PayFiP d'essai, monté sous un chemin comme dans la démonstration."""
    trial = payfip.create(payfip.Treasury(tmp_path / "payfip", lambda: hour[0]))
    with served(Starlette(routes=[Mount("/demonstration/payfip", app=trial)])) as url:
        yield f"{url}/demonstration/payfip/tpa"


def at(address: str, entry: str = "T", client: str = "999999") -> PayfipGateway:
    contract, notices = f"{address}/services/securite?wsdl", "http://portail.example/webhooks/payfip"
    return PayfipGateway(contract, address, client, entry, notices)


def decide(address: str, operation: str, result: str) -> requests.Response:
    return requests.post(
        f"{address}/paiementws.web", data={"idop": operation, "resultat": result}, allow_redirects=False, timeout=5
    )


def test_a_payment_is_opened_with_everything_the_treasury_asks(address: str) -> None:
    opened = at(address).open(ORDER)
    assert opened.url == f"{address}/paiementws.web?idop={opened.provider_ref}"
    page = requests.get(opened.url, allow_redirects=False, timeout=5)
    assert page.status_code == 200
    for words in ("42,30\u00a0€", "ENFREF0000000042", "Factures d octobre cantine periscolaire", "Payer", "Abandonner"):
        assert words in page.text


def test_nothing_is_known_before_the_family_has_paid(address: str) -> None:
    payfip = at(address)
    assert payfip.ask(payfip.open(ORDER).provider_ref).state is AnswerState.WAITING


@pytest.mark.parametrize(
    ("result", "state", "failure"),
    [
        ("P", AnswerState.PAID, ""),
        ("R", AnswerState.REFUSED, "La banque a refusé le paiement."),
        ("A", AnswerState.EXPIRED, "Le paiement a été abandonné."),
    ],
)
def test_what_happened_is_asked_again_with_its_amount(
    address: str, result: str, state: AnswerState, failure: str
) -> None:
    payfip = at(address)
    opened = payfip.open(ORDER)
    back = decide(address, opened.provider_ref, result)
    assert (back.status_code, back.headers["location"]) == (303, ORDER.return_url)
    answer = Answer(state, 4230, "eur", False, "ENFREF0000000042", failure)
    assert payfip.ask(opened.provider_ref) == answer
    decide(address, opened.provider_ref, "R" if result == "P" else "P")
    assert payfip.ask(opened.provider_ref) == answer  # ce qui est fini ne change plus


def test_production_says_real_euros_and_a_trial_does_not(address: str) -> None:
    for entry, is_live in (("W", True), ("X", False), ("T", False)):
        payfip = at(address, entry)
        opened = payfip.open(ORDER)
        decide(address, opened.provider_ref, "P")
        assert (payfip.is_live, payfip.ask(opened.provider_ref).is_live) == (is_live, is_live)


def test_the_number_of_the_regie_comes_first(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    payfip = at(address)
    sent: list[Any] = []
    call = gateway._call
    monkeypatch.setattr(gateway, "_call", lambda *given: sent.append(given[2]) or call(*given))
    payfip.open(replace(ORDER, payfip_client="123456"))
    payfip.open(ORDER)
    assert [one["numcli"] for one in sent] == ["123456", "999999"]
    assert {one["exer"] for one in sent} == {"2026"}
    with pytest.raises(ProviderRefusedError, match="numéro de client"):
        at(address, client="").open(ORDER)


@pytest.mark.parametrize("operation", ["", "x", "0" * 36, "../../etc/passwd", "81bdf4c0-8edb-11e5-99d5-00000a634c44"])
def test_an_operation_never_opened_is_over(address: str, operation: str) -> None:
    assert at(address).ask(operation).state is AnswerState.EXPIRED
    assert (
        requests.get(f"{address}/paiementws.web", {"idop": operation}, allow_redirects=False, timeout=5).status_code
        == 404
    )
    assert decide(address, operation, "P").status_code == 409


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"email": "pas-une-adresse"}, "adresse mel"),
        ({"payfip_client": "12345"}, "Numéro client"),
        ({"return_url": "javascript:alert(1)"}, "redirection"),
        ({"amount_cents": 10_000_000_000}, "montant"),
    ],
)
def test_a_refusal_of_the_service_is_not_a_breakdown(address: str, changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ProviderRefusedError, match=words):
        at(address).open(replace(ORDER, **changed))


@pytest.mark.parametrize("cents", [99, 1, 0, -100])
def test_less_than_a_euro_is_refused_before_any_call(cents: int) -> None:
    with pytest.raises(ProviderRefusedError, match="moins de 1"):
        at("http://127.0.0.1:9").open(replace(ORDER, amount_cents=cents))


@pytest.mark.parametrize("reference", ["", "ENF-2026-42", "é", "x" * 31])
def test_a_reference_that_payfip_would_refuse_is_a_fault_of_ours(reference: str) -> None:
    with pytest.raises(ValueError, match="référence"):
        at("http://127.0.0.1:9").open(replace(ORDER, reference=reference))


def test_a_machine_that_does_not_answer_is_down() -> None:
    for call in (lambda: at("http://127.0.0.1:9/tpa").open(ORDER), lambda: at("http://127.0.0.1:9/tpa").ask("x")):
        with pytest.raises(ProviderDownError):
            call()


def strange(body: bytes, status: int = 200, kind: str = "text/xml") -> Starlette:
    """Un service qui donne son contrat, puis répond n'importe quoi."""

    async def answer(request: Request) -> Response:
        if request.method == "GET":
            here = str(request.url).partition("?")[0]
            return Response(soap.contract(here), media_type="text/xml")
        return Response(body, status, media_type=kind)

    return Starlette(routes=[Route("/tpa/services/securite", answer, methods=["GET", "POST"])])


def envelope(inner: str) -> bytes:
    return (
        f'<S:Envelope xmlns:S="{soap.ENVELOPE}" xmlns:n="{soap.SERVICE}"><S:Body>{inner}</S:Body></S:Envelope>'
    ).encode()


def detail(**values: str) -> bytes:
    known = {"idOp": "op", "montant": "4230", "refdet": "X", "resultrans": "P", "saisie": "T"} | values
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in known.items())
    name = "recupererDetailPaiementSecuriseResponse"
    return envelope(f"<n:{name}><return>{fields}</return></n:{name}>")


def fault(kind: str, code: str) -> bytes:
    said = f"<code>{code}</code><libelle>Panne.</libelle><severite>2</severite>"
    return envelope(
        f"<S:Fault><faultcode>S:Server</faultcode><faultstring>x</faultstring>"
        f"<detail><n:{kind}>{said}</n:{kind}></detail></S:Fault>"
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"<html>En maintenance</html>", 503),
        (b"pas du XML", 200),
        (envelope(""), 200),
        (b'<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>', 200),
        (detail(idOp="une autre"), 200),
        (detail(resultrans="X"), 200),
        (detail(resultrans=""), 200),
        (detail(montant="12,30"), 200),
        (detail(montant="-4230"), 200),
        (fault("TechIndisponibiliteErreur", "999"), 500),
        (fault("TechDysfonctionnementErreur", "P5"), 500),
    ],
)
def test_an_answer_that_makes_no_sense_settles_nothing(body: bytes, status: int) -> None:
    with served(strange(body, status)) as url, pytest.raises(ProviderDownError):
        at(f"{url}/tpa").ask("op")


@pytest.mark.parametrize(("code", "state"), [("P5", AnswerState.WAITING), ("P1", AnswerState.EXPIRED)])
def test_no_result_yet_and_forgotten_are_told_apart(code: str, state: AnswerState) -> None:
    with served(strange(fault("FonctionnelleErreur", code), 500)) as url:
        assert at(f"{url}/tpa").ask("op") == Answer(state, 0, "eur", False, "")


def test_another_refusal_is_said_with_the_words_of_the_service() -> None:
    broken = served(strange(fault("FonctionnelleErreur", "T2"), 500))
    with broken as url, pytest.raises(ProviderRefusedError, match="Panne"):
        at(f"{url}/tpa").ask("op")


def test_a_payment_by_direct_debit_counts_and_its_refusal_does_not() -> None:
    for result, state in (("V", AnswerState.PAID), ("Z", AnswerState.REFUSED)):
        gateway._client.cache_clear()
        with served(strange(detail(resultrans=result))) as url:
            assert at(f"{url}/tpa").ask("op").state is state


def test_payfip_gives_no_money_back(address: str) -> None:
    with pytest.raises(ProviderRefusedError, match="virement"):
        at(address).refund(RefundOrder("op", 100, "clé"))


@given(st.text(max_size=300))
def test_the_object_is_always_one_that_payfip_takes(label: str) -> None:
    assert len(plain(label)) <= 100
    assert all(char == " " or (char.isascii() and char.isalnum()) for char in plain(label))


def test_after_fifteen_minutes_the_page_is_closed(address: str, hour: list[datetime]) -> None:
    opened = at(address).open(ORDER)
    hour[0] = NOW + timedelta(minutes=16)
    assert decide(address, opened.provider_ref, "P").status_code == 409
    assert at(address).ask(opened.provider_ref).state is AnswerState.WAITING


def test_the_service_forgets_at_night_what_nobody_paid_and_keeps_what_was(address: str, hour: list[datetime]) -> None:
    opened, paid = at(address).open(ORDER), at(address).open(ORDER)
    decide(address, paid.provider_ref, "P")
    hour[0] = NOW + timedelta(days=1)
    assert at(address).ask(opened.provider_ref).state is AnswerState.EXPIRED
    assert at(address).ask(paid.provider_ref).state is AnswerState.PAID


def test_a_page_already_open_is_found_again_instead_of_a_second_one(address: str) -> None:
    opened = at(address).open(ORDER)
    assert at(address).open(replace(ORDER, provider_ref=opened.provider_ref)) == opened
    assert at(address).open(ORDER) != opened


@pytest.mark.parametrize("result", ["", "V", "p", "PP"])
def test_the_page_offers_three_choices_only(address: str, result: str) -> None:
    opened = at(address).open(ORDER)
    assert decide(address, opened.provider_ref, result).status_code == 400


def test_the_portal_is_told_the_operation_and_nothing_else(address: str, told: list[tuple[str, str]]) -> None:
    opened = at(address).open(ORDER)
    assert told == []
    decide(address, opened.provider_ref, "P")
    assert told == [("http://portail.example/webhooks/payfip", opened.provider_ref)]


def test_a_message_that_is_not_soap_is_refused_as_such(address: str) -> None:
    for body in (b"", b"{}", b"<x/>", envelope("<n:effacerTout/>")):
        answer = requests.post(f"{address}/services/securite", data=body, allow_redirects=False, timeout=5)
        assert (answer.status_code, "TechProtocolaireErreur" in answer.text) == (500, True)


def test_a_demonstration_has_its_own_service_and_production_never_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def known(environ: dict[str, str]) -> tuple[bool, bool, str, str]:
        monkeypatch.setattr(access, "current", lambda: load(environ))
        made = access.payfip_gateway()
        return access.uses_stand_in(), access.is_available(), made.entry, made.pages

    wsdl = {"PORTAIL_PAYFIP_WSDL": "https://www.payfip.example/tpa/services/securite?wsdl"}
    real = "https://www.payfip.example/tpa"
    assert known({}) == (True, True, "T", "http://localhost:3000/demonstration/payfip/tpa")
    assert known(wsdl) == (False, True, "T", real)
    assert known(PRODUCTION)[:3] == (False, False, "W")
    assert known(PRODUCTION | wsdl) == (False, True, "W", real)
    assert known(PRODUCTION | wsdl | {"PORTAIL_PAYFIP_ENTRY": "X"})[2] == "X"


def test_the_moment_of_the_payment_is_said_in_paris(tmp_path: Path) -> None:
    treasury = payfip.Treasury(tmp_path, lambda: datetime(2026, 11, 20, 9, tzinfo=UTC))
    asked = {"numcli": "999999", "exer": "2026", "montant": "100", "mel": "a@b.fr", "refdet": "X", "objet": ""}
    key = treasury.create(asked | {"saisie": "T", "urlnotif": "http://x", "urlredirect": "http://x"})
    done = treasury.finish(key, "P")
    assert (done["dattrans"], done["heurtrans"]) == ("20112026", "1000")
