"""Payer en ligne : le formulaire du porte-monnaie, et le retour de la page de paiement."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import reflex as rx

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.payments import returning, topping_up
from portail.state.base import Audience, PortalState, action, clock
from portail.state.departing import departure
from portail.views.payments import PaymentReturn, TopUpOffer


def kept_in(suite: str) -> str:
    """La référence de la sélection où l'on reviendra ; une adresse qui n'en porte pas n'en dit rien."""
    try:
        return parse_qs(urlsplit(suite).query).get("reprise", [""])[0]
    except ValueError:
        return ""


class TopUpState(PortalState):
    offer: TopUpOffer = TopUpOffer()
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False
    picked: int = 0  # change à chaque montant proposé que l'on choisit : le champ le reprend
    leaving: str = ""  # la page de paiement : le navigateur y part dès qu'elle arrive

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.errors, self.fault, self.busy, self.leaving = {}, "", False, ""
        given = {"kept": kept_in(str(self.router.url.query_parameters.get("suite", ""))), "now": clock.now()}
        found = await self._attempt(topping_up.offer, actor=self._actor(), **given)
        self.offer = found or TopUpOffer()

    @action(Audience.PARENT)
    def suggest(self, amount: str) -> None:
        if amount in {one.value for one in self.offer.suggested}:
            self.offer, self.picked = replace(self.offer, amount=amount), self.picked + 1

    @action(Audience.PARENT)
    async def pay(self, form_data: dict[str, Any]) -> Any:
        self.errors, self.fault, self.busy, self.leaving = {}, "", True, ""
        yield
        given = {"family_id": row_number(str(form_data.get("family", ""))), "form": form_data, "now": clock.now()}
        try:
            way = await self._call(topping_up.start, actor=self._actor(), slow=True, **given)
            self.leaving = departure(way.url)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = bool(self.leaving)  # éteint jusqu'au départ


class PaymentReturnState(PortalState):
    result: PaymentReturn = PaymentReturn()

    @action(Audience.PARENT)
    async def load(self) -> Any:
        self.result = PaymentReturn()
        return await self._look()

    @action(Audience.PARENT)
    async def look_again(self) -> Any:
        """La page le redemande toutes les deux secondes : la réponse vient de la base, jamais du navigateur."""
        return await self._look() if self.result.is_waiting else None

    async def _look(self) -> Any:
        query = self.router.url.query_parameters
        given = {"reference": str(query.get("tentative", "")), "is_given_up": "abandon" in query}
        found = await self._attempt(returning.show, actor=self._actor(), now=clock.now(), **given)
        self.result = found or self.result
        return rx.redirect(self.result.href) if self.result.resumes else None
