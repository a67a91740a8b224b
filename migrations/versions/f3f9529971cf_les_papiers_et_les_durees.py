"""Les papiers vérifiables ; la dernière connexion et la fermeture, d'où partent les durées de conservation."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database

revision = 'f3f9529971cf'
down_revision = '0c77d54d9d02'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('paper',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('initial', sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('made_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('registration')", name=op.f('ck_paper_kind')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_paper_child_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper')),
    sa.UniqueConstraint('child_id', 'kind', 'made_on', name=op.f('uq_paper_child_id')),
    sa.UniqueConstraint('reference', name=op.f('uq_paper_reference'))
    )
    with op.batch_alter_table('paper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_made_at'), ['made_at'], unique=False)

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('last_sign_in_at', portail.models.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('closed_at', portail.models.database.UtcDateTime(timezone=True), nullable=True))

    with op.batch_alter_table('family', schema=None) as batch_op:
        batch_op.add_column(sa.Column('closed_at', portail.models.database.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
