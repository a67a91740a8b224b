"""« Tarifs » : ce que paie ce foyer et pourquoi ; pour qui n'est pas parent, la grille de la commune."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.activities import ActivityKind
from portail.domain.adjustments import Timing
from portail.domain.dates import said_hour, said_list
from portail.domain.families import age_on
from portail.domain.siblings import elders_of, rank_on
from portail.domain.tariffs import Grid, NoTariffError, Payer, Price, Quotient, grid_on, price, quotient_on
from portail.models.activities import Activity, Offering
from portail.models.database import reading
from portail.models.families import Child, Family, FamilyChild
from portail.models.tariffs import Tariff
from portail.services.attachments.listing import accepted
from portail.services.tariffs import shown
from portail.services.tariffs.declaring import waiting
from portail.services.tariffs.homes import chosen_home, homes_of
from portail.services.tariffs.listing import said_range, users_of
from portail.services.tariffs.quotients import is_resident, quotients_of
from portail.services.tariffs.reading import load
from portail.services.tariffs.standing import quotient_lines
from portail.services.wallet.mine import said_residence
from portail.views import wording
from portail.views.requests import Choice
from portail.views.tariffs import ActivityPrices, Explained, OfferingPrices, PricesPage, TariffCard
from portail.views.wallet import QuotientLine

UNKNOWN = "La mairie ne connaît pas votre quotient familial."
EXPIRED = "Votre quotient familial était valable jusqu’au {day}."


@dataclass
class Home:
    """Le foyer qui paie : ses enfants et leur rang, ses quotients, la commune."""

    family: Family
    today: date
    quotients: tuple[Quotient, ...]
    children: dict[int, Child] = field(default_factory=dict)

    def payer(self, child_id: int) -> Payer:
        births = {key: child.birth_date for key, child in self.children.items()}
        elders = elders_of(births, child_id) if child_id else ()
        return Payer(quotient_on(self.quotients, self.today), is_resident(self.family), rank_on(elders, self.today))

    def payers(self, offering: Offering) -> dict[Payer, list[str]]:
        """Ceux de l'âge de la formule, réunis quand ils paient pareil ; s'il n'y en a pas, au premier rang."""
        found: dict[Payer, list[str]] = defaultdict(list)
        for key, child in self.children.items():
            if offering.min_age <= age_on(child.birth_date, self.today) <= offering.max_age:
                found[self.payer(key)].append(child.first_name)
        return found or {self.payer(0): []}


def show(*, actor: Actor | None, family_id: int, now: datetime) -> PricesPage:
    """Un parent sans dossier lit la grille de la commune, comme un visiteur."""
    today = now.astimezone(wording.PARIS).date()
    with reading() as db:
        homes = homes_of(db, actor)
        chosen = chosen_home(homes, family_id)
        if chosen is None:
            return PricesPage(ready=True, cards=_cards(db, today))
        return _family_page(db, chosen, homes, today)


def _family_page(db: Session, family: Family, homes: Sequence[Family], today: date) -> PricesPage:
    quotients = quotients_of(db, [family.key])[family.key]
    query = select(Child).join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
    children = db.exec(query.where(FamilyChild.family_id == family.key).order_by(col(Child.birth_date), col(Child.id)))
    home = Home(family, today, quotients, {child.key: child for child in children})
    rows = _offered(db)
    grids = load(db, {offering.tariff_id for _, offering in rows})
    known, note = _standing(quotients, today)
    pending = waiting(db, family.key)
    return PricesPage(
        ready=True,
        is_family=True,
        family_id=family.key,
        family=family.name,
        homes=[Choice(str(one.key), one.name) for one in homes],
        quotient=known.value if known else "",
        quotient_detail=f"{known.validity}, {known.source}" if known else "",
        quotient_note=note,
        waiting_id=pending.key if pending else 0,
        waiting_number=pending.number if pending else "",
        accept=accepted(),
        residence=said_residence(family),
        activities=_activities(home, rows, grids),
    )


def _standing(quotients: tuple[Quotient, ...], today: date) -> tuple[QuotientLine | None, str]:
    """Celui qui compte aujourd'hui ; sinon, s'il manque ou s'il a expiré."""
    current = next((one for one in quotient_lines(quotients, today) if one.is_current), None)
    if current:
        return current, ""
    ended = [one.valid_to for one in quotients if one.valid_to < today]
    return None, EXPIRED.format(day=wording.long_date(max(ended))) if ended else UNKNOWN


def _offered(db: Session) -> list[tuple[Activity, Offering]]:
    query = (
        select(Activity, Offering)
        .join(Offering, (col(Offering.activity_id) == col(Activity.id)) & col(Offering.closed_at).is_(None))
        .where(col(Activity.closed_at).is_(None))
        .order_by(col(Activity.position), col(Activity.id), col(Offering.position), col(Offering.id))
    )
    return list(db.exec(query))


