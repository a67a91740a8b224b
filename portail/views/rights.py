"""Ce que chaque adulte d'un dossier peut y faire, tel que ses responsables le voient."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class RightTick:
    """Un droit : tenu ou non, et si la personne qui regarde peut le changer."""

    name: str = ""
    label: str = ""
    detail: str = ""
    held: bool = False
    can_set: bool = False


@dataclass(frozen=True)
class AdultLine:
    """`seen` : les droits tels qu'ils sont montrés, renvoyés avec le formulaire."""

    guardian_id: int = 0
    full_name: str = ""
    role: str = ""
    is_me: bool = False
    seen: str = ""
    rights: list[RightTick] = field(default_factory=list)


@dataclass(frozen=True)
class FamilyRights:
    name: str = ""
    number: str = ""
    can_change: bool = False
    adults: list[AdultLine] = field(default_factory=list)
