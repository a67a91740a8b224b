"""Une date limite réglée par un agent : gardée en JSON, relue sans rien croire, et dite en français."""

import json
from datetime import UTC, date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.custody import WrongFieldError
from portail.domain.deadlines import Deadline, DeadlineKind, Excluded, Shift, WeekdayGroup
from tests.domain.test_deadlines import deadlines

TWO_DAYS = Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=2)
FRIDAY_NINE = WeekdayGroup(frozenset({0, 1}), 4, time(9))
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    *("kind", "hour", "days", "weekday", "weeks", "groups", "after"),
    *("day_of_month", "months", "on", "fallback", "excluded", "shift"),
]


def refusal_of(value: object) -> WrongFieldError | None:
    try:
        Deadline.load(value)
    except WrongFieldError as refusal:
        return refusal
    return None


@given(deadlines)
def test_what_is_kept_is_read_back_the_same(deadline: Deadline) -> None:
    kept = json.loads(json.dumps(deadline.dump()))
    assert Deadline.load(kept) == deadline
    assert hash(Deadline.load(kept)) == hash(deadline)
    assert Deadline.load(kept).dump() == kept


def test_only_what_was_chosen_is_kept() -> None:
    assert TWO_DAYS.dump() == {"kind": "working_days_before", "days": 2}
    assert Deadline(DeadlineKind.NONE).dump() == {"kind": "none"}
    assert Deadline(
        DeadlineKind.WEEKDAY_GROUPS,
        groups=(FRIDAY_NINE,),
        fallback=Deadline(DeadlineKind.FIXED, time(18, 30), on=date(2026, 12, 3)),
        excluded=frozenset({Excluded.WEEKENDS, Excluded.CLOSURES}),
        shift=Shift.BEFORE,
    ).dump() == {
        "kind": "weekday_groups",
        "groups": [{"targets": [0, 1], "weekday": 4, "hour": "09:00"}],
        "fallback": {"kind": "fixed", "hour": "18:30", "on": "2026-12-03"},
        "excluded": ["closures", "weekends"],
        "shift": "before",
    }


def test_an_absent_or_null_field_has_its_ordinary_value() -> None:
    assert Deadline.load({"kind": "days_before"}) == Deadline(DeadlineKind.DAYS_BEFORE, time(12))
    assert Deadline.load({"kind": "none", "on": None, "fallback": None}) == Deadline(DeadlineKind.NONE)


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"kind": "whenever"}, "kind", "Forme : ce choix n’existe pas."),
        ({"kind": 3}, "kind", "Forme : ce choix n’existe pas."),
        ({"kind": None}, "kind", "Choisissez la forme de la date limite."),
        ({"hour": "25:00"}, "hour", "Heure : une heure comme 12:00 est attendue."),
        ({"hour": 12}, "hour", "Heure : une heure comme 12:00 est attendue."),
        ({"hour": "12:00:30"}, "hour", "Heure : une heure à la minute près, sans fuseau, est attendue."),
        ({"hour": "12:00+02:00"}, "hour", "Heure : une heure à la minute près, sans fuseau, est attendue."),
        ({"days": "2"}, "days", "Nombre de jours : un nombre entier est attendu."),
        ({"days": True}, "days", "Nombre de jours : un nombre entier est attendu."),
        ({"days": 2.5}, "days", "Nombre de jours : un nombre entier est attendu."),
        ({"days": -1}, "days", "Nombre de jours : un nombre de 0 à 60 est attendu."),
        ({"days": 10**30}, "days", "Nombre de jours : un nombre de 0 à 60 est attendu."),
        ({"weekday": 7}, "weekday", "Jour de la semaine : un nombre de 0 à 6 est attendu."),
        ({"weeks": 0}, "weeks", "Nombre de semaines : un nombre de 1 à 8 est attendu."),
        ({"after": 0}, "after", "Jours après les vacances : un nombre de 1 à 10 est attendu."),
        ({"day_of_month": 32}, "day_of_month", "Jour du mois : un nombre de 1 à 31 est attendu."),
        ({"months": 13}, "months", "Nombre de mois : un nombre de 1 à 12 est attendu."),
        ({"on": "3/12/2026"}, "on", "Date limite : une date comme 2026-12-03 est attendue."),
        ({"on": "0001-01-01"}, "on", "Date limite : une année de 2000 à 2100 est attendue."),
        ({"kind": "fixed"}, "on", "Indiquez la date limite."),
        ({"excluded": "weekends"}, "excluded", "Jours exclus : une liste est attendue."),
        ({"excluded": ["mondays"]}, "excluded", "Jours exclus : ce choix n’existe pas."),
        ({"excluded": [["weekends"]]}, "excluded", "Jours exclus : ce choix n’existe pas."),
        ({"shift": "sideways"}, "shift", "Déplacement : ce choix n’existe pas."),
        ({"fallback": "none"}, "fallback", "Date limite : un réglage complet est attendu."),
        ({"fallback": {"kind": "none"}}, "fallback", "Cette forme de date limite n’en demande pas de seconde."),
        ({"surprise": 1}, "surprise", "Le champ « surprise » n’existe pas dans ce réglage."),
    ],
)
def test_nonsense_is_refused_and_its_field_named(changed: dict[str, object], field: str, sentence: str) -> None:
    with pytest.raises(WrongFieldError) as refusal:
        Deadline.load({"kind": "days_before", "days": 2, **changed})
    assert sentence == refusal.value.sentence
    assert refusal.value.field in {field, "deadline"}


