"""« Planning » : l'agenda des enfants, ses vues, et le lien privé pour s'y abonner."""

from portail.services.planning import feed, showing
from portail.state.base import Audience, action, clock
from portail.state.chooser import ChooserState
from portail.views.planning import FeedView, Planning


class PlanningState(ChooserState):
    planning: Planning = Planning()
    feed: FeedView = FeedView()
    asking_to_revoke: bool = False

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.asking_to_revoke = False
        await self._show("", "")
        self.feed = await self._attempt(feed.show, actor=self._actor()) or FeedView()

    @action(Audience.PARENT)
    async def show_span(self, span: str) -> None:
        """La même période, autrement ; revenir au mois garde le mois du jour montré."""
        await self._show(span, self.planning.day)

    @action(Audience.PARENT)
    async def turn(self, day: str) -> None:
        await self._show(self.planning.span, day)

    @action(Audience.PARENT)
    async def choose_child(self, child_id: int) -> None:
        if await self._choose(child_id):
            await self._show(self.planning.span, self.planning.day)

    @action(Audience.PARENT)
    async def subscribe(self) -> None:
        renewed = self.feed.exists
        made = await self._attempt(feed.subscribe, actor=self._actor(), now=clock.now())
        self.feed, self.asking_to_revoke = made or self.feed, False
        if made:
            self._say("Votre lien est renouvelé : l’ancien ne marche plus." if renewed else "Votre lien est prêt.")

    @action(Audience.PARENT)
    def ask_to_revoke(self, wanted: bool) -> None:
        self.asking_to_revoke = wanted

    @action(Audience.PARENT)
    async def revoke(self) -> None:
        left = await self._attempt(feed.revoke, actor=self._actor(), now=clock.now())
        self.feed, self.asking_to_revoke = left or self.feed, False
        if left:
            self._say("Votre lien est retiré : plus aucun agenda ne le lit.")

    async def _show(self, span: str, day: str) -> None:
        wanted = {"span": span, "day": day, "now": clock.now()}
        self.planning = await self._attempt(showing.show, actor=self._actor(), **wanted) or self.planning
