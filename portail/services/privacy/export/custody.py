"""La garde des enfants de la personne ; l'autre foyer n'y est jamais nommé."""

from sqlmodel import col, or_

from portail.domain.custody import WEEKDAYS, HolidayRule, PatternKind
from portail.models.custody import CustodyException, CustodyPattern
from portail.services.privacy.export.shapes import CHILD, TECHNICAL, Exported, Kept, Say, by_whom, home, labelled


def _home(column: str) -> Say:
    return lambda row, person: home(getattr(row, column), person)


TABLES = {
    "custody_pattern": Exported(
        CustodyPattern,
        "garde",
        "les rythmes de garde entre votre foyer et l’autre, sans rien dire de celui-ci",
        {
            "child_id": CHILD,
            "kind": Kept("rythme", labelled("kind", PatternKind)),
            "first_family_id": Kept("semaine_de_reference_chez", _home("first_family_id")),
            "second_family_id": Kept("puis_chez", _home("second_family_id")),
            "anchor": "semaine_de_reference",
            "change_day": Kept("jour_de_changement", lambda row, _: WEEKDAYS[row.change_day]),
            "holidays": Kept("vacances", labelled("holidays", HolidayRule)),
            "valid_from": "du",
            "valid_to": "au",
            "author_id": Kept("par", by_whom("author_id")),
            "created_at": "regle_le",
        },
        {"id": TECHNICAL},
        lambda person: or_(
            col(CustodyPattern.first_family_id).in_(person.families),
            col(CustodyPattern.second_family_id).in_(person.families),
        ),
    ),
    "custody_exception": Exported(
        CustodyException,
        "exceptions_de_garde",
        "les jours confiés à votre foyer ou à l’autre, hors du rythme",
        {
            "child_id": CHILD,
            "family_id": Kept("chez", _home("family_id")),
            "first_day": "du",
            "last_day": "au",
            "author_id": Kept("par", by_whom("author_id")),
            "created_at": "regle_le",
        },
        {"id": TECHNICAL},
        lambda person: or_(
            col(CustodyException.child_id).in_(person.present), col(CustodyException.family_id).in_(person.families)
        ),
    ),
}
