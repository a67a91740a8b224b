"""Les journées arrêtées : la liste, page par page, et l'arrêté en PDF à joindre à la comptabilité."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.money import euros, signed_euros
from portail.domain.papers import file_name
from portail.domain.payments import AT_THE_DESK, Means
from portail.domain.refusals import NotOpenError
from portail.integrations.pdf import compile_pdf
from portail.models.accounts import Account
from portail.models.base import is_key
from portail.models.database import reading
from portail.models.payments import DayClosing
from portail.models.regies import Regie
from portail.services.cash_desk import closing
from portail.services.papers import FOLDER, content
from portail.services.searching import PAGE_SIZE, slice_of
from portail.views import wording
from portail.views.cash_desk import ClosingLine, ClosingList
from portail.views.downloads import Download

TEMPLATE = FOLDER / "closing.typ"
_Author, _Reopener = aliased(Account), aliased(Account)
Found = tuple[DayClosing, Account | None, Account | None]


def show(*, actor: Actor, regie_id: int, page: int) -> ClosingList:
    """Trois lectures : combien, lesquels, et le dernier en vigueur, le seul qui se rouvre."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        total = db.exec(select(func.count()).where(DayClosing.regie_id == regie_id)).one() if is_key(regie_id) else 0
        here = slice_of(total, page)
        if not total:
            return ClosingList(ready=True)
        query = _rows(DayClosing.regie_id == regie_id).order_by(col(DayClosing.day).desc(), col(DayClosing.id).desc())
        found = list(db.exec(query.offset(here.offset).limit(PAGE_SIZE)))
        last = closing.last_of(db, regie_id)
    rows = [_line(one, last_id=last.key if last else 0) for one in found]
    summary = f"{wording.count(total, 'journée', 'journées')}, page {here.page} sur {here.pages}"
    return ClosingList(True, rows, here.page, here.pages, summary)


def _rows(*conditions: Any) -> Any:
    return (
        select(DayClosing, _Author, _Reopener)
        .join(_Author, col(_Author.id) == col(DayClosing.author_id), isouter=True)
        .join(_Reopener, col(_Reopener.id) == col(DayClosing.reopened_by_id), isouter=True)
        .where(*conditions)
    )


def _line(found: Found, *, last_id: int) -> ClosingLine:
    one, author, _ = found
    parts = [(means, one.totals.get(means, 0)) for means in Means if one.totals.get(means)]
    expected, gap = _cash(one)
    return ClosingLine(
        id=one.key,
        day=wording.short_date(one.day),
        detail=", ".join(f"{means.label} {euros(cents)}" for means, cents in parts) or "rien",
        total=euros(sum(one.totals.values())),
        expected=euros(expected),
        counted=euros(one.counted_cents),
        gap=signed_euros(gap) if gap else "Aucun",
        tone="warn" if gap else "ok",
        note=one.note,
        who=author.full_name if author else "",
        href=f"/telechargements/arrete-{one.key}",
        reopened=_reopened(found),
        can_reopen=one.key == last_id,
    )


def _cash(one: DayClosing) -> tuple[int, int]:
    expected = one.totals.get(Means.CASH, 0)
    return expected, one.counted_cents - expected


def _reopened(found: Found) -> str:
    one, _, reopener = found
    if one.reopened_at is None:
        return ""
    by = f" par {reopener.full_name}" if reopener else ""
    return f"Rouvert le {wording.instant(one.reopened_at)}{by} : {one.reopened_why}"


def make_pdf(actor: Actor, closing_id: int, _now: datetime) -> Download:
    """L'arrêté tel qu'il a été signé ; rouvert, il le dit."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        found = db.exec(_rows(DayClosing.id == closing_id)).first() if is_key(closing_id) else None
        if found is None:
            raise NotOpenError
        regie = db.get_one(Regie, found[0].regie_id)
    one = found[0]
    name = file_name("arrete", f"{regie.code} {one.day:%Y-%m-%d}")
    return Download(name, compile_pdf(TEMPLATE, _content(found, regie), one.at, content.emblem()))


def _content(found: Found, regie: Regie) -> dict[str, object]:
    one, author, _ = found
    expected, gap = _cash(one)
    lines = [
        ["Régie", regie.name],
        ["Journée", wording.capitalised(wording.full_day(one.day))],
        ["Arrêtée le", wording.instant(one.at)],
        ["Par", author.full_name if author else "—"],
        ["Espèces attendues", euros(expected)],
        ["Espèces comptées", euros(one.counted_cents)],
        ["Écart", signed_euros(gap) if gap else "Aucun"],
        ["Observation", one.note or "—"],
    ]
    if said := _reopened(found):
        lines.append(["Rouverture", said])
    return {
        "town": content.town_content(),
        "title": f"Arrêté de caisse du {wording.short_date(one.day)}",
        "description": f"Ce que la {regie.name} a reçu à son guichet le {wording.long_date(one.day)}.",
        "lines": lines,
        "rows": [[means.label, euros(one.totals.get(means, 0))] for means in Means if means in AT_THE_DESK],
        "total": euros(sum(one.totals.values())),
    }
