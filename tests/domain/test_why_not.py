"""« Pourquoi ? » : chaque cause a sa phrase, son instant et sa suite, toujours les mêmes."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain import why_not
from portail.domain.refusals import RefusalError
from portail.domain.why_not import MOST_SAID, OVERRIDABLE, NotBookableError, Reason, WhyNot

NOON = datetime(2026, 12, 8, 11, tzinfo=UTC)
DAY = date(2026, 12, 3)
CHILD = "/dossier/enfants/7"
EXAMPLES = [
    why_not.closed("Fermé : vacances de Noël."),
    why_not.closed("Fermé le dimanche"),
    why_not.closed(),
    why_not.no_rule(),
    why_not.past(NOON),
    why_not.unknown_slot(),
    why_not.wrong_age("Léa", 2, DAY, 3, 11),
    why_not.wrong_level("Léa", "CM2", ["CP", "CE1"], CHILD),
    why_not.wrong_level("Léa", "", ["CP"], CHILD),
    why_not.wrong_school("Léa", ["École Jean Macé", "École du Parc"]),
    why_not.wrong_school("Léa", []),
    why_not.refused(),
    why_not.refused("effectif atteint"),
    why_not.not_my_day("Jade", DAY, CHILD),
    why_not.no_right(),
    why_not.not_enrolled("Noé"),
    why_not.not_enrolled("Noé", waits=True),
    why_not.health_incomplete("Léa", ["Indiquez le médecin traitant et son téléphone."], f"{CHILD}/sante"),
    why_not.document_missing("Léa", ["certificat médical"]),
    why_not.document_missing("Léa", ["certificat médical", "assurance"]),
    why_not.wallet_inactive(),
    why_not.wallet_short(1230),
    why_not.incompatible("Léa", "Accueil de loisirs"),
    why_not.campaign_not_open(NOON),
    why_not.too_early(NOON),
    why_not.late_refused(NOON),
    why_not.locked(NOON),
    why_not.full(has_waitlist=True),
    why_not.full(has_waitlist=True, waiting=3),
    why_not.full(has_waitlist=False),
    why_not.no_waitlist(places_left=True),
    why_not.no_waitlist(places_left=False),
    why_not.already_booked("Léa"),
    why_not.already_waiting("Léa", 3),
    why_not.not_booked("Léa"),
    why_not.not_waiting("Léa"),
    why_not.cancel_late(NOON),
    why_not.recorded("Léa"),
    why_not.carence(1),
    why_not.carence(2),
    why_not.other_family("Léa"),
]
# Rien à faire : c'est passé, ou c'est déjà comme demandé.
NOTHING_TO_DO = {Reason.PAST, Reason.ALREADY_BOOKED, Reason.ALREADY_WAITING, Reason.NOT_BOOKED, Reason.NOT_WAITING}
TIMED = {
    *(Reason.PAST, Reason.NOT_OPEN_CAMPAIGN, Reason.TOO_EARLY),
    *(Reason.LATE_REFUSED, Reason.LOCKED, Reason.CANCEL_LATE),
}
JARGON = (
    *("slot", "créneau", "statut", "session", "null", "none", "id ", "j-2", "quota", "workflow", "deadline"),
    *("invalide", "erreur 4", "oups", "override", "jauge", "inscrit(e)", "(e)", "veuillez", "hors délais impartis"),
)


def said(one: WhyNot) -> str:
    return one.sentence.replace("\u00a0", " ")


def test_every_reason_has_its_sentence() -> None:
    assert {one.reason for one in EXAMPLES} == set(Reason)


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.sentence[:40])
def test_a_sentence_is_short_plain_and_ends_with_a_period(one: WhyNot) -> None:
    for text in (one.sentence, one.next_step):
        assert text == text.strip()
        assert text == "" or (text[0].isupper() and text.endswith("."))
        assert ".." not in text
        assert "  " not in text
        assert "'" not in text  # l'apostrophe de l'écran est courbe
        assert not [word for word in JARGON if word in text.lower()]
        assert len(text) <= 160
    assert one.sentence


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.sentence[:40])
def test_something_can_be_done_unless_there_is_nothing_to_do(one: WhyNot) -> None:
    assert (one.next_step == "") == (one.reason in NOTHING_TO_DO)
    assert one.link == "" or re.fullmatch(r"/[a-z0-9/-]+", one.link)
    assert one.link == "" or one.next_step


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.sentence[:40])
def test_the_exact_instant_is_in_the_sentence_and_beside_it(one: WhyNot) -> None:
    assert (one.at is not None) == (one.reason in TIMED)
    if one.at:
        assert "le mardi 8 décembre à 12 h" in said(one)


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.sentence[:40])
def test_the_refusal_says_the_same_as_the_calendar(one: WhyNot) -> None:
    """Le parent qui touche le jour et l'agent qui essaie au guichet lisent la même chose."""
    refusal = NotBookableError(one)
    assert isinstance(refusal, RefusalError)
    assert refusal.why is one
    assert (refusal.sentence, refusal.next_step) == (one.sentence, one.next_step)


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.sentence[:40])
def test_no_sentence_gives_a_gender_to_the_child(one: WhyNot) -> None:
    gendered = r"\b(inscrite?|attendue?|absente?|prévenue?|informée?)\b"
    assert not re.search(gendered, one.sentence + one.next_step)


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (why_not.closed("Fermé le dimanche"), "Fermé le dimanche."),
        (why_not.past(NOON), "Ce jour est passé : l’activité a commencé le mardi 8 décembre à 12 h."),
        (why_not.late_refused(NOON), "Les réservations de ce jour sont closes depuis le mardi 8 décembre à 12 h."),
        (
            why_not.locked(NOON),
            "Les réservations de ce jour, même majorées, sont closes depuis le mardi 8 décembre à 12 h.",
        ),
        (why_not.too_early(NOON), "Les réservations de ce jour ouvrent le mardi 8 décembre à 12 h."),
        (why_not.campaign_not_open(NOON), "Les inscriptions ouvrent le mardi 8 décembre à 12 h."),
        (why_not.cancel_late(NOON), "Ce jour ne peut plus être annulé depuis le mardi 8 décembre à 12 h."),
        (why_not.not_my_day("Jade", DAY, CHILD), "Le jeudi 3 décembre, la garde de Jade revient à l’autre foyer."),
        (why_not.refused("effectif atteint"), "La mairie a refusé cette réservation : effectif atteint."),
        (why_not.refused(" "), "La mairie a refusé cette réservation."),
        (
            why_not.wrong_school("Léa", ["École Jean Macé", "École du Parc"]),
            "Cette activité est réservée aux enfants de certaines écoles : École Jean Macé et École du Parc.",
        ),
        (
            why_not.wrong_level("Léa", "CM2", ["CP", "CE1", "CE2"], CHILD),
            "Léa est en CM2 ; cette activité accueille les enfants de CP, CE1 et CE2.",
        ),
        (
            why_not.wrong_level("Léa", "", ["CP"], CHILD),
            "Le niveau scolaire de Léa n’est pas indiqué ; cette activité accueille les enfants de CP.",
        ),
        (why_not.document_missing("Léa", ["assurance"]), "Il manque un document pour Léa : assurance."),
        (
            why_not.document_missing("Léa", ["certificat médical", "assurance"]),
            "Il manque 2 documents pour Léa : certificat médical et assurance.",
        ),
        (why_not.already_waiting("Léa", 3), "Léa est déjà sur la liste d’attente de ce jour (n° 3)."),
        (why_not.already_waiting("Léa", 0), "Léa est déjà sur la liste d’attente de ce jour."),
        (why_not.carence(1), "Le premier jour d’absence reste dû."),
        (why_not.carence(3), "Les 3 premiers jours d’absence restent dus."),
        (why_not.wallet_short(5), "Il manque 0,05 € dans votre porte-monnaie."),
        (why_not.wallet_short(123_456), "Il manque 1 234,56 € dans votre porte-monnaie."),
    ],
)
def test_the_exact_words(one: WhyNot, sentence: str) -> None:
    assert said(one) == sentence


