"""Les réglages : un objet figé, lu de l'environnement une fois, validé avec des phrases qui disent quoi corriger."""

import base64
import binascii
import os
import re
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
DEMO_SECRET = "cle-de-demonstration-a-ne-jamais-garder-en-production"  # noqa: S105 — refusée en production
DEMO_HEALTH_KEYS = "demo:ZGVtby1kZW1vLWRlbW8tZGVtby1kZW1vLWRlbW8tZGU="
MEMORY_STORAGE = "memory:"  # le temps d'un essai : tout se perd à l'arrêt
MIN_SECRET_LENGTH = 32
HEALTH_KEY_BYTES = 32
_KEY_NAME = re.compile(r"[A-Za-z0-9_-]{1,20}")


class SettingsError(Exception):
    """Un réglage manque ou n'a pas de sens ; le message le nomme et dit pourquoi."""


def _address(value: str, schemes: set[str], expected: str) -> SplitResult:
    """L'adresse découpée, si elle a un de ces protocoles, un hôte et un port possibles."""
    try:
        parts = urlsplit(value)
        known = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:  # crochet ouvert, port qui n'est pas un nombre
        known = False
    if not known:
        raise ValueError(f"attendu : {expected}")
    return parts


def _health_keys(value: str) -> dict[str, bytes]:
    """`nom:clé,nom2:clé2` → les clés par nom, dans l'ordre ; jamais une clé ne paraît dans la phrase d'une faute."""
    keys: dict[str, bytes] = {}
    for rank, entry in enumerate(value.split(","), start=1):
        name, separator, encoded = entry.strip().partition(":")
        if not separator or not _KEY_NAME.fullmatch(name):
            raise ValueError(f"clé n° {rank} : attendu `nom:clé`, le nom en lettres, chiffres ou tirets (20 au plus)")
        if name in keys:
            raise ValueError(f"le nom `{name}` est donné deux fois ; chaque clé a le sien")
        try:
            keys[name] = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            keys[name] = b""
        if len(keys[name]) != HEALTH_KEY_BYTES:
            raise ValueError(f"la clé `{name}` doit faire {HEALTH_KEY_BYTES} octets, écrits en base64")
    return keys


_DEMO_HEALTH_KEY = _health_keys(DEMO_HEALTH_KEYS)["demo"]


