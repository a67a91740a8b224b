"""Ce que chaque sorte de démarche montre, et ce qu'elle change quand un agent l'accepte."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from portail.domain.accounts import Actor
from portail.domain.requests import RequestKind
from portail.models.requests import Request
from portail.services import custody
from portail.services.absences import deciding as absences
from portail.services.privacy import requests
from portail.services.requests import changes, enrolment, quotient, registration
from portail.services.validations import following
from portail.views.requests import ChangeLine, QuotientFields


@dataclass(frozen=True)
class Handling:
    """`describe` dit le changement ligne à ligne ; `apply` l'écrit, dans la transaction de l'acceptation.

    Sans `apply`, l'agent a changé le dossier lui-même et accepter le dit. `close` range ce qu'une demande refusée ou
    retirée avait préparé. `page` : l'agent la traite sur une page à elle. `own_mail` : en acceptant, cette sorte écrit
    elle-même à qui a demandé. `propose` remplit d'avance ce que l'agent complète en acceptant, `settle` le lit.
    """

    describe: Callable[[Session, Request], list[ChangeLine]]
    apply: Callable[[Session, Request, Actor, datetime], None] | None = None
    close: Callable[[Session, Request, str, datetime], None] | None = None
    page: str = ""
    own_mail: bool = False
    propose: Callable[[Request], QuotientFields] | None = None
    settle: Callable[[Request, Mapping[str, str], datetime], None] | None = None


def _described(
    triples: Callable[[Session, Request], list[tuple[str, str, str]]],
) -> Callable[[Session, Request], list[ChangeLine]]:
    return lambda db, request: [ChangeLine(*triple) for triple in triples(db, request)]


HANDLING: dict[RequestKind, Handling] = {
    RequestKind.REGISTRATION: Handling(
        registration.describe, registration.accept, registration.close, "/admin/inscriptions", own_mail=True
    ),
    RequestKind.FAMILY_CHANGE: Handling(changes.describe, changes.move_family),
    RequestKind.CHILD_CHANGE: Handling(changes.describe, changes.change_child),
    RequestKind.CHILD_ADD: Handling(changes.describe, changes.add_child),
    RequestKind.CHILD_REMOVE: Handling(changes.describe, changes.remove_child),
    RequestKind.ADULT_ADD: Handling(changes.describe, changes.add_adult),
    RequestKind.ADULT_REMOVE: Handling(changes.describe, changes.remove_adult),
    RequestKind.CUSTODY: Handling(_described(custody.describe_request), custody.apply_request),
    RequestKind.ENROLMENT: Handling(enrolment.describe, enrolment.accept, enrolment.close, own_mail=True),
    RequestKind.SITUATION: Handling(changes.describe, changes.note_situation),
    RequestKind.BOOKING: Handling(_described(following.describe), following.accept, following.close, own_mail=True),
    RequestKind.ABSENCE: Handling(absences.describe, absences.accept, absences.close, own_mail=True),
    RequestKind.QUOTIENT: Handling(
        quotient.describe, quotient.accept, propose=quotient.propose, settle=quotient.settle
    ),
    RequestKind.CORRECTION: Handling(requests.describe_correction),
    RequestKind.DELETION: Handling(requests.describe_deletion, requests.apply_deletion, own_mail=True),
}
