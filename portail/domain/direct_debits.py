"""Les prélèvements : le mandat d'une famille, les remises envoyées à la banque, les rejets qu'elle rend."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

from portail.domain.refusals import BadInputError, RefusalError

TERMS_VERSION = 1  # des conditions du mandat ; un texte changé prend le numéro suivant
NOTICE_DAYS = 14  # entre l'annonce à la famille et le prélèvement : c'est écrit dans les conditions
FURTHEST_DAYS = 90
FILE_DAYS = 7  # avant le jour : c'est le moment de créer le fichier
UNUSED_MONTHS = 36  # un mandat qui n'a pas servi depuis trois ans ne vaut plus
_FIRST_TERMS = (
    "Vous autorisez la commune à demander à votre banque de débiter votre compte, et votre banque à le faire.",
    f"Un courriel vous dit le montant et la date, {NOTICE_DAYS}\u00a0jours au moins avant chaque prélèvement.",
    (
        "Votre banque vous rembourse dans les conditions de votre contrat avec elle, si vous le demandez dans les huit "
        "semaines\u00a0; dans les treize mois, si vous n’aviez pas autorisé ce prélèvement."
    ),
    "Vous mettez fin au mandat quand vous le voulez, sur cette page\u00a0; vous payez alors vos factures autrement.",
)
TERMS_OF = {1: _FIRST_TERMS}  # un texte qui change s'ajoute : un mandat dit toujours ce qui a été signé
TERMS = TERMS_OF[TERMS_VERSION]


class MandateState(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"

    @property
    def label(self) -> str:
        return "En cours" if self is MandateState.ACTIVE else "Terminé"


class MandateEnd(StrEnum):
    """Ce qui a mis fin à un mandat."""

    NONE = ""
    FAMILY = "family"
    DESK = "desk"
    REJECTED = "rejected"
    UNUSED = "unused"
    CLOSED = "closed"
    MERGED = "merged"

    @property
    def label(self) -> str:
        return END_LABELS[self]


END_LABELS = {
    MandateEnd.NONE: "toujours en cours",
    MandateEnd.FAMILY: "à la demande de la famille",
    MandateEnd.DESK: "par la régie",
    MandateEnd.REJECTED: "après un rejet de la banque",
    MandateEnd.UNUSED: "faute d’avoir servi depuis trois ans",
    MandateEnd.CLOSED: "avec la fermeture du dossier",
    MandateEnd.MERGED: "avec la réunion de deux dossiers",
}


class DebitSequence(StrEnum):
    """Le premier prélèvement d'un mandat se dit à part."""

    FIRST = "FRST"
    RECURRENT = "RCUR"

    @property
    def label(self) -> str:
        return "Premier" if self is DebitSequence.FIRST else "Récurrent"


class DebitState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    PAID = "paid"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        return DEBIT_LABELS[self]

    @property
    def tone(self) -> str:
        return DEBIT_TONES[self]


DEBIT_LABELS = {
    DebitState.PLANNED: "Annoncé",
    DebitState.SENT: "Remis à la banque",
    DebitState.PAID: "Prélevé",
    DebitState.REJECTED: "Rejeté",
}
DEBIT_TONES = {DebitState.PLANNED: "warn", DebitState.SENT: "", DebitState.PAID: "ok", DebitState.REJECTED: "err"}
TRANSITIONS: dict[DebitState, frozenset[DebitState]] = {
    DebitState.PLANNED: frozenset({DebitState.SENT}),
    DebitState.SENT: frozenset({DebitState.PAID, DebitState.REJECTED}),
    DebitState.PAID: frozenset({DebitState.REJECTED}),
    DebitState.REJECTED: frozenset(),
}


class BatchState(StrEnum):
    """Où en est une remise, d'après ses dates."""

    ANNOUNCED = "announced"
    SENT = "sent"
    COLLECTED = "collected"

    @property
    def label(self) -> str:
        return BATCH_LABELS[self]

    @property
    def tone(self) -> str:
        return {BatchState.ANNOUNCED: "warn", BatchState.SENT: "", BatchState.COLLECTED: "ok"}[self]


BATCH_LABELS = {
    BatchState.ANNOUNCED: "Annoncée aux familles",
    BatchState.SENT: "Fichier créé",
    BatchState.COLLECTED: "Prélevée",
}


