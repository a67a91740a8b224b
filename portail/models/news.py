"""Actualités publiées par la mairie."""

from datetime import datetime

from sqlmodel import Field

from portail.models.base import Row, instant


class News(Row, table=True):
    __tablename__ = "news"

    slug: str = Field(max_length=120, unique=True)
    title: str = Field(max_length=160)
    excerpt: str = Field(max_length=300)
    body: str = Field(max_length=10_000)
    published_at: datetime = instant(index=True)
