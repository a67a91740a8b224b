"""Une activité ouverte par la direction : réglages, séances types, règles, dates, et ce qu'un parent verra."""

from collections.abc import Callable
from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.rule_forms import ADD, CANCEL, LATE
from portail.domain.text import row_number
from portail.services.activities import desk, exceptions, offerings, opening, preview, rules, shown
from portail.services.activities.editing import Edit
from portail.state.base import Audience, PortalState, action, clock
from portail.views import wording
from portail.views.activity_desk import ActivityFile, Preview

TABS = ("offerings", "rules", "days", "preview", "settings")
SHAPED = tuple(f"{prefix}{end}" for prefix in (ADD, LATE, CANCEL) for end in ("", "-else"))
GESTURES = ("capacity", "close", "reopen")


class ActivityFileState(PortalState):
    file: ActivityFile = ActivityFile()
    tab: str = TABS[0]
    editing: str = ""  # « offering-12 », « rule-3 » ; un zéro : à ajouter
    typed: dict[str, str] = {}  # la règle ouverte, telle qu'elle est tapée
    shapes: dict[str, str] = {}  # la forme de chaque date limite de la règle ouverte
    reviewed: list[str] = []  # la règle en toutes lettres, avant de l'enregistrer
    gesture: str = GESTURES[0]
    seen: Preview = Preview()
    errors: dict[str, str] = {}
    fault: str = ""

    @action(Audience.TOWN)
    async def load(self) -> None:
        self.tab, self.gesture, self.seen = TABS[0], GESTURES[0], Preview()
        self._shut()
        await self._refresh(self._number())

    @action(Audience.TOWN)
    async def turn(self, tab: str) -> None:
        self._shut()
        self.tab = tab if tab in TABS else TABS[0]
        if self.tab == "preview":
            await self._preview({})

    @action(Audience.TOWN)
    def edit(self, what: str) -> None:
        """Ouvre un formulaire ; une règle apporte ses valeurs."""
        self._shut()
        self.editing = what
        rules_shown = {f"rule-{one.id}": one for one in (self.file.new_rule, *self.file.rules)}
        if what in rules_shown:
            self.typed = rules_shown[what].known
            self.shapes = {one: self.typed.get(f"{one}-kind", "") for one in SHAPED}

    @action(Audience.TOWN)
    def reshape(self, which: str, kind: str) -> None:
        if which in SHAPED:
            self.shapes = self.shapes | {which: kind}

    @action(Audience.TOWN)
    async def save_settings(self, form_data: dict[str, Any]) -> None:
        await self._do("Les réglages sont enregistrés.", desk.change, edit=self._edit(), form=form_data)

    @action(Audience.TOWN)
    async def open_activity(self, opened: bool) -> None:
        done = "L’activité est rouverte." if opened else "L’activité est fermée : elle ne se propose plus."
        await self._do(done, desk.set_open, activity_id=self.file.id, opened=opened)

    @action(Audience.TOWN)
    async def save_offering(self, form_data: dict[str, Any]) -> None:
        offering = row_number(self.editing.removeprefix("offering-"))
        given = {"edit": self._edit(), "offering_id": offering, "form": form_data}
        await self._do("La séance type est enregistrée.", offerings.save, **given)

    @action(Audience.TOWN)
    async def open_offering(self, offering_id: int, opened: bool) -> None:
        done = "La séance type se propose de nouveau." if opened else "La séance type ne se propose plus."
        given = {"edit": self._edit(), "offering_id": offering_id, "opened": opened}
        await self._do(done, offerings.set_open, **given)

    @action(Audience.TOWN)
    async def review_rule(self, form_data: dict[str, Any]) -> None:
        """Relire avant d'enregistrer : les phrases remplacent le formulaire, qui garde ce qui est tapé."""
        self.errors, self.fault, self.typed = {}, "", {name: str(value) for name, value in form_data.items()}
        try:
            self.reviewed = await self._call(rules.review, actor=self._actor(), form=self.typed)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence

    @action(Audience.TOWN)
    def correct_rule(self) -> None:
        self.reviewed = []

    @action(Audience.TOWN)
    async def save_rule(self) -> None:
        rule = row_number(self.editing.removeprefix("rule-"))
        given = {"edit": self._edit(), "rule_id": rule, "form": self.typed}
        await self._do("La règle est enregistrée.", rules.save, **given)

    @action(Audience.TOWN)
    async def remove_rule(self, rule_id: int) -> None:
        await self._do("La règle est retirée.", rules.remove, edit=self._edit(), rule_id=rule_id)

    @action(Audience.TOWN)
    async def open_days(self, form_data: dict[str, Any]) -> None:
        self.editing = "open-days"
        await self._count("ouverte", opening.open_days, form_data)

    @action(Audience.TOWN)
    def choose_gesture(self, gesture: str) -> None:
        self.gesture = gesture if gesture in GESTURES else GESTURES[0]

    @action(Audience.TOWN)
    async def except_days(self, form_data: dict[str, Any]) -> None:
        services: dict[str, tuple[str, Callable[..., int]]] = {
            "capacity": ("changée", exceptions.set_capacity),
            "close": ("fermée", exceptions.close),
            "reopen": ("rouverte", exceptions.reopen),
        }
        self.editing = "except-days"
        await self._count(*services[self.gesture], form_data)

    @action(Audience.TOWN)
    async def preview(self, form_data: dict[str, Any]) -> None:
        await self._preview(form_data)

    async def _preview(self, form: dict[str, Any]) -> None:
        given = {"actor": self._actor(), "activity_id": self.file.id, "form": form, "now": clock.now()}
        self.errors, self.fault = {}, ""
        try:
            self.seen = await self._call(preview.show, **given)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True

    async def _count(self, verb: str, service: Callable[..., int], form: dict[str, Any]) -> None:
        made = await self._do("", service, activity_id=self.file.id, form=form)
        if isinstance(made, int):
            said = wording.count(made, f"séance {verb}", f"séances {verb}s")
            self._say(f"{said}." if made else "Rien à ouvrir : ces séances existent déjà, ou ces jours sont fermés.")

    async def _do(self, done: str, service: Callable[..., Any], **what: Any) -> Any:
        """Un refus reste dans le formulaire ouvert, avec ce qui est tapé ; le reste de la page se relit."""
        self.errors, self.fault, result = {}, "", None
        try:
            result = await self._call(service, actor=self._actor(), now=clock.now(), **what)
        except FormRefusedError as refusal:
            self.errors, self.fault, self.reviewed = refusal.fields, refusal.full_sentence, []
        except NotOpenError:
            self._shut()
            self._say("Cet élément n’existe plus.", "err")
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        else:
            self._shut()
            self._say(done)
        await self._refresh(self.file.id)
        return result

    def _edit(self) -> Edit:
        return Edit(self.file.id, self.file.stamp)

    async def _refresh(self, activity_id: int) -> None:
        found = await self._attempt(shown.show, actor=self._actor(), activity_id=activity_id, now=clock.now())
        self.file = found or ActivityFile()

    def _shut(self) -> None:
        self.editing, self.typed, self.shapes, self.reviewed = "", {}, {}, []
        self.errors, self.fault = {}, ""
