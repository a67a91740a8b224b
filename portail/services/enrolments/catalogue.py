"""Le catalogue d'un parent : ses activités, celles qui s'ouvrent à ses enfants, pourquoi une autre ne s'ouvre pas."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from portail.domain import why_not
from portail.domain.accounts import Actor
from portail.domain.activities import ActivityKind, EnrolmentMode, EnrolmentState
from portail.domain.dates import said_hour
from portail.domain.enrolments import Welcome, booking_url, why_not_child
from portail.domain.families import age_on, child_color
from portail.domain.money import euros
from portail.domain.siblings import elders_of, rank_on
from portail.domain.tariffs import Grid, NoTariffError, Payer, Price, Quotient, price
from portail.domain.town_calendar import DayKind
from portail.domain.why_not import WhyNot
from portail.models.activities import Activity, Enrolment, Offering
from portail.models.database import reading
from portail.models.families import Child, Family, FamilyChild, Guardian, School
from portail.services import access, tariffs
from portail.services.enrolments.enrolling import facts_of, welcome_of
from portail.views import wording
from portail.views.activities import ActivityCard, Catalogue, ChildStanding

HERE = "/activites"
MAXIMUM = "Tarif maximum : votre quotient familial est inconnu de la mairie, ou expiré."


@dataclass(frozen=True)
class Guest:
    """Un de mes enfants, par le foyer qui réserve pour lui."""

    child: Child
    family: Family
    position: int
    may_book: bool
    elders: tuple[date, ...] = ()  # les naissances de ses aînés dans ce foyer


@dataclass
class Shelf:
    """Tout ce qu'il faut pour dire où en est chaque enfant, et à quel prix, sans une lecture de plus."""

    guests: list[Guest]
    today: date
    activities: list[Activity] = field(default_factory=list)
    offerings: dict[int, list[Offering]] = field(default_factory=lambda: defaultdict(list))
    states: dict[tuple[int, int], Enrolment] = field(default_factory=dict)
    schools: dict[int, str] = field(default_factory=dict)
    grids: dict[int, tuple[Grid, ...]] = field(default_factory=dict)
    quotients: dict[int, tuple[Quotient, ...]] = field(default_factory=dict)

    def welcome(self, activity: Activity) -> Welcome:
        names = tuple(self.schools[key] for key in activity.school_ids if key in self.schools)
        return welcome_of(activity, self.offerings[activity.key], names)

    def why_not(self, activity: Activity, guest: Guest) -> WhyNot | None:
        why = why_not_child(self.welcome(activity), facts_of(guest.child), self.today)
        return why or (None if guest.may_book else why_not.no_right())


def guests_of(db: Session, actor: Actor) -> list[Guest]:
    """Mes enfants, une fois chacun : de deux foyers, celui où je peux réserver."""
    query = (
        select(Child, Family, Guardian.can_book, FamilyChild.position)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(Guardian.account_id == actor.account_id, col(Family.status).in_(access.OPEN))
        .order_by(col(Family.name), col(Family.id), col(FamilyChild.position), col(Child.birth_date))
    )
    found: dict[int, Guest] = {}
    births: dict[int, dict[int, date]] = defaultdict(dict)
    for child, family, may_book, position in db.exec(query):
        births[family.key][child.key] = child.birth_date
        known = found.get(child.key)
        if known is None or (may_book and not known.may_book):
            found[child.key] = Guest(child, family, position, may_book)
    return [replace(one, elders=elders_of(births[one.family.key], key)) for key, one in found.items()]


def fill(db: Session, guests: list[Guest], now: datetime, activity_id: int = 0) -> Shelf:
    """Six lectures, quel que soit le nombre d'enfants et d'activités."""
    shelf = Shelf(guests, now.astimezone(wording.PARIS).date())
    query = (
        select(Activity, Offering)
        .join(Offering, (col(Offering.activity_id) == col(Activity.id)) & col(Offering.closed_at).is_(None))
        .where(col(Activity.closed_at).is_(None))
        .order_by(col(Activity.position), col(Activity.id), col(Offering.position), col(Offering.id))
    )
    if activity_id:
        query = query.where(Activity.id == activity_id)
    for activity, offering in db.exec(query):
        if activity.key not in shelf.offerings:
            shelf.activities.append(activity)
        shelf.offerings[activity.key].append(offering)
    children = [one.child.key for one in guests]
    for row in db.exec(select(Enrolment).where(col(Enrolment.child_id).in_(children))):
        shelf.states[row.activity_id, row.child_id] = row
    shelf.schools = dict(db.exec(select(School.id, School.name)).all())  # type: ignore[arg-type]
    sold = {offering.tariff_id for offerings in shelf.offerings.values() for offering in offerings}
    shelf.grids = tariffs.load(db, sold)
    shelf.quotients = tariffs.quotients_of(db, {one.family.key for one in guests})
    return shelf


def show(*, actor: Actor, kind: str, child_id: int, now: datetime) -> Catalogue:
    """Un enfant qui n'est pas d'ici, une sorte inconnue : rien n'est filtré."""
    with reading() as db:
        mine = guests_of(db, actor)
        shelf = fill(db, [one for one in mine if one.child.key == child_id] or mine, now)
    known = kind if kind in set(ActivityKind) else ""
    cards = [card_of(shelf, one) for one in shelf.activities if known in {"", one.kind}]
    joined = [one for one in cards if any(child.state in JOINED for child in one.children)]
    others = [one for one in cards if not one.children or any(child.state not in JOINED for child in one.children)]
    return Catalogue(
        ready=True,
        kind=known,
        mine=[_kept(one, joined=True) for one in joined],
        others=sorted((_kept(one, joined=False) for one in others), key=_is_closed),
        summary=wording.count(len(others), "activité", "activités"),
    )


