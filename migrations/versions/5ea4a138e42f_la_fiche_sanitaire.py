"""La fiche sanitaire : champs scellés, vaccins, contacts, autorisations et réponses signées."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database

revision = '5ea4a138e42f'
down_revision = '657fef80a035'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('consent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('label', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('compulsory', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')),
    sa.UniqueConstraint('code', name=op.f('uq_consent_code'))
    )
    op.create_table('consent_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('consent_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('answer', sqlmodel.sql.sqltypes.AutoString(length=3), nullable=False),
    sa.Column('answered_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('signed_name', sqlmodel.sql.sqltypes.AutoString(length=161), nullable=False),
    sa.CheckConstraint("answer in ('yes','no')", name=op.f('ck_consent_answer_answer')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_consent_answer_account_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_consent_answer_child_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['consent_id'], ['consent.id'], name=op.f('fk_consent_answer_consent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_answer'))
    )
    with op.batch_alter_table('consent_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_answer_account_id'), ['account_id'], unique=False)
        batch_op.create_index('ix_consent_answer_child_consent', ['child_id', 'consent_id', 'version'], unique=False)
        batch_op.create_index(batch_op.f('ix_consent_answer_consent_id'), ['consent_id'], unique=False)

    op.create_table('health_contact',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('first_name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('last_name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('relation', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('phone', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('emergency', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('may_collect', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.CheckConstraint('position >= 0 and position < 10', name=op.f('ck_health_contact_position')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_health_contact_child_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_health_contact')),
    sa.UniqueConstraint('child_id', 'position', name=op.f('uq_health_contact_child_id'))
    )
    op.create_table('health_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key_id', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('doctor_name', sa.LargeBinary(), nullable=True),
    sa.Column('doctor_phone', sa.LargeBinary(), nullable=True),
    sa.Column('allergies', sa.LargeBinary(), nullable=True),
    sa.Column('drug_allergies', sa.LargeBinary(), nullable=True),
    sa.Column('food_allergies', sa.LargeBinary(), nullable=True),
    sa.Column('other_allergies', sa.LargeBinary(), nullable=True),
    sa.Column('asthma', sa.LargeBinary(), nullable=True),
    sa.Column('illnesses', sa.LargeBinary(), nullable=True),
    sa.Column('blood_group', sa.LargeBinary(), nullable=True),
    sa.Column('pai', sa.LargeBinary(), nullable=True),
    sa.Column('pai_until', sa.LargeBinary(), nullable=True),
    sa.Column('advice', sa.LargeBinary(), nullable=True),
    sa.Column('diet', sa.LargeBinary(), nullable=True),
    sa.Column('exempt', sa.LargeBinary(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('touched', sa.JSON(), nullable=False),
    sa.Column('updated_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_by', sa.Integer(), nullable=True),
    sa.Column('confirmed_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_health_record_child_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['confirmed_by'], ['account.id'], name=op.f('fk_health_record_confirmed_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['updated_by'], ['account.id'], name=op.f('fk_health_record_updated_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_health_record')),
    sa.UniqueConstraint('child_id', name=op.f('uq_health_record_child_id'))
    )
    with op.batch_alter_table('health_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_health_record_confirmed_by'), ['confirmed_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_health_record_key_id'), ['key_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_health_record_updated_by'), ['updated_by'], unique=False)

    op.create_table('vaccination',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key_id', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('vaccine', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('dates', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("vaccine in ('dtp','pertussis','hib','hepatitis_b','pneumococcus','mmr','meningococcus_c','meningococcus_acwy','meningococcus_b','bcg')", name=op.f('ck_vaccination_vaccine')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_vaccination_child_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vaccination')),
    sa.UniqueConstraint('child_id', 'vaccine', name=op.f('uq_vaccination_child_id'))
    )
    with op.batch_alter_table('vaccination', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vaccination_key_id'), ['key_id'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