@pytest.mark.parametrize(
    ("age", "least", "most", "sentence"),
    [
        (2, 3, 11, "Léa a 2 ans le 3 décembre ; cette activité accueille les enfants de 3 à 11 ans."),
        (1, 3, None, "Léa a 1 an le 3 décembre ; cette activité accueille les enfants à partir de 3 ans."),
        (12, None, 11, "Léa a 12 ans le 3 décembre ; cette activité accueille les enfants jusqu’à 11 ans."),
        (0, 1, None, "Léa a moins d’un an le 3 décembre ; cette activité accueille les enfants à partir de 1 an."),
        (4, 3, 3, "Léa a 4 ans le 3 décembre ; cette activité accueille les enfants de 3 ans."),
    ],
)
def test_an_age_is_said_as_one_would(age: int, least: int | None, most: int | None, sentence: str) -> None:
    assert why_not.wrong_age("Léa", age, DAY, least, most).sentence == sentence


def test_what_is_missing_from_the_health_file_is_said_exactly() -> None:
    """Les phrases de la fiche elle-même, trois au plus, et le lien qui y mène."""
    one = why_not.health_incomplete("Léa", ["Indiquez le médecin traitant.", "Dites si elle a de l’asthme"], "/x/sante")
    assert one.sentence == "La fiche sanitaire de Léa est incomplète."
    assert one.next_step == "Indiquez le médecin traitant. Dites si elle a de l’asthme."
    assert one.link == "/x/sante"


