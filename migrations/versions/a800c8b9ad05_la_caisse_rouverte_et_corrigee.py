"""La caisse : un arrêté se rouvre, un encaissement se corrige un autre jour, une remise est créditée."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database
from portail.domain.dates import paris_day

revision = 'a800c8b9ad05'
down_revision = 'c9d961db40a8'
branch_labels = None
depends_on = None

_STANDS = sa.text('reopened_at is null')
_PAYMENT = sa.table(
    'payment',
    sa.column('id', sa.Integer()),
    sa.column('cancelled_at', portail.models.database.UtcDateTime(timezone=True)),
    sa.column('cancelled_on', sa.Date()),
)


def upgrade() -> None:
    with op.batch_alter_table('day_closing', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reopened_at', portail.models.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('reopened_why', sqlmodel.sql.sqltypes.AutoString(length=160), server_default='', nullable=False))
        batch_op.add_column(sa.Column('reopened_by_id', sa.Integer(), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_day_closing_regie_id'), type_='unique')
        batch_op.create_index(batch_op.f('ix_day_closing_reopened_by_id'), ['reopened_by_id'], unique=False)
        batch_op.create_index('uq_day_closing_standing', ['regie_id', 'day'], unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS)
        batch_op.create_foreign_key(batch_op.f('fk_day_closing_reopened_by_id'), 'account', ['reopened_by_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('deposit_slip', schema=None) as batch_op:
        batch_op.add_column(sa.Column('credited_on', sa.Date(), nullable=True))

    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('cancelled_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('cancelled_why', sqlmodel.sql.sqltypes.AutoString(length=160), server_default='', nullable=False))
        batch_op.create_index('ix_payment_cancelled_day', ['regie_id', 'cancelled_on'], unique=False)
    _say_the_day_of_past_cancellations()

    with op.batch_alter_table('ledger_account', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_ledger_account_kind'), type_='check')
        kinds = "'wallet','revenue','desk','card','payfip','debit','receivable','transfer'"
        batch_op.create_check_constraint(batch_op.f('ck_ledger_account_kind'), f"kind in ({kinds})")


def _say_the_day_of_past_cancellations() -> None:
    """Le jour de Paris, que la base ne sait pas tirer d'un instant sur SQLite."""
    db = op.get_bind()
    cancelled = sa.select(_PAYMENT.c.id, _PAYMENT.c.cancelled_at).where(_PAYMENT.c.cancelled_at.is_not(None))
    for key, at in db.execute(cancelled).all():
        db.execute(_PAYMENT.update().where(_PAYMENT.c.id == key).values(cancelled_on=paris_day(at)))


def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
