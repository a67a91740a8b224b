"""Les fichiers gardés et les pièces jointes."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database

revision = 'b2f4a171a629'
down_revision = 'f2441347aee0'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stored_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('key_id', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('media_type', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("media_type in ('application/pdf','image/jpeg','image/png')", name=op.f('ck_stored_file_media_type')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file')),
    sa.UniqueConstraint('name', name=op.f('uq_stored_file_name'))
    )
    with op.batch_alter_table('stored_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stored_file_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_stored_file_key_id'), ['key_id'], unique=False)

    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.Column('child_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(event_id is null) <> (child_id is null)', name=op.f('ck_attachment_one_place')),
    sa.CheckConstraint('(event_id is null) = (request_id is null)', name=op.f('ck_attachment_event_of_request')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_attachment_child_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['event_id'], ['request_event.id'], name=op.f('fk_attachment_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_attachment_file_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['account.id'], name=op.f('fk_attachment_owner_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['request_id'], ['request.id'], name=op.f('fk_attachment_request_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    sa.UniqueConstraint('file_id', name=op.f('uq_attachment_file_id'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_event_id'), ['event_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_request_id'), ['request_id'], unique=False)



def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
