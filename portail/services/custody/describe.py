"""Ce qu'une proposition changerait, avant et après, pour qui doit la décider."""

from sqlmodel import Session

from portail.domain.custody import DatedException, Pattern, every_day, in_words, whose_day
from portail.domain.school_calendar import ONE_DAY
from portail.models.custody import CustodyPattern
from portail.models.families import Family
from portail.models.requests import Request
from portail.services.custody import words
from portail.services.custody.forms import from_content
from portail.services.custody.homes import Shared, pattern_of, shared_of
from portail.services.custody.words import Homes
from portail.views import wording
from portail.views.custody import Home

Change = tuple[str, str, str]
NOTHING = "rien n’est réglé"
OTHER = Home("L’autre foyer", "dans l’autre foyer")


def describe_request(db: Session, request: Request) -> list[Change]:
    """(libellé, avant, après) ; seul le foyer qui propose est nommé : son auteur peut lire ces lignes."""
    asked = from_content(request.content)
    first = asked.first if isinstance(asked, DatedException) else asked.valid_from
    last = asked.last if isinstance(asked, DatedException) else first
    shared = shared_of(db, [request.child_id or 0], first, last)[request.child_id or 0]
    homes = _homes(db, request, shared)
    if isinstance(asked, DatedException):
        return [(words.span(asked.first, asked.last), _before(asked, shared, homes), _at(asked.family_id, homes))]
    return _of_pattern(asked, shared, homes)


def _homes(db: Session, request: Request, shared: Shared) -> Homes:
    author = db.get(Family, request.family_id) if request.family_id else None
    named = {author.key: Home(f"Foyer {author.name}", f"dans le foyer {author.name}")} if author else {}
    return dict.fromkeys(shared.keys, OTHER) | named


def _at(family_id: int | None, homes: Homes) -> str:
    return homes.get(family_id, words.GONE).at if family_id else NOTHING


def _before(asked: DatedException, shared: Shared, homes: Homes) -> str:
    """À qui sont ces jours aujourd'hui ; les deux foyers sont dits si la période est partagée."""
    days = every_day(asked.first, asked.last)
    owners = dict.fromkeys(whose_day(shared.custody, day) for day in days)
    return ", puis ".join(_at(owner, homes) for owner in owners)


def _of_pattern(asked: Pattern, shared: Shared, homes: Homes) -> list[Change]:
    rows = [row for row in shared.patterns if pattern_of(row).is_in_force(asked.valid_from)]
    old = pattern_of(rows[0]) if rows else None
    near = asked.valid_from
    return [
        ("Rythme", in_words(old) if old else NOTHING, in_words(asked)),
        ("Semaines", words.reference(old, homes, near) if old else "", words.reference(asked, homes, near)),
        ("Vacances", _halves(old, homes), _halves(asked, homes)),
        ("Dates", _dates(rows), words.period(near, asked.valid_to, near - ONE_DAY)),
    ]


def _halves(pattern: Pattern | None, homes: Homes) -> str:
    return wording.capitalised(words.halves(pattern, homes)) if pattern else ""


def _dates(rows: list[CustodyPattern]) -> str:
    return words.period(rows[0].valid_from, rows[0].valid_to, rows[0].valid_from) if rows else ""
