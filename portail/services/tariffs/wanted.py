"""« Quotients manquants ou expirés » : les familles qui viennent, et à qui demander une attestation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.quotients import SOON, Gap, last_of
from portail.domain.tariffs import Quotient
from portail.domain.text import clean_line
from portail.integrations.sheets import CSV, Sheet, as_csv
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.tariffs import FamilyQuotient
from portail.services import audit
from portail.services.searching import PAGE_SIZE, containing, slice_of
from portail.services.tariffs.customers import coming
from portail.services.tariffs.quotients import quotients_of
from portail.views import wording
from portail.views.downloads import Download
from portail.views.tariffs import WantedQuotient, WantedQuotients

COLUMNS = ("Dossier", "Famille", "Quotient", "Dernier quotient", "Valable jusqu’au")
TONES = {Gap.MISSING: "err", Gap.EXPIRED: "err", Gap.EXPIRING: "warn"}


@dataclass(frozen=True)
class Sought:
    """Ce que l'on cherche ; vide : tout."""

    gap: str = ""
    words: str = ""


def show(*, actor: Actor, sought: Sought, page: int, now: datetime) -> WantedQuotients:
    """Trois lectures ; une situation qui n'existe pas montre tout."""
    check_audience(Audience.MONEY, actor)
    today, chosen = paris_day(now), _chosen(sought)
    homes = _homes(today, chosen.words)
    with reading() as db:
        counted: Any = select(homes.c.gap, func.count()).group_by(homes.c.gap)
        counts = {Gap(gap): count for gap, count in db.exec(counted)}
        shown = sum(count for gap, count in counts.items() if chosen.gap in {"", gap})
        here = slice_of(shown, page)
        rows = db.exec(_rows(homes, chosen).offset(here.offset).limit(PAGE_SIZE)).all()
        last = _last(db, [row.id for row in rows])
    return WantedQuotients(
        ready=True,
        rows=[_line(row, last[row.id]) for row in rows],
        gap=chosen.gap,
        words=chosen.words,
        total=_total(counts),
        page=here.page,
        pages=here.pages,
        summary=f"{wording.count(shown, 'famille', 'familles')}, page {here.page} sur {here.pages}",
        export=f"/telechargements/quotients?{urlencode({'etat': chosen.gap, 'mots': chosen.words})}",
    )


def export(actor: Actor, given: Mapping[str, str], now: datetime) -> Download:
    """Toutes les pages de la liste, filtrée comme à l'écran ; inscrit au journal."""
    check_audience(Audience.MONEY, actor)
    today, chosen = paris_day(now), _chosen(Sought(given.get("etat", ""), given.get("mots", "")))
    with reading() as db:
        rows = db.exec(_rows(_homes(today, chosen.words), chosen)).all()
        last = _last(db, [row.id for row in rows])
    lines = [(row.number, row.name, Gap(row.gap).label, *_known(last[row.id])) for row in rows]
    with transaction() as db:
        detail = f"quotients à demander du {today:%d/%m/%Y}"
        audit.record(db, "desk.exported", at=now, actor_id=actor.account_id, detail=detail)
    return Download(f"quotients-{today:%Y-%m-%d}.csv", as_csv(Sheet("Quotients", COLUMNS, lines)), CSV)


def _chosen(sought: Sought) -> Sought:
    words = clean_line(sought.words, label="Recherche", limit=80)
    return Sought(sought.gap if sought.gap in set(Gap) else "", words)


def _homes(today: date, words: str) -> Any:
    """(foyer, numéro, nom, pourquoi le demander) : la règle de `gap_of`, posée à tous les foyers d'un coup."""
    covers = (col(FamilyQuotient.valid_from) <= today) & (col(FamilyQuotient.valid_to) >= today)
    known: Any = (
        select(
            FamilyQuotient.family_id,
            func.max(case((covers, 1), else_=0)).label("covered"),
            func.max(FamilyQuotient.valid_to).label("last_end"),
            func.min(FamilyQuotient.valid_to).label("first_end"),
        )
        .group_by(col(FamilyQuotient.family_id))
        .subquery()
    )
    lasting = (known.c.covered == 1) & (known.c.last_end > today + SOON)
    gap = case(
        (known.c.covered == 1, Gap.EXPIRING.value),
        (known.c.first_end < today, Gap.EXPIRED.value),
        else_=Gap.MISSING.value,
    )
    query: Any = (
        select(Family.id, Family.number, Family.name, gap.label("gap"))
        .join(known, known.c.family_id == col(Family.id), isouter=True)
        .where(col(Family.id).in_(select(coming(today).c.family_id)))
        .where(known.c.family_id.is_(None) | ~lasting)
    )
    for word in words.split():
        query = query.where(containing(Family.name, word) | containing(Family.number, word))
    return query.subquery()


def _rows(homes: Any, sought: Sought) -> Any:
    shown = (homes.c.id, homes.c.number, homes.c.name, homes.c.gap)
    query: Any = select(*shown).order_by(homes.c.name, homes.c.id)
    return query.where(homes.c.gap == sought.gap) if sought.gap else query


def _last(db: Session, family_ids: list[int]) -> dict[int, Quotient | None]:
    return {key: last_of(history) for key, history in quotients_of(db, family_ids).items()}


def _known(last: Quotient | None) -> tuple[int | str, date | str]:
    return (last.value, last.valid_to) if last else ("", "")


def _line(row: Any, last: Quotient | None) -> WantedQuotient:
    gap = Gap(row.gap)
    return WantedQuotient(
        family_id=row.id,
        number=row.number,
        name=row.name,
        standing=gap.label,
        tone=TONES[gap],
        value=str(last.value) if last else "—",
        ends=wording.short_date(last.valid_to) if last else "—",
    )


def _total(counts: dict[Gap, int]) -> str:
    """« 3 manquants, 1 expiré, 2 qui expirent dans les 60 jours »."""
    missing, expired, expiring = (counts.get(gap, 0) for gap in Gap)
    soon = "qui expirent" if expiring > 1 else "qui expire"
    return (
        f"{wording.count(missing, 'manquant', 'manquants')}, {wording.count(expired, 'expiré', 'expirés')}, "
        f"{expiring} {soon} dans les {SOON.days} jours"
    )