def _activities(
    home: Home, rows: list[tuple[Activity, Offering]], grids: dict[int, tuple[Grid, ...]]
) -> list[ActivityPrices]:
    """L'école des enfants compte : une activité d'une autre école ne les concerne pas."""
    schools = {child.school_id for child in home.children.values()}
    found: dict[int, list[OfferingPrices]] = defaultdict(list)
    totals: dict[int, list[int]] = defaultdict(list)
    titles: dict[int, Activity] = {}
    for activity, offering in rows:
        if home.children and activity.school_ids and not schools & set(activity.school_ids):
            continue
        titles[activity.key] = activity
        priced = _priced(home, offering, grids[offering.tariff_id])
        totals[activity.key] += [one.cents for _, one in priced]
        found[activity.key].append(_offering(offering, priced, home, grids[offering.tariff_id]))
    return [
        ActivityPrices(key, one.title, ActivityKind(one.kind).label, _range(totals[key]), found[key])
        for key, one in titles.items()
    ]


def _priced(home: Home, offering: Offering, grids: tuple[Grid, ...]) -> list[tuple[str, Price]]:
    """Les enfants qui paient pareil partagent une ligne."""
    found: dict[Price, list[str]] = defaultdict(list)
    try:
        for payer, names in home.payers(offering).items():
            found[price(grids, home.today, payer)] += names
    except NoTariffError:
        return []
    return [(said_list(names), one) for one, names in found.items()]


def _range(totals: list[int]) -> str:
    if not totals:
        return "prix à venir"
    low, high = shown.said_price(min(totals)), shown.said_price(max(totals))
    return low if low == high else f"de {low} à {high}"


def _offering(
    offering: Offering, priced: list[tuple[str, Price]], home: Home, grids: tuple[Grid, ...]
) -> OfferingPrices:
    hours = f"de {said_hour(offering.starts_at)} à {said_hour(offering.ends_at)}"
    ages = f"de {offering.min_age} à {wording.age(offering.max_age)}"
    return OfferingPrices(
        name=offering.name,
        detail=f"{wording.capitalised(hours)}, {ages}",
        prices=[_explained(names, one) for names, one in priced],
        extras=_extras(home, offering, grids) if priced else [],
        coming=_coming(home, offering, grids),
    )


def _explained(names: str, one: Price) -> Explained:
    return shown.explained(names or "Votre famille", one)


def _extras(home: Home, offering: Offering, grids: tuple[Grid, ...]) -> list[str]:
    """Ce que coûterait la même séance hors délais, ou sans prévenir."""
    grid = grid_on(grids, home.today)
    return [
        f"{wording.capitalised(timing.label)} : {_said_each(home, offering, grids, timing)}"
        for timing in (Timing.LATE, Timing.UNPLANNED)
        if grid.surcharge(timing).value
    ]


def _coming(home: Home, offering: Offering, grids: tuple[Grid, ...]) -> list[str]:
    """Les grilles déjà votées qui commenceront : au quotient, à la commune et à l'âge de ce jour-là."""
    days = sorted(grid.valid_from for grid in grids if grid.valid_from > home.today)
    return [
        f"À partir du {wording.long_date(day)} : "
        f"{_said_each(replace(home, today=day), offering, grids, Timing.IN_TIME)}"
        for day in days
    ]


def _said_each(home: Home, offering: Offering, grids: tuple[Grid, ...], timing: Timing) -> str:
    """« 15,00 € » si tous paient pareil ; sinon « 15,00 € pour Léa, 13,50 € pour Noé »."""
    found: dict[int, list[str]] = defaultdict(list)
    for payer, names in home.payers(offering).items():
        found[price(grids, home.today, payer, timing).cents] += names
    if len(found) == 1:
        return shown.said_price(next(iter(found)))
    return ", ".join(f"{shown.said_price(cents)} pour {said_list(names)}" for cents, names in found.items())


def _cards(db: Session, today: date) -> list[TariffCard]:
    """Les tarifs en vente, chacun avec la grille en vigueur et celles à venir."""
    tariffs = db.exec(select(Tariff).order_by(col(Tariff.position), col(Tariff.name))).all()
    used = users_of(db)
    sold = [one for one in tariffs if one.key in used]
    grids = load(db, [one.key for one in sold])
    return [_card(one, used[one.key], grids[one.key], today) for one in sold if grids[one.key]]


def _card(tariff: Tariff, used: list[str], grids: tuple[Grid, ...], today: date) -> TariffCard:
    told = [(grid, shown.standing_of(grid, grids, today)) for grid in grids]
    kept = [shown.card_of(grid, 0, said) for grid, said in told if said[0] != "remplacée"]
    current = next((grid for grid, said in told if said[0] == "en vigueur"), grids[0])
    return TariffCard(tariff.key, tariff.name, said_list(used), said_range(current), kept)
