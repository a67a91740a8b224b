"""Le dossier (téléphones, droits, états), les préférences du compte et les démarches."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database

revision = '867960919dc8'
down_revision = '9e7fcb0554fd'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('school_class',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('levels', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_school_class_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school_class')),
    sa.UniqueConstraint('school_id', 'name', name=op.f('uq_school_class_school_id'))
    )
    op.create_table('counter',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counter'))
    )
    op.create_table('request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=True),
    sa.Column('child_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind in ('registration','family_change','child_change','child_add','child_remove','adult_add','adult_remove','situation','custody','correction','deletion')", name=op.f('ck_request_kind')),
    sa.CheckConstraint("status in ('sent','taken','asked','accepted','refused','withdrawn')", name=op.f('ck_request_status')),
    sa.ForeignKeyConstraint(['assignee_id'], ['account.id'], name=op.f('fk_request_assignee_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_request_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_request_child_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_request_family_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request')),
    sa.UniqueConstraint('year', 'rank', name=op.f('uq_request_year'))
    )
    with op.batch_alter_table('request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_request_assignee_id'), ['assignee_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_request_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_request_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_request_family_id'), ['family_id'], unique=False)
        batch_op.create_index('ix_request_queue', ['status', 'updated_at'], unique=False)

    op.create_table('request_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=False),
    sa.Column('at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('step', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('internal', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], name=op.f('fk_request_event_actor_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['request_id'], ['request.id'], name=op.f('fk_request_event_request_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request_event'))
    )
    with op.batch_alter_table('request_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_request_event_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_request_event_request_id'), ['request_id'], unique=False)

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('display', sqlmodel.sql.sqltypes.AutoString(length=10), server_default='auto', nullable=False))
        batch_op.add_column(sa.Column('notify_requests', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('notify_news', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('pending_email', sqlmodel.sql.sqltypes.AutoString(length=254), server_default='', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_account_display'), "display in ('auto','mobile','desktop')")

    with op.batch_alter_table('one_use_link', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_one_use_link_kind'), type_='check')
        batch_op.create_check_constraint(
            batch_op.f('ck_one_use_link_kind'),
            "kind in ('activation','invitation','reset','ticket','second_factor','email')",
        )

    with op.batch_alter_table('child', schema=None) as batch_op:
        batch_op.add_column(sa.Column('class_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_child_class_id'), ['class_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_child_class_id'), 'school_class', ['class_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('family', schema=None) as batch_op:
        batch_op.add_column(sa.Column('status', sqlmodel.sql.sqltypes.AutoString(length=10), server_default='active', nullable=False))
        batch_op.add_column(sa.Column('merged_into_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_family_merged_into_id'), ['merged_into_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_family_merged_into_id'), 'family', ['merged_into_id'], ['id'])
        batch_op.create_check_constraint(
            batch_op.f('ck_family_status'), "status in ('pending','active','merged','archived')"
        )
        batch_op.create_check_constraint(
            batch_op.f('ck_family_merged_somewhere'), "(status = 'merged') = (merged_into_id is not null)"
        )

    with op.batch_alter_table('guardian', schema=None) as batch_op:
        batch_op.add_column(sa.Column('home_phone', sqlmodel.sql.sqltypes.AutoString(length=20), server_default='', nullable=False))
        batch_op.add_column(sa.Column('work_phone', sqlmodel.sql.sqltypes.AutoString(length=20), server_default='', nullable=False))
        batch_op.add_column(sa.Column('other_phone', sqlmodel.sql.sqltypes.AutoString(length=20), server_default='', nullable=False))
        batch_op.add_column(sa.Column('email', sqlmodel.sql.sqltypes.AutoString(length=254), server_default='', nullable=False))
        batch_op.add_column(sa.Column('caf_number', sqlmodel.sql.sqltypes.AutoString(length=20), server_default='', nullable=False))
        batch_op.add_column(sa.Column('invoices_by_email', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('invoice_email', sqlmodel.sql.sqltypes.AutoString(length=254), server_default='', nullable=False))
        batch_op.add_column(sa.Column('can_edit', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('can_book', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('can_see_money', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('can_see_health', sa.Boolean(), server_default=sa.true(), nullable=False))



def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
