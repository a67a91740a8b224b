"""La copie d'un mandat signé : ce qu'elle dit, à qui elle est remise, et sa trace."""

from typing import Any

import pytest
from sqlmodel import col, select, update

from portail.domain.direct_debits import TERMS
from portail.domain.families import GuardianRole
from portail.domain.refusals import NotOpenError
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.services.direct_debits import copies, forgetting, mandates
from tests.conftest import NOW
from tests.factories import direct_debits as made
from tests.factories.families import make_family
from tests.factories.people import make_account, open_session
from tests.tools.pdfs import assert_accessible, text_of


def words(actor: Any, mandate: int) -> str:
    return " ".join(text_of(copies.make_pdf(actor, mandate, NOW).body).split())


def traces() -> list[tuple[int | None, int | None, str]]:
    with reading() as db:
        query = select(AuditEntry.actor_id, AuditEntry.subject_id, AuditEntry.detail)
        return list(db.exec(query.where(AuditEntry.action == "mandate.copied").order_by(col(AuditEntry.id))))


def test_the_copy_says_the_whole_mandate(durand: made.Payer) -> None:
    (mandate,) = made.mandates_of(durand.family)
    copy = copies.make_pdf(durand.actor, durand.mandate, NOW)
    assert (copy.name, copy.media_type) == (f"mandat-{mandate.rum.lower()}.pdf", "application/pdf")
    assert_accessible(copy.body, "Mandat de prélèvement SEPA · Valbourg-sur-Loire")
    said = words(durand.actor, durand.mandate)
    for expected in (
        mandate.rum,
        "Valbourg-sur-Loire Régie enfance",
        "FR12ZZZ123456",
        "Camille Durand",
        "FR76 3000 6000 0112 3456 7890 189",
        "Récurrent",
        "le 20 novembre 2026",
        "par Durand Essai",
    ):
        assert expected in said
    for sentence in TERMS:
        assert " ".join(sentence.split()) in said
    assert "BIC" not in said
    assert "Terminé" not in said


def test_each_copy_is_in_the_journal(durand: made.Payer) -> None:
    for _ in range(2):
        copies.make_pdf(durand.actor, durand.mandate, NOW)
    rum = made.mandates_of(durand.family)[0].rum
    assert traces() == [(durand.actor.account_id, durand.family, rum)] * 2


def test_an_ended_mandate_says_so_with_its_bic(durand: made.Payer) -> None:
    account = make_account("sam@famille.example")
    family = make_family("Smith", account)
    actor = open_session(account)[1]
    made.sign(actor, family, iban="GB29 NWBK 6016 1331 9268 19", bic="NWBKGB2L")
    key = made.mandates_of(family)[0].key
    mandates.end_mine(actor=actor, mandate_id=key, now=NOW)
    said = words(actor, key)
    for expected in (
        "GB29 NWBK 6016 1331 9268 19",
        "NWBKGB2L",
        "Terminé le 20 novembre 2026 à la demande de la famille",
    ):
        assert expected in said


def test_the_other_adult_who_sees_the_money_has_it_too(durand: made.Payer) -> None:
    other = make_account("paul@famille.example")
    with transaction() as db:
        adult = {"first_name": "Paul", "last_name": "Durand", "role": GuardianRole.FATHER}
        db.add(Guardian(family_id=durand.family, account_id=other.key, **adult))
    actor = open_session(other)[1]
    assert "7890 189" in words(actor, durand.mandate)
    with transaction() as db:
        mine = update(Guardian).where(col(Guardian.account_id) == other.key)
        db.exec(mine.values(can_see_money=False))
    with pytest.raises(NotOpenError):
        copies.make_pdf(actor, durand.mandate, NOW)


def test_nobody_else_has_it(durand: made.Payer, agent: Any) -> None:
    for actor in (agent, made.make_payer("Petit").actor):
        with pytest.raises(NotOpenError):
            copies.make_pdf(actor, durand.mandate, NOW)
    for key in (99, 0, -1, 2**40):
        with pytest.raises(NotOpenError):
            copies.make_pdf(durand.actor, key, NOW)
    assert traces() == []


def test_once_forgotten_the_iban_is_no_more_in_it(durand: made.Payer) -> None:
    with transaction() as db:
        forgetting.forget_ended(db, [durand.mandate])
    said = words(durand.actor, durand.mandate)
    assert "IBAN" not in said
    assert "30006" not in said
    assert made.mandates_of(durand.family)[0].rum in said
