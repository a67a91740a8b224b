"""Mettre la fiche en mots : les vues du parent et de l'agent."""

from datetime import date, datetime

from portail.domain.health import (
    MOST_CONTACTS,
    Answer,
    BloodGroup,
    Diet,
    Missing,
    Part,
    Record,
    can_confirm,
    completeness,
    confirmed_year,
    is_confirmed,
)
from portail.domain.health_forms import HEXAVALENT_DOSES
from portail.domain.vaccinations import Vaccine, missing, most_doses, required_on
from portail.models.families import Child
from portail.models.health import Consent, ConsentAnswer, HealthContact, HealthRecord
from portail.services.health.files import Opened, confirmed_on, today
from portail.views import wording
from portail.views.health import (
    ConsentLine,
    ContactLine,
    DoseBox,
    GuardianPhone,
    HealthView,
    MissingLine,
    ReadingLine,
    RecordView,
    StaffHealthView,
    VaccineLine,
)


def for_parent(child: Child, opened: Opened, readings: list[ReadingLine], signer: str, now: datetime) -> HealthView:
    day = today(now)
    lacking = completeness(opened.as_file(child.birth_date), day)
    return HealthView(
        ready=True,
        child_id=child.key,
        first_name=child.first_name,
        version=opened.row.version if opened.row else 0,
        missing=_missing(lacking),
        to_do=wording.count(len(lacking), "chose à compléter", "choses à compléter") if lacking else "",
        record=_record(opened.record),
        vaccines=_vaccines(child.birth_date, opened, day),
        combined=_boxes("hexavalent", "Vaccin hexavalent", HEXAVALENT_DOSES, ()),
        contacts=[_contact(one) for one in opened.contacts],
        contacts_full=len(opened.contacts) >= MOST_CONTACTS,
        consents=[_consent(*one) for one in opened.consents],
        signer=signer,
        readings=readings,
        confirmed=_confirmed(opened, day),
        can_confirm=can_confirm(confirmed_on(opened.row), day) and _is_otherwise_complete(lacking),
        confirm_label=_confirm_label(opened.row, day),
        updated=_updated(opened),
    )


def for_staff(
    child: Child, opened: Opened, school: str, guardians: list[GuardianPhone], now: datetime
) -> StaffHealthView:
    day = today(now)
    return StaffHealthView(
        ready=True,
        full_name=f"{child.first_name} {child.last_name}",
        birth=wording.long_date(child.birth_date),
        school=" · ".join(filter(None, (school, child.level))),
        missing=_missing(completeness(opened.as_file(child.birth_date), day)),
        record=_record(opened.record),
        vaccines=_vaccines(child.birth_date, opened, day),
        contacts=[_contact(one) for one in opened.contacts],
        consents=[_consent(*one) for one in opened.consents],
        guardians=guardians,
        confirmed=_confirmed(opened, day),
        updated=_updated(opened),
    )


def _is_otherwise_complete(lacking: list[Missing]) -> bool:
    return all(one.part is Part.CONFIRMATION for one in lacking)


def _missing(lacking: list[Missing]) -> list[MissingLine]:
    return [MissingLine(one.sentence, f"#{one.anchor}") for one in lacking]


def _record(record: Record) -> RecordView:
    pai_end = record.pai_end
    until = f", jusqu’au {wording.long_date(pai_end)}" if pai_end else ""
    return RecordView(
        doctor_name=record.doctor_name,
        doctor_phone=record.doctor_phone,
        allergies=record.allergies,
        allergies_label=_label(record.allergies),
        drug_allergies=record.drug_allergies,
        food_allergies=record.food_allergies,
        other_allergies=record.other_allergies,
        asthma=record.asthma,
        asthma_label=_label(record.asthma),
        illnesses=[one.value for one in record.illness_list],
        illnesses_label=", ".join(one.label for one in record.illness_list),
        blood_group=record.blood_group,
        blood_group_label=BloodGroup(record.blood_group).label if record.blood_group else "",
        pai=record.pai,
        pai_label=f"{_label(record.pai)}{until}",
        pai_until=record.pai_until,
        advice=record.advice,
        diet=record.diet,
        diet_label=Diet(record.diet).label if record.diet else "",
        exempt=bool(record.exempt),
    )


def _label(answer: str) -> str:
    return Answer(answer).label if answer else ""


def _vaccines(birth: date, opened: Opened, day: date) -> list[VaccineLine]:
    """Ce que la loi exige d'abord, le reste ensuite."""
    required = required_on(birth, day)
    lacks = {lack.vaccine: lack for lack in missing(birth, day, opened.vaccines)}
    lines = []
    for vaccine in sorted(Vaccine, key=lambda one: one not in required):
        dates = opened.vaccines.get(vaccine, ())
        state, tone = _state(vaccine in required, vaccine in lacks, bool(dates), bool(opened.record.exempt))
        lines.append(
            VaccineLine(
                code=vaccine,
                label=vaccine.label,
                dates=", ".join(wording.short_date(one) for one in dates),
                state=state,
                tone=tone,
                required=vaccine in required,
                boxes=_boxes(vaccine, vaccine.label, most_doses(vaccine), dates),
            )
        )
    return lines


def _state(required: bool, lacking: bool, given: bool, exempt: bool) -> tuple[str, str]:
    if lacking:
        return ("Contre-indication", "") if exempt else ("À compléter", "warn")
    if required or given:
        return "Fait", "ok"
    return "Non exigé", ""


def _boxes(stem: str, label: str, count: int, dates: tuple[date, ...]) -> list[DoseBox]:
    return [
        DoseBox(f"{stem}_{rank}", f"{label}, dose {rank + 1}", dates[rank].isoformat() if rank < len(dates) else "")
        for rank in range(count)
    ]


def _contact(one: HealthContact) -> ContactLine:
    return ContactLine(
        one.key,
        one.first_name,
        one.last_name,
        f"{one.first_name} {one.last_name}",
        one.relation,
        one.phone,
        one.emergency,
        one.may_collect,
    )


def _consent(consent: Consent, answer: ConsentAnswer | None) -> ConsentLine:
    said = Answer(answer.answer) if answer else None
    return ConsentLine(
        consent.key,
        consent.label,
        consent.text,
        consent.compulsory,
        said or "",
        said.label if said else "Pas de réponse",
        "ok" if said is Answer.YES else "" if said else "warn",
        f"{answer.signed_name}, le {wording.long_date(today(answer.answered_at))}" if answer else "",
        consent.version,
    )


def _confirmed(opened: Opened, day: date) -> str:
    row = opened.row
    on = confirmed_on(row)
    if row is None or on is None:
        return ""
    who = _by(opened, row.confirmed_by)
    ended = "" if is_confirmed(on, day) else ", pour une année scolaire passée"
    return f"Confirmée le {wording.long_date(on)}{who}{ended}."


def _confirm_label(row: HealthRecord | None, day: date) -> str:
    words = "Rien n’a changé" if confirmed_on(row) else "Tout est exact"
    return f"{words} : confirmer pour {confirmed_year(day)}"


def _updated(opened: Opened) -> str:
    row = opened.row
    if row is None or row.version == 0:
        return ""
    return f"Modifiée le {wording.long_date(today(row.updated_at))}{_by(opened, row.updated_by)}."


def _by(opened: Opened, account_id: int | None) -> str:
    name = opened.names.get(account_id or 0)
    return f" par {name}" if name else ""
