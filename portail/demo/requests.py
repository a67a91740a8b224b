"""Des démarches à tous les âges : fraîches, en retard, en attente d'une réponse, finies."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from portail.domain.accounts import Actor, Role
from portail.domain.families import GuardianRole
from portail.domain.requests import RequestKind, RequestStatus, Step
from portail.models.accounts import Account
from portail.models.families import Child, FamilyChild, Guardian
from portail.services.families import children
from portail.services.requests import NewRequest, open_request
from portail.services.requests.lifecycle import Move, move


def load(db: Session, now: datetime) -> None:
    """Chaque démarche passe par les services, à la date où elle a été faite."""
    tom, nadia, karim, camille = (
        _parent(db, name) for name in ("tom.petit", "nadia.rossi", "karim.benali", "camille.durand")
    )
    agent = db.exec(select(Account).where(Account.email == "accueil@mairie.example")).one().key

    def sent(who: Guardian, days: int, kind: RequestKind, content: dict[str, Any], child_id: int | None = None) -> Any:
        return open_request(db, _new(who, kind, content, child_id), now - timedelta(days=days, hours=2))

    sent(
        tom,
        9,
        RequestKind.FAMILY_CHANGE,
        {
            "before": {"address": "5 chemin des Vignes", "postcode": "49998", "city": "Saint-Aubin-des-Prés"},
            "after": {"address": "18 quai des Mariniers", "postcode": "49999", "city": "Valbourg-sur-Loire"},
        },
    )
    child = db.exec(select(Child).join(FamilyChild).where(FamilyChild.family_id == nadia.family_id)).one()
    before = children.as_content(children.file_of(child))
    sent(nadia, 3, RequestKind.CHILD_CHANGE, {"before": before, "after": before | {"level": "GS"}}, child.key)
    asked = sent(
        karim,
        5,
        RequestKind.SITUATION,
        {"change": "Changement de travail ou de revenus", "detail": "Reprise à mi-temps."},
    )
    question = "Depuis quelle date travaillez-vous à mi-temps ?"
    move(db, asked, Move(agent, RequestStatus.ASKED, Step.ASKED, question), now - timedelta(days=2))
    after = {
        "first_name": "Lucie",
        "last_name": "Durand",
        "role": GuardianRole.CARER.value,
        "phone": "06 00 00 00 19",
        "email": "",
    }
    sent(camille, 0, RequestKind.ADULT_ADD, {"after": after, "detail": "Leur tante, qui les garde le mercredi."})


def _parent(db: Session, username: str) -> Guardian:
    return db.exec(select(Guardian).join(Account).where(Account.username == username)).one()


def _new(who: Guardian, kind: RequestKind, content: dict[str, Any], child_id: int | None) -> NewRequest:
    actor = Actor(who.account_id or 0, Role.PARENT, 0, "")
    return NewRequest(kind, actor, who.family_id, child_id, content)
