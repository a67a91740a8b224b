"""Les réglages et l'horloge : chaque faute nomme sa variable et dit en français quoi corriger."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portail import clock
from portail.setting_words import variable_name
from portail.settings import (
    DEMO_HEALTH_KEYS,
    DEMO_SECRET,
    DEMO_STRIPE_SECRET,
    Mode,
    Settings,
    SettingsError,
    current,
    load,
)
from tests.factories.settings import configured

KEY = "bW9uLWNvZmZyZS1mb3J0LWVzdC1iaWVuLWZlcm1lISE="
SECRET = "une-vraie-cle-de-production-bien-assez-longue"
PRODUCTION = {
    "PORTAIL_MODE": "production",
    "PORTAIL_SECRET_KEY": SECRET,
    "PORTAIL_HEALTH_KEYS": "2026:bW9uLWNvZmZyZS1mb3J0LWVzdC1iaWVuLWZlcm1lISE=",
    "PORTAIL_PUBLIC_URL": "https://familles.exemple.fr",
}


def fault(**variables: str) -> str:
    with pytest.raises(SettingsError) as found:
        load(variables)
    return str(found.value)


def test_defaults_work_and_serve_the_demo() -> None:
    settings = load({})
    assert settings.mode is Mode.DEMO
    assert not settings.is_production
    assert (settings.port, settings.host, settings.workers) == (3000, "127.0.0.1", 1)
    assert settings.site_url == "http://localhost:3000"
    assert settings.allowed_origins == ("http://localhost:3000", "http://127.0.0.1:3000")
    assert settings.database.startswith("sqlite:////")
    assert settings.data_path.is_absolute()
    assert not settings.is_https


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORTAIL_MODE", "essai", "`demo` ou `production`"),
        ("PORTAIL_MODE", "PRODUCTION", "`demo` ou `production`"),
        ("PORT", "abc", "nombre entier"),
        ("PORT", "3000.5", "nombre entier"),
        ("PORT", "0", "1 au moins"),
        ("PORT", "65536", "65535 au plus"),
        ("PORT", "-1", "1 au moins"),
        ("PORT", "9" * 5000, "entier"),
        ("PORTAIL_PAYFIP_CLIENT_ID", "12345", "six chiffres"),
        ("PORTAIL_PAYFIP_CLIENT_ID", "1234567", "six chiffres"),
        ("PORTAIL_PAYFIP_WSDL", "ftp://payfip.example", "https://hôte"),
        ("PORTAIL_PAYFIP_WSDL", "payfip", "https://hôte"),
        ("PORTAIL_PAYFIP_ENTRY", "Z", "`T`, `X` ou `W`"),
        ("PORTAIL_WORKERS", "0", "1 au moins"),
        ("PORTAIL_WORKERS", "65", "64 au plus"),
        ("PORTAIL_WORKERS", "deux", "nombre entier"),
        ("PORTAIL_WORKERS", "2", "PORTAIL_REDIS_URL"),
        ("PORTAIL_TRUSTED_PROXIES", "-1", "0 au moins"),
        ("PORTAIL_TRUSTED_PROXIES", "6", "5 au plus"),
        ("PORTAIL_PUBLIC_URL", "familles.exemple.fr", "https://hôte"),
        ("PORTAIL_PUBLIC_URL", "ftp://familles.exemple.fr", "https://hôte"),
        ("PORTAIL_PUBLIC_URL", "https://familles.exemple.fr/portail", "sans chemin"),
        ("PORTAIL_PUBLIC_URL", "https://familles.exemple.fr?a=b", "https://hôte"),
        ("PORTAIL_PUBLIC_URL", "https://", "https://hôte"),
        ("PORTAIL_PUBLIC_URL", "https://[", "https://hôte"),
        ("PORTAIL_PUBLIC_URL", "https://hote:abc", "https://hôte"),
        ("PORTAIL_PUBLIC_URL", "https://moi:secret@hote", "https://hôte"),
        ("PORTAIL_DATABASE_URL", "mysql://hote/base", "postgresql+psycopg://"),
        ("PORTAIL_DATABASE_URL", "portail.sqlite", "sqlite:///"),
        ("PORTAIL_REDIS_URL", "localhost:6379", "redis://"),
        ("PORTAIL_STORAGE_URL", "s3://seau", "file:///chemin"),
        ("PORTAIL_STORAGE_URL", "data/fichiers", "file:///chemin"),
        ("PORTAIL_STORAGE_URL", "file://serveur/x", "file:///chemin"),
        ("PORTAIL_SECRET_KEY", "court", "32 caractères au moins"),
        ("PORTAIL_HEALTH_KEYS", "sans-deux-points", "clé n° 1 : attendu `nom:clé`"),
        ("PORTAIL_HEALTH_KEYS", f"{DEMO_HEALTH_KEYS},", "clé n° 2 : attendu `nom:clé`"),
        ("PORTAIL_HEALTH_KEYS", f"nom accentué é:{KEY}", "clé n° 1 : attendu `nom:clé`"),
        ("PORTAIL_HEALTH_KEYS", f"{'x' * 21}:{KEY}", "20 au plus"),
        ("PORTAIL_HEALTH_KEYS", f"a:{KEY},a:{KEY}", "`a` est donné deux fois"),
        ("PORTAIL_HEALTH_KEYS", "a:pas-du-base64!", "la clé `a` doit faire 32 octets"),
        ("PORTAIL_HEALTH_KEYS", "a:Y291cnRl", "la clé `a` doit faire 32 octets"),
        ("PORTAIL_HEALTH_KEYS", f"a:{KEY}{KEY}", "la clé `a` doit faire 32 octets"),
        ("PORTAIL_NOW", "demain", "date et une heure ISO"),
        ("PORTAIL_NOW", "2026-02-30T08:00", "date et une heure ISO"),
        ("PORTAIL_NOW", "2026-13-01", "date et une heure ISO"),
        ("PORTAIL_SMTP_URL", "mail.exemple.fr", "smtp://"),
        ("PORTAIL_SMTP_URL", "smtp://", "smtp://"),
        ("PORTAIL_SMTP_URL", "smtp://[", "smtp://"),
        ("PORTAIL_SMTP_URL", "smtp://serveur:abc", "smtp://"),
        ("PORTAIL_SMTP_URL", "smtp://serveur:99999", "smtp://"),
        ("PORTAIL_TOWN_COLOR", "bleu", "#RRVVBB"),
        ("PORTAIL_TOWN_COLOR", "#12345", "#RRVVBB"),
        ("PORTAIL_TOWN_ACCENT", "#12345G", "#RRVVBB"),
        ("PORTAIL_TOWN_NAME", "x" * 81, "trop long"),
        ("PORTAIL_TOWN_PHONE", "0" * 31, "trop long"),
        ("PORTAIL_TOWN_EMAIL", "x" * 201, "trop long"),
        ("PORTAIL_TOWN_ADDRESS", "x" * 201, "trop long"),
        ("PORTAIL_TOWN_LOGO", "/nulle/part/logo.svg", "logo.svg n'existe pas"),
        ("PORTAIL_SCHOOL_ZONE", "D", "`A`, `B` ou `C`"),
        ("PORTAIL_SCHOOL_ZONE", "b", "`A`, `B` ou `C`"),
        ("PORTAIL_STAFF_SECOND_FACTOR", "peut-être", "`true`"),
    ],
    ids=lambda value: value[:40],
)
def test_invalid_value_names_the_variable_and_the_reason(name: str, value: str, reason: str) -> None:
    sentence = fault(**{name: value})
    assert sentence.startswith(f"{name} : ")
    assert reason in sentence


def test_all_faults_are_said_at_once() -> None:
    sentence = fault(PORT="abc", PORTAIL_REDIS_URL="x", PORTAIL_TOWN_COLOR="bleu")
    assert [line.split(" : ")[0] for line in sentence.splitlines()] == [
        "PORT",
        "PORTAIL_REDIS_URL",
        "PORTAIL_TOWN_COLOR",
    ]


def test_a_secret_never_appears_in_the_fault() -> None:
    assert "petit-secret" not in fault(PORTAIL_SECRET_KEY="petit-secret")
    assert "mot2passe" not in fault(PORTAIL_SMTP_URL="imap://moi:mot2passe@hote")
    assert "Y291cnRl" not in fault(PORTAIL_HEALTH_KEYS="a:Y291cnRl")


def test_health_keys_keep_their_order_the_first_one_seals() -> None:
    ring = load({"PORTAIL_HEALTH_KEYS": f"2027:{KEY}, {DEMO_HEALTH_KEYS}"}).health_key_ring
    assert list(ring) == ["2027", "demo"]
    assert all(len(key) == 32 for key in ring.values())


def test_the_demo_health_key_is_refused_in_production_under_any_name() -> None:
    other = DEMO_HEALTH_KEYS.replace("demo:", "vraie:", 1)
    assert "démonstration sont publiques" in fault(**PRODUCTION | {"PORTAIL_HEALTH_KEYS": f"2027:{KEY},{other}"})


def test_complete_production_starts() -> None:
    settings = load(PRODUCTION)
    assert settings.is_production
    assert settings.is_https
    assert settings.allowed_origins == ("https://familles.exemple.fr",)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORTAIL_SECRET_KEY", DEMO_SECRET, "démonstration est publique"),
        ("PORTAIL_HEALTH_KEYS", DEMO_HEALTH_KEYS, "démonstration sont publiques"),
        ("PORTAIL_NOW", "2026-11-20T08:00", "ne se règle qu'en démonstration"),
        ("PORTAIL_STORAGE_URL", "memory:", "les fichiers se perdent"),
        ("PORTAIL_STRIPE_SECRET_KEY", "sk_test_abc", "n'encaisse rien"),
        ("PORTAIL_STRIPE_SECRET_KEY", "rk_test_abc", "n'encaisse rien"),
        ("PORTAIL_STRIPE_API_BASE", "http://localhost:8420", "encaisse du vent"),
        ("PORTAIL_PAYFIP_WSDL", "http://localhost:3000/demonstration/payfip/x?wsdl", "https est obligatoire"),
        ("PORTAIL_PAYFIP_ENTRY", "T", "n'encaisse rien"),
        ("PORTAIL_PUBLIC_URL", "", "nécessaire aux liens"),
        ("PORTAIL_PUBLIC_URL", "http://familles.exemple.fr", "https est obligatoire"),
        ("PORTAIL_PUBLIC_URL", "HTTP://familles.exemple.fr", "https est obligatoire"),
    ],
)
def test_production_refuses_what_belongs_to_the_demo(name: str, value: str, reason: str) -> None:
    sentence = fault(**PRODUCTION | {name: value})
    assert sentence.startswith(f"{name} : ")
    assert reason in sentence


def test_a_real_card_key_needs_the_secret_of_its_notifications() -> None:
    live = {"PORTAIL_STRIPE_SECRET_KEY": "sk_live_abc"}
    assert fault(**PRODUCTION | live).startswith("PORTAIL_STRIPE_WEBHOOK_SECRET : sans lui")
    public = live | {"PORTAIL_STRIPE_WEBHOOK_SECRET": DEMO_STRIPE_SECRET}
    assert "celui de la démonstration est public" in fault(**PRODUCTION | public)
    assert load(PRODUCTION | live | {"PORTAIL_STRIPE_WEBHOOK_SECRET": "whsec_vrai"}).is_production


def test_production_left_at_its_defaults_says_everything_missing() -> None:
    sentence = fault(PORTAIL_MODE="production")
    for name in ("PORTAIL_SECRET_KEY", "PORTAIL_HEALTH_KEYS", "PORTAIL_PUBLIC_URL"):
        assert name in sentence


def test_demo_accepts_what_production_refuses() -> None:
    assert load({"PORTAIL_STRIPE_SECRET_KEY": "sk_test_abc", "PORTAIL_NOW": "2026-11-20T08:00"}).now is not None


@pytest.mark.parametrize("field", sorted(set(Settings.model_fields) - {"town_name"}))
def test_empty_value_means_the_default(field: str) -> None:
    assert getattr(load({variable_name(field): ""}), field) == getattr(load({}), field)


def test_several_workers_start_with_redis() -> None:
    assert load({"PORTAIL_WORKERS": "4", "PORTAIL_REDIS_URL": "redis://localhost:6379/0"}).workers == 4


def test_plain_postgresql_address_gets_its_driver() -> None:
    assert load({"PORTAIL_DATABASE_URL": "postgresql://hote/base"}).database == "postgresql+psycopg://hote/base"


def test_public_address_loses_its_last_slash() -> None:
    assert load({"PORTAIL_PUBLIC_URL": "https://familles.exemple.fr/"}).site_url == "https://familles.exemple.fr"


def test_absolute_data_folder_is_kept(tmp_path: Path) -> None:
    settings = load({"PORTAIL_DATA_DIR": str(tmp_path)})
    assert settings.data_path == tmp_path
    assert settings.database == f"sqlite:///{tmp_path / 'portail.sqlite'}"


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load({}).port = 1


def test_reading_other_variables_leaves_the_environment_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAIL_TOWN_NAME", "Avant")
    assert load({"PORTAIL_TOWN_NAME": "Pendant"}).town_name == "Pendant"
    assert load().town_name == "Avant"


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_clock_gives_the_present_in_utc_by_default() -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-20T08:00", datetime(2026, 11, 20, 7, 0, tzinfo=UTC)),
        ("2026-07-01T08:00:00", datetime(2026, 7, 1, 6, 0, tzinfo=UTC)),
        ("2026-07-01T08:00:00Z", datetime(2026, 7, 1, 8, 0, tzinfo=UTC)),
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_demo_clock_starts_at_the_paris_time_given(
    monkeypatch: pytest.MonkeyPatch, start: str, expected: datetime
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: clock._started)
    with configured(PORTAIL_NOW=start):
        assert clock.now() == expected


def test_demo_clock_runs_after_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: clock._started + 3_725.5)
    with configured(PORTAIL_NOW="2026-11-20T08:00"):
        assert clock.now() == datetime(2026, 11, 20, 8, 2, 5, 500_000, tzinfo=UTC)


def test_settings_are_read_once() -> None:
    assert current() is current()
