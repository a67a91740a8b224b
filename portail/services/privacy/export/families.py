"""Les dossiers de la personne : adultes, enfants, attestations délivrées."""

from sqlmodel import col

from portail.domain.families import FamilyStatus, GuardianRole
from portail.domain.papers import PaperKind, grouped
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.papers import Paper
from portail.services.privacy.export.shapes import (
    CHILD,
    FAMILY,
    TECHNICAL,
    YOURS,
    Exported,
    Kept,
    Person,
    labelled,
    named,
)


def _other_adults_by_name_only(row: Guardian, person: Person) -> frozenset[str] | None:
    return None if row.account_id == person.account_id else frozenset({"family_id", "first_name", "last_name"})


TABLES = {
    "family": Exported(
        Family,
        "dossiers",
        "les dossiers de famille dont vous êtes responsable",
        {
            "number": "numero",
            "name": "nom",
            "address": "adresse",
            "postcode": "code_postal",
            "city": "commune",
            "status": Kept("etat", labelled("status", FamilyStatus)),
            "created_at": "cree_le",
            "closed_at": "ferme_le",
        },
        {"id": TECHNICAL, "merged_into_id": TECHNICAL},
        lambda person: col(Family.id).in_(person.families),
    ),
    "guardian": Exported(
        Guardian,
        "responsables",
        "vous en entier ; des autres adultes de vos dossiers, le nom seulement",
        {
            "family_id": FAMILY,
            "first_name": "prenom",
            "last_name": "nom",
            "role": Kept("qualite", labelled("role", GuardianRole)),
            "phone": "telephone_portable",
            "home_phone": "telephone_domicile",
            "work_phone": "telephone_travail",
            "other_phone": "autre_telephone",
            "email": "email",
            "caf_number": "numero_caf",
            "invoices_by_email": "factures_par_email",
            "invoice_email": "email_des_factures",
            "can_edit": "peut_modifier_le_dossier",
            "can_book": "peut_reserver",
            "can_see_money": "voit_les_factures",
            "can_see_health": "voit_la_sante",
        },
        {"id": TECHNICAL, "account_id": YOURS},
        lambda person: col(Guardian.family_id).in_(person.families),
        _other_adults_by_name_only,
    ),
    "child": Exported(
        Child,
        "enfants",
        "les enfants de vos dossiers",
        {
            "first_name": "prenom",
            "last_name": "nom",
            "birth_date": "ne_le",
            "school_id": Kept("ecole", named("school_id", "schools")),
            "level": "niveau",
            "class_id": Kept("classe", named("class_id", "classes")),
        },
        {"id": TECHNICAL},
        lambda person: col(Child.id).in_(person.children),
    ),
    "family_child": Exported(
        FamilyChild,
        "rattachements",
        "quel enfant est dans lequel de vos dossiers ; jamais le dossier de quelqu’un d’autre",
        {"family_id": FAMILY, "child_id": CHILD, "position": "rang"},
        {"id": TECHNICAL},
        lambda person: col(FamilyChild.family_id).in_(person.families),
    ),
    "paper": Exported(
        Paper,
        "attestations",
        "les attestations délivrées pour vos enfants",
        {
            "reference": Kept("reference", lambda row, _: grouped(row.reference)),
            "kind": Kept("sorte", labelled("kind", PaperKind)),
            "child_id": CHILD,
            "made_on": "le",
        },
        {"id": TECHNICAL, "initial": "dite par le prénom", "made_at": "dite par la date"},
        lambda person: col(Paper.child_id).in_(person.children),
    ),
}
