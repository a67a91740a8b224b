"""La garde en phrases : chaque foyer y porte le nom que lui donne la personne qui lit."""

from collections.abc import Mapping
from datetime import date, timedelta

from portail.domain.custody import CYCLE, DatedException, HolidayRule, Pattern, PatternKind, in_words
from portail.models.custody import CustodyPattern
from portail.models.families import Family
from portail.services.custody.forms import Proposal
from portail.services.custody.homes import pattern_of
from portail.views import wording
from portail.views.custody import Home, PatternLine

GONE = Home("Un ancien foyer", "dans un foyer que l’enfant a quitté", "?")
MINE = Home("Vous", "chez vous", "Vous")
THEIRS = Home("L’autre parent", "chez l’autre parent", "Autre")
Homes = Mapping[int, Home]


def homes_for_parent(mine: int, keys: tuple[int, ...]) -> dict[int, Home]:
    """Ni nom ni adresse de l'autre foyer : « vous » et « l'autre parent »."""
    return {key: MINE if key == mine else THEIRS for key in (mine, *keys)}


def homes_for_agent(families: list[Family]) -> dict[int, Home]:
    """Par leur nom, et par leur numéro quand les deux foyers portent le même."""
    names = [family.name for family in families]
    same, initials = len(set(names)) < len(names), {name[:1] for name in names}
    found = {}
    for rank, family in enumerate(families, 1):
        label = f"{family.name} ({family.number})" if same else family.name
        mark = family.name[:1] if len(initials) == len(names) else str(rank)
        found[family.key] = Home(label, f"chez {label}", mark)
    return found


def period(first: date, last: date | None, today: date) -> str:
    if last is None:
        return f"{'Depuis le' if first <= today else 'À partir du'} {wording.full_day(first)}"
    return span(first, last)


def span(first: date, last: date) -> str:
    """« Le samedi 5 décembre 2026 », « Du samedi 5 décembre 2026 au dimanche 6 décembre 2026 »."""
    if first == last:
        return f"Le {wording.full_day(first)}"
    return f"Du {wording.full_day(first)} au {wording.full_day(last)}"


def pattern_line(row: CustodyPattern, homes: Homes, today: date) -> PatternLine:
    pattern = pattern_of(row)
    state, tone = _state(pattern, today)
    return PatternLine(
        id=row.key,
        words=in_words(pattern),
        period=period(pattern.valid_from, pattern.valid_to, today),
        reference=reference(pattern, homes, max(today, pattern.valid_from)),
        halves=halves(pattern, homes),
        state=state,
        tone=tone,
        can_end=pattern.valid_to is None or pattern.valid_to >= today,
    )


def _state(pattern: Pattern, today: date) -> tuple[str, str]:
    if pattern.is_in_force(today):
        return "En cours", "ok"
    return ("À venir", "") if pattern.valid_from > today else ("Terminé", "")


def reference(pattern: Pattern, homes: Homes, near: date) -> str:
    """Ce que le rythme donne autour de `near` ; une semaine de référence d'il y a trois ans ne dirait rien."""
    at = homes.get(pattern.first, GONE).at
    if pattern.kind is PatternKind.ALWAYS:
        return f"Tous les jours {at}."
    if pattern.kind is PatternKind.WEEKENDS:
        saturday = pattern.cycle_start + timedelta(days=5)
        next_one = saturday + timedelta(days=-(-(near - saturday).days // CYCLE) * CYCLE)
        other = homes.get(pattern.second, GONE).at
        return f"En semaine {at} ; le week-end du {wording.full_day(next_one)} {other}."
    start = near - timedelta(days=(near - pattern.cycle_start).days % CYCLE)
    return f"La semaine du {wording.full_day(start)} commence {at}."


def halves(pattern: Pattern, homes: Homes) -> str:
    if pattern.holidays is HolidayRule.NONE:
        return ""
    even, odd = homes.get(pattern.first, GONE), homes.get(pattern.second, GONE)
    if pattern.holidays is HolidayRule.FIRST_IN_ODD_YEARS:
        even, odd = odd, even
    return f"la première moitié {even.at} les années paires, {odd.at} les années impaires."


def proposal(asked: Proposal, homes: Homes, today: date) -> str:
    """Une proposition en une phrase, pour l'histoire."""
    if isinstance(asked, DatedException):
        return f"{span(asked.first, asked.last)} {homes.get(asked.family_id, GONE).at}"
    return f"{in_words(asked)} ; {wording.uncapitalised(period(asked.valid_from, asked.valid_to, today))}"
