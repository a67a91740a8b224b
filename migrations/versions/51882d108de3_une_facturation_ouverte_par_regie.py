"""Une régie n'a qu'une facturation ouverte ; une facture retient que son PDF n'a pas pu être composé."""

import sqlalchemy as sa
from alembic import op

import portail.models.database

revision = '51882d108de3'
down_revision = '95df41b1e22d'
branch_labels = None
depends_on = None

_OPEN = "state in ('preparing','ready','issuing')"
# De plusieurs mois ouverts, le premier préparé reste : les autres ont compté sur ses brouillons. Les leurs s'effacent,
# leurs séances restent à facturer : la facturation suivante les prend. Ce qui est déjà émis ne bouge pas.
_SECOND = f"{_OPEN} AND id > (SELECT min(first.id) FROM invoice_run AS first WHERE first.regie_id = invoice_run.regie_id AND first.{_OPEN})"
_DRAFTS = f"SELECT id FROM invoice WHERE state = 'draft' AND run_id IN (SELECT id FROM invoice_run WHERE {_SECOND})"


def upgrade() -> None:
    op.execute(f"DELETE FROM invoice_line WHERE invoice_id IN ({_DRAFTS})")
    op.execute(f"DELETE FROM invoice WHERE id IN ({_DRAFTS})")
    op.execute(
        "UPDATE invoice_run SET state = CASE WHEN state = 'issuing' THEN 'issued' ELSE 'cancelled' END "
        f"WHERE id IN (SELECT id FROM invoice_run WHERE {_SECOND})"
    )
    op.create_index('ix_invoice_run_open', 'invoice_run', ['regie_id'], unique=True, sqlite_where=sa.text(_OPEN), postgresql_where=sa.text(_OPEN))

    # sans refaire la table : SQLite y perdrait les gardes d'une facture émise
    op.add_column('invoice', sa.Column('print_failed_at', portail.models.database.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
