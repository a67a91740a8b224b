"""Les démarches de la personne : ce qu'elle a demandé, ce qu'on lui a répondu."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from portail.domain.requests import RequestKind, RequestStatus, Step
from portail.models.requests import Request, RequestEvent
from portail.services.privacy.export.shapes import (
    CHILD,
    FAMILY,
    TECHNICAL,
    YOURS,
    Exported,
    Kept,
    Person,
    by_whom,
    home,
    labelled,
    named,
)

_HOMES = {"family", "first", "second"}  # les foyers que nomme une proposition de garde


def _content(row: Request, person: Person) -> Any:
    return told(row.content, person, homes=row.kind == RequestKind.CUSTODY)


def told(content: Mapping[str, Any], person: Person, *, homes: bool) -> dict[str, Any]:
    """Le contenu avec des noms à la place des numéros ; un numéro sans nom à dire est laissé."""
    said: dict[str, Any] = {}
    for name, value in content.items():
        if isinstance(value, Mapping):
            said[name] = told(value, person, homes=homes)
        elif name == "school_id":
            said["school"] = person.schools.get(value, "")
        elif homes and name in _HOMES:
            said[name] = home(value, person)
        elif not name.endswith("_id"):
            said[name] = value
    return said


def told_to_me(person: Person) -> Any:
    mine = select(Request.id).where(Request.author_id == person.account_id)
    return col(RequestEvent.request_id).in_(mine) & col(RequestEvent.internal).is_(False)


TABLES = {
    "request": Exported(
        Request,
        "demarches",
        "ce que vous avez demandé",
        {
            "rank": Kept("numero", lambda row, _: row.number),
            "kind": Kept("sorte", labelled("kind", RequestKind)),
            "status": Kept("etat", labelled("status", RequestStatus)),
            "family_id": FAMILY,
            "child_id": CHILD,
            "content": Kept("contenu", _content),
            "created_at": "envoyee_le",
            "updated_at": "modifiee_le",
            "decided_at": "decidee_le",
        },
        {
            "id": TECHNICAL,
            "year": "dite par le numéro",
            "author_id": YOURS,
            "assignee_id": "le nom d’un agent",
            "version": "compteur technique",
        },
        lambda person: col(Request.author_id) == person.account_id,
    ),
    "request_event": Exported(
        RequestEvent,
        "historique_des_demarches",
        "ce qui s’est passé dans vos démarches et ce que le service vous a écrit",
        {
            "request_id": Kept("demarche", named("request_id", "requests")),
            "at": "le",
            "actor_id": Kept("par", by_whom("actor_id")),
            "step": Kept("etape", labelled("step", Step)),
            "text": "texte",
        },
        {"id": TECHNICAL, "internal": "les notes de travail du service n’y figurent pas"},
        told_to_me,
    ),
}
