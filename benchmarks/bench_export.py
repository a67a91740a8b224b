"""« Télécharger mes données », une fiche famille et une attestation, pour une famille bien remplie, santé comprise."""

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from common import kilobytes, lasted, machine, main, median, p95, scratch, table, verdict

ROUNDS = 20
CHILDREN, REQUESTS, EVENTS, LINES, MAILS, SESSIONS = 6, 60, 6, 3_000, 400, 40
AIM = 2.0
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def fill_health(db: object, child: object, account_id: int) -> None:
    """Une fiche où tout est répondu, ses vaccins, ses contacts, ses autorisations."""
    from sqlmodel import select

    from portail.domain.vaccinations import Vaccine
    from portail.models.health import Consent, ConsentAnswer, HealthContact, HealthRecord
    from portail.services.health import consents, records, vault

    consents.install_defaults(db)
    row = HealthRecord(child_id=child.key, updated_at=NOW)
    db.add(row)
    db.flush()
    vault.write(row, dict.fromkeys(("doctor_name", "doctor_phone", "food_allergies", "advice"), "Réponse. " * 20))
    vault.write(row, {"allergies": "yes", "asthma": "no", "pai": "no", "diet": "everything", "illnesses": "otitis"})
    records.write_doses(db, child.key, {vaccine: (date(2016, 7, 4),) * 3 for vaccine in Vaccine})
    person = {"first_name": "Jeanne", "last_name": "Durand", "relation": "Grand-mère", "phone": "06 00 00 00 12"}
    db.add_all([HealthContact(child_id=child.key, position=rank, **person) for rank in range(10)])
    signed = {"answer": "yes", "answered_at": NOW, "account_id": account_id, "signed_name": "Camille Durand"}
    db.add_all(
        ConsentAnswer(child_id=child.key, consent_id=one.key, version=1, text=one.text, **signed)
        for one in db.exec(select(Consent)).all()
    )


def fill() -> tuple[object, int, int]:
    """Deux parents, six enfants, des années de démarches, de courriels et de journal."""
    from portail.domain.accounts import Actor, Role
    from portail.models.accounts import Account, LoginSession
    from portail.models.audit import AuditEntry
    from portail.models.database import transaction
    from portail.models.families import Child, Family, FamilyChild, Guardian, School
    from portail.models.mails import OutboxMail
    from portail.models.papers import Paper
    from portail.models.requests import Request, RequestEvent

    with transaction() as db:
        names = {"first_name": "Camille", "last_name": "Durand"}
        account = Account(username="camille", email="camille@famille.example", created_at=NOW, **names)
        family = Family(number="F-1001", name="Durand", address="12 rue des Acacias", city="Valbourg", created_at=NOW)
        school = School(name="École Jean-Macé")
        db.add_all([account, family, school])
        db.flush()
        for holder in (account.key, None):
            db.add(Guardian(family_id=family.key, account_id=holder, role="mother", phone="06 00 00 00 11", **names))
        for rank in range(CHILDREN):
            born = date(2014 + rank, 5, 4)
            child = Child(first_name=f"Enfant{rank}", last_name="Durand", birth_date=born, school_id=school.key)
            db.add(child)
            db.flush()
            db.add(FamilyChild(family_id=family.key, child_id=child.key, position=rank))
            fill_health(db, child, account.key)
            made = {"made_on": NOW.date(), "made_at": NOW, "initial": "E", "kind": "registration"}
            db.add(Paper(reference=f"K7M2QH4TXW{rank:02d}", child_id=child.key, **made))
        for rank in range(REQUESTS):
            moments = {"created_at": NOW, "updated_at": NOW, "decided_at": NOW}
            content = {"text": "Léa est au CM1. " * 20}
            request = Request(
                year=2026, rank=rank, kind="correction", author_id=account.key, content=content, **moments
            )
            db.add(request)
            db.flush()
            lines = [RequestEvent(request_id=request.key, at=NOW, step="sent", text="Bonjour. " * 20)]
            lines += [RequestEvent(request_id=request.key, at=NOW, step="asked") for _ in range(EVENTS - 1)]
            db.add_all(lines)
        at = [NOW - timedelta(minutes=rank) for rank in range(LINES)]
        db.add_all([AuditEntry(at=moment, actor_id=account.key, action="session.opened") for moment in at])
        mail = {"recipient": account.email, "subject": "Une nouvelle de la mairie", "status": "sent"}
        db.add_all([OutboxMail(created_at=moment, next_attempt_at=moment, **mail) for moment in at[:MAILS]])
        seen = [{"token_hash": str(rank), "created_at": NOW, "last_seen_at": NOW} for rank in range(SESSIONS)]
        db.add_all([LoginSession(account_id=account.key, device="Chrome sur Android", **one) for one in seen])
        return Actor(account.key, Role.PARENT, 1, "x"), family.key, 1


def timed(make: Callable[[], object]) -> tuple[list[float], int]:
    spent = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        made = make()
        spent.append(time.perf_counter() - started)
    return spent, len(made.body)


def row(name: str, make: Callable[[], object], aim: float | None) -> list[str]:
    started = time.perf_counter()
    make()
    first = time.perf_counter() - started
    spent, size = timed(make)
    worst = max(first, *spent)
    aimed = ("—", "") if aim is None else (f"≤ {lasted(aim)}", verdict(worst, aim))
    return [name, lasted(first), lasted(median(spent)), lasted(p95(spent)), kilobytes(size), *aimed]


def observe(folder: Path) -> list[list[str]]:
    os.environ["PORTAIL_DATA_DIR"] = str(folder)
    import portail.models  # noqa: F401 — connaît toutes les tables
    from portail.models import database, migrations
    from portail.services import papers
    from portail.services.privacy import export

    migrations.upgrade(database.engine())
    actor, family, child = fill()
    return [
        row("Mes données (ZIP)", lambda: export.make_export(actor, NOW), AIM),
        row("Fiche famille (PDF)", lambda: papers.make_family_sheet(actor, family, NOW), None),
        row("Attestation (PDF)", lambda: papers.make_registration(actor, child, NOW), None),
    ]


def measure() -> None:
    line = f"{machine()} ; SQLite, {ROUNDS} fois chacun ; {CHILDREN} enfants, {REQUESTS} démarches, {LINES} lignes de journal."
    with scratch() as folder:
        found = observe(folder)
    table("Papiers et données", line, ("Fichier", "Premier", "p50", "p95", "Poids", "But", ""), found)


if __name__ == "__main__":
    main(measure)
