"""Les envois de fichiers : `/envois/<porte>/<numéro>`. Qui, d'où, combien : tout se vérifie avant le premier octet."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from portail import clock
from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError, SignedOutError, TooManyAttemptsError
from portail.domain.text import row_number
from portail.domain.throttling import Scope
from portail.domain.uploads import MEGABYTE, FilesRefusedError, TooManyUploadsError
from portail.http.multipart import Form, FormReader
from portail.http.pages import refusal_page
from portail.http.session import is_same_origin
from portail.services.absences import declaring
from portail.services.accounts import sessions, throttling
from portail.services.health import pai
from portail.services.requests import desk, mine
from portail.services.requests.desk import Decision
from portail.services.tariffs import declaring as quotients

_WORKERS = ThreadPoolExecutor(4, thread_name_prefix="envoi")  # les fils des autres routes ne les attendent pas
AT_ONCE = 2  # par compte ; un second envoi suit parfois un premier que le réseau a perdu
MOST_HELD = 256 * MEGABYTE  # octets en mémoire, tous comptes confondus
SILENCE_SECONDS = 30
STATUSES: dict[type[RefusalError], int] = {SignedOutError: 401, NotOpenError: 404, TooManyUploadsError: 429}


class BusyError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Un autre envoi est en cours.", "Attendez qu’il se termine, puis réessayez.")


STATUSES[BusyError] = 429


@dataclass(frozen=True)
class Door:
    """Une façon d'envoyer : à qui elle est ouverte, qui la garde, ce qu'elle fait, où l'on revient."""

    audience: Audience
    check: Callable[[Actor, int], None]
    send: Callable[[Actor, int, Form, datetime], None]
    back: str


def _answer(actor: Actor, number: int, form: Form, now: datetime) -> None:
    mine.answer(actor=actor, request_id=number, text=form.fields.get("text", ""), files=form.files, now=now)


def _decide(actor: Actor, number: int, form: Form, now: datetime) -> None:
    """Le geste de l'agent, sur la version qu'il a sous les yeux."""
    gesture = desk.GESTURES.get(form.fields.get("gesture", ""))
    if gesture is None:
        raise BadInputError
    version = row_number(form.fields.get("version", ""))
    made = Decision(number, version, form.fields.get("text", ""), form.files, form.fields)
    gesture(actor=actor, made=made, now=now)


def _join(actor: Actor, number: int, form: Form, now: datetime) -> None:
    pai.add(actor=actor, child_id=number, files=form.files, now=now)


def _declare(actor: Actor, number: int, form: Form, now: datetime) -> None:
    """L'absence d'un enfant ; le numéro est le sien."""
    declaring.declare(actor=actor, child_id=number, form=form.fields, files=form.files, now=now)


def _attest(actor: Actor, number: int, form: Form, now: datetime) -> None:
    """L'attestation de quotient d'un foyer ; le numéro est le sien."""
    quotients.declare(actor=actor, family_id=number, form=form.fields, files=form.files, now=now)


DOORS = {
    "demarche": Door(Audience.PARENT, mine.check_may_send, _answer, "/demarches/{}"),
    "absence": Door(Audience.PARENT, declaring.check_may_declare, _declare, "/absences"),
    "decision": Door(Audience.FILES, desk.check_may_act, _decide, "/admin/demarches/{}"),
    "quotient": Door(Audience.PARENT, quotients.check_may_declare, _attest, "/tarifs"),
    "pai": Door(Audience.PARENT, pai.check_may_add, _join, "/dossier/enfants/{}/sante"),
}


@dataclass
class Stay:
    """Un envoi en cours, et ce qu'il occupe jusqu'à sa fin."""

    held: int = 0


class Room:
    """Ce qui est en train d'arriver : par compte, et en mémoire pour tous."""

    def __init__(self) -> None:
        self.sending: Counter[int] = Counter()
        self.held = 0

    @contextmanager
    def place(self, account_id: int) -> Iterator[Stay]:
        if self.sending[account_id] >= AT_ONCE:
            raise BusyError
        self.sending[account_id] += 1
        stay = Stay()
        try:
            yield stay
        finally:
            self.held -= stay.held
            self.sending[account_id] -= 1
            if not self.sending[account_id]:
                del self.sending[account_id]

    async def read(self, request: Request, stay: Stay) -> Form:
        """Au fil de l'eau ; qui se tait trop longtemps est raccroché."""
        reader, stream = FormReader(request.headers.get("content-type", "")), request.stream()
        while True:
            async with asyncio.timeout(SILENCE_SECONDS):
                chunk = await anext(stream, None)
            if chunk is None:
                return reader.form()
            reader.feed(chunk)
            self.held += reader.held - stay.held
            stay.held = reader.held
            if self.held > MOST_HELD:
                raise BusyError


ROOM = Room()


async def receive(request: Request) -> Response:
    door, number = DOORS.get(request.path_params["door"]), row_number(request.path_params["number"])
    try:
        if door is None:
            raise NotOpenError
        if not is_same_origin(request):
            return _refused(request, 403, RefusalError("Cette demande vient d’un autre site."))
        await _receive(request, door, number)
    except RefusalError as refusal:
        return _refused(request, STATUSES.get(type(refusal), 422), refusal)
    except (ClientDisconnect, TimeoutError):  # coupé en route : rien n'est gardé, personne n'écoute
        return Response(status_code=400)
    if _wants_json(request):
        return JSONResponse({}, headers={"cache-control": "no-store"})
    return RedirectResponse(door.back.format(number), 303, headers={"cache-control": "no-store"})


async def _receive(request: Request, door: Door, number: int) -> None:
    now = clock.now()
    token = sessions.read_cookie(request.headers.get("cookie", ""), "session")
    actor = await run_in_threadpool(sessions.identify, token, now)
    check_audience(door.audience, actor)
    if actor is None or actor.is_confined:
        raise RefusalError("Votre compte attend un geste de votre part.", "Ouvrez « Mon compte », puis revenez.")
    await run_in_threadpool(door.check, actor, number)
    key = (Scope.UPLOAD, str(actor.account_id))
    try:
        await run_in_threadpool(throttling.check_may_try, [key], now)
        with ROOM.place(actor.account_id) as stay:
            form = await ROOM.read(request, stay)
            if form.files:
                await run_in_threadpool(throttling.reserve, key, now)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(_WORKERS, door.send, actor, number, form, clock.now())
    except TooManyAttemptsError as braked:
        raise TooManyUploadsError(braked.seconds) from None


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _refused(request: Request, status: int, refusal: RefusalError) -> Response:
    """Pour la page, ce qui va à côté de chaque champ ; pour un envoi sans elle, une page entière."""
    if not _wants_json(request):
        return refusal_page(status, refusal.full_sentence)
    files = "\n".join(refusal.sentences) if isinstance(refusal, FilesRefusedError) else ""
    said = {"text": "" if files else refusal.full_sentence, "files": files}
    return JSONResponse(said, status, headers={"cache-control": "no-store"})


routes = [Route("/envois/{door}/{number}", receive, methods=["POST"])]
