"""Le mandat : signé par qui voit l'argent du dossier, scellé, terminé quand on le veut."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, select, update

from portail.domain.direct_debits import MandateEnd, MandateState, WrongStepError
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.direct_debits import Mandate
from portail.models.families import Family, Guardian
from portail.models.regies import Regie
from portail.services.direct_debits import mandates, mine
from portail.services.direct_debits.mandates import AlreadySignedError
from portail.services.health import rotation, vault
from portail.services.health.vault import VaultError
from portail.services.upkeep import doctor
from portail.settings import DEMO_HEALTH_KEYS
from tests.conftest import NOW
from tests.factories import direct_debits as made
from tests.factories.crowds import together
from tests.factories.families import make_family
from tests.factories.invoices import make_invoice, make_regie
from tests.factories.people import make_account, open_session
from tests.factories.settings import configured
from tests.test_settings import KEY


def iban_of(mandate_id: int) -> str:
    with reading() as db:
        return vault.read(db.get_one(Mandate, mandate_id))["sealed_iban"]


def test_a_signed_mandate_says_everything_but_the_iban(durand: made.Payer) -> None:
    (mandate,) = made.mandates_of(durand.family)
    assert mandate.rum.startswith("ENF-20261120-")
    assert (mandate.holder, mandate.iban_end, mandate.terms_version) == ("Camille Durand", "0189", 1)
    page = mine.show(actor=durand.actor, family_id=0)
    (row,) = page.mandates
    assert (row.iban, row.state, row.is_active) == ("••••\u00a00189", "En cours", True)
    assert page.regies == []  # un mandat par régie
    assert "3000600001123456789" not in repr(page)
    ((to, subject, words),) = made.letters()
    assert (to, subject) == ("durand@famille.example", "Votre mandat de prélèvement")
    assert "0189" in words
    assert "30006" not in words
    with reading() as db:
        told = db.exec(select(AuditEntry).where(AuditEntry.action == "mandate.signed")).one()
    assert (told.actor_id, told.subject_id, told.detail) == (durand.actor.account_id, durand.family, mandate.rum)


def test_the_iban_is_sealed_in_the_table_and_bound_to_its_row(durand: made.Payer, base: Engine) -> None:
    assert iban_of(durand.mandate) == "FR7630006000011234567890189"
    with base.connect() as connection:
        raw = bytes(connection.execute(text("select sealed_iban from mandate")).scalar_one())
    assert b"30006" not in raw
    other = made.make_payer("Martin")
    with transaction() as db:
        db.exec(update(Mandate).where(col(Mandate.id) == other.mandate).values(sealed_iban=raw))
    with pytest.raises(VaultError):
        iban_of(other.mandate)


def test_a_change_of_key_covers_the_iban_and_the_file(durand: made.Payer) -> None:
    make_invoice(durand.family)
    agent = made.make_agent()
    made.send(agent, made.prepare(agent))
    with configured(PORTAIL_HEALTH_KEYS=f"2027:{KEY},{DEMO_HEALTH_KEYS}"):
        assert list(rotation.rotate())[-1] == 2
    with configured(PORTAIL_HEALTH_KEYS=f"2027:{KEY}"):
        assert iban_of(durand.mandate) == "FR7630006000011234567890189"
        with reading() as db:
            assert vault.read(made.batches()[0])["sealed_file"].startswith("<?xml")
            assert {row.key_id for row in db.exec(select(Mandate))} == {"2027"}
    assert any("« 2027 »" in finding.sentence for finding in doctor.examine())


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"iban": ""}, "iban", "pas juste"),
        ({"iban": "FR76 3000 6000 0112 3456 7890 188"}, "iban", "pas juste"),
        ({"iban": "FR76 3000 6000 0112 3456 7890 18"}, "iban", "pas juste"),
        ({"iban": "BR1800360305000010009795493C1"}, "iban", "zone SEPA"),
        ({"iban": "9" * 500}, "iban", "pas juste"),
        ({"iban": "GB29NWBK60161331926819"}, "bic", "BIC"),
        ({"bic": "BNP"}, "bic", "BIC"),
        ({"holder": " "}, "holder", "titulaire"),
        ({"holder": "x" * 71}, "holder", "70"),
        ({"accepted": ""}, "accepted", "Cochez"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_signed(
    base: Engine, changed: dict[str, str], field: str, words: str
) -> None:
    account = make_account()
    family = make_family("Durand", account)
    with pytest.raises(FormRefusedError) as refusal:
        made.sign(open_session(account)[1], family, **changed)
    assert words in refusal.value.fields[field]
    assert made.mandates_of(family) == []


def test_a_british_account_is_taken_with_its_bic(base: Engine) -> None:
    account = make_account()
    family = make_family("Durand", account)
    made.sign(open_session(account)[1], family, iban="gb29 nwbk 6016 1331 9268 19", bic="NWBKGB2L")
    (mandate,) = made.mandates_of(family)
    assert (mandate.bic, iban_of(mandate.key)) == ("NWBKGB2L", "GB29NWBK60161331926819")


def test_two_adults_signing_at_once_sign_one_mandate(base: Engine) -> None:
    accounts = [make_account(f"{name}@famille.example") for name in ("alba", "blaise")]
    family = make_family("Durand", *accounts)
    actors = [open_session(account)[1] for account in accounts]
    made.make_collecting()
    done = together(*[partial(made.sign, actor, family) for actor in actors])
    assert sorted(type(one) is str for one in done) == [False, True]
    assert any(isinstance(one, AlreadySignedError) for one in done)
    assert len(made.mandates_of(family)) == 1


def test_each_regie_has_its_own_mandate_and_only_those_that_collect(durand: made.Payer) -> None:
    other = make_regie("SPO", creditor_id="FR99ZZZ654321", iban="FR7630001007941234567890185")
    quiet = make_regie("ART")
    assert [choice.label for choice in mine.show(actor=durand.actor, family_id=0).regies] == ["Régie SPO"]
    made.sign(durand.actor, durand.family, regie=str(other))
    assert len(made.mandates_of(durand.family)) == 2
    with transaction() as db:
        db.exec(update(Regie).where(col(Regie.id) == other).values(closed_at=NOW))
    for regie in (quiet, other, 99, -1, "x", 2**40):
        with pytest.raises(RefusalError, match="à qui"):
            made.sign(durand.actor, durand.family, regie=str(regie))


def test_someone_else_s_family_and_mandate_do_not_exist(durand: made.Payer) -> None:
    stranger = open_session(make_account("autre@famille.example"))[1]
    for family in (durand.family, 99, 0, -1, 2**40):
        with pytest.raises(NotOpenError):
            made.sign(stranger, family)
    for mandate in (durand.mandate, 99, 0, -1, 2**40):
        with pytest.raises(NotOpenError):
            mandates.end_mine(actor=stranger, mandate_id=mandate, now=NOW)
    with pytest.raises(NotOpenError):
        mine.show(actor=stranger, family_id=durand.family)
    assert mine.show(actor=stranger, family_id=0).family_id == 0
    assert made.mandates_of(durand.family)[0].state == MandateState.ACTIVE


def test_an_adult_who_does_not_see_the_money_neither_signs_nor_ends(durand: made.Payer) -> None:
    with transaction() as db:
        db.exec(update(Guardian).values(can_see_money=False))
    with pytest.raises(RefusalError, match="ne permet pas"):
        made.sign(durand.actor, durand.family)
    with pytest.raises(NotOpenError):
        mandates.end_mine(actor=durand.actor, mandate_id=durand.mandate, now=NOW)
    assert mine.show(actor=durand.actor, family_id=0).family_id == 0


def test_a_parent_is_not_an_agent(durand: made.Payer) -> None:
    with pytest.raises(RefusalError):
        mandates.end_at_desk(actor=durand.actor, mandate_id=durand.mandate, now=NOW)


def test_ending_is_told_dated_and_done_once(durand: made.Payer) -> None:
    later = NOW + timedelta(days=3)
    said = mandates.end_mine(actor=durand.actor, mandate_id=durand.mandate, now=later)
    assert said == "Ce mandat a pris fin."
    (mandate,) = made.mandates_of(durand.family)
    assert (mandate.state, mandate.ended_at, mandate.end_reason) == (MandateState.ENDED, later, MandateEnd.FAMILY)
    assert [subject for _, subject, _ in made.letters("Fin")] == ["Fin de votre mandat de prélèvement"]
    with pytest.raises(WrongStepError, match="déjà pris fin"):
        mandates.end_mine(actor=durand.actor, mandate_id=durand.mandate, now=later)
    (row,) = mine.show(actor=durand.actor, family_id=0).mandates
    assert row.dates == "signé le 20 novembre 2026, terminé le 23 novembre 2026 à la demande de la famille"
    made.sign(durand.actor, durand.family)  # un autre se signe ensuite
    assert len(made.mandates_of(durand.family)) == 2


def test_the_desk_ends_a_mandate_too(durand: made.Payer) -> None:
    agent = made.make_agent()
    mandates.end_at_desk(actor=agent, mandate_id=durand.mandate, now=NOW)
    assert made.mandates_of(durand.family)[0].end_reason == MandateEnd.DESK
    for wrong in (99, 0, -1, 2**40):
        with pytest.raises(NotOpenError):
            mandates.end_at_desk(actor=agent, mandate_id=wrong, now=NOW)


def test_what_was_announced_does_not_happen_and_what_was_sent_still_does(durand: made.Payer) -> None:
    agent = made.make_agent()
    make_invoice(durand.family, 10_00)
    made.send(agent, made.prepare(agent))
    make_invoice(durand.family, 20_00)
    made.prepare(agent)
    said = mandates.end_mine(actor=durand.actor, mandate_id=durand.mandate, now=NOW)
    assert "déjà remis à la banque aura encore lieu" in said
    assert [(one.cents, one.state) for one in made.debits()] == [(10_00, "sent")]
    assert len(made.batches()) == 1  # la remise vidée s'en va


def test_a_closed_family_signs_nothing(durand: made.Payer) -> None:
    with transaction() as db:
        db.exec(update(Family).values(status="archived", closed_at=NOW))
    with pytest.raises(NotOpenError):
        made.sign(durand.actor, durand.family)
