"""Le médecin : ce qui empêche de servir, et ce qui mérite un regard."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel, col
from sqlmodel import select as rows

from portail.domain.payments import Provider
from portail.integrations import payfip, stripe_gateway
from portail.models.database import engine, reading, sqlite_warning
from portail.models.migrations import is_current
from portail.models.regies import Regie
from portail.services.files import stored_files
from portail.services.health import rotation
from portail.services.town import identity
from portail.services.upkeep import books
from portail.settings import DEMO_HEALTH_KEYS, DEMO_SECRET, current
from portail.views import wording

LEAST_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    sentence: str
    blocking: bool = False


def examine() -> list[Finding]:
    return [*_database(), *_settings(), *_disk(), *(Finding(sentence) for sentence in identity.warnings())]


def _database() -> list[Finding]:
    try:
        current_schema = is_current(engine())
    except SQLAlchemyError as error:
        return [Finding(f"PORTAIL_DATABASE_URL : la base ne répond pas ({type(error).__name__}).", blocking=True)]
    found = []
    if not current_schema:
        found.append(Finding("La base n'est pas au schéma de cette version : `portail migrate`.", blocking=True))
    if current_schema:
        found.extend([*_health_keys(), *_files(), *_ledger(), *_online()])
    if current().database.startswith("sqlite") and (warning := sqlite_warning()):
        found.append(Finding(warning))
    return found


def _health_keys() -> list[Finding]:
    return [
        Finding(f"PORTAIL_HEALTH_KEYS : la clé « {name} », qui scelle des fiches ou des fichiers, n'y est plus.", True)
        for name in rotation.unknown_keys()
    ]


def _files() -> list[Finding]:
    lost = stored_files.missing()
    if not lost:
        return []
    files = wording.count(lost, "fichier reçu manque", "fichiers reçus manquent")
    return [Finding(f"PORTAIL_STORAGE_URL : {files} au stockage. Remettez le dossier ou une sauvegarde.", True)]


def _ledger() -> list[Finding]:
    return [Finding(sentence, blocking=True) for sentence in books.examine()]


def _online() -> list[Finding]:
    """Proposé par une régie, mais pas réglé ici : les familles ne verraient pas le bouton, sans savoir pourquoi."""
    with reading() as db:
        open_regies = list(db.exec(rows(Regie).where(col(Regie.closed_at).is_(None))))
    found = []
    for provider, is_available, words in _NEEDED:
        offering = [one.name for one in open_regies if provider in one.providers]
        if offering and not is_available():
            found.append(Finding(f"{words} {', '.join(offering)}."))
    return found


_NEEDED: tuple[tuple[Provider, Callable[[], bool], str], ...] = (
    (
        Provider.STRIPE,
        stripe_gateway.is_available,
        "PORTAIL_STRIPE_SECRET_KEY : aucune clé, et la carte est proposée par :",
    ),
    (Provider.PAYFIP, payfip.is_available, "PORTAIL_PAYFIP_WSDL : aucune adresse, et PayFiP est proposé par :"),
)


def _settings() -> list[Finding]:
    settings = current()
    found = []
    if settings.secret_key == DEMO_SECRET:
        found.append(Finding("PORTAIL_SECRET_KEY : la clé de démonstration est publique ; à changer avant d'ouvrir."))
    if settings.health_keys == DEMO_HEALTH_KEYS:
        found.append(Finding("PORTAIL_HEALTH_KEYS : la clé de démonstration est publique ; à changer avant d'ouvrir."))
    if not settings.smtp_url:
        found.append(Finding("PORTAIL_SMTP_URL : aucun serveur ; les courriels sont conservés et non envoyés."))
    if not settings.is_https:
        found.append(Finding("PORTAIL_PUBLIC_URL : sans https, le cookie de connexion voyage en clair."))
    return found


def _disk() -> list[Finding]:
    folder = current().data_path
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < LEAST_FREE_BYTES:
        return [Finding("Il reste moins de 500 Mo dans le dossier des données.", blocking=True)]
    return []


def sizes() -> dict[str, int]:
    with reading() as db:
        return {
            table.name: int(db.connection().execute(select(func.count()).select_from(table)).scalar_one())
            for table in SQLModel.metadata.sorted_tables
        }
