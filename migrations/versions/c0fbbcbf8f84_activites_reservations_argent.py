"""Les activités, les réservations, les tarifs et le porte-monnaie."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database

revision = 'c0fbbcbf8f84'
down_revision = 'b2f4a171a629'
branch_labels = None
depends_on = None

# Une écriture ne change ni ne s'efface ; d'un mouvement, seuls son auteur et sa validation peuvent s'oublier.
_GUARDED = (
    ("ledger_entry_kept", "UPDATE OR DELETE ON ledger_entry"),
    ("ledger_transaction_kept", "UPDATE OF id, kind, label, reference, at OR DELETE ON ledger_transaction"),
)
LEDGER_GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER {name}_{rank} BEFORE {event} ON {what.split(' ON ')[1]} "
        "BEGIN SELECT RAISE(ABORT, 'le grand livre ne se corrige pas'); END"
        for name, what in _GUARDED
        for rank, event in enumerate(what.split(" ON ")[0].split(" OR "))
    ],
    "postgresql": [
        "CREATE FUNCTION ledger_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'le grand livre ne se corrige pas'; END $$",
        *(
            f"CREATE TRIGGER {name} BEFORE {what} FOR EACH ROW EXECUTE FUNCTION ledger_is_kept()"
            for name, what in _GUARDED
        ),
        "CREATE FUNCTION ledger_is_balanced() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF (SELECT sum(amount_cents) FROM ledger_entry WHERE transaction_id = NEW.transaction_id) <> 0 "
        "THEN RAISE EXCEPTION 'la somme du mouvement % n''est pas nulle', NEW.transaction_id "
        "USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_entry "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_is_balanced()",
    ],
}


def upgrade() -> None:
    with op.batch_alter_table('request', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_request_kind'), type_='check')
        batch_op.create_check_constraint(
            batch_op.f('ck_request_kind'),
            "kind in ('registration','family_change','child_change','child_add','child_remove','adult_add',"
            "'adult_remove','situation','custody','enrolment','booking','absence','correction','deletion')",
        )

    op.create_table('activity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('summary', sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('day_kinds', sa.JSON(), nullable=False),
    sa.Column('school_ids', sa.JSON(), nullable=False),
    sa.Column('levels', sa.JSON(), nullable=False),
    sa.Column('is_prepaid', sa.Boolean(), nullable=False),
    sa.Column('needs_health', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('needs_validation', sa.Boolean(), nullable=False),
    sa.Column('enrolment_mode', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('waitlist_mode', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('waitlist_priority', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('offer_hours', sa.Integer(), nullable=False),
    sa.Column('months_ahead', sa.Integer(), nullable=False),
    sa.Column('stamp', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('closed_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("enrolment_mode in ('none','direct','validated')", name=op.f('ck_activity_enrolment_mode')),
    sa.CheckConstraint("kind <> 'canteen' or waitlist_priority = 'order'", name=op.f('ck_activity_canteen_without_priority')),
    sa.CheckConstraint("kind in ('peri','extra','sport','canteen')", name=op.f('ck_activity_kind')),
    sa.CheckConstraint("waitlist_mode in ('none','automatic','offer')", name=op.f('ck_activity_waitlist_mode')),
    sa.CheckConstraint("waitlist_priority in ('order','residents','siblings')", name=op.f('ck_activity_waitlist_priority')),
    sa.CheckConstraint('months_ahead between 0 and 12', name=op.f('ck_activity_months_ahead')),
    sa.CheckConstraint('offer_hours between 1 and 168', name=op.f('ck_activity_offer_hours')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity'))
    )
    op.create_table('campaign',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('residents_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('everyone_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('closes_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('admitted_a_minute', sa.Integer(), nullable=False),
    sa.Column('arrivals', sa.Integer(), nullable=False),
    sa.Column('admitted_to', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('stamp', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.CheckConstraint('admitted_a_minute >= 0', name=op.f('ck_campaign_admitted_a_minute')),
    sa.CheckConstraint('last_day >= first_day', name=op.f('ck_campaign_days_in_order')),
    sa.CheckConstraint('residents_at <= everyone_at', name=op.f('ck_campaign_residents_first')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign'))
    )
    op.create_table('document_type',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('validity', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('needs_validation', sa.Boolean(), nullable=False),
    sa.Column('for_tariff', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('closed_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("scope in ('family','child')", name=op.f('ck_document_type_scope')),
    sa.CheckConstraint("validity in ('school_year','year','always')", name=op.f('ck_document_type_validity')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_type')),
    sa.UniqueConstraint('name', name=op.f('uq_document_type_name'))
    )
    op.create_table('tariff',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tariff')),
    sa.UniqueConstraint('name', name=op.f('uq_tariff_name'))
    )
    op.create_table('activity_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('type_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_activity_document_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['type_id'], ['document_type.id'], name=op.f('fk_activity_document_type_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_document')),
    sa.UniqueConstraint('activity_id', 'type_id', name=op.f('uq_activity_document_activity_id'))
    )
    with op.batch_alter_table('activity_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activity_document_type_id'), ['type_id'], unique=False)

    op.create_table('activity_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_activity_rule_activity_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_rule')),
    sa.UniqueConstraint('activity_id', 'valid_from', name=op.f('uq_activity_rule_activity_id'))
    )
    op.create_table('booking_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('family_id', sa.Integer(), nullable=False),
    sa.Column('at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('undone_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_booking_batch_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_booking_batch_family_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking_batch')),
    sa.UniqueConstraint('author_id', 'token', name=op.f('uq_booking_batch_author_id'))
    )
    with op.batch_alter_table('booking_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_booking_batch_family_id'), ['family_id'], unique=False)

    op.create_table('calendar_feed',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_read_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_calendar_feed_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
    sa.UniqueConstraint('account_id', name=op.f('uq_calendar_feed_account_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_feed_token_hash'))
    )
    op.create_table('calendar_period',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind = 'closure' or activity_id is null", name=op.f('ck_calendar_period_holidays_for_all')),
    sa.CheckConstraint("kind in ('closure','holiday')", name=op.f('ck_calendar_period_kind')),
    sa.CheckConstraint('last_day >= first_day', name=op.f('ck_calendar_period_days_in_order')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_calendar_period_activity_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_period'))
    )
    with op.batch_alter_table('calendar_period', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_calendar_period_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index('ix_calendar_period_days', ['last_day', 'first_day'], unique=False)

    op.create_table('campaign_activity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_campaign_activity_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_campaign_activity_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_activity')),
    sa.UniqueConstraint('campaign_id', 'activity_id', name=op.f('uq_campaign_activity_campaign_id'))
    )
    with op.batch_alter_table('campaign_activity', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaign_activity_activity_id'), ['activity_id'], unique=False)

    op.create_table('family_quotient',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("source in ('declared','document','caf')", name=op.f('ck_family_quotient_source')),
    sa.CheckConstraint('valid_to >= valid_from', name=op.f('ck_family_quotient_dates_in_order')),
    sa.CheckConstraint('value >= 0', name=op.f('ck_family_quotient_value')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_family_quotient_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_family_quotient_family_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_family_quotient'))
    )
    with op.batch_alter_table('family_quotient', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_family_quotient_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_family_quotient_family_id'), ['family_id'], unique=False)

    op.create_table('ledger_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=True),
    sa.Column('balance_cents', sa.BigInteger(), nullable=False),
    sa.Column('floor_cents', sa.BigInteger(), nullable=True),
    sa.Column('opened_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('activated_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('terms_version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind = 'wallet' or balance_cents = 0", name=op.f('ck_ledger_account_running_balance')),
    sa.CheckConstraint("family_id is null or kind = 'wallet'", name=op.f('ck_ledger_account_wallet_of_a_family')),
    sa.CheckConstraint("kind in ('wallet','revenue','desk','card')", name=op.f('ck_ledger_account_kind')),
    sa.CheckConstraint('floor_cents is null or balance_cents >= floor_cents', name=op.f('ck_ledger_account_floor')),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_ledger_account_family_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_account')),
    sa.UniqueConstraint('family_id', name=op.f('uq_ledger_account_family_id'))
    )
    with op.batch_alter_table('ledger_account', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_account_common', ['kind'], unique=True, sqlite_where=sa.text("kind <> 'wallet'"), postgresql_where=sa.text("kind <> 'wallet'"))

    op.create_table('offering',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('tariff_id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.Time(), nullable=False),
    sa.Column('ends_at', sa.Time(), nullable=False),
    sa.Column('min_age', sa.Integer(), nullable=False),
    sa.Column('max_age', sa.Integer(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('weekdays', sa.JSON(), nullable=False),
    sa.Column('closed_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint('capacity between 0 and 5000', name=op.f('ck_offering_capacity')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_offering_hours_in_order')),
    sa.CheckConstraint('min_age <= max_age', name=op.f('ck_offering_ages_in_order')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_offering_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tariff_id'], ['tariff.id'], name=op.f('fk_offering_tariff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offering')),
    sa.UniqueConstraint('activity_id', 'name', name=op.f('uq_offering_activity_id'))
    )
    with op.batch_alter_table('offering', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_offering_tariff_id'), ['tariff_id'], unique=False)

    op.create_table('tariff_grid',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tariff_id', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('method', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('late_method', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('late_value', sa.Integer(), nullable=False),
    sa.CheckConstraint("late_method in ('none','amount','percent')", name=op.f('ck_tariff_grid_late_method')),
    sa.CheckConstraint("method in ('fixed','brackets')", name=op.f('ck_tariff_grid_method')),
    sa.CheckConstraint('late_value >= 0', name=op.f('ck_tariff_grid_late_value')),
    sa.ForeignKeyConstraint(['tariff_id'], ['tariff.id'], name=op.f('fk_tariff_grid_tariff_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tariff_grid')),
    sa.UniqueConstraint('tariff_id', 'valid_from', name=op.f('uq_tariff_grid_tariff_id'))
    )
    op.create_table('waiting_ticket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('joined_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('admitted_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_waiting_ticket_account_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_waiting_ticket_campaign_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waiting_ticket')),
    sa.UniqueConstraint('campaign_id', 'account_id', name=op.f('uq_waiting_ticket_campaign_id'))
    )
    with op.batch_alter_table('waiting_ticket', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waiting_ticket_account_id'), ['account_id'], unique=False)
        batch_op.create_index('ix_waiting_ticket_queue', ['campaign_id', 'admitted_at', 'rank'], unique=False)

    op.create_table('wish_list',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('choices', sa.Text(), nullable=False),
    sa.Column('changed_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_wish_list_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_wish_list_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_wish_list_family_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wish_list')),
    sa.UniqueConstraint('campaign_id', 'family_id', 'activity_id', name=op.f('uq_wish_list_campaign_id'))
    )
    with op.batch_alter_table('wish_list', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wish_list_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wish_list_family_id'), ['family_id'], unique=False)

    op.create_table('ledger_transaction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('label', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('top_up','booking','cancellation','refund','transfer')", name=op.f('ck_ledger_transaction_kind')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_ledger_transaction_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['batch_id'], ['booking_batch.id'], name=op.f('fk_ledger_transaction_batch_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_transaction')),
    sa.UniqueConstraint('reference', name=op.f('uq_ledger_transaction_reference'))
    )
    with op.batch_alter_table('ledger_transaction', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_transaction_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_transaction_batch_id'), ['batch_id'], unique=False)

    op.create_table('slot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('offering_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('waiting', sa.Integer(), nullable=False),
    sa.Column('closed_why', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.CheckConstraint('taken >= 0 and taken <= capacity', name=op.f('ck_slot_never_oversold')),
    sa.CheckConstraint('waiting >= 0', name=op.f('ck_slot_waiting')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_slot_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['offering_id'], ['offering.id'], name=op.f('fk_slot_offering_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slot')),
    sa.UniqueConstraint('offering_id', 'day', name=op.f('uq_slot_offering_id'))
    )
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_slot_day'), ['day'], unique=False)
        batch_op.create_index('ix_slot_month', ['activity_id', 'day'], unique=False)

    op.create_table('tariff_bracket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('grid_id', sa.Integer(), nullable=False),
    sa.Column('is_resident', sa.Boolean(), nullable=False),
    sa.Column('from_quotient', sa.Integer(), nullable=False),
    sa.Column('meal_cents', sa.Integer(), nullable=False),
    sa.Column('care_cents', sa.Integer(), nullable=False),
    sa.CheckConstraint('from_quotient >= 0', name=op.f('ck_tariff_bracket_from_quotient')),
    sa.CheckConstraint('meal_cents >= 0 and care_cents >= 0', name=op.f('ck_tariff_bracket_amounts')),
    sa.ForeignKeyConstraint(['grid_id'], ['tariff_grid.id'], name=op.f('fk_tariff_bracket_grid_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tariff_bracket')),
    sa.UniqueConstraint('grid_id', 'is_resident', 'from_quotient', name=op.f('uq_tariff_bracket_grid_id'))
    )
    op.create_table('booking',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slot_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=True),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('meal_cents', sa.Integer(), nullable=False),
    sa.Column('care_cents', sa.Integer(), nullable=False),
    sa.Column('surcharge_cents', sa.Integer(), nullable=False),
    sa.Column('is_paid', sa.Boolean(), nullable=False),
    sa.Column('formula', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('changed_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state in ('booked','pending','cancelled','refused','present','absent','excused')", name=op.f('ck_booking_state')),
    sa.CheckConstraint('meal_cents >= 0 and care_cents >= 0 and surcharge_cents >= 0', name=op.f('ck_booking_amounts')),
    sa.ForeignKeyConstraint(['batch_id'], ['booking_batch.id'], name=op.f('fk_booking_batch_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_booking_child_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_booking_family_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_booking_slot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking')),
    sa.UniqueConstraint('slot_id', 'child_id', name=op.f('uq_booking_slot_id'))
    )
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_booking_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_booking_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_booking_family_id'), ['family_id'], unique=False)

    op.create_table('family_document',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('type_id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('why', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('sent','accepted','refused')", name=op.f('ck_family_document_state')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_family_document_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_family_document_child_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_family_document_family_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['type_id'], ['document_type.id'], name=op.f('fk_family_document_type_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_family_document'))
    )
    with op.batch_alter_table('family_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_family_document_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_family_document_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_family_document_family_id'), ['family_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_family_document_type_id'), ['type_id'], unique=False)

    op.create_table('ledger_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('transaction_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('balance_cents', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('amount_cents <> 0', name=op.f('ck_ledger_entry_amount')),
    sa.ForeignKeyConstraint(['account_id'], ['ledger_account.id'], name=op.f('fk_ledger_entry_account_id')),
    sa.ForeignKeyConstraint(['transaction_id'], ['ledger_transaction.id'], name=op.f('fk_ledger_entry_transaction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entry'))
    )
    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_entry_statement', ['account_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_entry_transaction_id'), ['transaction_id'], unique=False)

    op.create_table('waitlist_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slot_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('joined_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('until', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('offered_until', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('why', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.CheckConstraint("state in ('waiting','offered','promoted','left','skipped','closed')", name=op.f('ck_waitlist_entry_state')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_waitlist_entry_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_waitlist_entry_child_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_waitlist_entry_family_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_waitlist_entry_slot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waitlist_entry')),
    sa.UniqueConstraint('slot_id', 'child_id', name=op.f('uq_waitlist_entry_slot_id'))
    )
    with op.batch_alter_table('waitlist_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_waitlist_entry_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_waitlist_entry_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_waitlist_entry_family_id'), ['family_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_waitlist_entry_offered_until'), ['offered_until'], unique=False)
        batch_op.create_index('ix_waitlist_queue', ['slot_id', 'state', 'rank', 'place'], unique=False)
        batch_op.create_index('ix_waitlist_until', ['state', 'until'], unique=False)

    op.create_table('absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('declared_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_absence_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_absence_booking_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['request_id'], ['request.id'], name=op.f('fk_absence_request_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence')),
    sa.UniqueConstraint('booking_id', name=op.f('uq_absence_booking_id'))
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_absence_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_absence_request_id'), ['request_id'], unique=False)

    op.create_table('booking_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=False),
    sa.Column('before', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('after', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('why', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['booking_batch.id'], name=op.f('fk_booking_change_batch_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_booking_change_booking_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking_change'))
    )
    with op.batch_alter_table('booking_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_booking_change_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_booking_change_booking_id'), ['booking_id'], unique=False)

    op.create_table('enrolment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('template', sa.JSON(), nullable=False),
    sa.Column('rules_version', sa.Integer(), nullable=False),
    sa.Column('rules_accepted_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind in ('occasional','regular')", name=op.f('ck_enrolment_kind')),
    sa.CheckConstraint("state in ('submitted','accepted','refused','ended')", name=op.f('ck_enrolment_state')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_enrolment_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_enrolment_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_enrolment_child_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_enrolment_family_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['request_id'], ['request.id'], name=op.f('fk_enrolment_request_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment')),
    sa.UniqueConstraint('child_id', 'activity_id', name=op.f('uq_enrolment_child_id'))
    )
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enrolment_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enrolment_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enrolment_family_id'), ['family_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enrolment_request_id'), ['request_id'], unique=False)

    for statement in LEDGER_GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)



def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
