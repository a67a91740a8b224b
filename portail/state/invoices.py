"""« Mes factures » : la liste, une facture, l'historique du compte, et payer en trois étapes."""

from typing import Any

from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.invoices import history, mine, paying
from portail.services.invoices.paying import Order
from portail.state.base import Audience, PortalState, action, clock
from portail.state.departing import departure
from portail.views.invoices import AccountHistory, InvoiceFile, InvoiceList, PaymentPlan

CHOSEN = "facture-"


class InvoicesState(PortalState):
    listing: InvoiceList = InvoiceList()
    file: InvoiceFile = InvoiceFile()
    account: AccountHistory = AccountHistory()

    @action(Audience.PARENT)
    async def load_list(self) -> None:
        found = await self._attempt(mine.show_all, actor=self._actor(), now=clock.now())
        self.listing = found or InvoiceList(ready=True)

    @action(Audience.PARENT)
    async def load_one(self) -> None:
        """Par son identifiant, ou par le numéro légal écrit dans l'adresse."""
        self.file = InvoiceFile()
        key, reference = self._number(), self.router.url.path.rstrip("/").rpartition("/")[2]
        if not key:
            key = await self._attempt(mine.number_of, actor=self._actor(), reference=reference) or 0
        if key:
            found = await self._attempt(mine.show, actor=self._actor(), invoice_id=key, now=clock.now())
            self.file = found or self.file

    @action(Audience.PARENT)
    async def load_history(self) -> None:
        await self._history(0, 1)

    @action(Audience.PARENT)
    async def choose_family(self, family_id: str) -> None:
        await self._history(row_number(family_id), 1)

    @action(Audience.PARENT)
    async def turn_history(self, page: int) -> None:
        await self._history(self.account.family_id, page)

    async def _history(self, family_id: int, page: int) -> None:
        found = await self._attempt(history.show, actor=self._actor(), family_id=family_id, page=page)
        self.account = found or self.account


class BillPaymentState(PortalState):
    """Étape 1 Mes factures, étape 2 Mon récapitulatif, étape 3 Mon paiement."""

    listing: InvoiceList = InvoiceList()
    plan: PaymentPlan = PaymentPlan()
    wanted: int = 0  # la facture d'où l'on vient, cochée d'avance
    step: int = 1
    moved: bool = False
    fault: str = ""
    busy: bool = False
    done: str = ""
    leaving: str = ""  # la page de paiement : le navigateur y part dès qu'elle arrive

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.plan, self.step, self.moved = PaymentPlan(), 1, False
        self.fault, self.busy, self.done, self.leaving = "", False, "", ""
        self.wanted = row_number(str(self.router.url.query_parameters.get("facture", "")))
        found = await self._attempt(mine.show_all, actor=self._actor(), now=clock.now())
        self.listing = found or InvoiceList(ready=True)

    @action(Audience.PARENT)
    async def review(self, form_data: dict[str, Any]) -> None:
        """Les cases cochées deviennent un récapitulatif ; le total vient de la base."""
        keys = [name.removeprefix(CHOSEN) for name, value in form_data.items() if name.startswith(CHOSEN) and value]
        if not keys:
            self.fault = "Cochez au moins une facture."
            return
        self.step, self.moved = 2 if await self._plan(",".join(keys)) else 1, True

    @action(Audience.PARENT)
    def go_on(self) -> None:
        if self.plan.ready:
            self.step, self.moved, self.fault = 3, True, ""

    @action(Audience.PARENT)
    def go_back(self) -> None:
        self.step, self.moved, self.fault = max(1, self.step - 1), True, ""

    @action(Audience.PARENT)
    async def pay(self, form_data: dict[str, Any]) -> Any:
        self.fault, self.busy, self.leaving = "", True, ""
        yield
        order = Order(self.plan.choices, self.plan.total_cents, self.plan.token)
        try:
            await self._pay(order, str(form_data.get("means", "")))
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = bool(self.leaving)  # éteint jusqu'au départ

    async def _pay(self, order: Order, means: str) -> None:
        if not means:
            raise RefusalError("Choisissez comment payer.")
        given = {"actor": self._actor(), "order": order, "now": clock.now()}
        if means == "wallet":
            self.done = await self._call(paying.pay_from_wallet, **given)
        else:
            way = await self._call(paying.pay_online, slow=True, provider=means, **given)
            self.leaving = departure(way.url)

    async def _plan(self, choices: str) -> bool:
        self.fault, self.plan = "", PaymentPlan()
        try:
            self.plan = await self._call(paying.plan, actor=self._actor(), choices=choices, now=clock.now())
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        return self.plan.ready
