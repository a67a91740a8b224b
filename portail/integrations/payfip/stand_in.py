"""Le PayFiP d'essai : le contrat SOAP du vrai, une page « Payer, Refuser, Abandonner », et la notification.

Il ne sert que la démonstration et les tests. Chaque opération est un petit fichier : elle survit à un redémarrage et se
partage entre processus.
"""

import json
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import requests
from lxml import etree
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from portail import clock

log = logging.getLogger("portail.payments")
CONTRACT = Path(__file__).with_name("PaiementSecuriseService.wsdl")
SERVICE = (
    "http://securite.service.tpa.cp.finances.gouv.fr/services/mas_securite/contrat_paiement_securise/"
    "PaiementSecuriseService"
)
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
OPEN_FOR = timedelta(minutes=15)
NOTICE_SECONDS = 5
_OPERATION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PARIS = ZoneInfo("Europe/Paris")
_RULES = (
    ("numcli", r"[0-9]{6}", "T1", "Numéro client invalide."),
    ("exer", r"[0-9]{4}", "E1", "Exercice invalide."),
    ("montant", r"[0-9]{1,9}", "M1", "Le format du montant n'est pas correct."),
    ("montant", r"[1-9][0-9]{2,8}", "M3", "Montant minimum 1 euro requis."),
    ("mel", r"[^@\s]+@[^@\s]+\.[^@\s]+", "A2", "L'adresse mel est incorrecte."),
    ("refdet", r"[A-Za-z0-9]{1,30}", "R3", "Le format du paramètre REFDET n'est pas conforme."),
    ("objet", r"[A-Za-z0-9 ]{0,100}", "O1", "Le format du paramètre OBJET n'est pas conforme."),
    ("saisie", r"[TXW]", "S1", "Le type de saisie n'est pas correct."),
    ("urlnotif", r"https?://\S+", "N1", "URL de notification non valide."),
    ("urlredirect", r"https?://\S+", "D1", "URL de redirection non valide."),
)


