"""Les mandats de prélèvement de la personne, et ce qui a été prélevé, par les dossiers dont elle voit l'argent."""

from sqlmodel import col, select

from portail.domain.direct_debits import DebitSequence, DebitState, MandateEnd, MandateState, RejectReason
from portail.models.direct_debits import Debit, Mandate
from portail.services.health import vault
from portail.services.privacy.export.shapes import (
    FAMILY,
    TECHNICAL,
    Excluded,
    Exported,
    Kept,
    Person,
    by_whom,
    labelled,
)


def _iban(row: Mandate, _person: Person) -> str:
    return vault.read(row).get("sealed_iban", "")


def _reason(row: Debit, _person: Person) -> str:
    return RejectReason(row.reason).label if row.reason else ""


TABLES: dict[str, Exported | Excluded] = {
    "mandate": Exported(
        Mandate,
        "mandats_de_prelevement",
        "les mandats signés pour les dossiers dont vous voyez les factures",
        {
            "family_id": FAMILY,
            "rum": "reference_du_mandat",
            "holder": "titulaire",
            "sealed_iban": Kept("iban", _iban),
            "bic": "bic",
            "account_id": Kept("signe_par", by_whom("account_id")),
            "terms_version": "version_des_conditions_signee",
            "state": Kept("etat", labelled("state", MandateState)),
            "signed_at": "signe_le",
            "ended_at": "termine_le",
            "end_reason": Kept("fin", labelled("end_reason", MandateEnd)),
        },
        {
            "id": TECHNICAL,
            "regie_id": TECHNICAL,
            "key_id": "nom de la clé qui scelle",
            "iban_end": "fin de l’IBAN, écrit en entier",
        },
        lambda person: col(Mandate.family_id).in_(person.money),
    ),
    "debit": Exported(
        Debit,
        "prelevements",
        "ce qui a été annoncé, prélevé ou rejeté par ces mandats",
        {
            "cents": "montant_en_centimes",
            "sequence": Kept("sorte", labelled("sequence", DebitSequence)),
            "state": Kept("etat", labelled("state", DebitState)),
            "announced_at": "annonce_le",
            "reason": Kept("motif_du_rejet", _reason),
            "rejected_at": "rejete_le",
        },
        {
            "id": TECHNICAL,
            "batch_id": TECHNICAL,
            "mandate_id": TECHNICAL,
            "invoice_id": TECHNICAL,
            "payment_id": TECHNICAL,
            "review": "note de contrôle de la régie",
            "reviewed_at": "note de contrôle de la régie",
        },
        lambda person: col(Debit.mandate_id).in_(select(Mandate.id).where(col(Mandate.family_id).in_(person.money))),
    ),
    "debit_batch": Excluded("fichiers de prélèvements remis à la banque ; les vôtres sont écrits ligne à ligne"),
}