class AlreadyDebitedError(RefusalError):
    def __init__(self, number: str, day: str) -> None:
        super().__init__(
            f"La facture {number} est déjà remise à votre banque : elle sera prélevée le {day}.",
            "Vous n’avez rien à faire. Si la banque refuse, nous vous écrirons et vous pourrez la payer ici.",
        )


def batch_state(sent_at: datetime | None, collected_at: datetime | None) -> BatchState:
    if collected_at:
        return BatchState.COLLECTED
    return BatchState.SENT if sent_at else BatchState.ANNOUNCED


class RejectReason(StrEnum):
    """Les codes ISO 20022 que la banque rend avec un prélèvement impayé."""

    AC01 = "AC01"
    AC04 = "AC04"
    AC06 = "AC06"
    AC13 = "AC13"
    AG01 = "AG01"
    AM04 = "AM04"
    BE05 = "BE05"
    MD01 = "MD01"
    MD06 = "MD06"
    MD07 = "MD07"
    MS02 = "MS02"
    MS03 = "MS03"
    RR04 = "RR04"
    SL01 = "SL01"

    @property
    def label(self) -> str:
        return REJECT_LABELS[self]

    @property
    def told(self) -> str:
        """Ce qu'une famille en lit : un décès ne s'annonce pas par un motif de banque."""
        return "Ce compte ne peut plus être prélevé" if self is RejectReason.MD07 else self.label

    @property
    def ends_mandate(self) -> bool:
        """Recommencer serait refusé de même : la famille signe un autre mandat, ou paie autrement."""
        return self in ENDING


REJECT_LABELS = {
    RejectReason.AC01: "IBAN inconnu de la banque",
    RejectReason.AC04: "Compte clos",
    RejectReason.AC06: "Compte bloqué",
    RejectReason.AC13: "Compte qui n’accepte pas ces prélèvements",
    RejectReason.AG01: "Prélèvements interdits sur ce compte",
    RejectReason.AM04: "Provision insuffisante",
    RejectReason.BE05: "Créancier inconnu de la banque",
    RejectReason.MD01: "Prélèvement non autorisé par le titulaire",
    RejectReason.MD06: "Prélèvement contesté par le titulaire",
    RejectReason.MD07: "Titulaire décédé",
    RejectReason.MS02: "Refus du titulaire",
    RejectReason.MS03: "Motif non communiqué",
    RejectReason.RR04: "Motif réglementaire",
    RejectReason.SL01: "Refus par un service de la banque",
}
ENDING = frozenset(
    {RejectReason.AC01, RejectReason.AC04, RejectReason.AC13, RejectReason.AG01, RejectReason.MD01, RejectReason.MD07}
)


class WrongStepError(RefusalError):
    """Un geste déjà fait, ou trop tôt : un autre agent est passé, ou la page date."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "Rechargez la page pour voir où en est cette remise.")


def check_step(before: DebitState, after: DebitState) -> None:
    if after not in TRANSITIONS[before]:
        raise WrongStepError(f"Ce prélèvement est déjà {before.label.lower()}.")


def earliest_day(today: date) -> date:
    """Le premier jour où prélever ce que l'on annonce aujourd'hui."""
    day = today + timedelta(days=NOTICE_DAYS)
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day


def check_collection_day(day: date, today: date) -> None:
    if day < today + timedelta(days=NOTICE_DAYS):
        raise BadInputError(
            f"Choisissez une date dans {NOTICE_DAYS}\u00a0jours au moins.", "C’est le préavis écrit dans les mandats."
        )
    if day > today + timedelta(days=FURTHEST_DAYS):
        raise BadInputError(f"Choisissez une date dans {FURTHEST_DAYS}\u00a0jours au plus.")
    if not is_bank_day(day):
        raise BadInputError("Les banques ne prélèvent pas ce jour-là.", "Choisissez un autre jour de la semaine.")


def is_bank_day(day: date) -> bool:
    """Ni samedi, ni dimanche, ni jour de fermeture du système de paiement européen (TARGET)."""
    return day.weekday() < 5 and day not in _closed(day.year)  # noqa: PLR2004 — samedi et dimanche


@lru_cache(maxsize=8)
def _closed(year: int) -> frozenset[date]:
    return frozenset(holidays.financial_holidays("XECB", years=year))


def is_lapsed(last_use: date, today: date) -> bool:
    """Trois ans sans servir, depuis la signature ou le dernier prélèvement."""
    years = UNUSED_MONTHS // 12
    try:
        return today >= last_use.replace(year=last_use.year + years)
    except ValueError:  # un 29 février
        return today >= date(last_use.year + years, 3, 1)
