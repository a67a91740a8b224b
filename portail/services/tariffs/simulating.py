"""« Simulations » : ce que coûterait une activité, par mois et par an, pour un foyer que l'on décrit."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.activity_settings import whole
from portail.domain.forms import Reader
from portail.domain.money import euros
from portail.domain.simulation import MOST_CHILDREN, Asked, Estimate, days_of_year, estimate, first_of_year
from portail.domain.tariff_forms import Side
from portail.domain.tariffs import quotient_on
from portail.domain.town_calendar import DayKind
from portail.models.activities import Activity, Offering
from portail.models.database import reading
from portail.models.families import Family
from portail.services.tariffs import shown
from portail.services.tariffs.homes import chosen_home, homes_of, minors_of, said_payer
from portail.services.tariffs.listing import read_quotient
from portail.services.tariffs.quotients import is_resident, quotients_of
from portail.services.tariffs.reading import load
from portail.services.town import calendar as town_calendar
from portail.views import wording
from portail.views.requests import Choice
from portail.views.tariffs import Explained, MonthBar, Simulated, SimulationForm

WEEK = 7
NO_PRICE = "Le prix de « {label} » n’est pas encore fixé : rien à estimer. Le service enfance peut vous renseigner."


@dataclass(frozen=True)
class Sold:
    """Une séance type, une fois même quand plusieurs écoles la vendent au même prix."""

    offering_id: int
    tariff_id: int
    label: str
    kinds: tuple[DayKind, ...]
    weekdays: tuple[int, ...]


def form(*, actor: Actor | None, now: datetime, family_id: int = 0) -> SimulationForm:
    """Les choix possibles ; un parent trouve son quotient, sa commune et ses enfants mineurs."""
    today = now.astimezone(wording.PARIS).date()
    with reading() as db:
        sold = _sold(db)
        choices = [Choice(str(one.offering_id), one.label) for one in sold]
        blank = SimulationForm(ready=True, activities=choices, activity=choices[0].value if choices else "")
        homes = homes_of(db, actor)
        chosen = chosen_home(homes, family_id)
        return _filled(db, blank, chosen, homes, today) if chosen else blank


def _filled(db: Session, blank: SimulationForm, family: Family, homes: list[Family], today: date) -> SimulationForm:
    quotient = quotient_on(quotients_of(db, [family.key])[family.key], today)
    return replace(
        blank,
        is_family=True,
        family_id=family.key,
        homes=[Choice(str(one.key), one.name) for one in homes],
        quotient="" if quotient is None else str(quotient),
        residence=Side.INSIDE.value if is_resident(family) else Side.OUTSIDE.value,
        children=str(min(max(minors_of(db, family, today), 1), MOST_CHILDREN)),
    )


def simulate(*, form: dict[str, Any], now: datetime) -> Simulated:
    """Ouvert à tous : rien de ce qui est tapé n'est gardé."""
    reader = Reader(form)
    quotient = reader.take("quotient", None, read_quotient)
    children = whole(reader, "children", "Nombre d’enfants", (1, MOST_CHILDREN))
    days = whole(reader, "days", "Jours par semaine", (1, WEEK))
    residence = reader.choice("residence", lambda value: value in set(Side), "Choisissez dans la liste.")
    wanted = reader.number("activity")
    today = now.astimezone(wording.PARIS).date()
    with reading() as db:
        chosen = next((one for one in _sold(db) if one.offering_id == wanted), None)
        if chosen is None:
            reader.errors.setdefault("activity", "Choisissez une activité.")
        reader.check()
        grids = load(db, [chosen.tariff_id])[chosen.tariff_id] if chosen else ()
        calendar = town_calendar.calendar_for(db)
    if chosen is None or not grids:
        return Simulated(problem=NO_PRICE.format(label=chosen.label if chosen else ""))
    asked = Asked(quotient, residence == Side.INSIDE, children, days)
    opened = days_of_year(calendar, chosen.kinds, chosen.weekdays, first_of_year(today), days)
    return _shown(chosen, asked, estimate(grids, opened, today, asked), today)


def _sold(db: Session) -> list[Sold]:
    query = (
        select(Activity, Offering)
        .join(Offering, col(Offering.activity_id) == col(Activity.id))
        .where(col(Activity.closed_at).is_(None), col(Offering.closed_at).is_(None))
        .order_by(col(Activity.position), col(Activity.id), col(Offering.position), col(Offering.id))
    )
    found: dict[tuple[str, str, int], Sold] = {}
    for activity, offering in db.exec(query):
        shape = offering.name.partition(" · ")[0]
        key = (activity.name, shape, offering.tariff_id)
        if key not in found:
            kinds = tuple(DayKind(kind) for kind in activity.day_kinds)
            label = f"{activity.name} : {shape.lower()}"
            found[key] = Sold(offering.key, offering.tariff_id, label, kinds, tuple(offering.weekdays))
    return list(found.values())


def _shown(chosen: Sold, asked: Asked, found: Estimate, today: date) -> Simulated:
    highest = max((one.cents for one in found.months), default=0) or 1
    first = first_of_year(today)
    return Simulated(
        ready=True,
        title=chosen.label,
        month=euros(found.month_cents),
        year=euros(found.year_cents),
        detail=_detail(asked, found, f"{first.year}-{first.year + 1}"),
        bars=[
            MonthBar(
                month=wording.capitalised(wording.month(one.month)),
                days=str(one.days),
                amount=euros(one.cents),
                width=f"{100 * one.cents // highest}%",
            )
            for one in found.months
        ],
        prices=_prices(asked, found),
    )


def _detail(asked: Asked, found: Estimate, year: str) -> str:
    children = wording.count(asked.children, "enfant", "enfants")
    days = wording.count(found.days, "jour d’ouverture retenu", "jours d’ouverture retenus")
    per_week = wording.count(asked.days_per_week, "jour", "jours")
    payer = wording.capitalised(said_payer(asked.quotient, is_resident=asked.is_resident))
    return f"{payer}. {children.capitalize()}, {per_week} par semaine au plus, {days} pour l’année scolaire {year}."


def _prices(asked: Asked, found: Estimate) -> list[Explained]:
    """Le prix d'une séance, un par rang ; un seul si tous paient pareil."""
    if len({one.cents for one in found.prices}) == 1:
        return [shown.explained("Chaque enfant" if asked.children > 1 else "Votre enfant", found.prices[0])]
    return [
        shown.explained("1er enfant" if rank == 1 else f"{rank}e enfant", one)
        for rank, one in enumerate(found.prices, start=1)
    ]
