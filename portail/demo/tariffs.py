"""Ce que la ville de démonstration vend, selon toutes les méthodes, et le quotient de chaque foyer."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random

from sqlmodel import Session, col, select

from portail.demo.season import Season
from portail.domain.adjustments import Adjustment, SiblingDiscount, Surcharge
from portail.domain.dates import months_away
from portail.domain.school_calendar import ONE_DAY
from portail.domain.tariffs import Bracket, Grid, QuotientSource, TariffMethod
from portail.models.accounts import Account
from portail.models.families import Family, Guardian
from portail.models.tariffs import FamilyQuotient, Tariff
from portail.services.tariffs import write_grid

EVER = date.min  # la date vient de la saison
STARTS = (0, 400, 700, 1000, 1300)
Cents = tuple[int, ...]
NOTHING = (0, 0, 0, 0, 0)
HALF = Surcharge(Adjustment.PERCENT, 5_000)  # en centièmes de pour cent
ONE_EURO = Surcharge(Adjustment.AMOUNT, 100)
DOUBLE = Surcharge(Adjustment.PERCENT, 10_000)
SIBLINGS = SiblingDiscount(Adjustment.PERCENT, (1_000, 2_000))  # −10 % pour le deuxième, −20 % ensuite


@dataclass(frozen=True)
class Sold:
    """Les grilles votées : `ended` et `coming`, de l'année d'avant et de l'année d'après, quand il y en a."""

    name: str
    grid: Grid
    ended: Grid | None = None
    coming: Grid | None = None


def _brackets(meal: Cents, care: Cents) -> tuple[Bracket, ...]:
    """Un prix par tranche, le dernier étant le tarif maximum."""
    return tuple(Bracket(*one) for one in zip(STARTS, meal, care, strict=True))


def _canteen(meal: Cents, care: Cents, outside: tuple[int, int]) -> Grid:
    return Grid(EVER, TariffMethod.BRACKETS, _brackets(meal, care), (Bracket(0, *outside),), HALF, DOUBLE)


def _effort(rate: int, floor: int, ceiling: tuple[int, int], outside: tuple[int, int]) -> Grid:
    """`rate` : en dix-millièmes de pour cent du quotient."""
    resident = (Bracket(0, *ceiling, rate, floor),)
    return Grid(EVER, TariffMethod.EFFORT, resident, (Bracket(0, *outside),), ONE_EURO, ONE_EURO)


def _centre(meal: Cents, care: Cents, outside: tuple[int, int]) -> Grid:
    brackets, elsewhere = _brackets(meal, care), (Bracket(0, *outside),)
    return Grid(EVER, TariffMethod.BRACKETS, brackets, elsewhere, HALF, siblings=SIBLINGS)


MEAL, MORNING, EVENING = "Repas", "Accueil du matin", "Accueil du soir"
DAY, LUNCH_HALF, HALF_DAY = "Journée de centre", "Demi-journée de centre avec repas", "Demi-journée de centre"
SPORT = "Séance de sport"
SOLD = (
    Sold(
        MEAL,
        _canteen((90, 130, 200, 230, 260), (60, 90, 120, 150, 180), (320, 240)),
        ended=_canteen((85, 125, 190, 220, 250), (60, 85, 115, 145, 170), (310, 230)),
        coming=_canteen((95, 135, 205, 240, 270), (60, 90, 125, 155, 185), (330, 250)),
    ),
    Sold(MORNING, _effort(1_700, 60, (0, 220), (0, 280)), ended=_effort(1_600, 60, (0, 210), (0, 270))),
    Sold(EVENING, _effort(3_100, 120, (60, 330), (60, 420))),
    Sold(DAY, _centre((120, 160, 230, 260, 290), (380, 640, 1010, 1340, 1610), (350, 2450))),
    Sold(LUNCH_HALF, _centre((120, 160, 230, 260, 290), (210, 350, 560, 740, 890), (350, 1350))),
    Sold(HALF_DAY, _centre(NOTHING, (200, 330, 530, 700, 840), (0, 1280))),
    Sold(SPORT, Grid(EVER, TariffMethod.FIXED, (Bracket(0, 0, 450),), (Bracket(0, 0, 700),))),
)
NAMED = {"camille.durand": 850, "karim.benali": 620, "ines.moreau": 480, "paul.lefevre": 1120, "sophie.garnier": 730}
UNKNOWN = frozenset({"nadia.rossi"})  # tarif maximum
OUTSIDE = {"tom.petit": 900}


def load(db: Session, season: Season, now: datetime) -> dict[str, int]:
    """Les tarifs, par leur nom."""
    found = {one.name: _tariff(db, one, rank, season) for rank, one in enumerate(SOLD)}
    _quotients(db, season, now)
    return found


def _tariff(db: Session, sold: Sold, position: int, season: Season) -> int:
    tariff = Tariff(name=sold.name, position=position, stamp=f"demonstration-{position}")
    db.add(tariff)
    db.flush()
    before, after = season.since.replace(year=season.since.year - 1), season.last + ONE_DAY
    for first, grid in ((before, sold.ended), (season.since, sold.grid), (after, sold.coming)):
        if grid is not None:
            write_grid(db, tariff.key, replace(grid, valid_from=first))
    return tariff.key


def _quotients(db: Session, season: Season, now: datetime) -> None:
    """Un voisin sur neuf n'a rien donné, ou rien redonné depuis l'an dernier."""
    chance = Random(850)  # noqa: S311 — un tirage que l'on veut toujours le même
    query = (
        select(Family.id, Account.username)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .join(Account, col(Account.id) == col(Guardian.account_id), isouter=True)
        .order_by(col(Family.id), col(Guardian.id).desc())
    )
    for rank, (family_id, username) in enumerate(dict(db.exec(query).all()).items()):
        drawn = chance.randrange(180, 1900)
        value = (NAMED | OUTSIDE).get(username or "", drawn)
        first, last = season.since, season.last
        if username in UNKNOWN or (username not in NAMED and rank % 9 == 8):  # noqa: PLR2004
            if username in UNKNOWN or rank % 2:
                continue
            first, last = months_away(first, -12), first - ONE_DAY
        db.add(
            FamilyQuotient(
                family_id=family_id,
                value=value,
                source=QuotientSource.CAF if rank % 2 else QuotientSource.DOCUMENT,
                valid_from=first,
                valid_to=last,
                created_at=now,
            )
        )
