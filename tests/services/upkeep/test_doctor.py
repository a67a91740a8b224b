"""Le médecin : ce qui bloque, ce qui mérite un regard, et rien quand tout va bien."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine

from portail.models import database
from portail.models.database import transaction
from portail.models.wallet import LedgerAccount
from portail.services import regies
from portail.services.upkeep import doctor
from tests.factories import treasury
from tests.factories.families import make_family
from tests.factories.money import fill
from tests.factories.people import make_account
from tests.factories.settings import configured
from tests.test_settings import PRODUCTION

HEALTHY = PRODUCTION | {"PORTAIL_SMTP_URL": "smtp://mail.exemple.fr"}


def blocking() -> list[str]:
    return [finding.sentence for finding in doctor.examine() if finding.blocking]


def test_complete_installation_has_nothing_to_say(base: Engine) -> None:
    with configured(**HEALTHY):
        assert doctor.examine() == []


def test_demo_is_warned_but_not_blocked(base: Engine) -> None:
    with configured():
        sentences = " ".join(finding.sentence for finding in doctor.examine())
    assert blocking() == []
    for name in ("PORTAIL_SECRET_KEY", "PORTAIL_HEALTH_KEYS", "PORTAIL_SMTP_URL", "PORTAIL_PUBLIC_URL"):
        assert name in sentences


def test_a_regie_that_offers_the_card_without_a_key_is_named(base: Engine) -> None:
    regies.prepare()
    with configured(**HEALTHY):
        (finding,) = doctor.examine()
    assert (finding.blocking, "Régie enfance" in finding.sentence) == (False, True)
    with configured(**HEALTHY, PORTAIL_STRIPE_SECRET_KEY="sk_live_a", PORTAIL_STRIPE_WEBHOOK_SECRET="whsec_a"):
        assert doctor.examine() == []


def test_a_regie_that_offers_payfip_without_an_address_is_named(base: Engine) -> None:
    treasury.offer("payfip")
    with configured(**HEALTHY):
        (finding,) = doctor.examine()
    assert (finding.blocking, finding.sentence) == (
        False,
        "PORTAIL_PAYFIP_WSDL : aucune adresse, et PayFiP est proposé par : Régie enfance.",
    )
    with configured(**HEALTHY, PORTAIL_PAYFIP_WSDL="https://payfip.example/tpa/services/securite?wsdl"):
        assert doctor.examine() == []


def test_old_schema_blocks(tmp_path: Path) -> None:
    engine = database.open_engine(f"sqlite:///{tmp_path / 'vide.sqlite'}")
    database.use(engine)
    assert any("portail migrate" in sentence for sentence in blocking())
    engine.dispose()
    database.use(None)


def test_unreachable_base_blocks_without_its_password() -> None:
    engine = database.open_engine("postgresql+psycopg://moi:mot2passe@127.0.0.1:1/rien")
    database.use(engine)
    (sentence,) = blocking()
    assert "ne répond pas" in sentence
    assert "mot2passe" not in sentence
    engine.dispose()
    database.use(None)


def test_full_disk_blocks(base_sqlite: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=499 * 1024 * 1024))
    assert any("500 Mo" in sentence for sentence in blocking())


def test_sizes_counts_every_table(base: Engine) -> None:
    make_account()
    make_account("zoe@famille.example")
    sizes = doctor.sizes()
    assert (sizes["account"], sizes["login_session"]) == (2, 0)
    assert set(sizes) >= {"family", "child", "outbox_mail", "audit_entry"}


def test_a_ledger_that_no_longer_adds_up_blocks(base: Engine) -> None:
    key = fill(make_family("Durand"), 1000)
    with transaction() as db:
        db.get_one(LedgerAccount, key).balance_cents = 900
    with configured(**HEALTHY):
        assert [sentence for sentence in blocking() if "Grand livre" in sentence] == blocking() != []