@pytest.mark.parametrize("value", [None, [], "none", 4, [{"kind": "none"}]])
def test_what_is_not_even_a_setting_is_refused(value: object) -> None:
    with pytest.raises(WrongFieldError, match="un réglage complet est attendu"):
        Deadline.load(value)


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        ([], "Indiquez au moins un jour de la semaine et sa date limite."),
        ("lundi", "Jours de la semaine : une liste est attendue."),
        (["lundi"], "Jours de la semaine : un réglage complet est attendu."),
        ([{"targets": [0], "weekday": 4}], "Jours de la semaine : une heure comme 12:00 est attendue."),
        ([{"weekday": 4, "hour": "09:00"}], "Jours de la semaine : une liste est attendue."),
        ([{"targets": [], "weekday": 4, "hour": "09:00"}], "Un groupe ne dit pas pour quels jours il vaut."),
        ([{"targets": [7], "weekday": 4, "hour": "09:00"}], "Jours de la semaine : un nombre de 0 à 6 est attendu."),
        ([{"targets": [0], "weekday": -1, "hour": "09:00"}], "Jours de la semaine : un nombre de 0 à 6 est attendu."),
        ([{"targets": ["0"], "weekday": 4, "hour": "09:00"}], "Jours de la semaine : un nombre entier est attendu."),
        (
            [{"targets": [0], "weekday": 4, "hour": "09:00"}, {"targets": [0, 1], "weekday": 3, "hour": "09:00"}],
            "Un même jour de la semaine a deux dates limites.",
        ),
        (
            [{"targets": [0], "weekday": 4, "hour": "09:00:01"}],
            "Jours de la semaine : une heure à la minute près, sans fuseau, est attendue.",
        ),
        (
            [{"targets": [0], "weekday": 4, "hour": "09:00", "color": "red"}],
            "Le champ « color » n’existe pas dans ce réglage.",
        ),
    ],
)
def test_groups_of_weekdays_are_checked_one_by_one(groups: object, sentence: str) -> None:
    with pytest.raises(WrongFieldError) as refusal:
        Deadline.load({"kind": "weekday_groups", "groups": groups})
    assert refusal.value.sentence == sentence


def test_the_return_from_holidays_needs_an_ordinary_deadline_of_another_form() -> None:
    with pytest.raises(WrongFieldError, match="qui ne suivent pas des vacances") as refusal:
        Deadline(DeadlineKind.LAST_CLASS_DAY)
    assert refusal.value.field == "fallback"
    inner = Deadline(DeadlineKind.LAST_CLASS_DAY, fallback=TWO_DAYS)
    with pytest.raises(WrongFieldError, match="se suffire à elle-même"):
        Deadline(DeadlineKind.LAST_CLASS_DAY, fallback=inner)
    with pytest.raises(WrongFieldError, match="se suffire à elle-même"):
        Deadline(DeadlineKind.WEEKDAY_GROUPS, groups=(FRIDAY_NINE,), fallback=inner)


def test_fallbacks_do_not_pile_up_however_deep_they_are_sent() -> None:
    sent: dict[str, object] = {"kind": "none"}
    for _ in range(5_000):
        sent = {"kind": "weekday_groups", "fallback": sent}
    with pytest.raises(WrongFieldError, match="se suffire à elle-même"):
        Deadline.load(sent)


def test_a_deadline_built_by_hand_is_checked_too() -> None:
    for wrong in ({"days": 61}, {"weekday": -1}, {"hour": time(12, tzinfo=UTC)}, {"hour": time(12, 0, 1)}):
        with pytest.raises(WrongFieldError):
            Deadline(DeadlineKind.DAYS_BEFORE, **wrong)


@given(st.sampled_from(FIELDS), junk)
def test_anything_in_a_field_is_a_deadline_or_a_clear_refusal(field: str, value: object) -> None:
    sent = {"kind": "weekday_groups", "groups": [{"targets": [0], "weekday": 4, "hour": "09:00"}], field: value}
    refusal = refusal_of(sent)
    if refusal is None:
        assert Deadline.load(sent).sentence
    else:
        assert refusal.sentence[0].isupper()
        assert refusal.sentence.endswith(".")
        assert refusal.field


@given(junk)
def test_anything_at_all_is_refused_or_read(value: object) -> None:
    refusal = refusal_of(value)
    assert (refusal is None) == (isinstance(value, dict) and "kind" in value)