class Mode(StrEnum):
    DEMO = "demo"
    PRODUCTION = "production"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PORTAIL_", frozen=True, extra="ignore", env_ignore_empty=True)

    mode: Mode = Field(Mode.DEMO, description="`demo` ou `production`")
    port: int = Field(3000, ge=1, le=65535, validation_alias="PORT", description="port d'écoute")
    host: str = Field("127.0.0.1", description="adresse d'écoute ; `0.0.0.0` pour tout le réseau")
    public_url: str = Field("", description="adresse publique du site, par exemple `https://familles.exemple.fr`")
    workers: int = Field(1, ge=1, le=64, description="processus du serveur ; plus d'un demande Redis")
    trusted_proxies: int = Field(0, ge=0, le=5, description="serveurs mandataires de confiance devant le portail")

    data_dir: Path = Field(Path("data"), description="dossier des données")
    database_url: str = Field("", description="base de données ; SQLite dans le dossier des données par défaut")
    redis_url: str = Field("", description="Redis, dès que plusieurs processus servent")
    storage_url: str = Field(
        "", description="dossier des fichiers reçus : `file:///chemin` ; dans celui des données par défaut"
    )

    secret_key: str = Field(DEMO_SECRET, description="clé d'où dérivent les scellés (32 caractères au moins)")
    health_keys: str = Field(
        DEMO_HEALTH_KEYS, description="clés des données de santé : `nom:clé-base64`, la première scelle"
    )
    now: datetime | None = Field(None, description="démonstration seulement : instant de départ de l'horloge")

    smtp_url: str = Field("", description="`smtp://utilisateur:motdepasse@serveur:587` ; vide : courriels conservés")
    mail_from: str = Field("portail@mairie.example", description="expéditeur des courriels")

    stripe_secret_key: str = Field("", description="clé secrète Stripe ; vide : paiements de démonstration")
    stripe_api_base: str = Field("", description="adresse de l'API Stripe, pour un serveur d'essai")
    stripe_webhook_secret: str = Field("", description="secret de signature des notifications Stripe")
    payfip_client_id: str = Field("", description="numéro client PayFiP (six chiffres), si la régie n'a pas le sien")
    payfip_wsdl: str = Field("", description="adresse du WSDL PayFiP ; vide : service de démonstration")
    payfip_entry: str = Field("", description="saisie PayFiP : `T` essai, `X` activation, `W` production")
    clamav_url: str = Field("", description="antivirus `tcp://hote:3310` ; vide : pas d'analyse")
    oidc_issuer: str = Field("", description="fournisseur OpenID Connect (FranceConnect)")
    oidc_client_id: str = Field("", description="identifiant client OpenID Connect")
    oidc_client_secret: str = Field("", description="secret client OpenID Connect")

    town_name: str = Field("Valbourg-sur-Loire", min_length=1, max_length=80, description="nom de la commune")
    town_logo: Path | None = Field(None, description="logo (SVG ou PNG) ; un emblème neutre par défaut")
    town_color: str = Field("#1B4F9C", pattern=r"^#[0-9A-Fa-f]{6}$", description="couleur principale")
    town_accent: str = Field("#C4541B", pattern=r"^#[0-9A-Fa-f]{6}$", description="couleur d'accent")
    town_phone: str = Field("02 99 00 00 00", max_length=30, description="téléphone du service enfance")
    town_email: str = Field("accueil@mairie.example", max_length=200, description="courriel du service enfance")
    town_address: str = Field(
        "1 place de la Mairie, Valbourg-sur-Loire", max_length=200, description="adresse de la mairie"
    )
    town_host: str = Field("", max_length=300, description="hébergeur du site : nom, adresse, téléphone")
    school_zone: Literal["A", "B", "C"] = Field("B", description="zone des vacances scolaires : `A`, `B` ou `C`")
    alsace_moselle: bool = Field(False, description="jours fériés d'Alsace et de Moselle (Vendredi saint, 26 décembre)")
    staff_second_factor: bool = Field(False, description="second facteur obligatoire pour les agents")

    @field_validator("public_url")
    @classmethod
    def _origin_only(cls, value: str) -> str:
        if not value:
            return value
        parts = _address(value, {"http", "https"}, "https://hôte, sans chemin ni barre finale")
        if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
            raise ValueError("attendu : https://hôte, sans chemin ni barre finale")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value.startswith("postgresql://"):
            value = value.replace("postgresql://", "postgresql+psycopg://", 1)
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("attendu : sqlite:///chemin ou postgresql+psycopg://hôte/base")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("attendu : redis://hôte:port/base")
        return value

    @field_validator("storage_url")
    @classmethod
    def _known_storage(cls, value: str) -> str:
        if value and value != MEMORY_STORAGE and not re.fullmatch(r"file:///[^?#]+", value):
            raise ValueError("attendu : file:///chemin")
        return value

    @field_validator("health_keys")
    @classmethod
    def _usable_health_keys(cls, value: str) -> str:
        _health_keys(value)
        return value

    @field_validator("smtp_url")
    @classmethod
    def _known_smtp(cls, value: str) -> str:
        if value:
            _address(value, {"smtp", "smtps"}, "smtp://serveur:587 ou smtps://serveur:465")
        return value

    @field_validator("payfip_client_id")
    @classmethod
    def _known_client(cls, value: str) -> str:
        if value and not re.fullmatch(r"[0-9]{6}", value):
            raise ValueError("attendu : les six chiffres donnés par la DGFiP")
        return value

    @field_validator("payfip_entry")
    @classmethod
    def _known_entry(cls, value: str) -> str:
        if value not in {"", "T", "X", "W"}:
            raise ValueError("`T`, `X` ou `W` attendu")
        return value

    @field_validator("payfip_wsdl")
    @classmethod
    def _known_wsdl(cls, value: str) -> str:
        if value:
            _address(value, {"http", "https"}, "https://hôte/tpa/services/…?wsdl")
        return value

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if len(self.secret_key) < MIN_SECRET_LENGTH:
            raise ValueError(f"PORTAIL_SECRET_KEY : {MIN_SECRET_LENGTH} caractères au moins")
        if self.workers > 1 and not self.redis_url:
            raise ValueError("PORTAIL_WORKERS : plusieurs processus demandent PORTAIL_REDIS_URL")
        if self.town_logo and not self.town_logo.is_file():
            raise ValueError(f"PORTAIL_TOWN_LOGO : le fichier {self.town_logo.name} n'existe pas")
        if self.mode is Mode.PRODUCTION:
            self._refuse_demo_values()
        return self

    def _refuse_demo_values(self) -> None:
        wrong = [
            (self.secret_key == DEMO_SECRET, "PORTAIL_SECRET_KEY : la clé de démonstration est publique"),
            (
                _DEMO_HEALTH_KEY in self.health_key_ring.values(),
                "PORTAIL_HEALTH_KEYS : les clés de démonstration sont publiques",
            ),
            (self.storage_url == MEMORY_STORAGE, "PORTAIL_STORAGE_URL : en mémoire, les fichiers se perdent à l'arrêt"),
            (self.now is not None, "PORTAIL_NOW : l'horloge ne se règle qu'en démonstration"),
            (bool(self.stripe_api_base), "PORTAIL_STRIPE_API_BASE : un serveur de paiement d'essai encaisse du vent"),
            (
                self.stripe_secret_key.startswith(("sk_test_", "rk_test_")),
                "PORTAIL_STRIPE_SECRET_KEY : une clé d'essai n'encaisse rien",
            ),
            (
                bool(self.payfip_wsdl) and not self.payfip_wsdl.startswith("https://"),
                "PORTAIL_PAYFIP_WSDL : https est obligatoire, et le service d'essai n'encaisse rien",
            ),
            (self.payfip_entry == "T", "PORTAIL_PAYFIP_ENTRY : une saisie d'essai n'encaisse rien"),
            (not self.public_url, "PORTAIL_PUBLIC_URL : l'adresse publique est nécessaire aux liens des courriels"),
            (self.public_url.startswith("http://"), "PORTAIL_PUBLIC_URL : https est obligatoire"),
        ]
        if found := [sentence for bad, sentence in wrong if bad]:
            raise ValueError("\n".join(found))

    @cached_property
    def health_key_ring(self) -> dict[str, bytes]:
        """La première clé scelle ; toutes ouvrent."""
        return _health_keys(self.health_keys)

    @cached_property
    def site_url(self) -> str:
        return self.public_url or f"http://localhost:{self.port}"

    @cached_property
    def allowed_origins(self) -> tuple[str, ...]:
        if self.public_url:
            return (self.public_url,)
        return (f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}")

    @cached_property
    def is_https(self) -> bool:
        return self.site_url.startswith("https://")

    @cached_property
    def data_path(self) -> Path:
        return self.data_dir if self.data_dir.is_absolute() else ROOT / self.data_dir

    @cached_property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_path / 'portail.sqlite'}"

    @cached_property
    def is_production(self) -> bool:
        return self.mode is Mode.PRODUCTION


