"""Les factures de la personne : celles des dossiers dont elle voit l'argent, ligne à ligne."""

from sqlmodel import col, select

from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.models.invoices import Invoice, InvoiceLine
from portail.services.privacy.export.shapes import CHILD, FAMILY, TECHNICAL, Excluded, Exported, Kept, Person, labelled


def _number(row: Invoice, _person: Person) -> str:
    return str(row.content.get("number", ""))


TABLES: dict[str, Exported | Excluded] = {
    "invoice": Exported(
        Invoice,
        "factures",
        "les factures et les avoirs des dossiers dont vous voyez les factures",
        {
            "id": Kept("facture"),
            "family_id": FAMILY,
            "kind": Kept("sorte", labelled("kind", InvoiceKind)),
            "number": Kept("numero", _number),
            "month": "mois",
            "total_cents": "montant_en_centimes",
            "paid_cents": "regle_en_centimes",
            "issued_at": "emise_le",
            "due_on": "a_payer_avant_le",
        },
        {
            "regie_id": TECHNICAL,
            "run_id": TECHNICAL,
            "corrects_id": TECHNICAL,
            "state": "toujours émise",
            "year": "écrite dans le numéro",
            "movement_id": TECHNICAL,
            "file_id": "le PDF se télécharge dans « Mes factures »",
            "content": "votre nom et votre adresse d’alors, écrits sur le PDF",
            "print_failed_at": TECHNICAL,
        },
        lambda person: col(Invoice.family_id).in_(person.money) & (col(Invoice.state) == InvoiceState.ISSUED),
    ),
    "invoice_line": Exported(
        InvoiceLine,
        "lignes_de_facture",
        "ce que chaque facture compte, séance par séance",
        {
            "invoice_id": "facture",
            "child_id": CHILD,
            "activity": "activite",
            "label": "prestation",
            "day": "jour",
            "quantity": "quantite",
            "meal_cents": "repas_en_centimes",
            "care_cents": "garde_en_centimes",
            "surcharge_cents": "majoration_en_centimes",
            "amount_cents": "montant_en_centimes",
            "formula": "calcul_du_prix",
        },
        {
            "id": TECHNICAL,
            "corrects_id": TECHNICAL,
            "booking_id": TECHNICAL,
            "child_name": "le prénom de l’enfant, déjà écrit",
        },
        lambda person: col(InvoiceLine.invoice_id).in_(
            select(Invoice.id).where(col(Invoice.family_id).in_(person.money), Invoice.state == InvoiceState.ISSUED)
        ),
    ),
    "payment_allocation": Excluded(
        "quelle part d’un paiement solde quelle facture ; le montant réglé est sur la facture"
    ),
    "invoice_run": Excluded("facturations de chaque mois, aucune donnée personnelle"),
    "invoice_counter": Excluded("compteurs des numéros de facture, aucune donnée personnelle"),
    "reminder_plan": Excluded("calendrier des relances de chaque régie, aucune donnée personnelle"),
    "reminder_round": Excluded("tournées de relances de la régie ; les relances vous ont été envoyées"),
    "invoice_reminder": Excluded("dates des relances ; les courriels de relance vous ont été envoyés"),
}
