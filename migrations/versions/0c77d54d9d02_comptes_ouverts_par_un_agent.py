"""Les comptes : fin d'un mot de passe provisoire, date d'accord aux conditions."""

import sqlalchemy as sa
from alembic import op

import portail.models.database

revision = '0c77d54d9d02'
down_revision = '5ea4a138e42f'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('temporary_until', portail.models.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('terms_accepted_at', portail.models.database.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