@pytest.mark.parametrize(
    ("deadline", "sentence"),
    [
        (TWO_DAYS, "deux jours ouvrés avant, à 12 h"),
        (Deadline(DeadlineKind.WORKING_DAYS_BEFORE, time(9, 30), days=1), "un jour ouvré avant, à 9 h 30"),
        (Deadline(DeadlineKind.WORKING_DAYS_BEFORE, time(9), days=0), "le jour même, à 9 h"),
        (Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=15), "15 jours ouvrés avant, à 12 h"),
        (Deadline(DeadlineKind.DAYS_BEFORE, days=0), "le jour même, à 12 h"),
        (Deadline(DeadlineKind.DAYS_BEFORE, days=1), "la veille, à 12 h"),
        (Deadline(DeadlineKind.DAYS_BEFORE, days=7), "sept jours avant, à 12 h"),
        (
            Deadline(DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK, weekday=3),
            "le jeudi de la semaine précédente, à 12 h",
        ),
        (
            Deadline(DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK, weekday=1, weeks=2),
            "le mardi, deux semaines avant, à 12 h",
        ),
        (
            Deadline(DeadlineKind.WEEKDAY_GROUPS, groups=(FRIDAY_NINE, WeekdayGroup(frozenset({3}), 1, time(18)))),
            "le vendredi à 9 h pour le lundi et le mardi ; le mardi à 18 h pour le jeudi",
        ),
        (
            Deadline(DeadlineKind.WEEKDAY_GROUPS, groups=(FRIDAY_NINE,), fallback=TWO_DAYS),
            "le vendredi à 9 h pour le lundi et le mardi ; sinon deux jours ouvrés avant, à 12 h",
        ),
        (
            Deadline(DeadlineKind.LAST_CLASS_DAY, fallback=TWO_DAYS),
            (
                "le dernier jour d’école avant les vacances, à 12 h, pour le jour de la rentrée ; "
                "sinon deux jours ouvrés avant, à 12 h"
            ),
        ),
        (
            Deadline(DeadlineKind.LAST_CLASS_DAY, after=2, fallback=Deadline(DeadlineKind.NONE)),
            (
                "le dernier jour d’école avant les vacances, à 12 h, pour les deux premiers jours après les vacances ; "
                "sinon jusqu’au début de l’activité"
            ),
        ),
        (Deadline(DeadlineKind.NTH_OF_PREVIOUS_MONTH, day_of_month=20), "le 20 du mois précédent, à 12 h"),
        (Deadline(DeadlineKind.NTH_OF_PREVIOUS_MONTH), "le 1er du mois précédent, à 12 h"),
        (
            Deadline(DeadlineKind.NTH_OF_PREVIOUS_MONTH, day_of_month=31),
            "le dernier jour du mois précédent, à 12 h",
        ),
        (
            Deadline(DeadlineKind.NTH_OF_PREVIOUS_MONTH, day_of_month=20, months=2),
            "le 20 du mois, deux mois avant, à 12 h",
        ),
        (
            Deadline(DeadlineKind.NTH_OF_PREVIOUS_MONTH, day_of_month=31, months=3),
            "le dernier jour du mois, trois mois avant, à 12 h",
        ),
        (Deadline(DeadlineKind.FIXED, on=date(2026, 12, 8)), "le mardi 8 décembre 2026, à 12 h"),
        (Deadline(DeadlineKind.NONE), "jusqu’au début de l’activité"),
        (
            Deadline(DeadlineKind.DAYS_BEFORE, days=2, excluded=frozenset({Excluded.WEEKENDS}), shift=Shift.BEFORE),
            "deux jours avant, à 12 h (avancée si elle rencontre un week-end)",
        ),
        (
            Deadline(DeadlineKind.DAYS_BEFORE, days=2, excluded=frozenset(Excluded), shift=Shift.AFTER),
            (
                "deux jours avant, à 12 h (reportée si elle rencontre un week-end, un jour férié, "
                "des vacances scolaires ou un jour de fermeture)"
            ),
        ),
        (
            Deadline(DeadlineKind.DAYS_BEFORE, days=2, excluded=frozenset({Excluded.WEEKENDS})),
            "deux jours avant, à 12 h",
        ),
    ],
)
def test_a_deadline_is_said_in_plain_french(deadline: Deadline, sentence: str) -> None:
    assert deadline.sentence.replace("\u00a0", " ") == sentence


@given(deadlines)
def test_every_deadline_can_be_said(deadline: Deadline) -> None:
    said = deadline.sentence
    assert said == said.strip()
    assert said[0].islower() or said[0].isdigit()
    assert not said.endswith(".")
    assert "  " not in said
    assert not {"None", "_", "{", "J-"} & set(said.split())


def test_every_choice_of_the_form_has_its_label() -> None:
    for choices in (DeadlineKind, Excluded, Shift):
        assert len({choice.label for choice in choices}) == len(choices)
