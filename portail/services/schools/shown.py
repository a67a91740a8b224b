"""Les écoles d'une année scolaire, leurs classes et leurs effectifs, tels que la direction les lit."""

from collections import defaultdict
from datetime import datetime

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.families import Level
from portail.domain.schools import join_levels, school_years
from portail.models.database import reading
from portail.models.families import Child, School, SchoolClass
from portail.views import wording
from portail.views.requests import Choice
from portail.views.schools import ClassLine, LevelTick, SchoolLine, SchoolList


def show(*, actor: Actor, year: str, now: datetime) -> SchoolList:
    """Quatre lectures, quel que soit le nombre d'écoles ; une année inconnue montre celle en cours."""
    check_audience(Audience.TOWN, actor)
    years = school_years(now.astimezone(wording.PARIS).date())
    wanted = year if year in years else years[1]
    with reading() as db:
        schools = db.exec(select(School).order_by(School.name)).all()
        classes = _classes(db, wanted)
        counts, levels = _children(db)
    rows = [
        SchoolLine(
            id=school.key,
            name=school.name,
            closed=school.closed_at is not None,
            children=wording.count(counts[school.key], "enfant", "enfants"),
            removable=counts[school.key] == 0,
            levels=_levels(levels[school.key], classes[school.key]),
            classes=classes[school.key],
        )
        for school in schools
    ]
    return SchoolList(True, wanted, [Choice(one, one) for one in reversed(years)], rows, _ticks(""))


def _levels(held: frozenset[str], classes: list[ClassLine]) -> str:
    """« CP, CE1 » : ceux des enfants et ceux des classes."""
    return join_levels(held | {name for one in classes for name in one.names}).replace(" ", ", ")


def _classes(db: Session, year: str) -> dict[int, list[ClassLine]]:
    held = dict(
        db.exec(
            select(Child.class_id, func.count()).where(col(Child.class_id).is_not(None)).group_by(col(Child.class_id))
        ).all()
    )
    found: dict[int, list[ClassLine]] = defaultdict(list)
    for one in db.exec(select(SchoolClass).where(SchoolClass.year == year).order_by(SchoolClass.name)):
        found[one.school_id].append(
            ClassLine(
                id=one.key,
                name=one.name,
                names=one.levels.split(),
                levels=one.levels.replace(" ", ", "),
                closed=one.closed_at is not None,
                children=wording.count(held.get(one.key, 0), "enfant", "enfants"),
                ticks=_ticks(one.levels),
            )
        )
    return found


def _children(db: Session) -> tuple[dict[int, int], dict[int, frozenset[str]]]:
    """Par école : combien d'enfants, et de quels niveaux."""
    counts: dict[int, int] = defaultdict(int)
    levels: dict[int, frozenset[str]] = defaultdict(frozenset)
    query = select(Child.school_id, Child.level, func.count()).where(col(Child.school_id).is_not(None))
    for school_id, level, number in db.exec(query.group_by(col(Child.school_id), Child.level)):
        if school_id is not None:
            counts[school_id] += number
            levels[school_id] |= {level}
    return counts, levels


def _ticks(levels: str) -> list[LevelTick]:
    return [LevelTick(level.value, level.label, level in levels.split()) for level in Level]
