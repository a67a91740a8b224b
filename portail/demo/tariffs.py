"""Ce que la ville de démonstration vend, par tranches de quotient, et le quotient de chaque foyer."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlmodel import Session, col, select

from portail.demo.season import Season
from portail.domain.tariffs import LateMethod, QuotientSource, TariffMethod
from portail.models.accounts import Account
from portail.models.families import Family, Guardian
from portail.models.tariffs import FamilyQuotient, Tariff, TariffBracket, TariffGrid

BRACKETS = (0, 400, 700, 1000, 1300)
Cents = tuple[int, ...]
NOTHING = (0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Sold:
    """`meal` et `care` : un prix par tranche, le dernier étant le tarif maximum ; `outside` : hors commune."""

    name: str
    meal: Cents
    care: Cents
    outside: tuple[int, int]
    late: LateMethod = LateMethod.NONE
    late_value: int = 0


HALF = 5_000  # cinquante pour cent, en centièmes
MEAL, MORNING, EVENING = "Repas", "Accueil du matin", "Accueil du soir"
DAY, LUNCH_HALF, HALF_DAY = "Journée de centre", "Demi-journée de centre avec repas", "Demi-journée de centre"
SPORT = "Séance de sport"
SOLD = (
    Sold(MEAL, (90, 130, 200, 230, 260), (60, 90, 120, 150, 180), (320, 240), LateMethod.PERCENT, HALF),
    Sold(MORNING, NOTHING, (60, 100, 140, 180, 220), (0, 280), LateMethod.AMOUNT, 100),
    Sold(EVENING, (30, 40, 50, 60, 60), (90, 150, 210, 270, 330), (60, 420), LateMethod.AMOUNT, 100),
    Sold(DAY, (120, 160, 230, 260, 290), (380, 640, 1010, 1340, 1610), (350, 2450), LateMethod.PERCENT, HALF),
    Sold(LUNCH_HALF, (120, 160, 230, 260, 290), (210, 350, 560, 740, 890), (350, 1350), LateMethod.PERCENT, HALF),
    Sold(HALF_DAY, NOTHING, (200, 330, 530, 700, 840), (0, 1280), LateMethod.PERCENT, HALF),
    Sold(SPORT, (0,), (450,), (0, 700)),
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
    tariff = Tariff(name=sold.name, position=position)
    db.add(tariff)
    db.flush()
    method = TariffMethod.BRACKETS if len(sold.care) > 1 else TariffMethod.FIXED
    grid = TariffGrid(
        tariff_id=tariff.key,
        valid_from=season.since,
        method=method,
        late_method=sold.late,
        late_value=sold.late_value,
    )
    db.add(grid)
    db.flush()
    for quotient, meal, care in zip(BRACKETS, sold.meal, sold.care, strict=False):
        known = {"grid_id": grid.key, "from_quotient": quotient}
        db.add(TariffBracket(is_resident=True, meal_cents=meal, care_cents=care, **known))
    meal, care = sold.outside
    db.add(TariffBracket(grid_id=grid.key, is_resident=False, meal_cents=meal, care_cents=care))
    return tariff.key


def _quotients(db: Session, season: Season, now: datetime) -> None:
    """Un voisin sur neuf n'a rien donné."""
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
        if username in UNKNOWN or (username not in NAMED and rank % 9 == 8):  # noqa: PLR2004
            continue
        db.add(
            FamilyQuotient(
                family_id=family_id,
                value=value,
                source=QuotientSource.CAF if rank % 2 else QuotientSource.DOCUMENT,
                valid_from=season.since,
                valid_to=season.last,
                created_at=now,
            )
        )
