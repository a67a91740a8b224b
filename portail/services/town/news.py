"""Les actualités que tout le monde peut lire."""

from datetime import datetime

from sqlmodel import Session, col, select

from portail.models.database import reading
from portail.models.news import News
from portail.views import wording
from portail.views.home import NewsCard
from portail.views.news import Article

TONES = ("sky", "leaf", "rose")


def latest(db: Session, now: datetime, limit: int = 3) -> list[NewsCard]:
    query = select(News).where(col(News.published_at) <= now).order_by(col(News.published_at).desc()).limit(limit)
    return [_card(row, TONES[position % len(TONES)]) for position, row in enumerate(db.exec(query))]


def show_all(now: datetime) -> list[NewsCard]:
    with reading() as db:
        return latest(db, now, limit=60)


def read(*, slug: str, now: datetime) -> Article:
    if not slug.isprintable():  # un octet nul fait échouer PostgreSQL
        return Article(status="missing")
    with reading() as db:
        row = db.exec(select(News).where(News.slug == slug, col(News.published_at) <= now)).first()
    if row is None:
        return Article(status="missing")
    day = wording.full_day(row.published_at.astimezone(wording.PARIS).date())
    return Article("found", row.title, wording.capitalised(day), row.body.split("\n\n"))


def _card(row: News, tone: str) -> NewsCard:
    day = row.published_at.astimezone(wording.PARIS).date()
    return NewsCard(row.slug, wording.badge_day(day), row.title, row.excerpt, tone)
