"""La garde partagée : rythmes et exceptions."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database

revision = '657fef80a035'
down_revision = '2eceee675c50'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('custody_exception',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('last_day >= first_day', name=op.f('ck_custody_exception_dates_in_order')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_custody_exception_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_custody_exception_child_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_custody_exception_family_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_custody_exception'))
    )
    with op.batch_alter_table('custody_exception', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_custody_exception_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_custody_exception_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_custody_exception_family_id'), ['family_id'], unique=False)

    op.create_table('custody_pattern',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('first_family_id', sa.Integer(), nullable=False),
    sa.Column('second_family_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('anchor', sa.Date(), nullable=False),
    sa.Column('change_day', sa.Integer(), nullable=False),
    sa.Column('holidays', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("holidays in ('none','first_in_even_years','first_in_odd_years')", name=op.f('ck_custody_pattern_holidays')),
    sa.CheckConstraint("kind in ('alternate_weeks','two_two_three','two_two_five_five','weekends','always')", name=op.f('ck_custody_pattern_kind')),
    sa.CheckConstraint('change_day between 0 and 6', name=op.f('ck_custody_pattern_change_day')),
    sa.CheckConstraint('first_family_id <> second_family_id', name=op.f('ck_custody_pattern_two_families')),
    sa.CheckConstraint('valid_to is null or valid_to >= valid_from', name=op.f('ck_custody_pattern_dates_in_order')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_custody_pattern_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_custody_pattern_child_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['first_family_id'], ['family.id'], name=op.f('fk_custody_pattern_first_family_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['second_family_id'], ['family.id'], name=op.f('fk_custody_pattern_second_family_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_custody_pattern')),
    sa.UniqueConstraint('child_id', 'valid_from', name=op.f('uq_custody_pattern_child_id'))
    )
    with op.batch_alter_table('custody_pattern', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_custody_pattern_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_custody_pattern_first_family_id'), ['first_family_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_custody_pattern_second_family_id'), ['second_family_id'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
