"""Ce que devient un mandat quand un dossier se ferme, se fusionne, s'efface, ou que rien ne sert plus."""

from datetime import timedelta

from sqlmodel import select, update

from portail.domain.accounts import Role
from portail.domain.direct_debits import MandateEnd, MandateState
from portail.domain.retention import Category
from portail.models.database import reading, transaction
from portail.models.direct_debits import Debit, Mandate
from portail.models.families import Family
from portail.services import merging
from portail.services.direct_debits import forgetting
from portail.services.health import vault
from portail.services.privacy import erasure, export, retention
from tests.conftest import NOW
from tests.factories import direct_debits as made
from tests.factories.invoices import make_invoice
from tests.factories.people import make_account, open_session

YEARS = timedelta(days=365 * 3 + 2)


def every_mandate() -> list[Mandate]:
    with reading() as db:
        return list(db.exec(select(Mandate).order_by(Mandate.id)))  # type: ignore[arg-type]


def test_a_closed_family_is_no_longer_debited(durand: made.Payer) -> None:
    agent = made.make_agent()
    make_invoice(durand.family)
    made.prepare(agent)
    with transaction() as db:
        erasure.archive(db, [db.get_one(Family, durand.family)], NOW)
    (mandate,) = every_mandate()
    assert (mandate.state, mandate.end_reason) == (MandateState.ENDED, MandateEnd.CLOSED)
    assert (made.debits(), made.batches()) == ([], [])


def test_an_erased_family_leaves_amounts_and_no_name(durand: made.Payer) -> None:
    make_invoice(durand.family, 42_30)
    made.collected(made.make_agent())
    with transaction() as db:
        erasure.archive(db, [db.get_one(Family, durand.family)], NOW)
        erasure.erase_families(db, [durand.family])
    (mandate,) = every_mandate()
    assert (mandate.family_id, mandate.holder, mandate.sealed_iban, mandate.iban_end) == (None, "", None, "")
    assert (mandate.rum[:4], vault.read(mandate)) == ("ENF-", {})
    assert [one.cents for one in made.debits()] == [42_30]


def test_two_families_united_keep_one_mandate_and_both_histories(durand: made.Payer) -> None:
    other = made.make_payer("Martin")
    agent = open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]
    merged = merging.merge_families(actor=agent, source_id=other.family, target_id=durand.family, now=NOW)
    kept, ended = every_mandate()
    assert (kept.state, ended.state, ended.end_reason) == ("active", "ended", MandateEnd.MERGED)
    assert (kept.family_id, ended.family_id) == (durand.family, durand.family)
    assert vault.read(ended)["sealed_iban"] == "FR7630006000011234567890189"
    merging.undo_merge(actor=agent, merge_id=merged, now=NOW)
    assert [(one.state, one.family_id) for one in every_mandate()] == [
        ("active", durand.family),
        ("active", other.family),
    ]


def test_three_years_without_use_end_the_mandate_and_tell(durand: made.Payer) -> None:
    used = made.make_payer("Martin")
    make_invoice(used.family)
    made.collected(made.make_agent())
    assert forgetting.end_unused(NOW + timedelta(days=365)) == 0
    assert forgetting.end_unused(NOW + timedelta(days=365 * 3 + 1)) == 1
    assert [one.end_reason for one in every_mandate()] == [MandateEnd.UNUSED, MandateEnd.NONE]
    assert [to for to, _, _ in made.letters("Fin de votre mandat")] == ["durand@famille.example"]
    assert forgetting.end_unused(NOW + timedelta(days=365 * 3 + 1)) == 0


def test_after_two_years_names_accounts_and_files_go_and_amounts_stay(durand: made.Payer) -> None:
    make_invoice(durand.family, 42_30)
    made.collected(made.make_agent())
    with transaction() as db:
        mandate = db.get_one(Mandate, durand.mandate)
        forgetting.end_of(db, [durand.family], NOW)
        assert mandate.ended_at == NOW

    def due(days: int) -> dict[Category, int]:
        found = {one.category: one.count for one in retention.due(NOW + timedelta(days=days))}
        return {category: found[category] for category in (Category.MANDATE, Category.DEBIT_FILE)}

    assert due(729) == {Category.MANDATE: 0, Category.DEBIT_FILE: 0}
    assert due(760) == {Category.MANDATE: 1, Category.DEBIT_FILE: 1}
    retention.apply(NOW + timedelta(days=760))
    (mandate,) = every_mandate()
    assert (mandate.holder, mandate.sealed_iban) == ("", None)
    assert made.batches()[0].sealed_file is None
    assert [one.cents for one in made.debits()] == [42_30]
    assert due(760) == {Category.MANDATE: 0, Category.DEBIT_FILE: 0}


def test_a_parent_takes_the_mandate_away_with_the_iban_and_nobody_else_s(durand: made.Payer) -> None:
    made.make_payer("Martin")
    make_invoice(durand.family)
    made.collected(made.make_agent())
    body = export.make_export(durand.actor, NOW).body
    import io
    import json
    import zipfile

    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".json"))
        taken = json.loads(archive.read(name))
    (mandate,) = taken["mandats_de_prelevement"]
    assert (mandate["iban"], mandate["titulaire"]) == ("FR7630006000011234567890189", "Camille Durand")
    (debit,) = taken["prelevements"]
    assert debit["etat"] == "Prélevé"


def test_a_mandate_under_way_is_never_forgotten(durand: made.Payer) -> None:
    with transaction() as db:
        db.exec(update(Debit).values(cents=1))
    retention.apply(NOW + YEARS)
    assert every_mandate()[0].sealed_iban is not None
