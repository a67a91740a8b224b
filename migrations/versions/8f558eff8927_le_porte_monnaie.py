"""Le porte-monnaie : les sélections gardées le temps de l'alimenter, le contrôle de nuit."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database

revision = '8f558eff8927'
down_revision = 'eed5e23edc2c'
branch_labels = None
depends_on = None


# PostgreSQL : TRUNCATE échappe aux déclencheurs de ligne ; SQLite n'a que DELETE, déjà refusé.
_GUARDED = ("ledger_transaction", "ledger_entry")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _GUARDED:
            op.execute(
                f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_kept()"
            )
    op.create_table('ledger_fault',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sentence', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('found_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_fault')),
    sa.UniqueConstraint('sentence', name=op.f('uq_ledger_fault_sentence'))
    )
    op.create_table('kept_selection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('missing_cents', sa.BigInteger(), nullable=False),
    sa.Column('kept_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('days','week')", name=op.f('ck_kept_selection_kind')),
    sa.CheckConstraint('missing_cents >= 0', name=op.f('ck_kept_selection_missing')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_kept_selection_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_kept_selection_activity_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kept_selection')),
    sa.UniqueConstraint('reference', name=op.f('uq_kept_selection_reference'))
    )
    with op.batch_alter_table('kept_selection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_kept_selection_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_kept_selection_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_kept_selection_kept_at'), ['kept_at'], unique=False)



def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
