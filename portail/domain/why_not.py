"""« Pourquoi ? » : chaque cause d'un refus de réserver ou d'annuler, avec sa phrase, son instant et la suite."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portail.domain.dates import full_stop, said_date, said_day, said_instant, said_list
from portail.domain.money import euros
from portail.domain.refusals import RefusalError

MOST_SAID = 3
_CALL = "Contactez le service enfance : il vous dira ce qui est encore possible."
_ANOTHER_DAY = "Choisissez un autre jour."


class Reason(StrEnum):
    CLOSED = "closed"
    PAST = "past"
    UNKNOWN_SLOT = "unknown_slot"
    WRONG_AGE = "wrong_age"
    WRONG_LEVEL = "wrong_level"
    WRONG_SCHOOL = "wrong_school"
    REFUSED = "refused"
    NOT_MY_DAY = "not_my_day"
    NO_RIGHT = "no_right"
    NOT_ENROLLED = "not_enrolled"
    HEALTH_INCOMPLETE = "health_incomplete"
    DOCUMENT_MISSING = "document_missing"
    WALLET_INACTIVE = "wallet_inactive"
    WALLET_SHORT = "wallet_short"
    INCOMPATIBLE = "incompatible"
    NOT_OPEN_CAMPAIGN = "not_open_campaign"
    TOO_EARLY = "too_early"
    LATE_REFUSED = "late_refused"
    LOCKED = "locked"
    FULL = "full"
    NO_WAITLIST = "no_waitlist"
    ALREADY_BOOKED = "already_booked"
    ALREADY_WAITING = "already_waiting"
    NOT_BOOKED = "not_booked"
    NOT_WAITING = "not_waiting"
    CANCEL_LATE = "cancel_late"
    RECORDED = "recorded"
    CARENCE = "carence"
    OTHER_FAMILY = "other_family"

    @property
    def label(self) -> str:
        return REASON_LABELS[self]

    @property
    def is_overridable(self) -> bool:
        """Un agent peut-il passer outre, en disant pourquoi ?"""
        return self in OVERRIDABLE


REASON_LABELS = {
    Reason.CLOSED: "Fermé",
    Reason.PAST: "Jour passé",
    Reason.UNKNOWN_SLOT: "Jour inconnu",
    Reason.WRONG_AGE: "Âge",
    Reason.WRONG_LEVEL: "Niveau scolaire",
    Reason.WRONG_SCHOOL: "École",
    Reason.REFUSED: "Réservation refusée",
    Reason.NOT_MY_DAY: "Jour de l’autre foyer",
    Reason.NO_RIGHT: "Droit de réserver",
    Reason.NOT_ENROLLED: "Inscription manquante",
    Reason.HEALTH_INCOMPLETE: "Fiche sanitaire incomplète",
    Reason.DOCUMENT_MISSING: "Document manquant",
    Reason.WALLET_INACTIVE: "Porte-monnaie non activé",
    Reason.WALLET_SHORT: "Porte-monnaie insuffisant",
    Reason.INCOMPATIBLE: "Déjà pris à la même heure",
    Reason.NOT_OPEN_CAMPAIGN: "Campagne non ouverte",
    Reason.TOO_EARLY: "Pas encore ouvert",
    Reason.LATE_REFUSED: "Hors délai",
    Reason.LOCKED: "Réservations closes",
    Reason.FULL: "Complet",
    Reason.NO_WAITLIST: "Pas de liste d’attente",
    Reason.ALREADY_BOOKED: "Déjà réservé",
    Reason.ALREADY_WAITING: "Déjà en liste d’attente",
    Reason.NOT_BOOKED: "Pas réservé",
    Reason.NOT_WAITING: "Pas en liste d’attente",
    Reason.CANCEL_LATE: "Trop tard pour annuler",
    Reason.RECORDED: "Présence déjà notée",
    Reason.CARENCE: "Jours de carence",
    Reason.OTHER_FAMILY: "Autre dossier",
}
# Ni ce qui touche à la sécurité de l'enfant, ni ce qui ne dépend pas d'une décision.
OVERRIDABLE = frozenset(
    {
        *(Reason.WRONG_AGE, Reason.WRONG_LEVEL, Reason.WRONG_SCHOOL, Reason.REFUSED, Reason.NOT_MY_DAY),
        *(Reason.DOCUMENT_MISSING, Reason.WALLET_INACTIVE, Reason.WALLET_SHORT, Reason.NOT_OPEN_CAMPAIGN),
        *(Reason.TOO_EARLY, Reason.LATE_REFUSED, Reason.LOCKED, Reason.FULL, Reason.CANCEL_LATE, Reason.CARENCE),
    }
)


@dataclass(frozen=True)
class WhyNot:
    """La même réponse pour le parent et pour l'agent ; `at` est l'instant dont parle la phrase."""

    reason: Reason
    sentence: str
    next_step: str = ""
    link: str = ""
    at: datetime | None = None

    @property
    def is_overridable(self) -> bool:
        return self.reason.is_overridable


_CHILD = re.compile(r"/dossier/enfants/([0-9]+)(/sante)?")


def desk_link(link: str, family_id: int) -> str:
    """Où un agent trouve ce qu'un parent irait compléter ; rien quand la page n'est que pour les parents."""
    if found := _CHILD.fullmatch(link):
        return f"/admin/enfants/{found[1]}/sante" if found[2] else f"/admin/familles/{family_id}"
    return {"/documents": f"/admin/familles/{family_id}", "/absences": "/admin/absences"}.get(link, "")


class NotBookableError(RefusalError):
    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.sentence, why.next_step)
        self.why = why


def closed(why: str = "") -> WhyNot:
    return WhyNot(Reason.CLOSED, full_stop(why) or "Fermé ce jour-là.", _ANOTHER_DAY)


def no_rule() -> WhyNot:
    return WhyNot(Reason.CLOSED, "Les réservations ne sont pas encore proposées pour ce jour.", _CALL, "/contact")


def past(began: datetime) -> WhyNot:
    return WhyNot(Reason.PAST, f"Ce jour est passé : l’activité a commencé {said_instant(began)}.", at=began)


def unknown_slot() -> WhyNot:
    """Un jour qui n'existe pas et celui d'une autre famille répondent de même."""
    return WhyNot(Reason.UNKNOWN_SLOT, "Ce jour n’est pas proposé.", "Rechargez le calendrier.")


def wrong_age(first_name: str, age: int, day: date, least: int | None, most: int | None) -> WhyNot:
    """« Léa a 2 ans le 3 décembre ; cette activité accueille les enfants de 3 à 11 ans. »"""
    said = f"{age} an{'s' if age > 1 else ''}" if age >= 1 else "moins d’un an"
    sentence = f"{first_name} a {said} le {said_date(day)} ; cette activité accueille les enfants {_ages(least, most)}."
    return WhyNot(Reason.WRONG_AGE, sentence, f"Voyez les activités ouvertes à {first_name}.", "/activites")


def _ages(least: int | None, most: int | None) -> str:
    if least is not None and most is not None:
        return f"de {least} à {most} ans" if least != most else f"de {least} an{'s' if least > 1 else ''}"
    bound = least if least is not None else most or 0
    return f"{'à partir de' if least is not None else 'jusqu’à'} {bound} an{'s' if bound > 1 else ''}"


def wrong_level(first_name: str, level: str, levels: Sequence[str], child_url: str) -> WhyNot:
    welcome = f"cette activité accueille les enfants de {said_list(levels)}"
    if not level:
        sentence = f"Le niveau scolaire de {first_name} n’est pas indiqué ; {welcome}."
        return WhyNot(Reason.WRONG_LEVEL, sentence, "Complétez sa scolarité.", child_url)
    sentence = f"{first_name} est en {level} ; {welcome}."
    return WhyNot(Reason.WRONG_LEVEL, sentence, f"Voyez les activités ouvertes à {first_name}.", "/activites")


def wrong_school(first_name: str, schools: Sequence[str]) -> WhyNot:
    where = f" : {said_list(schools)}" if schools else ""
    sentence = f"Cette activité est réservée aux enfants de certaines écoles{where}."
    return WhyNot(Reason.WRONG_SCHOOL, sentence, f"Voyez les activités ouvertes à {first_name}.", "/activites")


def refused(why: str = "") -> WhyNot:
    said = f" : {full_stop(why)}" if why.strip() else "."
    return WhyNot(Reason.REFUSED, f"La mairie a refusé cette réservation{said}", _CALL, "/contact")


def not_my_day(first_name: str, day: date, child_url: str) -> WhyNot:
    sentence = f"Le {said_day(day)}, la garde de {first_name} revient à l’autre foyer."
    return WhyNot(Reason.NOT_MY_DAY, sentence, "Si ce n’est pas le cas, corrigez la garde partagée.", child_url)


def no_right() -> WhyNot:
    sentence = "Vous n’avez pas le droit de réserver pour cette famille."
    return WhyNot(Reason.NO_RIGHT, sentence, "Un autre responsable du dossier, ou la mairie, peut vous l’ouvrir.")


def not_enrolled(first_name: str, *, waits: bool = False) -> WhyNot:
    if waits:
        sentence = f"L’inscription de {first_name} à cette activité attend la réponse de la mairie."
        return WhyNot(Reason.NOT_ENROLLED, sentence, "Un courriel vous préviendra.", "/activites")
    sentence = f"L’inscription de {first_name} à cette activité n’est pas faite."
    return WhyNot(Reason.NOT_ENROLLED, sentence, "Faites-la depuis « Activités ».", "/activites")


def health_incomplete(first_name: str, missing: Sequence[str], health_url: str) -> WhyNot:
    """`missing` : les phrases de la fiche, « Indiquez le médecin traitant et son téléphone. »"""
    said = [full_stop(one) for one in missing[:MOST_SAID]]
    left = len(missing) - len(said)
    if left:
        said.append(f"Il reste ensuite {left} autre{'s' if left > 1 else ''} point{'s' if left > 1 else ''}.")
    sentence = f"La fiche sanitaire de {first_name} est incomplète."
    return WhyNot(Reason.HEALTH_INCOMPLETE, sentence, " ".join(said) or "Complétez-la.", health_url)


def document_missing(first_name: str, missing: Sequence[str]) -> WhyNot:
    many = len(missing) > 1
    count = f"{len(missing)} documents" if many else "un document"
    sentence = f"Il manque {count} pour {first_name} : {said_list(missing)}."
    return WhyNot(Reason.DOCUMENT_MISSING, sentence, f"Envoyez-{'les' if many else 'le'} en ligne.", "/documents")


def wallet_inactive() -> WhyNot:
    sentence = "Votre porte-monnaie n’est pas encore activé."
    return WhyNot(Reason.WALLET_INACTIVE, sentence, "Activez-le pour réserver.", "/porte-monnaie")


def wallet_short(missing_cents: int) -> WhyNot:
    sentence = f"Il manque {euros(missing_cents)} dans votre porte-monnaie."
    return WhyNot(Reason.WALLET_SHORT, sentence, "Alimentez-le, ou choisissez moins de jours.", "/porte-monnaie")


def incompatible(first_name: str, other: str) -> WhyNot:
    sentence = f"{first_name} a déjà une réservation à la même heure : {other}."
    return WhyNot(Reason.INCOMPATIBLE, sentence, "Annulez-la d’abord, ou choisissez un autre jour.", "/planning")


def campaign_not_open(opens: datetime) -> WhyNot:
    sentence = f"Les inscriptions ouvrent {said_instant(opens)}."
    return WhyNot(Reason.NOT_OPEN_CAMPAIGN, sentence, "Revenez à partir de ce moment.", at=opens)


def too_early(opens: datetime) -> WhyNot:
    sentence = f"Les réservations de ce jour ouvrent {said_instant(opens)}."
    return WhyNot(Reason.TOO_EARLY, sentence, "Revenez à partir de ce moment.", at=opens)


def late_refused(since: datetime) -> WhyNot:
    sentence = f"Les réservations de ce jour sont closes depuis {said_instant(since)}."
    return WhyNot(Reason.LATE_REFUSED, sentence, _CALL, "/contact", since)


def locked(since: datetime) -> WhyNot:
    sentence = f"Les réservations de ce jour, même majorées, sont closes depuis {said_instant(since)}."
    return WhyNot(Reason.LOCKED, sentence, _CALL, "/contact", since)


def full(*, has_waitlist: bool, waiting: int = 0) -> WhyNot:
    ahead = f" ({waiting} enfant{'s attendent' if waiting > 1 else ' attend'} déjà)" if waiting else ""
    wait = f"Rejoignez la liste d’attente{ahead} : un courriel vous préviendra si une place se libère."
    step = wait if has_waitlist else _ANOTHER_DAY
    return WhyNot(Reason.FULL, "Toutes les places de ce jour sont prises.", step)


def no_waitlist(*, places_left: bool) -> WhyNot:
    if places_left:
        return WhyNot(Reason.NO_WAITLIST, "Il reste des places ce jour-là.", "Réservez-en une directement.")
    return WhyNot(Reason.NO_WAITLIST, "Ce jour n’a pas de liste d’attente.", _ANOTHER_DAY)


def already_booked(first_name: str) -> WhyNot:
    return WhyNot(Reason.ALREADY_BOOKED, f"Ce jour est déjà réservé pour {first_name}.")


def already_waiting(first_name: str, position: int) -> WhyNot:
    rank = f" (n°\u00a0{position})" if position > 0 else ""
    return WhyNot(Reason.ALREADY_WAITING, f"{first_name} est déjà sur la liste d’attente de ce jour{rank}.")


def not_booked(first_name: str) -> WhyNot:
    return WhyNot(Reason.NOT_BOOKED, f"Ce jour n’est pas réservé pour {first_name} : il n’y a rien à annuler.")


def not_waiting(first_name: str) -> WhyNot:
    return WhyNot(Reason.NOT_WAITING, f"{first_name} n’est pas sur la liste d’attente de ce jour.")


def cancel_late(since: datetime) -> WhyNot:
    sentence = f"Ce jour ne peut plus être annulé depuis {said_instant(since)}."
    return WhyNot(Reason.CANCEL_LATE, sentence, "En cas d’absence, déclarez-la.", "/absences", since)


def recorded(first_name: str) -> WhyNot:
    sentence = f"La présence de {first_name} est déjà notée pour ce jour."
    return WhyNot(Reason.RECORDED, sentence, "Si c’est une erreur, contactez le service enfance.", "/contact")


def carence(days: int) -> WhyNot:
    due = "Le premier jour d’absence reste dû." if days == 1 else f"Les {days} premiers jours d’absence restent dus."
    return WhyNot(Reason.CARENCE, due, "Les suivants ne le sont pas si l’absence est acceptée.")


def other_family(first_name: str) -> WhyNot:
    sentence = f"{first_name} est dans un autre de vos dossiers, qui a son propre porte-monnaie et ses factures."
    return WhyNot(Reason.OTHER_FAMILY, sentence, f"Validez à part les jours de {first_name}.")
