"""Ce que les pages de la fiche sanitaire reçoivent ; le parent et l'agent lisent la même fiche."""

from dataclasses import dataclass, field

from portail.views.attachments import AttachmentLine


@dataclass(frozen=True)
class MissingLine:
    sentence: str = ""
    href: str = ""


@dataclass(frozen=True)
class RecordView:
    """Les réponses : la valeur pour le formulaire, les mots pour la lecture."""

    doctor_name: str = ""
    doctor_phone: str = ""
    allergies: str = ""
    allergies_label: str = ""
    drug_allergies: str = ""
    food_allergies: str = ""
    other_allergies: str = ""
    asthma: str = ""
    asthma_label: str = ""
    illnesses: list[str] = field(default_factory=list)
    illnesses_label: str = ""
    blood_group: str = ""
    blood_group_label: str = ""
    pai: str = ""
    pai_label: str = ""
    pai_until: str = ""
    advice: str = ""
    diet: str = ""
    diet_label: str = ""
    exempt: bool = False


@dataclass(frozen=True)
class DoseBox:
    """Une case de date du formulaire."""

    name: str = ""
    label: str = ""
    value: str = ""


@dataclass(frozen=True)
class VaccineLine:
    code: str = ""
    label: str = ""
    dates: str = ""
    state: str = ""
    tone: str = ""  # "", "ok", "warn"
    required: bool = False
    boxes: list[DoseBox] = field(default_factory=list)


@dataclass(frozen=True)
class ContactLine:
    id: int = 0
    first_name: str = ""
    last_name: str = ""
    full_name: str = ""
    relation: str = ""
    phone: str = ""
    emergency: bool = False
    may_collect: bool = False


@dataclass(frozen=True)
class ConsentLine:
    id: int = 0
    label: str = ""
    text: str = ""
    compulsory: bool = False
    answer: str = ""
    answer_label: str = ""
    tone: str = ""
    signed: str = ""  # « Camille Durand, le 20 novembre 2026 »
    version: int = 0  # du texte montré


@dataclass(frozen=True)
class ConsentRow:
    """Une autorisation telle que la direction la règle."""

    id: int = 0
    label: str = ""
    text: str = ""
    compulsory: bool = False
    active: bool = True
    revision: int = 0
    answers: str = ""
    older: str = ""
    updated: str = ""


@dataclass(frozen=True)
class ConsentList:
    ready: bool = False
    rows: list[ConsentRow] = field(default_factory=list)
    withdrawn: list[ConsentRow] = field(default_factory=list)


@dataclass(frozen=True)
class ReadingLine:
    who: str = ""
    role: str = ""
    at: str = ""


@dataclass(frozen=True)
class GuardianPhone:
    full_name: str = ""
    role: str = ""
    phones: str = ""


@dataclass(frozen=True)
class HealthView:
    """La fiche d'un enfant, telle qu'un parent la remplit."""

    ready: bool = False
    child_id: int = 0
    first_name: str = ""
    version: int = 0
    missing: list[MissingLine] = field(default_factory=list)
    to_do: str = ""  # « 3 choses à compléter », vide si la fiche est complète
    record: RecordView = field(default_factory=RecordView)
    vaccines: list[VaccineLine] = field(default_factory=list)
    combined: list[DoseBox] = field(default_factory=list)
    contacts: list[ContactLine] = field(default_factory=list)
    contacts_full: bool = False
    consents: list[ConsentLine] = field(default_factory=list)
    signer: str = ""  # vide : cette personne ne signe pas
    readings: list[ReadingLine] = field(default_factory=list)
    confirmed: str = ""
    can_confirm: bool = False
    confirm_label: str = ""
    updated: str = ""
    documents: list[AttachmentLine] = field(default_factory=list)  # du PAI
    accept: str = ""


@dataclass(frozen=True)
class StaffHealthView:
    """La même fiche pour un agent : en lecture, avec qui joindre."""

    ready: bool = False
    full_name: str = ""
    birth: str = ""
    school: str = ""
    missing: list[MissingLine] = field(default_factory=list)
    record: RecordView = field(default_factory=RecordView)
    vaccines: list[VaccineLine] = field(default_factory=list)
    contacts: list[ContactLine] = field(default_factory=list)
    consents: list[ConsentLine] = field(default_factory=list)
    guardians: list[GuardianPhone] = field(default_factory=list)
    confirmed: str = ""
    updated: str = ""
    documents: list[AttachmentLine] = field(default_factory=list)