JOINED = frozenset({"enrolled", "open", "submitted"})


def _is_closed(card: ActivityCard) -> bool:
    """Ce qui s'ouvre à un enfant au moins passe devant."""
    return bool(card.children) and all(child.state == "closed" for child in card.children)


def _kept(card: ActivityCard, *, joined: bool) -> ActivityCard:
    """La carte, avec les seuls enfants que cette partie de la page concerne."""
    children = [one for one in card.children if (one.state in JOINED) == joined]
    return replace(card, children=children)


def card_of(shelf: Shelf, activity: Activity) -> ActivityCard:
    offerings = shelf.offerings[activity.key]
    days = ", ".join(DayKind(one).label.lower() for one in activity.day_kinds)
    starts, ends = min(one.starts_at for one in offerings), max(one.ends_at for one in offerings)
    said, note = said_price(shelf, offerings)
    return ActivityCard(
        id=activity.key,
        title=activity.title,
        kind=ActivityKind(activity.kind).label,
        place=activity.place,
        summary=activity.summary,
        hours=f"{wording.capitalised(days)}, de {said_hour(starts)} à {said_hour(ends)}",
        ages=said_ages(min(one.min_age for one in offerings), max(one.max_age for one in offerings)),
        price=said,
        price_note=note,
        href=f"/activites/{activity.key}",
        children=[standing_of(shelf, activity, one) for one in shelf.guests],
    )


def said_ages(least: int, most: int) -> str:
    """« de 3 à 11 ans »."""
    return f"de {least} à {wording.age(most)}"


def said_price(shelf: Shelf, offerings: Sequence[Offering]) -> tuple[str, str]:
    """Le prix de cette famille : « 3,20 € », « de 5,30 € à 12,40 € » ; et pourquoi il est au plus haut."""
    prices = [found for one in suited(shelf, offerings) for found in prices_of(shelf, one)]
    return said_range(prices), MAXIMUM if any(one.is_maximum for one in prices) else ""


def said_range(prices: Sequence[Price]) -> str:
    """« 3,20 € », « de 5,30 € à 12,40 € » ; rien sans prix."""
    if not prices:
        return ""
    low, high = min(one.cents for one in prices), max(one.cents for one in prices)
    return euros(low) if low == high else f"de {euros(low)} à {euros(high)}"


def suited(shelf: Shelf, offerings: Sequence[Offering]) -> list[Offering]:
    """Les formules de l'âge d'un des enfants montrés ; toutes si aucune ne l'est."""
    ages = {age_on(one.child.birth_date, shelf.today) for one in shelf.guests}
    found = [one for one in offerings if any(one.min_age <= age <= one.max_age for age in ages)]
    return found or list(offerings)


def prices_of(shelf: Shelf, offering: Offering) -> list[Price]:
    """Au foyer du premier enfant montré, un prix par enfant de l'âge de la formule ; sans foyer ni grille, aucun."""
    home = [one for one in shelf.guests if one.family.key == shelf.guests[0].family.key]
    suited_ones = [
        one for one in home if offering.min_age <= age_on(one.child.birth_date, shelf.today) <= offering.max_age
    ]
    try:
        return [_price(shelf, offering, one) for one in suited_ones or home[:1]]
    except NoTariffError:
        return []


def _price(shelf: Shelf, offering: Offering, guest: Guest) -> Price:
    quotient = tariffs.quotient_on(shelf.quotients[guest.family.key], shelf.today)
    payer = Payer(quotient, tariffs.is_resident(guest.family), rank_on(guest.elders, shelf.today))
    return price(shelf.grids[offering.tariff_id], shelf.today, payer)


_WORDS = {
    EnrolmentState.SUBMITTED: ("submitted", "Demande envoyée", "warn"),
    EnrolmentState.ACCEPTED: ("enrolled", "Inscription faite", "ok"),
    EnrolmentState.REFUSED: ("refused", "Inscription refusée", "err"),
}


def standing_of(shelf: Shelf, activity: Activity, guest: Guest) -> ChildStanding:
    """Où en est cet enfant, et ce qu'il peut faire ; sinon, pourquoi."""
    child, row = guest.child, shelf.states.get((activity.key, guest.child.key))
    who = ChildStanding(
        id=child.key, first_name=child.first_name, initial=child.first_name[:1], color=child_color(guest.position)
    )
    needed = activity.enrolment_mode != EnrolmentMode.NONE
    state = EnrolmentState(row.state) if row and needed else EnrolmentState.ENDED
    name, word, tone = _WORDS.get(state, ("enrol", "À inscrire", ""))
    said = replace(who, state=name, word=word, tone=tone)
    calendar = booking_url(activity.key, child.key, {})
    if state is EnrolmentState.SUBMITTED:
        why = "La mairie répondra par courriel."
        return replace(said, why=why, link="/demarches", action="Suivre", can_end=True)
    if row and state is EnrolmentState.ACCEPTED:
        week = booking_url(activity.key, child.key, row.template) if row.template else ""
        return replace(said, link=calendar, action="Réserver", week_link=week, can_end=True)
    if reason := shelf.why_not(activity, guest):
        link = reason.link if reason.link != HERE else ""
        step = reason.next_step if reason.link != HERE else ""
        return replace(who, state="closed", word="Pas ouverte", why=reason.sentence, next_step=step, link=link)
    if not needed:
        return replace(who, state="open", word="Sans inscription", tone="ok", link=calendar, action="Réserver")
    return replace(said, link=f"{HERE}/{activity.key}?enfant={child.key}", action="Inscrire")
