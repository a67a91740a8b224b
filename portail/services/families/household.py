"""« Signaler un changement » : un adulte arrive ou part, la situation de la famille change."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.families import FamilyRight, GuardianRole
from portail.domain.forms import FormRefusedError, Reader
from portail.domain.phones import clean_phone
from portail.domain.refusals import BadInputError
from portail.domain.requests import RequestKind
from portail.domain.situations import Situation
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.services import access
from portail.services.accounts.account import normalise_email
from portail.services.requests import NewRequest, open_request
from portail.services.schools.lists import level_choices, school_choices
from portail.views import wording
from portail.views.families import ChangeChoices
from portail.views.requests import Choice

FARTHEST = timedelta(days=366)


def choices(*, actor: Actor) -> ChangeChoices:
    """Quatre lectures : foyers, adultes, enfants, écoles."""
    with reading() as db:
        families = _editable(db, actor)
        keys = [family.key for family in families]
        adults = db.exec(select(Guardian).where(col(Guardian.family_id).in_(keys)).order_by(col(Guardian.id))).all()
        children = db.exec(
            select(Child)
            .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
            .where(col(FamilyChild.family_id).in_(keys))
            .order_by(col(Child.birth_date))
            .distinct()
        ).all()
        schools = school_choices(db)
    return ChangeChoices(
        ready=True,
        families=[Choice(str(family.key), family.name) for family in families],
        adults=[Choice(str(one.key), f"{one.first_name} {one.last_name}") for one in adults],
        children=[Choice(str(one.key), one.first_name) for one in children],
        schools=schools,
        levels=level_choices(),
        roles=[Choice(role.value, role.label) for role in GuardianRole],
        situations=[Choice(each.value, each.label) for each in Situation],
    )


def _editable(db: Session, actor: Actor) -> list[Family]:
    query = (
        select(Family)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(
            Guardian.account_id == actor.account_id,
            col(Guardian.can_edit).is_(True),
            col(Family.status).in_(access.OPEN),
        )
        .order_by(col(Family.name))
    )
    return list(db.exec(query))


def ask_adult(*, actor: Actor, form: dict[str, Any], now: datetime) -> str:
    reader = Reader(form)
    after = {
        "first_name": reader.line("first_name", "Prénom", missing="Indiquez le prénom."),
        "last_name": reader.line("last_name", "Nom", missing="Indiquez le nom."),
        "role": reader.choice("role", lambda value: value in set(GuardianRole), "Choisissez le lien avec les enfants."),
        "phone": reader.take("phone", "", clean_phone),
        "email": reader.take("email", "", lambda value: normalise_email(value) if value.strip() else ""),
    }
    detail = reader.note("detail", "Précisions")
    reader.check()
    with transaction() as db:
        family, _ = access.my_family(db, actor, reader.number("family_id"), FamilyRight.EDIT)
        content = {"after": after, "detail": detail}
        return open_request(db, NewRequest(RequestKind.ADULT_ADD, actor, family.key, None, content), now).number


def ask_adult_removal(*, actor: Actor, form: dict[str, Any], now: datetime) -> str:
    reader = Reader(form)
    detail = reader.note("detail", "Raison", missing="Dites pourquoi cette personne quitte le dossier.")
    reader.check()
    with transaction() as db:
        adult = _adult_of_mine(db, actor, reader.number("guardian_id"))
        if len(db.exec(select(Guardian.id).where(Guardian.family_id == adult.family_id)).all()) == 1:
            raise FormRefusedError(
                {"guardian_id": "C’est le seul responsable du dossier : il ne peut pas être retiré."}
            )
        content = {"guardian_id": adult.key, "name": f"{adult.first_name} {adult.last_name}", "detail": detail}
        new = NewRequest(RequestKind.ADULT_REMOVE, actor, adult.family_id, None, content)
        return open_request(db, new, now).number


def _adult_of_mine(db: Session, actor: Actor, guardian_id: int) -> Guardian:
    """Un adulte d'un de mes foyers ; celui d'un autre foyer répond comme s'il n'existait pas."""
    held = select(Guardian.family_id).where(Guardian.account_id == actor.account_id)
    query = select(Guardian).where(Guardian.id == guardian_id, col(Guardian.family_id).in_(held))
    adult = db.exec(query).first() if is_key(guardian_id) else None
    if adult is None:
        raise FormRefusedError({"guardian_id": "Choisissez une personne du dossier."})
    access.my_family(db, actor, adult.family_id, FamilyRight.EDIT)
    return adult


def tell_situation(*, actor: Actor, form: dict[str, Any], now: datetime) -> str:
    today = now.astimezone(wording.PARIS).date()
    reader = Reader(form)
    change = reader.choice("change", lambda value: value in set(Situation), "Choisissez ce qui change.")
    since = reader.day("since", today, missing="Indiquez depuis quand.", check=lambda day: _check_since(day, today))
    detail = reader.note("detail", "Précisions", missing="Dites en quelques mots ce qui change.")
    last_name = reader.line("last_name", "Nouveau nom")
    reader.check()
    with transaction() as db:
        family, place = access.my_family(db, actor, reader.number("family_id"), FamilyRight.EDIT)
        content: dict[str, Any] = {"change": Situation(change).label, "since": since.isoformat(), "detail": detail}
        if change == Situation.MARRIAGE and last_name and last_name != place.last_name:
            content |= {
                "guardian_id": place.key,
                "before": {"last_name": place.last_name},
                "after": {"last_name": last_name},
            }
        return open_request(db, NewRequest(RequestKind.SITUATION, actor, family.key, None, content), now).number


def _check_since(day: date, today: date) -> None:
    if abs(day - today) > FARTHEST * 5 or day - today > FARTHEST:
        raise BadInputError("Vérifiez la date : elle est trop loin d’aujourd’hui.")
