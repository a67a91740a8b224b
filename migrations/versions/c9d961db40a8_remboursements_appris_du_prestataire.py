"""Les remboursements appris du prestataire : d'où ils viennent, où la somme est prise, ce que dit la banque."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database

revision = 'c9d961db40a8'
down_revision = '144b61a7d0c0'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('payment_attempt', schema=None) as batch_op:
        batch_op.alter_column('review',
               existing_type=sa.VARCHAR(length=200),
               type_=sqlmodel.sql.sqltypes.AutoString(length=600),
               existing_nullable=False)

    with op.batch_alter_table('payment_refund', schema=None) as batch_op:
        batch_op.add_column(sa.Column('origin', sqlmodel.sql.sqltypes.AutoString(length=20), server_default='portal', nullable=False))
        batch_op.add_column(sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=20), server_default='wallet', nullable=False))
        batch_op.add_column(sa.Column('failure', sqlmodel.sql.sqltypes.AutoString(length=160), server_default='', nullable=False))
        batch_op.add_column(sa.Column('checked_at', portail.models.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('late_at', portail.models.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_payment_refund_origin'), "origin in ('portal','dashboard','dispute')")
        batch_op.create_check_constraint(batch_op.f('ck_payment_refund_source'), "source in ('wallet','invoices','owed')")


def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
