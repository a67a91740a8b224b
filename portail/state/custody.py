"""La garde d'un enfant : le mois, et proposer un changement (parent) ou le régler (agent)."""

from collections.abc import Callable
from typing import Any

from portail.domain.refusals import NotOpenError, RefusalError
from portail.services import custody
from portail.services.custody import ExceptionForm, PatternForm
from portail.state.base import Audience, PortalState, action, clock
from portail.views.custody import CustodyView


def _pattern(form: dict[str, Any]) -> PatternForm:
    names = ("kind", "home", "anchor", "change_day", "holidays", "start", "end")
    return PatternForm(*(form.get(name, "") for name in names))


def _exception(form: dict[str, Any]) -> ExceptionForm:
    return ExceptionForm(form.get("home", ""), form.get("first", ""), form.get("last", ""))


def _number(text: str) -> int:
    """Un numéro de ligne ; zéro, qui n'existe jamais, pour tout autre texte."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else 0  # noqa: PLR2004


class CustodyState(PortalState):
    """Ce que les deux pages ont en commun ; `sent` grandit à chaque envoi réussi, et vide les formulaires."""

    custody: CustodyView = CustodyView()
    pattern_error: str = ""
    pattern_field: str = ""
    exception_error: str = ""
    exception_field: str = ""
    busy: bool = False
    sent: int = 0

    def _child(self) -> int:
        """Le numéro d'enfant de l'adresse ; zéro, qui n'est à personne, pour toute autre adresse."""
        _, _, after = self.router.url.path.partition("/enfants/")
        return _number(after.partition("/")[0])

    def _forget_errors(self) -> None:
        self.pattern_error = self.pattern_field = self.exception_error = self.exception_field = ""

    async def _show(self, service: Callable[..., CustodyView], month: str) -> None:
        shown = await self._attempt(service, actor=self._actor(), child_id=self._child(), month=month, now=clock.now())
        self.custody = shown or (CustodyView() if self.closed else self.custody)

    async def _send(self, service: Callable[..., Any], form: PatternForm | ExceptionForm) -> Any:
        """Rend ce que rend le service ; un refus s'écrit près du champ qu'il nomme."""
        self._forget_errors()
        try:
            found = await self._call(service, actor=self._actor(), child_id=self._child(), form=form, now=clock.now())
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self._write_error(form, refusal)
        else:
            self.sent += 1
            return found
        return None

    def _write_error(self, form: PatternForm | ExceptionForm, refusal: RefusalError) -> None:
        named = getattr(refusal, "field", "")
        if isinstance(form, PatternForm):
            self.pattern_error, self.pattern_field = refusal.full_sentence, named or "start"
        else:
            self.exception_error, self.exception_field = refusal.full_sentence, named or "first"


class FamilyCustodyState(CustodyState):
    """« Garde de Jade », pour un parent."""

    @action(Audience.PARENT)
    async def load(self) -> None:
        self._forget_errors()
        self.custody = CustodyView()
        await self._show(custody.show, "")

    @action(Audience.PARENT)
    async def turn(self, month: str) -> None:
        await self._show(custody.show, month)

    @action(Audience.PARENT)
    async def propose_pattern(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        await self._propose(_pattern(form_data))

    @action(Audience.PARENT)
    async def propose_exception(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        await self._propose(_exception(form_data))

    async def _propose(self, form: PatternForm | ExceptionForm) -> None:
        try:
            if number := await self._send(custody.propose, form):
                self._say(f"Votre proposition {number} est envoyée : le service enfance vous répondra.")
                await self._show(custody.show, self.custody.month)
        finally:
            self.busy = False


class AgentCustodyState(CustodyState):
    """La même page pour un agent, qui règle au lieu de proposer."""

    end_error: str = ""
    ending: int = 0  # le rythme dont la fin est refusée

    @action(Audience.FILES)
    async def load(self) -> None:
        self._forget_errors()
        self.end_error, self.ending, self.custody = "", 0, CustodyView()
        await self._show(custody.show_to_agent, "")

    @action(Audience.FILES)
    async def turn(self, month: str) -> None:
        await self._show(custody.show_to_agent, month)

    @action(Audience.FILES)
    async def settle_pattern(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        await self._set(custody.set_pattern, _pattern(form_data), "Le rythme est réglé.")

    @action(Audience.FILES)
    async def add_exception(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        await self._set(custody.add_exception, _exception(form_data), "L’exception est ajoutée.")

    @action(Audience.FILES)
    async def end_pattern(self, form_data: dict[str, Any]) -> None:
        pattern_id, last_day = _number(form_data.get("pattern_id", "")), form_data.get("last_day", "")
        self.end_error, self.ending = "", 0
        try:
            await self._call(
                custody.end_pattern, actor=self._actor(), pattern_id=pattern_id, last_day=last_day, now=clock.now()
            )
            self._say("Les dates du rythme sont changées.")
        except NotOpenError:
            self._say("Ce rythme n’existe plus.", "err")
        except RefusalError as refusal:
            self.end_error, self.ending = refusal.full_sentence, pattern_id
        await self._show(custody.show_to_agent, self.custody.month)

    @action(Audience.FILES)
    async def remove_exception(self, exception_id: int) -> None:
        try:
            await self._call(custody.remove_exception, actor=self._actor(), exception_id=exception_id, now=clock.now())
            self._say("L’exception est retirée.")
        except NotOpenError:
            self._say("Cette exception n’existe plus.", "err")
        await self._show(custody.show_to_agent, self.custody.month)

    async def _set(self, service: Callable[..., None], form: PatternForm | ExceptionForm, done: str) -> None:
        sent = self.sent
        try:
            await self._send(service, form)
            if self.sent > sent:
                self._say(done)
                await self._show(custody.show_to_agent, self.custody.month)
        finally:
            self.busy = False