class Fault(Exception):  # noqa: N818 — le mot du protocole
    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class StandIn:
    """Un PayFiP d'essai servi sous ce chemin ; ses opérations sont dans ce dossier."""

    path: str
    folder: Path

    @property
    def routes(self) -> list[Route]:
        return [
            Route(f"{self.path}/tpa/services/securite", self.contract, methods=["GET"]),
            Route(f"{self.path}/tpa/services/securite", self.service, methods=["POST"]),
            Route(f"{self.path}/tpa/paiementws.web", self.page, methods=["GET"]),
            Route(f"{self.path}/tpa/paiementws.web", self.decide, methods=["POST"]),
        ]

    async def contract(self, request: Request) -> Response:
        """Le contrat, où l'adresse du service est la nôtre."""
        here = f"{request.url.scheme}://{request.url.netloc}{self.path}/tpa/services/securite"
        words = await run_in_threadpool(CONTRACT.read_text)
        return Response(words.replace("http://127.0.0.1/tpa/services/securite", here), media_type="text/xml")

    async def service(self, request: Request) -> Response:
        body = await request.body()
        try:
            answer, status = await run_in_threadpool(self._answer, body), 200
        except Fault as fault:
            answer, status = _fault(fault), 500
        return Response(answer, status, media_type="text/xml; charset=utf-8")

    def _answer(self, body: bytes) -> bytes:
        operation, asked = _read(body)
        known: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
            "creerPaiementSecurise": self.create,
            "recupererDetailPaiementSecurise": lambda asked: self.detail(asked.get("idOp", "")),
        }
        if operation not in known:
            raise Fault("999", "Opération inconnue.")
        return _written(f"{operation}Response", known[operation](asked))

    def create(self, asked: dict[str, str]) -> dict[str, str]:
        for name, shape, code, words in _RULES:
            if not re.fullmatch(shape, asked.get(name, "")):
                raise Fault(code, words)
        found = secrets.token_hex(16)
        operation = f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:]}"
        self._write(operation, asked | {"opened_at": clock.now().isoformat(), "resultrans": ""})
        return {"idOp": operation}

    def detail(self, operation: str) -> dict[str, str]:
        found = self._known(operation)
        if not found["resultrans"]:
            raise Fault("P5", "Résultat de la transaction non connu.")
        shown = ("dattrans", "exer", "heurtrans", "mel", "montant", "numauto", "numcli", "objet", "refdet")
        return {name: found.get(name, "") for name in (*shown, "resultrans", "saisie")} | {"idOp": operation}

    def finish(self, operation: str, result: str) -> dict[str, str]:
        """Une opération finie ne change plus ; rend ce qui en est su."""
        found = self._known(operation)
        if found["resultrans"]:
            return found
        if clock.now() - datetime.fromisoformat(found["opened_at"]) > OPEN_FOR:
            raise Fault("P4", "L'opération est ouverte depuis plus de quinze minutes.")
        at = clock.now().astimezone(_PARIS)
        moment = {"dattrans": f"{at:%d%m%Y}", "heurtrans": f"{at:%H%M}"}
        done = found | moment | {"resultrans": result, "numauto": "000000" if result == "P" else ""}
        self._write(operation, done)
        return done

    async def page(self, request: Request) -> Response:
        operation = request.query_params.get("idop", "")
        try:
            found = await run_in_threadpool(self._known, operation)
        except Fault as fault:
            return HTMLResponse(_page("Paiement introuvable", f"<p>{escape(str(fault))}</p>"), 404)
        return HTMLResponse(_page("Paiement de démonstration", _choices(operation, found)))

    async def decide(self, request: Request) -> Response:
        form = await request.form()
        operation, result = str(form.get("idop", "")), str(form.get("resultat", ""))
        if result not in {"P", "R", "A"}:
            return HTMLResponse(_page("Choix impossible", "<p>Revenez à la page de paiement.</p>"), 400)
        try:
            done = await run_in_threadpool(self.finish, operation, result)
        except Fault as fault:
            return HTMLResponse(_page("Paiement impossible", f"<p>{escape(str(fault))}</p>"), 409)
        told = BackgroundTask(_notify, done["urlnotif"], operation)
        return RedirectResponse(done["urlredirect"], 303, background=told)

    def _known(self, operation: str) -> dict[str, str]:
        file = self.folder / f"{operation}.json"
        if not _OPERATION.fullmatch(operation) or not file.is_file():
            raise Fault("P1", "IdOp incorrect.")
        found: dict[str, str] = json.loads(file.read_text())
        return found

    def _write(self, operation: str, known: dict[str, str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f"{operation}.{secrets.token_hex(4)}"
        fresh.write_text(json.dumps(known))
        fresh.replace(self.folder / f"{operation}.json")


def _notify(address: str, operation: str) -> None:
    """Perdue si personne ne répond, comme la vraie peut l'être : le portail redemande de lui-même."""
    try:
        requests.post(address, data={"idop": operation}, timeout=NOTICE_SECONDS)
    except requests.RequestException:
        log.info("notification PayFiP d'essai non reçue", exc_info=True)


def _read(body: bytes) -> tuple[str, dict[str, str]]:
    """L'opération demandée et ses valeurs ; tout le reste est une faute de protocole."""
    try:
        envelope = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise Fault("998", "Message illisible.") from None
    asked = envelope.find(f"{{{ENVELOPE}}}Body/*")
    if asked is None:
        raise Fault("998", "Message vide.")
    values = asked.find("arg0")
    found = {} if values is None else {etree.QName(one).localname: one.text or "" for one in values}
    return etree.QName(asked).localname, found


def _written(name: str, values: dict[str, str]) -> bytes:
    envelope, body = _envelope()
    answer = etree.SubElement(etree.SubElement(body, f"{{{SERVICE}}}{name}"), "return")
    for field, value in values.items():
        etree.SubElement(answer, field).text = value
    return bytes(etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))


def _fault(fault: Fault) -> bytes:
    """Une erreur à trois chiffres vient de la machine ; les autres, de ce qui est demandé."""
    kind = "TechProtocolaireErreur" if fault.code.isdigit() else "FonctionnelleErreur"
    envelope, body = _envelope()
    told = etree.SubElement(body, f"{{{ENVELOPE}}}Fault")
    etree.SubElement(told, "faultcode").text = "S:Server"
    etree.SubElement(told, "faultstring").text = f"fr.gouv.finances.cp.tpa.webservice.exceptions.{kind}"
    detail = etree.SubElement(etree.SubElement(told, "detail"), f"{{{SERVICE}}}{kind}")
    words = {"code": fault.code, "descriptif": "", "libelle": str(fault), "severite": "2"}
    for field, value in words.items():
        etree.SubElement(detail, field).text = value
    return bytes(etree.tostring(envelope, xml_declaration=True, encoding="UTF-8"))


def _envelope() -> tuple["etree._Element", "etree._Element"]:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"S": ENVELOPE, "ns2": SERVICE})
    return envelope, etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")


def _choices(operation: str, found: dict[str, str]) -> str:
    cents = int(found["montant"])
    buttons = "".join(
        f'<button name="resultat" value="{value}">{words}</button>'
        for value, words in (("P", "Payer"), ("R", "Refuser"), ("A", "Abandonner"))
    )
    return (
        f"<p>{escape(found['objet'])}, référence {escape(found['refdet'])}</p>"
        f"<p><b>{cents // 100},{cents % 100:02d}\u00a0€</b></p>"
        f'<form method="post"><input type="hidden" name="idop" value="{operation}">{buttons}</form>'
    )


def _page(title: str, body: str) -> str:
    style = "body{font:1rem/1.5 system-ui;margin:2rem auto;max-width:32rem;padding:0 1rem}button{font:inherit;\
min-height:2.75rem;padding:0 1rem;margin:0 .5rem .5rem 0}"
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} · PayFiP d’essai</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head>'
        f"<body><main><h1>{title}</h1><p>Ceci n’est pas PayFiP\u00a0: rien n’est débité.</p>{body}</main></body></html>"
    )
