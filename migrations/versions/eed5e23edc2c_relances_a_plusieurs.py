"""Les relances à plusieurs : le calendrier des régies, les tournées, et dans laquelle chaque relance est partie."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database

revision = 'eed5e23edc2c'
down_revision = 'a800c8b9ad05'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reminder_plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('regie_id', sa.Integer(), nullable=False),
    sa.Column('first_days', sa.Integer(), nullable=True),
    sa.Column('second_days', sa.Integer(), nullable=True),
    sa.CheckConstraint('first_days between 1 and 365', name=op.f('ck_reminder_plan_first_days')),
    sa.CheckConstraint('first_days is null or second_days is null or second_days > first_days', name=op.f('ck_reminder_plan_in_order')),
    sa.CheckConstraint('second_days between 1 and 365', name=op.f('ck_reminder_plan_second_days')),
    sa.ForeignKeyConstraint(['regie_id'], ['regie.id'], name=op.f('fk_reminder_plan_regie_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_plan')),
    sa.UniqueConstraint('regie_id', name=op.f('uq_reminder_plan_regie_id'))
    )
    op.create_table('reminder_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('way', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('regie_id', sa.Integer(), nullable=True),
    sa.Column('first_level', sa.Integer(), nullable=False),
    sa.Column('last_level', sa.Integer(), nullable=False),
    sa.Column('is_scheduled', sa.Boolean(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('last_family_id', sa.Integer(), nullable=False),
    sa.Column('letters', sa.Integer(), nullable=False),
    sa.Column('invoices', sa.Integer(), nullable=False),
    sa.Column('silent', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('done_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("way in ('email','post')", name=op.f('ck_reminder_round_way')),
    sa.CheckConstraint('1 <= first_level and first_level <= last_level and last_level <= 3', name=op.f('ck_reminder_round_levels')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_reminder_round_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['regie_id'], ['regie.id'], name=op.f('fk_reminder_round_regie_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder_round'))
    )
    with op.batch_alter_table('reminder_round', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reminder_round_author_id'), ['author_id'], unique=False)
        batch_op.create_index('ix_reminder_round_day', ['day'], unique=True, sqlite_where=sa.text('is_scheduled'), postgresql_where=sa.text('is_scheduled'))
        batch_op.create_index('ix_reminder_round_way', ['way'], unique=True, sqlite_where=sa.text('done_at is null and not is_scheduled'), postgresql_where=sa.text('done_at is null and not is_scheduled'))

    with op.batch_alter_table('invoice_reminder', schema=None) as batch_op:
        batch_op.add_column(sa.Column('round_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_invoice_reminder_round_id'), ['round_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_invoice_reminder_round_id'), 'reminder_round', ['round_id'], ['id'], ondelete='SET NULL')


def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
