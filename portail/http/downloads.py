"""Les téléchargements : `/telechargements/<id>`, pour la personne dont le cookie ouvre, et pour elle seule."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portail import clock
from portail.domain.accounts import Actor
from portail.domain.refusals import NotOpenError, RefusalError
from portail.http.pages import refusal_page
from portail.services import papers
from portail.services.accounting import tables, titles
from portail.services.accounts import sessions
from portail.services.attachments import downloading
from portail.services.cash_desk import closings, receipts, slips
from portail.services.direct_debits import copies, sending
from portail.services.invoices import downloading as invoices
from portail.services.occupancy import slot_list
from portail.services.papers import paid_year
from portail.services.privacy import export
from portail.services.tariffs import wanted as wanted_quotients
from portail.services.unpaid import by_post
from portail.services.wallet import files
from portail.views.downloads import Download

_NO_STORE = {"cache-control": "no-store"}
_INERT = {"content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}
_WANTED = re.compile(r"([a-z]+(?:-[a-z]+)*)-([1-9][0-9]{0,9})")
_ABOUT_ONE: dict[str, Callable[[Actor, int, datetime], Download]] = {
    "liste-de-seance": slot_list.export,
    "fiche-famille": papers.make_family_sheet,
    "attestation": papers.make_registration,
    "piece": downloading.download,
    "prelevements": sending.download,
    "facture": invoices.download,
    "mandat": copies.make_pdf,
    "arrete": closings.make_pdf,
    "bordereau": slips.make_pdf,
    "recu": receipts.make_pdf,
    "relances": by_post.make_pdf,
}
_OF_ALL: dict[str, Callable[[Actor, Mapping[str, str], datetime], Download]] = {
    "impayes": tables.unpaid,
    "recettes": tables.daily,
    "quotients": wanted_quotients.export,
}
# ceux à qui l'adresse précise ce qui est voulu : `?annee=2025`
_ASKED: dict[str, Callable[[Actor, int, Mapping[str, str], datetime], Download]] = {
    "attestation-fiscale": paid_year.make_tax,
    "attestation-paiement": paid_year.make_payments,
    "encaissements": tables.payments,
    "factures": tables.invoices,
    "lignes": tables.lines,
    "releve": files.make,
    "titres": titles.titles,
}


def _produce(wanted: str, given: Mapping[str, str], actor: Actor, now: datetime) -> Download:
    """Ce que désigne cet identifiant ; un identifiant inconnu répond comme le papier d'un autre."""
    if wanted == "mes-donnees":
        return export.make_export(actor, now)
    if wanted in _OF_ALL:
        return _OF_ALL[wanted](actor, given, now)
    found = _WANTED.fullmatch(wanted)
    asked = _ASKED.get(found[1]) if found else None
    if found and asked:
        return asked(actor, int(found[2]), given, now)
    make = _ABOUT_ONE.get(found[1]) if found else None
    if found is None or make is None:
        raise NotOpenError
    return make(actor, int(found[2]), now)


def disposition(name: str) -> str:
    """Toujours à enregistrer, jamais à montrer ; le nom accentué suit la RFC 5987, un nom simple le double."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", plain).strip(" .") or "document"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _sign_in_for(wanted: str) -> str:
    """Les papiers se retrouvent dans « Mes documents » ; une pièce, dans sa démarche, que l'on ne nomme pas ici."""
    return "/connexion" if wanted.startswith("piece-") else "/connexion?suite=/documents"


async def download(request: Request) -> Response:
    now = clock.now()
    token = sessions.read_cookie(request.headers.get("cookie", ""), "session")
    actor = await run_in_threadpool(sessions.identify, token, now)
    if actor is None:
        return RedirectResponse(_sign_in_for(request.path_params["wanted"]), 303, headers=_NO_STORE)
    if actor.is_confined:
        return RedirectResponse("/compte", 303, headers=_NO_STORE)
    try:
        file = await run_in_threadpool(_produce, request.path_params["wanted"], request.query_params, actor, now)
    except NotOpenError as refusal:
        return refusal_page(404, refusal.sentence)
    except RefusalError as refusal:
        return refusal_page(409, refusal.full_sentence)
    headers = {**_NO_STORE, **_INERT, "content-disposition": disposition(file.name)}
    return Response(file.body, media_type=file.media_type, headers=headers)


routes = [Route("/telechargements/{wanted}", download, methods=["GET"])]
