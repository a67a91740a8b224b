"""Le porte-monnaie et le quotient de la personne, par les dossiers dont elle voit l'argent."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from portail.domain.tariffs import QuotientSource
from portail.domain.wallet import MovementKind, WalletRefundState
from portail.models.tariffs import FamilyQuotient
from portail.models.wallet import LedgerAccount, LedgerEntry, LedgerTransaction, WalletRefund
from portail.services.privacy.export.shapes import FAMILY, TECHNICAL, Exported, Kept, Person, by_whom, labelled
from portail.views import wording


def movements_of(db: Session, family_ids: Iterable[int]) -> tuple[dict[int, int], dict[int, str]]:
    """Le dossier de chaque porte-monnaie, et ce que dit chacun de leurs mouvements."""
    query = (
        select(LedgerAccount.id, LedgerAccount.family_id, LedgerTransaction)
        .join(LedgerEntry, col(LedgerEntry.account_id) == col(LedgerAccount.id), isouter=True)
        .join(LedgerTransaction, col(LedgerTransaction.id) == col(LedgerEntry.transaction_id), isouter=True)
        .where(col(LedgerAccount.family_id).in_(list(family_ids)))
    )
    wallets, movements = {}, {}
    for account_id, family_id, movement in db.exec(query):
        if account_id is not None and family_id is not None:
            wallets[account_id] = family_id
        if movement is not None:
            day = wording.short_date(movement.at.astimezone(wording.PARIS).date())
            movements[movement.key] = f"{day}, {MovementKind(movement.kind).label} : {movement.label}"
    return wallets, movements


def _home(row: LedgerEntry, person: Person) -> str:
    return person.families.get(person.wallets.get(row.account_id, 0), "")


def _movement(row: LedgerEntry, person: Person) -> str:
    return person.movements.get(row.transaction_id, "")


TABLES = {
    "family_quotient": Exported(
        FamilyQuotient,
        "quotients_familiaux",
        "l’histoire du quotient familial des dossiers dont vous voyez les factures",
        {
            "family_id": FAMILY,
            "value": "quotient",
            "source": Kept("source", labelled("source", QuotientSource)),
            "valid_from": "valable_du",
            "valid_to": "valable_au",
            "author_id": Kept("par", by_whom("author_id")),
            "created_at": "enregistre_le",
        },
        {"id": TECHNICAL},
        lambda person: col(FamilyQuotient.family_id).in_(person.money),
    ),
    "ledger_account": Exported(
        LedgerAccount,
        "porte_monnaie",
        "le porte-monnaie des dossiers dont vous voyez les factures",
        {
            "family_id": FAMILY,
            "balance_cents": "solde_en_centimes",
            "floor_cents": "solde_minimal_en_centimes",
            "opened_at": "ouvert_le",
            "activated_at": "active_le",
            "terms_version": "version_des_conditions_acceptee",
        },
        {"id": TECHNICAL, "kind": "toujours un porte-monnaie"},
        lambda person: col(LedgerAccount.family_id).in_(person.money),
    ),
    "wallet_refund": Exported(
        WalletRefund,
        "remboursements_du_porte_monnaie",
        "les remboursements demandés pour les porte-monnaie des dossiers dont vous voyez les factures",
        {
            "family_id": FAMILY,
            "account_id": Kept("par", by_whom("account_id")),
            "cents": "montant_en_centimes",
            "holder": "titulaire_du_compte",
            "iban_end": "fin_de_l_iban",
            "state": Kept("etat", labelled("state", WalletRefundState)),
            "reason": "motif_du_refus",
            "asked_at": "demande_le",
            "decided_at": "repondu_le",
        },
        {
            "id": TECHNICAL,
            "sealed_iban": "scellé le temps de la réponse : vous l’avez donné, sa fin est écrite",
            "author_id": "l’agent de la régie",
            "movement_id": "le mouvement est écrit avec ceux du porte-monnaie",
        },
        lambda person: col(WalletRefund.family_id).in_(person.money),
    ),
    "ledger_entry": Exported(
        LedgerEntry,
        "mouvements_du_porte_monnaie",
        "ce qui est entré dans ces porte-monnaie et ce qui en est sorti",
        {
            "account_id": Kept("dossier", _home),
            "transaction_id": Kept("mouvement", _movement),
            "amount_cents": "montant_en_centimes",
            "balance_cents": "solde_apres_en_centimes",
        },
        {"id": TECHNICAL},
        lambda person: col(LedgerEntry.account_id).in_(person.wallets),
    ),
}
