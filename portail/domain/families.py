"""Le foyer : qui en est responsable, qui en est l'enfant, et à quelle école."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from portail.domain.refusals import RefusalError


class GuardianRole(StrEnum):
    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"
    CARER = "carer"

    @property
    def label(self) -> str:
        return GUARDIAN_LABELS[self]


GUARDIAN_LABELS = {
    GuardianRole.MOTHER: "Mère",
    GuardianRole.FATHER: "Père",
    GuardianRole.GUARDIAN: "Responsable légal",
    GuardianRole.CARER: "Personne de confiance",
}


class FamilyStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    MERGED = "merged"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        return FAMILY_LABELS[self]


FAMILY_LABELS = {
    FamilyStatus.PENDING: "à valider",
    FamilyStatus.ACTIVE: "actif",
    FamilyStatus.MERGED: "fusionné",
    FamilyStatus.ARCHIVED: "archivé",
}
TRANSITIONS = {
    FamilyStatus.PENDING: frozenset({FamilyStatus.ACTIVE, FamilyStatus.MERGED, FamilyStatus.ARCHIVED}),
    FamilyStatus.ACTIVE: frozenset({FamilyStatus.MERGED, FamilyStatus.ARCHIVED}),
    FamilyStatus.MERGED: frozenset({FamilyStatus.PENDING, FamilyStatus.ACTIVE}),  # une fusion se défait
    FamilyStatus.ARCHIVED: frozenset({FamilyStatus.ACTIVE}),
}


class FamilyRight(StrEnum):
    """Ce qu'un adulte du foyer peut faire ; le nom est celui de la colonne."""

    EDIT = "can_edit"
    BOOK = "can_book"
    MONEY = "can_see_money"
    HEALTH = "can_see_health"

    @property
    def label(self) -> str:
        return RIGHT_LABELS[self]

    @property
    def detail(self) -> str:
        return RIGHT_DETAILS[self]


RIGHT_LABELS = {
    FamilyRight.EDIT: "Modifier le dossier",
    FamilyRight.BOOK: "Réserver",
    FamilyRight.MONEY: "Voir les factures et payer",
    FamilyRight.HEALTH: "Voir et remplir la fiche sanitaire",
}


RIGHT_DETAILS = {
    FamilyRight.EDIT: "Adresse, enfants, démarches, droits des autres adultes.",
    FamilyRight.BOOK: "Choisir les jours des enfants, les annuler.",
    FamilyRight.MONEY: "Factures, paiements, porte-monnaie.",
    FamilyRight.HEALTH: "Allergies, vaccins, contacts, autorisations.",
}
ALL_RIGHTS = frozenset(FamilyRight)


def first_rights(role: GuardianRole) -> frozenset[FamilyRight]:
    """Ce qu'un adulte peut à son arrivée dans le dossier ; une personne de confiance réserve, rien de plus."""
    return frozenset({FamilyRight.BOOK}) if role is GuardianRole.CARER else ALL_RIGHTS


def check_someone_keeps_all(adults: Iterable[frozenset[FamilyRight]]) -> None:
    """Un dossier que plus personne ne peut tenir en entier ne se réparerait qu'au guichet."""
    if not any(rights == ALL_RIGHTS for rights in adults):
        raise RefusalError(
            "Au moins un adulte du dossier doit garder tous les droits.",
            "Donnez-les d’abord à un autre adulte.",
        )


def check_may_set(
    own: frozenset[FamilyRight], before: frozenset[FamilyRight], after: frozenset[FamilyRight], *, is_self: bool
) -> None:
    """Un responsable ne s'ajoute rien, et ne donne ni ne retire aux autres que ce qu'il a lui-même."""
    if is_self and after - before:
        raise RefusalError(
            "Vous ne pouvez pas vous donner un droit que vous n’avez pas.",
            "Un autre responsable du dossier, ou la mairie, peut vous l’ouvrir.",
        )
    if not is_self and (before ^ after) - own:
        raise RefusalError(
            "Vous ne pouvez donner ou retirer que les droits que vous avez vous-même.",
            "Un autre responsable du dossier, ou la mairie, peut le faire.",
        )


def rights_named(names: str) -> frozenset[FamilyRight]:
    """Les droits d'une liste séparée par des virgules ; un nom inconnu ne compte pas."""
    return frozenset(right for right in FamilyRight if right in names.split(","))


class RightsChangedError(RefusalError):
    """Un autre onglet, un autre responsable ou un agent est passé entre l'affichage et le geste."""

    def __init__(self, who: str) -> None:
        super().__init__(
            f"Les droits de {who} viennent d’être modifiés : rien n’a été enregistré.",
            "Relisez-les, puis enregistrez de nouveau si besoin.",
        )


class Level(StrEnum):
    TPS = "TPS"
    PS = "PS"
    MS = "MS"
    GS = "GS"
    CP = "CP"
    CE1 = "CE1"
    CE2 = "CE2"
    CM1 = "CM1"
    CM2 = "CM2"

    @property
    def label(self) -> str:
        return self.value


CHILD_COLORS = ("#8A4FC0", "#1F7A44", "#B4471A", "#1B6FA8", "#A33A6B", "#6B6100")


def child_color(position: int) -> str:
    return CHILD_COLORS[position % len(CHILD_COLORS)]


def age_on(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
