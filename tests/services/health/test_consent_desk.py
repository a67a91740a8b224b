"""La liste des autorisations réglée par la direction : versions, ordre, retraits, deux agents à la fois."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from portail.domain.accounts import Actor, Role
from portail.domain.consents import DEFAULT_CONSENTS, MOST_CONSENTS, ConsentChangedError, RewordedError
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.audit import AuditEntry
from portail.models.database import reading
from portail.models.health import Consent, ConsentAnswer
from portail.services.health import consent_desk, consents, parents
from portail.services.health.consent_desk import Seen
from portail.views.health import ConsentList, ConsentRow
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.health import Home, fill, make_consents, make_home, seen
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

LABELS = [one.label for one in DEFAULT_CONSENTS]
NEW = {"label": "Vélo", "text": "J’autorise mon enfant à faire du vélo.", "compulsory": "on"}


@pytest.fixture
def chief(base: Engine) -> Actor:
    make_consents()
    return open_session(make_account("claire@mairie.example", role=Role.DIRECTION))[1]


def listed(actor: Actor) -> ConsentList:
    return consent_desk.show(actor=actor)


def row(actor: Actor, label: str) -> ConsentRow:
    page = listed(actor)
    return next(one for one in (*page.rows, *page.withdrawn) if one.label == label)


def at(actor: Actor, label: str) -> Seen:
    one = row(actor, label)
    return Seen(one.id, one.revision)


def save(actor: Actor, what: Seen, **form: Any) -> None:
    consent_desk.save(actor=actor, seen=what, form=form, now=NOW)


def known(actor: Actor, label: str) -> dict[str, str]:
    one = row(actor, label)
    return {"label": one.label, "text": one.text} | ({"compulsory": "on"} if one.compulsory else {})


def asked(home: Home) -> list[str]:
    return [one.label for one in parents.show(actor=home.actor, child_id=home.child_id, now=NOW).consents]


def lacks(home: Home) -> list[str]:
    shown = parents.show(actor=home.actor, child_id=home.child_id, now=NOW)
    return [one.sentence for one in shown.missing if one.href == "#autorisations"]


def test_an_added_consent_comes_last_and_is_asked_at_once(chief: Actor) -> None:
    home = make_home()
    fill(home)
    save(chief, Seen(), **NEW)
    assert [one.label for one in listed(chief).rows] == asked(home) == [*LABELS, "Vélo"]
    assert lacks(home) == ["Répondez à 1 autorisation."]
    with reading() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "consent.added")).one()
    assert (entry.actor_id, entry.detail) == (chief.account_id, "Vélo")


def test_an_optional_one_is_asked_and_never_missing(chief: Actor) -> None:
    home = make_home()
    fill(home)
    save(chief, Seen(), label="Vélo", text="J’autorise le vélo.")
    assert asked(home)[-1] == "Vélo"
    assert lacks(home) == []
    save(chief, at(chief, "Vélo"), **known(chief, "Vélo"), compulsory="on")
    assert lacks(home) == ["Répondez à 1 autorisation."]


def test_a_new_wording_asks_again_and_keeps_what_was_signed(chief: Actor) -> None:
    home = make_home()
    fill(home)
    assert row(chief, "Sorties").answers == "1 réponse à ce texte"
    save(chief, at(chief, "Sorties"), **known(chief, "Sorties") | {"text": "Un autre texte."})
    assert lacks(home) == ["Répondez à 1 autorisation."]
    changed = row(chief, "Sorties")
    assert (changed.answers, changed.older) == (
        "0 réponse à ce texte",
        "1 réponse gardée à un texte précédent",
    )
    consents.sign(actor=home.actor, edit=seen(home.child_id), form={f"consent_{changed.id}": "no"}, now=NOW)
    assert lacks(home) == []
    with reading() as db:
        query = select(ConsentAnswer).where(ConsentAnswer.consent_id == changed.id).order_by(col(ConsentAnswer.id))
        kept = [(one.version, one.text, one.answer, one.signed_name) for one in db.exec(query)]
    assert kept == [(1, DEFAULT_CONSENTS[1].text, "yes", "Alba Essai"), (2, "Un autre texte.", "no", "Alba Essai")]


def test_a_title_a_place_or_a_duty_changed_asks_nothing_again(chief: Actor) -> None:
    home = make_home()
    fill(home)
    save(chief, at(chief, "Sorties"), label="Sorties et promenades", text=row(chief, "Sorties").text)
    consent_desk.move(actor=chief, seen=at(chief, "Sorties et promenades"), up=True, now=NOW)
    assert asked(home)[0] == "Sorties et promenades"
    assert lacks(home) == []
    assert "Claire Essai" in row(chief, "Sorties et promenades").updated


def test_one_does_not_sign_a_text_that_has_just_changed(chief: Actor) -> None:
    home = make_home()
    page = seen(home.child_id)
    key = row(chief, "Sorties").id
    save(chief, at(chief, "Sorties"), **known(chief, "Sorties") | {"text": "Un autre texte."})
    with pytest.raises(RewordedError, match="Sorties"):
        consents.sign(actor=home.actor, edit=page, form={f"consent_{key}": "yes"}, now=NOW)
    with reading() as db:
        assert db.exec(select(ConsentAnswer)).first() is None
    other = row(chief, "Baignade").id
    consents.sign(actor=home.actor, edit=page, form={f"consent_{other}": "yes"}, now=NOW)


def test_a_withdrawn_one_is_no_longer_asked_and_comes_back_with_its_answers(chief: Actor) -> None:
    home = make_home()
    fill(home)
    consent_desk.set_active(actor=chief, seen=at(chief, "Sorties"), active=False, now=NOW)
    assert "Sorties" not in asked(home)
    assert [one.label for one in listed(chief).withdrawn] == ["Sorties"]
    assert row(chief, "Sorties").answers == "1 réponse à ce texte"
    with pytest.raises(RefusalError, match="retirée"):
        save(chief, at(chief, "Sorties"), **known(chief, "Sorties"))
    consent_desk.set_active(actor=chief, seen=at(chief, "Sorties"), active=True, now=NOW)
    assert asked(home)[-1] == "Sorties"
    assert lacks(home) == []


def test_the_order_is_changed_one_place_at_a_time(chief: Actor) -> None:
    first, second, third, *rest = LABELS
    consent_desk.move(actor=chief, seen=at(chief, first), up=True, now=NOW)
    consent_desk.move(actor=chief, seen=at(chief, LABELS[-1]), up=False, now=NOW)
    assert [one.label for one in listed(chief).rows] == LABELS
    consent_desk.move(actor=chief, seen=at(chief, first), up=False, now=NOW)
    assert [one.label for one in listed(chief).rows] == [second, first, third, *rest]
    consent_desk.set_active(actor=chief, seen=at(chief, first), active=False, now=NOW)
    consent_desk.move(actor=chief, seen=at(chief, third), up=True, now=NOW)
    assert [one.label for one in listed(chief).rows] == [third, second, *rest]


def test_of_two_agents_at_once_the_second_is_told(chief: Actor) -> None:
    page = at(chief, "Sorties")
    save(chief, page, **known(chief, "Sorties") | {"text": "Un autre texte."})
    other = open_session(make_account("ada@mairie.example", role=Role.ADMIN))[1]
    for gesture in (
        lambda: save(other, page, **known(chief, "Sorties") | {"text": "Encore un autre."}),
        lambda: consent_desk.move(actor=other, seen=page, up=True, now=NOW),
        lambda: consent_desk.set_active(actor=other, seen=page, active=False, now=NOW),
    ):
        with pytest.raises(ConsentChangedError, match="par Claire Essai"):
            gesture()
    assert (row(chief, "Sorties").text, [one.label for one in listed(chief).rows]) == ("Un autre texte.", LABELS)


def test_two_agents_at_the_same_instant_write_once(chief: Actor) -> None:
    page, form = at(chief, "Sorties"), known(chief, "Sorties")
    outcomes = together(
        lambda: save(chief, page, **form | {"text": "Un."}), lambda: save(chief, page, **form | {"text": "Deux."})
    )
    assert sum(isinstance(outcome, ConsentChangedError) for outcome in outcomes) == 1
    with reading() as db:
        consent = db.exec(select(Consent).where(Consent.label == "Sorties")).one()
    assert (consent.version, consent.revision) == (2, 2)


@pytest.mark.parametrize("label", ["", "  ", "x" * 121, "Sorties", "SORTIES", "sorties", "a\u202eb"])
def test_a_title_missing_doubled_or_hostile_is_refused(chief: Actor, label: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        save(chief, Seen(), **NEW | {"label": label})
    assert set(refusal.value.fields) == {"label"}
    assert len(listed(chief).rows) == len(LABELS)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1001, "a\u202eb"])
def test_a_text_missing_or_hostile_is_refused(chief: Actor, text: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        save(chief, at(chief, "Sorties"), **known(chief, "Sorties") | {"text": text})
    assert set(refusal.value.fields) == {"text"}
    assert row(chief, "Sorties").revision == 1


def test_the_title_of_a_withdrawn_one_stays_taken(chief: Actor) -> None:
    consent_desk.set_active(actor=chief, seen=at(chief, "Sorties"), active=False, now=NOW)
    with pytest.raises(FormRefusedError, match="parmi celles qui sont retirées"):
        save(chief, Seen(), **NEW | {"label": "sorties"})


def test_the_list_has_an_end(chief: Actor) -> None:
    for rank in range(MOST_CONSENTS - len(LABELS)):
        save(chief, Seen(), **NEW | {"label": f"Numéro {rank}"})
    with pytest.raises(RefusalError, match="le plus possible"):
        save(chief, Seen(), **NEW)
    consent_desk.set_active(actor=chief, seen=at(chief, "Sorties"), active=False, now=NOW)
    save(chief, Seen(), **NEW)
    with pytest.raises(RefusalError, match="le plus possible"):
        consent_desk.set_active(actor=chief, seen=at(chief, "Sorties"), active=True, now=NOW)


@pytest.mark.parametrize("key", [-1, 999_999, 2**40])
def test_what_does_not_exist_is_closed(chief: Actor, key: int) -> None:
    for gesture in (
        lambda: save(chief, Seen(key, 1), **NEW),
        lambda: consent_desk.move(actor=chief, seen=Seen(key, 1), up=True, now=NOW),
        lambda: consent_desk.set_active(actor=chief, seen=Seen(key, 1), active=False, now=NOW),
    ):
        with pytest.raises(NotOpenError):
            gesture()


@pytest.mark.parametrize("role", [Role.PARENT, Role.RECEPTION, Role.REGIE, Role.ANIMATION])
def test_only_the_direction_and_the_administration_settle_consents(base: Engine, role: Role) -> None:
    first, *_ = make_consents()
    actor = open_session(make_account(f"{role}@mairie.example", role=role))[1]
    for gesture in (
        lambda: consent_desk.show(actor=actor),
        lambda: save(actor, Seen(), **NEW),
        lambda: consent_desk.move(actor=actor, seen=Seen(first, 1), up=False, now=NOW),
        lambda: consent_desk.set_active(actor=actor, seen=Seen(first, 1), active=False, now=NOW),
    ):
        with pytest.raises(RefusalError):
            gesture()
    with reading() as db:
        assert {one.revision for one in db.exec(select(Consent))} == {1}


def test_the_page_reads_no_more_when_families_answer(base: Engine, chief: Actor) -> None:
    with counted(base) as small:
        listed(chief)
    for rank in range(4):
        fill(make_home(f"p{rank}@famille.example"))
    with counted(base) as large:
        listed(chief)
    assert len(large) == len(small) == 2
    assert row(chief, "Sorties").answers == "4 réponses à ce texte"
