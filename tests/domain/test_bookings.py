"""Les états d'une réservation, ce qu'un jour montre, et les mots de la légende."""

import itertools

import pytest

from portail.domain.bookings import (
    ATTENDANCE,
    TRANSITIONS,
    BookingState,
    DayStatus,
    Intent,
    check_transition,
    holds_place,
)
from portail.domain.refusals import RefusalError

# Mot sur le jour, icône, légende : les huit états de la charte, puis les jours sans rien.
CHARTER = {
    "booked": ("Inscrit", "check", "Inscrit, annulation possible"),
    "booked_locked": ("Inscrit", "lock", "Inscrit, annulation impossible"),
    "open": ("Libre", "plus-circle", "Réservable"),
    "late": ("Majoré", "clock-alert", "Hors délais, inscription majorée"),
    "cancelled": ("Annulé", "rotate-ccw", "Annulé, sans majoration"),
    "full": ("Complet", "users", "Complet"),
    "waitlisted": ("Attente", "list-ordered", "Liste d’attente"),
    "pending": ("À valider", "hourglass", "Soumis à validation"),
    "closed": ("Fermé", "help", "Non réservable : le jour dit pourquoi"),
}


def test_a_day_shows_exactly_the_states_of_the_charter() -> None:
    assert {one.value: (one.label, one.icon, one.legend) for one in DayStatus} == CHARTER


def test_no_two_states_share_their_icon_nor_their_legend() -> None:
    assert len({one.icon for one in DayStatus}) == len({one.legend for one in DayStatus}) == len(DayStatus)


@pytest.mark.parametrize(
    ("state", "holds"),
    [
        (BookingState.BOOKED, True),
        (BookingState.PENDING, True),
        (BookingState.PRESENT, True),
        (BookingState.ABSENT, True),
        (BookingState.EXCUSED, True),
        (BookingState.CANCELLED, False),
        (BookingState.REFUSED, False),
    ],
)
def test_a_place_is_held_until_it_is_cancelled_or_refused(state: BookingState, *, holds: bool) -> None:
    assert holds_place(state) is holds


def test_recording_who_came_never_frees_nor_takes_a_place() -> None:
    for before in ATTENDANCE | {BookingState.BOOKED}:
        for after in TRANSITIONS[before] & (ATTENDANCE | {BookingState.BOOKED}):
            assert holds_place(before)
            assert holds_place(after)


ALLOWED = {
    ("booked", "cancelled"),
    ("booked", "present"),
    ("booked", "absent"),
    ("booked", "excused"),
    ("pending", "booked"),
    ("pending", "refused"),
    ("pending", "cancelled"),
    ("cancelled", "booked"),
    ("cancelled", "pending"),
    ("refused", "booked"),
    ("refused", "pending"),
    ("present", "booked"),
    ("present", "absent"),
    ("present", "excused"),
    ("absent", "booked"),
    ("absent", "present"),
    ("absent", "excused"),
    ("excused", "booked"),
    ("excused", "present"),
    ("excused", "absent"),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(BookingState, repeat=2)))
def test_only_these_changes_of_state_exist(before: BookingState, after: BookingState) -> None:
    if (before.value, after.value) in ALLOWED:
        check_transition(before, after)
        return
    with pytest.raises(RefusalError) as refusal:
        check_transition(before, after)
    expected = f"Une réservation « {before.label} » ne peut pas devenir « {after.label} »."
    assert refusal.value.sentence == expected


def test_a_recorded_day_is_never_cancelled_directly() -> None:
    """Elle redevient d'abord réservée : on ne perd pas ce qui a été pointé par mégarde."""
    for state in ATTENDANCE:
        assert BookingState.CANCELLED not in TRANSITIONS[state]
        assert BookingState.BOOKED in TRANSITIONS[state]


def test_every_state_leads_somewhere_and_can_be_reached() -> None:
    assert all(TRANSITIONS[state] for state in BookingState)
    reached = frozenset().union(*TRANSITIONS.values())
    assert reached == frozenset(BookingState)


def test_states_and_intents_have_distinct_words() -> None:
    assert len({one.label for one in BookingState}) == len(BookingState)
    assert [one.label for one in Intent] == [
        "Réserver",
        "Annuler",
        "Rejoindre la liste d’attente",
        "Quitter la liste d’attente",
    ]
