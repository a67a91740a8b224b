"""Les autorisations : datées, signées, l'histoire gardée, et redemandées quand leur texte change."""

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.accounts import Role
from portail.domain.consents import DEFAULT_CONSENTS
from portail.domain.families import GuardianRole
from portail.domain.health import StalePartError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.health import Consent, ConsentAnswer
from portail.services import accounts
from portail.services.health import consents, parents
from portail.services.health.records import Edit
from tests.conftest import NOW
from tests.factories.health import Home, make_consents, make_home, seen
from tests.factories.people import PASSWORD


def sign(home: Home, edit: Edit | None = None, **answers: str) -> None:
    consents.sign(actor=home.actor, edit=edit or seen(home.child_id), form=answers, now=NOW)


def shown(home: Home):
    return parents.show(actor=home.actor, child_id=home.child_id, now=NOW)


def rows() -> list[ConsentAnswer]:
    with reading() as db:
        return list(db.exec(select(ConsentAnswer).order_by(col(ConsentAnswer.id))))


def test_the_usual_consents_are_installed_once(base: Engine) -> None:
    keys = make_consents()
    assert make_consents() == keys
    assert len(keys) == len(DEFAULT_CONSENTS)
    lines = shown(make_home()).consents
    assert [line.label for line in lines] == [one.label for one in DEFAULT_CONSENTS]
    assert {(line.answer, line.answer_label, line.tone) for line in lines} == {("", "Pas de réponse", "warn")}


def test_a_town_that_opens_has_the_usual_consents(base: Engine) -> None:
    new = accounts.NewAccount("ada@mairie.example", "Ada", "Fournier", Role.ADMIN)
    accounts.create_admin(new, PASSWORD, NOW)
    assert len(shown(make_home()).consents) == len(DEFAULT_CONSENTS)


def test_an_answer_is_dated_and_signed(base: Engine) -> None:
    first, second, *_ = make_consents()
    home = make_home()
    sign(home, **{f"consent_{first}": "yes", f"consent_{second}": "no"})
    lines = {line.id: line for line in shown(home).consents}
    assert (lines[first].answer_label, lines[first].tone) == ("Oui", "ok")
    assert (lines[second].answer_label, lines[second].tone) == ("Non", "")
    assert lines[first].signed == "Alba Essai, le 20 novembre 2026"
    (row, _) = rows()
    assert (row.text, row.account_id, row.answered_at) == (DEFAULT_CONSENTS[0].text, home.actor.account_id, NOW)


def test_no_is_an_answer_that_completes(base: Engine) -> None:
    keys = make_consents()
    home = make_home()
    sign(home, **{f"consent_{key}": "no" for key in keys})
    assert "#autorisations" not in [line.href for line in shown(home).missing]


def test_changing_ones_mind_adds_a_line_and_repeating_adds_none(base: Engine) -> None:
    first, *_ = make_consents()
    home = make_home()
    for answer in ("yes", "yes", "no"):
        sign(home, **{f"consent_{first}": answer})
    assert [row.answer for row in rows()] == ["yes", "no"]
    assert shown(home).consents[0].answer == "no"
    assert shown(home).version == 2


def test_a_new_text_asks_again_and_keeps_what_was_signed(base: Engine) -> None:
    first, *others = make_consents()
    home = make_home()
    sign(home, **{f"consent_{key}": "yes" for key in (first, *others)})
    with transaction() as db:
        db.exec(update(Consent).where(col(Consent.id) == first).values(text="Nouveau texte", version=2))
    (missing,) = [line for line in shown(home).missing if line.href == "#autorisations"]
    assert missing.sentence == "Répondez à 1 autorisation."
    assert shown(home).consents[0].answer == ""
    sign(home, **{f"consent_{first}": "yes"})
    kept = [(row.version, row.text) for row in rows() if row.consent_id == first]
    assert kept == [(1, DEFAULT_CONSENTS[0].text), (2, "Nouveau texte")]


def test_an_inactive_or_optional_consent_is_not_missing(base: Engine) -> None:
    make_consents()
    with transaction() as db:
        db.exec(update(Consent).where(col(Consent.code) == "image").values(active=False))
        db.exec(update(Consent).where(col(Consent.code) != "image").values(compulsory=False))
    home = make_home()
    assert len(shown(home).consents) == len(DEFAULT_CONSENTS) - 1
    assert "#autorisations" not in [line.href for line in shown(home).missing]


def test_a_trusted_person_does_not_sign(base: Engine) -> None:
    first, *_ = make_consents()
    home = make_home()
    with transaction() as db:
        db.exec(update(Guardian).values(role=GuardianRole.CARER))
    assert shown(home).signer == ""
    with pytest.raises(RefusalError, match="personne de confiance"):
        sign(home, **{f"consent_{first}": "yes"})
    assert rows() == []


def test_a_foreign_child_is_not_signed_for(base: Engine) -> None:
    first, *_ = make_consents()
    mine, theirs = make_home(), make_home("ali@famille.example")
    for key in (theirs.child_id, 0, 2**31):
        with pytest.raises(NotOpenError):
            sign(mine, Edit(key, 0), **{f"consent_{first}": "yes"})
    assert rows() == []


def test_unknown_consents_and_answers_are_refused_or_ignored(base: Engine) -> None:
    first, *_ = make_consents()
    home = make_home()
    sign(home, consent_99999="yes")
    assert rows() == []
    with pytest.raises(RefusalError):
        sign(home, **{f"consent_{first}": "peut-être"})
    assert shown(home).version == 0


def test_answers_given_in_another_tab_are_not_overwritten(base: Engine) -> None:
    first, *_ = make_consents()
    home = make_home()
    page = seen(home.child_id)
    sign(home, page, **{f"consent_{first}": "yes"})
    with pytest.raises(StalePartError):
        sign(home, page, **{f"consent_{first}": "no"})
    assert shown(home).consents[0].answer == "yes"
