"""Ce qu'une famille verse d'un coup au porte-monnaie : les bornes, les montants proposés et le solde bas de la régie."""

import sqlalchemy as sa
from alembic import op

revision = '3d7a90c41be2'
down_revision = '8f558eff8927'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('regie', schema=None) as batch_op:
        batch_op.add_column(sa.Column('top_up_least_cents', sa.Integer(), server_default='100', nullable=False))
        batch_op.add_column(sa.Column('top_up_most_cents', sa.Integer(), server_default='50000', nullable=False))
        batch_op.add_column(sa.Column('first_cents', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('second_cents', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('third_cents', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('fourth_cents', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('low_cents', sa.Integer(), server_default='1000', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_regie_top_up'), '1 <= top_up_least_cents and top_up_least_cents <= top_up_most_cents and top_up_most_cents <= 200000')
        batch_op.create_check_constraint(batch_op.f('ck_regie_low'), 'low_cents between 0 and 20000')
        batch_op.create_check_constraint(batch_op.f('ck_regie_first_cents'), 'first_cents between top_up_least_cents and top_up_most_cents')
        batch_op.create_check_constraint(batch_op.f('ck_regie_second_cents'), 'second_cents between top_up_least_cents and top_up_most_cents')
        batch_op.create_check_constraint(batch_op.f('ck_regie_third_cents'), 'third_cents between top_up_least_cents and top_up_most_cents')
        batch_op.create_check_constraint(batch_op.f('ck_regie_fourth_cents'), 'fourth_cents between top_up_least_cents and top_up_most_cents')
    op.execute('update regie set first_cents = 2000, second_cents = 5000, third_cents = 10000')


def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
