"""Les paiements de la personne : ce qu'elle a tenté en ligne, ce que ses dossiers ont payé, ce qui leur est rendu."""

from sqlmodel import col, select

from portail.domain.payments import (
    AttemptState,
    KeptKind,
    Means,
    Provider,
    Purpose,
    RefundOrigin,
    RefundSource,
    RefundState,
)
from portail.models.payments import KeptSelection, Payment, PaymentAttempt, PaymentRefund
from portail.services.privacy.export.shapes import (
    FAMILY,
    SECRET,
    TECHNICAL,
    YOURS,
    Excluded,
    Exported,
    Kept,
    labelled,
    named,
)

STAFF = "l’agent qui l’a fait"
TABLES: dict[str, Exported | Excluded] = {
    "payment_attempt": Exported(
        PaymentAttempt,
        "paiements_en_ligne",
        "les paiements en ligne que vous avez commencés",
        {
            "reference": "reference",
            "family_id": FAMILY,
            "provider": Kept("moyen", labelled("provider", Provider)),
            "purpose": Kept("objet", labelled("purpose", Purpose)),
            "amount_cents": "montant_en_centimes",
            "state": Kept("etat", labelled("state", AttemptState)),
            "failure": "raison_de_l_echec",
            "created_at": "commence_le",
            "settled_at": "regle_le",
        },
        {
            "id": TECHNICAL,
            "token": SECRET,
            "regie_id": TECHNICAL,
            "account_id": YOURS,
            "provider_ref": "numéro de la page chez le prestataire",
            "is_live": TECHNICAL,
            "review": "note de contrôle de la régie",
            "resume": "sélection en attente, vidée dès qu’elle est confirmée",
            "reviewed_at": "note de contrôle de la régie",
            "checked_at": TECHNICAL,
        },
        lambda person: col(PaymentAttempt.account_id) == person.account_id,
    ),
    "kept_selection": Exported(
        KeptSelection,
        "selections_gardees",
        "ce que vous aviez choisi avant d’alimenter votre porte-monnaie, gardé deux jours",
        {
            "kind": Kept("sorte", labelled("kind", KeptKind)),
            "activity_id": Kept("activite", named("activity_id", "activities")),
            "content": "choix",
            "missing_cents": "manque_en_centimes",
            "kept_at": "garde_le",
        },
        {"id": TECHNICAL, "reference": SECRET, "account_id": YOURS},
        lambda person: col(KeptSelection.account_id) == person.account_id,
    ),
    "payment": Exported(
        Payment,
        "paiements",
        "ce que les dossiers dont vous voyez les factures ont payé",
        {
            "family_id": FAMILY,
            "means": Kept("moyen", labelled("means", Means)),
            "amount_cents": "montant_en_centimes",
            "refunded_cents": "rembourse_en_centimes",
            "received_on": "recu_le",
            "note": "note",
            "cheque": "cheque",
            "cancelled_at": "annule_le",
            "cancelled_why": "motif_d_annulation",
        },
        {
            "id": TECHNICAL,
            "regie_id": TECHNICAL,
            "at": TECHNICAL,
            "cancelled_on": TECHNICAL,
            "token": SECRET,
            "author_id": "qui l’a fait, vous ou un agent",
            "attempt_id": TECHNICAL,
            "movement_id": "écrit avec les mouvements du porte-monnaie",
            "slip_id": TECHNICAL,
        },
        lambda person: col(Payment.family_id).in_(person.money),
    ),
    "payment_refund": Exported(
        PaymentRefund,
        "remboursements",
        "ce que la mairie a rendu de ces paiements",
        {
            "cents": "montant_en_centimes",
            "state": Kept("etat", labelled("state", RefundState)),
            "origin": Kept("origine", labelled("origin", RefundOrigin)),
            "source": Kept("pris_ou", labelled("source", RefundSource)),
            "reason": "motif",
            "failure": "raison_du_refus",
            "at": "demande_le",
        },
        {
            "id": TECHNICAL,
            "payment_id": TECHNICAL,
            "token": SECRET,
            "provider_ref": "numéro chez le prestataire",
            "author_id": STAFF,
            "checked_at": TECHNICAL,
            "late_at": TECHNICAL,
        },
        lambda person: col(PaymentRefund.payment_id).in_(
            select(Payment.id).where(col(Payment.family_id).in_(person.money))
        ),
    ),
    "attempt_invoice": Excluded("part de chaque facture dans un paiement commencé ; seul le paiement reçu compte"),
    "provider_event": Excluded("numéros des notifications des prestataires, sans contenu"),
    "regie": Excluded("régies de la commune et leurs numéros, aucune donnée personnelle"),
}