def load(environ: dict[str, str] | None = None) -> Settings:
    """Lit l'environnement (ou celui qu'on lui donne) ; lève SettingsError avec toutes les fautes d'un coup."""
    try:
        if environ is None:
            return Settings()
        saved = dict(os.environ)
        os.environ.clear()
        os.environ.update(environ)
        try:
            return Settings()
        finally:
            os.environ.clear()
            os.environ.update(saved)
    except ValidationError as error:
        raise SettingsError("\n".join(_sentences(error))) from None


def _sentences(error: ValidationError) -> list[str]:
    found: list[str] = []
    for item in error.errors():
        name = variable_name(str(item["loc"][0])) if item["loc"] else ""
        reason = item["msg"].removeprefix("Value error, ")
        found.append(f"{name} : {_in_french(item['type'], reason, item.get('ctx') or {})}" if name else reason)
    return found


def _in_french(kind: str, reason: str, context: dict[str, object]) -> str:
    sentences = {
        "int_parsing": "un nombre entier est attendu",
        "int_parsing_size": "un nombre entier est attendu",
        "greater_than_equal": f"{context.get('ge')} au moins",
        "less_than_equal": f"{context.get('le')} au plus",
        "enum": "`demo` ou `production` attendu",
        "literal_error": "`A`, `B` ou `C` attendu",
        "datetime_from_date_parsing": "une date et une heure ISO sont attendues, par exemple 2026-11-20T08:00",
        "datetime_parsing": "une date et une heure ISO sont attendues, par exemple 2026-11-20T08:00",
        "string_pattern_mismatch": "une couleur #RRVVBB est attendue",
        "string_too_short": "ne peut pas être vide",
        "string_too_long": "trop long",
        "bool_parsing": "`oui` se dit `true`, `non` se dit `false`",
    }
    return sentences.get(kind, reason)


def variable_name(field: str) -> str:
    return "PORT" if field in {"port", "PORT"} else f"PORTAIL_{field.upper().removeprefix('PORTAIL_')}"


@lru_cache(maxsize=1)
def current() -> Settings:
    return load()
