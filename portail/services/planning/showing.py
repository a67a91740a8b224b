"""« Planning » : les séances de tous les enfants, par mois, par semaine ou en liste."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from portail.domain.accounts import Actor
from portail.domain.dates import paris_day, said_date, said_hour
from portail.domain.planning import Span, Window, window
from portail.models.database import reading
from portail.services.families.chosen import chooser_of
from portail.services.planning.entries import Awaited, Booked, Wanted, bookings, waits
from portail.views import wording
from portail.views.planning import Planning, PlanningDay, PlanningLine


def show(*, actor: Actor, span: str, day: str, now: datetime) -> Planning:
    """Quatre lectures, quels que soient les enfants et les jours."""
    today = paris_day(now)
    shown = window(span, day, today)
    with reading() as db:
        chooser = chooser_of(db, actor)
        wanted = Wanted(shown.first, shown.last, chooser.chosen)
        found: list[Booked | Awaited] = [*bookings(db, actor.account_id, wanted)]
        found += waits(db, actor.account_id, wanted)
    colors = {child.id: child.color for child in chooser.children}
    lines = _by_day(found, colors)
    days = [_day(one, shown, today, lines.get(one, [])) for one in shown.days]
    inside = sum(len(one.lines) for one in days if not one.is_outside)
    return Planning(
        ready=True,
        span=shown.span,
        day=shown.anchor.isoformat(),
        label=_label(shown),
        previous=shown.previous.isoformat(),
        next=shown.next.isoformat(),
        today=today.isoformat(),
        summary=wording.count(inside, "séance", "séances"),
        days=[one for one in days if one.lines] if shown.span is Span.LIST else days,
        is_empty=not any(one.lines for one in days),
    )


def _by_day(found: Iterable[Booked | Awaited], colors: dict[int, str]) -> dict[date, list[PlanningLine]]:
    lines: dict[date, list[PlanningLine]] = defaultdict(list)
    for one in sorted(found, key=lambda one: (one.slot.day, one.offering.starts_at, one.child.key, one.slot.key)):
        lines[one.slot.day].append(_line(one, colors.get(one.child.key, "")))
    return lines


def _line(one: Booked | Awaited, color: str) -> PlanningLine:
    return PlanningLine(
        child=one.child.first_name,
        color=color,
        title=one.activity.title,
        part=one.offering.name,
        hours=f"{said_hour(one.offering.starts_at)} – {said_hour(one.offering.ends_at)}",
        status=one.mark.status,
        word=one.mark.label,
        href=f"/reservations/{one.activity.key}",
    )


def _day(day: date, shown: Window, today: date, lines: list[PlanningLine]) -> PlanningDay:
    return PlanningDay(
        date=day.isoformat(),
        number=str(day.day),
        label=wording.day_without_year(day),
        is_today=day == today,
        is_outside=shown.span is Span.MONTH and day.month != shown.anchor.month,
        lines=lines,
    )


def _label(shown: Window) -> str:
    if shown.span is Span.MONTH:
        return wording.capitalised(wording.month(shown.anchor))
    if shown.span is Span.WEEK:
        return f"Semaine du {said_date(shown.first)} au {wording.long_date(shown.last)}"
    return f"Du {said_date(shown.first)} au {wording.long_date(shown.last)}"
