"""Les inscriptions des parents, les clés de ressemblance et les fusions de dossiers."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database

revision = '2eceee675c50'
down_revision = '867960919dc8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('family_merge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('source_status', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('merged_by', sa.Integer(), nullable=True),
    sa.Column('merged_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('undone_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.CheckConstraint('source_id <> target_id', name=op.f('ck_family_merge_two_families')),
    sa.ForeignKeyConstraint(['merged_by'], ['account.id'], name=op.f('fk_family_merge_merged_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['source_id'], ['family.id'], name=op.f('fk_family_merge_source_id')),
    sa.ForeignKeyConstraint(['target_id'], ['family.id'], name=op.f('fk_family_merge_target_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_family_merge'))
    )
    with op.batch_alter_table('family_merge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_family_merge_merged_by'), ['merged_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_family_merge_source_id'), ['source_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_family_merge_target_id'), ['target_id'], unique=False)

    op.create_table('person_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('whole_word', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_person_key_family_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_key')),
    sa.UniqueConstraint('family_id', 'value', name=op.f('uq_person_key_family_id'))
    )
    with op.batch_alter_table('person_key', schema=None) as batch_op:
        batch_op.create_index('ix_person_key_value', ['value', 'family_id'], unique=False)
        batch_op.create_index('ix_person_key_words', ['whole_word', 'value'], unique=False)

    op.create_table('registration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=True),
    sa.Column('draft', sa.JSON(), nullable=False),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_registration_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_registration_family_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registration')),
    sa.UniqueConstraint('account_id', name=op.f('uq_registration_account_id'))
    )
    with op.batch_alter_table('registration', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_registration_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_registration_family_id'), ['family_id'], unique=False)



def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
