"""Jade, Paul et Sophie : deux parents séparés, deux foyers, une enfant."""

from dataclasses import dataclass
from datetime import date

from portail.domain.accounts import Actor, Role
from portail.models.database import transaction
from portail.models.families import Family
from portail.services import custody
from portail.services.custody import ExceptionForm, PatternForm
from tests.conftest import NOW
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session

ALTERNATE = PatternForm("alternate_weeks", "a", "2026-11-16", "0", "none", "2026-11-20")


@dataclass(frozen=True)
class Separated:
    jade: int
    paul: Actor
    sophie: Actor
    lefevre: int
    garnier: int
    agent: Actor


def separated() -> Separated:
    paul, sophie = make_account("paul@famille.example"), make_account("sophie@famille.example")
    lefevre, garnier = make_family("Lefèvre", paul), make_family("Garnier", sophie, phone="06 99 99 99 99")
    with transaction() as db:
        home = db.get_one(Family, garnier)
        home.address, home.city = "31 avenue de la Gare", "Saint-Aubin"
    agent = open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]
    jade = make_child("Jade", lefevre, garnier)
    return Separated(jade, open_session(paul)[1], open_session(sophie)[1], lefevre, garnier, agent)


def alternating() -> Separated:
    """Une semaine sur deux chez Paul à partir du 20 novembre 2026, celle du 16 novembre étant à lui."""
    them = separated()
    custody.set_pattern(actor=them.agent, child_id=them.jade, form=ALTERNATE, now=NOW)
    return them


def lend(them: Separated, home: str, first: date, last: date) -> None:
    form = ExceptionForm(home, first.isoformat(), last.isoformat())
    custody.add_exception(actor=them.agent, child_id=them.jade, form=form, now=NOW)
