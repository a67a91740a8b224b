"""Payer par PayFiP : le service SOAP de la DGFiP, appelé avec son propre contrat (WSDL), hors de toute transaction."""

import logging
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import requests
import zeep
from lxml import etree
from requests.adapters import HTTPAdapter, Retry

from portail.integrations.payments import (
    Answer,
    AnswerState,
    Opened,
    OpenOrder,
    ProviderDownError,
    ProviderRefusedError,
    RefundAnswer,
    RefundOrder,
)

log = logging.getLogger("portail.payments")
CALL_SECONDS, CONTRACT_SECONDS = 10, 10
LEAST_CENTS = 100  # PayFiP ne prend pas moins d'un euro
PRODUCTION = "W"
UNKNOWN, NOT_YET = "P1", "P5"  # les codes d'erreur d'une opération oubliée, ou qui n'est pas finie
_REFERENCE = re.compile(r"[A-Za-z0-9]{1,30}")
_RESULTS = {
    "P": (AnswerState.PAID, ""),
    "V": (AnswerState.PAID, ""),  # payé par prélèvement unique
    "R": (AnswerState.REFUSED, "La banque a refusé le paiement."),
    "Z": (AnswerState.REFUSED, "La banque a refusé le prélèvement."),
    "A": (AnswerState.EXPIRED, "Le paiement a été abandonné."),
}


class FunctionalError(Exception):
    """Le service a compris la demande et la refuse : `code` dit pourquoi."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class PayfipGateway:
    """`entry` : `T` essai, `X` activation, `W` production ; `pages` : où sont les pages de paiement."""

    wsdl: str
    pages: str
    client_number: str
    entry: str
    notify_url: str

    @property
    def is_live(self) -> bool:
        return self.entry == PRODUCTION

    def open(self, order: OpenOrder) -> Opened:
        """Une opération déjà ouverte se reprend : le service en donnerait une autre à chaque demande."""
        if order.provider_ref:
            return self._page(order.provider_ref)
        if not _REFERENCE.fullmatch(order.reference):
            raise ValueError(f"référence impossible pour PayFiP : {order.reference}")
        if order.amount_cents < LEAST_CENTS:
            raise ProviderRefusedError("PayFiP ne prend pas de paiement de moins de 1\u00a0€.")
        client = order.payfip_client or self.client_number
        if not client:
            raise ProviderRefusedError("Cette régie n’a pas de numéro de client PayFiP.")
        asked = {
            "exer": str(order.expires_at.year),
            "mel": order.email,
            "montant": str(order.amount_cents),
            "numcli": client,
            "objet": plain(order.label),
            "refdet": order.reference,
            "saisie": self.entry,
            "urlnotif": self.notify_url,
            "urlredirect": order.return_url,
        }
        try:
            operation = str(
                _call(self.wsdl, "creerPaiementSecurise", asked) or ""
            )  # zeep ouvre les réponses à un champ
        except FunctionalError as error:
            raise ProviderRefusedError(str(error)) from error
        if not operation:
            raise ProviderDownError("PayFiP : réponse sans numéro d'opération")
        return self._page(operation)

    def _page(self, operation: str) -> Opened:
        return Opened(operation, f"{self.pages}/paiementws.web?idop={quote(operation)}")

    def ask(self, provider_ref: str) -> Answer:
        try:
            found = _call(self.wsdl, "recupererDetailPaiementSecurise", {"idOp": provider_ref})
        except FunctionalError as error:
            return _without_result(error, is_live=self.is_live)
        if _text(found, "idOp") != provider_ref or _text(found, "resultrans") not in _RESULTS:
            raise ProviderDownError("PayFiP : réponse qui ne répond pas à la question")
        state, failure = _RESULTS[_text(found, "resultrans")]
        return Answer(
            state=state,
            amount_cents=_cents(_text(found, "montant")),
            currency="eur",
            is_live=_text(found, "saisie") == PRODUCTION,
            reference=_text(found, "refdet"),
            failure=failure,
        )

    def refund(self, order: RefundOrder) -> RefundAnswer:
        raise ProviderRefusedError(
            f"PayFiP ne rembourse pas en ligne ({order.provider_ref}) : faites un virement depuis la régie."
        )


def _without_result(error: FunctionalError, *, is_live: bool) -> Answer:
    """Pas encore payé, ou oublié du service ; rien d'autre n'est su."""
    known = {NOT_YET: AnswerState.WAITING, UNKNOWN: AnswerState.EXPIRED}
    if error.code not in known:
        raise ProviderRefusedError(str(error)) from error
    return Answer(known[error.code], 0, "eur", is_live, "")


def plain(label: str) -> str:
    """Cent lettres, chiffres et espaces, sans accent : ce que PayFiP accepte comme objet."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", label) if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^A-Za-z0-9]+", " ", bare).split())[:100]


def _call(wsdl: str, operation: str, asked: dict[str, str]) -> Any:
    try:
        return getattr(_client(wsdl).service, operation)(arg0=asked)
    except zeep.exceptions.Fault as fault:
        raise _understood(fault) from fault
    except (zeep.exceptions.Error, requests.RequestException, ValueError, LookupError, AttributeError) as error:
        # les trois dernières : une enveloppe vide ou illisible, où la bibliothèque se perd
        log.warning("payfip en panne", extra={"kind": type(error).__name__})
        raise ProviderDownError(f"PayFiP : {type(error).__name__}") from error


@lru_cache(maxsize=2)
def _client(wsdl: str) -> zeep.Client:
    """Le contrat se lit une fois ; une nouvelle tentative seulement si la machine n'a pas décroché."""
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=Retry(total=1, connect=1, read=0, status=0, other=0)))
    transport = zeep.Transport(session=session, timeout=CONTRACT_SECONDS, operation_timeout=CALL_SECONDS)
    return zeep.Client(wsdl, transport=transport, settings=zeep.Settings(forbid_dtd=True, forbid_entities=True))


def _understood(fault: zeep.exceptions.Fault) -> Exception:
    """Une erreur fonctionnelle dit non ; toutes les autres disent que le service ne va pas."""
    for detail in fault.detail if etree.iselement(fault.detail) else ():
        if _name(detail) == "FonctionnelleErreur":
            said = {_name(child): (child.text or "").strip() for child in detail}
            sentence = said.get("libelle") or said.get("descriptif") or "sans explication"
            return FunctionalError(said.get("code", ""), f"PayFiP refuse : {sentence}")
    return ProviderDownError(f"PayFiP : {fault.message}")


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(found: Any, name: str) -> str:
    return str(getattr(found, name, None) or "")


def _cents(typed: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", typed):
        raise ProviderDownError("PayFiP : montant illisible")
    return int(typed)