@given(st.integers(0, 12))
def test_a_long_list_of_lacks_is_cut_and_counted(count: int) -> None:
    one = why_not.health_incomplete("Léa", [f"Point {rank}." for rank in range(count)], "/x")
    listed = re.findall(r"Point \d+\.", one.next_step)
    assert len(listed) == min(count, MOST_SAID)
    left = re.search(r"Il reste ensuite (\d+) autres? points?\.", one.next_step)
    assert (int(left[1]) if left else 0) == count - len(listed)
    assert one.next_step.endswith(".")


def test_a_missing_document_leads_to_where_it_is_sent() -> None:
    assert why_not.document_missing("Léa", ["assurance"]).next_step == "Envoyez-le en ligne."
    many = why_not.document_missing("Léa", ["assurance", "certificat médical"])
    assert (many.next_step, many.link) == ("Envoyez-les en ligne.", "/documents")


def test_a_full_day_offers_its_waiting_list_and_says_how_long_it_is() -> None:
    steps = [why_not.full(has_waitlist=True, waiting=waiting).next_step for waiting in (0, 1, 4)]
    assert "(" not in steps[0]
    assert "(1 enfant attend déjà)" in steps[1]
    assert "(4 enfants attendent déjà)" in steps[2]
    assert why_not.full(has_waitlist=False, waiting=4).next_step == "Choisissez un autre jour."


def test_an_agent_may_override_a_rule_but_neither_safety_nor_facts() -> None:
    never = {
        *(Reason.CLOSED, Reason.PAST, Reason.UNKNOWN_SLOT, Reason.HEALTH_INCOMPLETE, Reason.NO_RIGHT),
        *(Reason.NOT_ENROLLED, Reason.INCOMPATIBLE, Reason.NO_WAITLIST, Reason.RECORDED),
        *(Reason.ALREADY_BOOKED, Reason.ALREADY_WAITING, Reason.NOT_BOOKED, Reason.NOT_WAITING),
        Reason.OTHER_FAMILY,
    }
    assert set(Reason) - OVERRIDABLE == never
    for one in EXAMPLES:
        assert one.is_overridable is one.reason.is_overridable is (one.reason not in never)


def test_reasons_have_distinct_labels() -> None:
    assert len({reason.label for reason in Reason}) == len(Reason)
    assert all(len(reason.label) <= 30 for reason in Reason)


@pytest.mark.parametrize(
    ("link", "desk"),
    [
        ("/dossier/enfants/7", "/admin/familles/3"),
        ("/dossier/enfants/7/sante", "/admin/enfants/7/sante"),
        ("/documents", "/admin/familles/3"),
        ("/absences", "/admin/absences"),
        ("/porte-monnaie", ""),
        ("/contact", ""),
        ("", ""),
    ],
)
def test_an_agent_is_led_to_the_page_where_he_can_act(link: str, desk: str) -> None:
    assert why_not.desk_link(link, 3) == desk
