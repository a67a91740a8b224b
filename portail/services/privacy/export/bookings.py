"""Les réservations de la personne, par ses dossiers : ce que fait l'autre foyer d'un enfant partagé n'y est pas."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, or_, select

from portail.domain.adjustments import Timing
from portail.domain.bookings import BookingState
from portail.domain.refusals import BadInputError
from portail.domain.selection import read_choices
from portail.domain.waitlist import WaitState
from portail.models.activities import Activity, Offering, Slot
from portail.models.bookings import Absence, Booking, BookingBatch, BookingChange, CalendarFeed, WaitlistEntry
from portail.models.campaigns import WishList
from portail.services.privacy.export.shapes import (
    CHILD,
    FAMILY,
    SECRET,
    TECHNICAL,
    YOURS,
    Exported,
    Kept,
    Person,
    Say,
    by_whom,
    labelled,
    named,
)
from portail.views import wording

_REPEATED = "jeton technique, pour qu’une validation répétée ne compte qu’une fois"


def slots_of(db: Session, family_ids: Iterable[int]) -> tuple[dict[int, str], dict[int, int]]:
    """Le nom de chaque séance demandée par ces dossiers, et la séance de chaque réservation."""
    booked = select(Booking.id, Booking.slot_id).where(col(Booking.family_id).in_(family_ids))
    bookings = {key: slot for key, slot in db.exec(booked) if key is not None}
    waited = select(WaitlistEntry.slot_id).where(col(WaitlistEntry.family_id).in_(family_ids))
    wished = select(WishList.choices).where(col(WishList.family_id).in_(family_ids))
    wishes = {slot_id for choices in db.exec(wished) for slot_id in wished_slots(choices)}
    known = select(Booking.slot_id).where(col(Booking.family_id).in_(family_ids)).union(waited)
    query = (
        select(Slot, Offering.name, Activity)
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .where(or_(col(Slot.id).in_(known), col(Slot.id).in_(wishes)))
    )
    names = {
        slot.key: f"{activity.title}, {part}, {wording.full_day(slot.day)}" for slot, part, activity in db.exec(query)
    }
    return names, bookings


def wished_slots(choices: str) -> list[int]:
    """Des vœux illisibles n'empêchent pas d'avoir le reste."""
    try:
        return [choice.slot_id for choice in read_choices(choices)]
    except BadInputError:
        return []


def _state(column: str) -> Say:
    words: Mapping[str, str] = {state.value: state.label for state in BookingState}
    return lambda row, _: words.get(getattr(row, column), "")


def _slot_of_booking(row: BookingChange | Absence, person: Person) -> str:
    return person.slots.get(person.bookings.get(row.booking_id, 0), "")


def _without_prices(row: Booking, person: Person) -> frozenset[str] | None:
    """Un adulte à qui le dossier ne montre pas les factures ne lit aucun montant."""
    return None if row.family_id in person.money else frozenset(_BOOKING) - _PRICES


def _without_amount(_: BookingChange, person: Person) -> frozenset[str] | None:
    return None if person.money >= person.families.keys() else frozenset(_CHANGE) - {"amount_cents"}


_PRICES = {"meal_cents", "care_cents", "surcharge_cents", "surcharge_kind", "is_paid", "formula"}
_ORDER = "ordre de passage, qui dépend des autres familles"
_SLOT = Kept("seance", named("slot_id", "slots"))
_AUTHOR = Kept("par", by_whom("author_id"))
_BOOKING: dict[str, str | Kept] = {
    "slot_id": _SLOT,
    "child_id": CHILD,
    "family_id": FAMILY,
    "state": Kept("etat", labelled("state", BookingState)),
    "meal_cents": "repas_en_centimes",
    "care_cents": "garde_en_centimes",
    "surcharge_cents": "majoration_en_centimes",
    "surcharge_kind": Kept("sorte_de_majoration", labelled("surcharge_kind", Timing)),
    "is_paid": "debitee_du_porte_monnaie",
    "formula": "calcul_du_prix",
    "changed_at": "modifiee_le",
}
_CHANGE: dict[str, str | Kept] = {
    "booking_id": Kept("seance", _slot_of_booking),
    "before": Kept("avant", _state("before")),
    "after": Kept("apres", _state("after")),
    "amount_cents": "montant_en_centimes",
    "why": "motif",
}
TABLES = {
    "booking": Exported(
        Booking,
        "reservations",
        "les jours réservés par vos dossiers, leur état et leur prix",
        _BOOKING,
        {"id": TECHNICAL, "batch_id": "dite par l’historique des réservations"},
        lambda person: col(Booking.family_id).in_(person.families),
        _without_prices,
    ),
    "booking_batch": Exported(
        BookingBatch,
        "validations",
        "chaque validation de réservations de vos dossiers",
        {
            "family_id": FAMILY,
            "author_id": _AUTHOR,
            "at": "le",
            "undone_at": "annulee_le",
        },
        {
            "id": TECHNICAL,
            "token": _REPEATED,
            "digest": _REPEATED,
            "source": "écran d’où la validation est partie",
            "content": "les mêmes jours, dits un à un dans l’historique des réservations",
        },
        lambda person: col(BookingBatch.family_id).in_(person.families),
    ),
    "booking_change": Exported(
        BookingChange,
        "historique_des_reservations",
        "ce qui est arrivé à chaque réservation de vos dossiers, jour par jour",
        _CHANGE,
        {"id": TECHNICAL, "batch_id": "numéro technique de la validation"},
        lambda person: col(BookingChange.booking_id).in_(person.bookings),
        _without_amount,
    ),
    "waitlist_entry": Exported(
        WaitlistEntry,
        "listes_d_attente",
        "les places que vos dossiers ont attendues",
        {
            "slot_id": _SLOT,
            "child_id": CHILD,
            "family_id": FAMILY,
            "author_id": _AUTHOR,
            "state": Kept("etat", labelled("state", WaitState)),
            "joined_at": "demandee_le",
            "until": "attendue_jusqu_au",
            "offered_until": "proposee_jusqu_au",
            "why": "motif",
        },
        {"id": TECHNICAL, "rank": _ORDER, "place": _ORDER},
        lambda person: col(WaitlistEntry.family_id).in_(person.families),
    ),
    "absence": Exported(
        Absence,
        "absences",
        "les absences déclarées par vos dossiers ; le motif et la réponse sont dans vos démarches",
        {
            "booking_id": Kept("seance", _slot_of_booking),
            "request_id": Kept("demarche", named("request_id", "requests")),
            "author_id": _AUTHOR,
            "declared_at": "declaree_le",
        },
        {"id": TECHNICAL},
        lambda person: col(Absence.booking_id).in_(person.bookings),
    ),
    "calendar_feed": Exported(
        CalendarFeed,
        "abonnement_a_l_agenda",
        "le lien privé vers votre agenda, s’il existe",
        {"created_at": "cree_le", "last_read_at": "lu_le"},
        {"id": TECHNICAL, "account_id": YOURS, "token_hash": SECRET},
        lambda person: col(CalendarFeed.account_id) == person.account_id,
    ),
}
