"""Les actualités : ce qui est publié se lit, ce qui ne l'est pas encore n'existe pas."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from portail.models.database import reading, transaction
from portail.models.news import News
from portail.services.town import news

SECOND = timedelta(seconds=1)


def publish(slug: str, at: datetime, body: str = "Un.\n\nDeux.") -> None:
    with transaction() as db:
        db.add(News(slug=slug, title=slug.capitalize(), excerpt="Extrait", body=body, published_at=at))


def test_newest_comes_first_and_three_are_enough(base: Engine, now: datetime) -> None:
    for days in (9, 1, 5, 3):
        publish(f"il-y-a-{days}", now - timedelta(days=days))
    assert [card.slug for card in news.show_all(now)] == ["il-y-a-1", "il-y-a-3", "il-y-a-5", "il-y-a-9"]
    with reading() as db:
        assert [card.slug for card in news.latest(db, now)] == ["il-y-a-1", "il-y-a-3", "il-y-a-5"]


def test_future_news_is_hidden_until_its_second(base: Engine, now: datetime) -> None:
    publish("demain", now + SECOND)
    assert news.show_all(now) == []
    assert news.read(slug="demain", now=now).status == "missing"
    assert news.read(slug="demain", now=now + SECOND).status == "found"
    assert len(news.show_all(now + SECOND)) == 1


def test_article_is_cut_into_paragraphs(base: Engine, now: datetime) -> None:
    publish("menu", now)
    article = news.read(slug="menu", now=now)
    assert (article.title, article.day, article.paragraphs) == ("Menu", "Vendredi 20 novembre 2026", ["Un.", "Deux."])


@pytest.mark.parametrize(
    "slug", ["", "absent", "MENU", "menu\0", "\ud800", "m%", "x" * 5_000, "' or 1=1 --"], ids=lambda s: ascii(s[:8])
)
def test_unknown_or_hostile_slug_is_missing(base: Engine, now: datetime, slug: str) -> None:
    publish("menu", now)
    assert news.read(slug=slug, now=now).status == "missing"


def test_list_stops_at_sixty(base: Engine, now: datetime) -> None:
    for rank in range(62):
        publish(f"n{rank}", now - timedelta(hours=rank))
    assert len(news.show_all(now)) == 60
