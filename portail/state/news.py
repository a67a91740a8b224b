"""Les actualités, ouvertes à tous."""

from portail.services.town import news
from portail.state.base import Audience, PortalState, action, clock
from portail.views.home import NewsCard
from portail.views.news import Article


class NewsState(PortalState):
    cards: list[NewsCard] = []
    article: Article = Article()
    ready: bool = False

    @action(Audience.PUBLIC, when_confined=True)
    async def load_list(self) -> None:
        self.cards = await self._attempt(news.show_all, clock.now()) or []
        self.ready = True

    @action(Audience.PUBLIC, when_confined=True)
    async def load_article(self) -> None:
        slug = self.router.url.path.rstrip("/").rpartition("/")[2]
        self.article = await self._attempt(news.read, slug=slug, now=clock.now()) or Article("missing")
