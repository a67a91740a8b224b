"""Les régies, les factures, les paiements et les prélèvements."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database

revision = '95df41b1e22d'
down_revision = 'c0fbbcbf8f84'
branch_labels = None
depends_on = None


# SQLite refait la table : ses gardes sont à reposer.
_SQLITE_GUARDS = [
    "CREATE TRIGGER ledger_transaction_kept_0 BEFORE UPDATE OF id, kind, label, reference, at ON ledger_transaction "
    "BEGIN SELECT RAISE(ABORT, 'le grand livre ne se corrige pas'); END",
    "CREATE TRIGGER ledger_transaction_kept_1 BEFORE DELETE ON ledger_transaction "
    "BEGIN SELECT RAISE(ABORT, 'le grand livre ne se corrige pas'); END",
]

# Une facture émise ne change plus : ni ses colonnes, ni ses lignes ; les noms ne peuvent que s'effacer.
_KEPT = "'une facture émise ne change plus'"
_IS_ISSUED = "(SELECT state FROM invoice WHERE id = OLD.invoice_id) = 'issued'"
_GUARDED = (
    ("invoice_kept", "DELETE", "invoice", "OLD.state = 'issued'"),
    (
        "invoice_fixed",
        "UPDATE OF id, regie_id, corrects_id, kind, state, month, year, number, total_cents, issued_at, due_on, movement_id",
        "invoice",
        "OLD.state = 'issued'",
    ),
    ("invoice_said", "UPDATE OF content", "invoice", "OLD.state = 'issued' AND CAST(NEW.content AS TEXT) <> '{}'"),
    ("invoice_line_kept", "DELETE", "invoice_line", _IS_ISSUED),
    (
        "invoice_line_fixed",
        "UPDATE OF id, invoice_id, corrects_id, activity, label, day, quantity, meal_cents, care_cents, surcharge_cents, "
        "amount_cents, formula",
        "invoice_line",
        _IS_ISSUED,
    ),
    ("invoice_line_said", "UPDATE OF child_name", "invoice_line", f"NEW.child_name <> '' AND {_IS_ISSUED}"),
)
INVOICE_GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, {_KEPT}); END"
        for name, event, table, when in _GUARDED
    ],
    "postgresql": [
        statement
        for name, event, table, when in _GUARDED
        for statement in (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN RAISE EXCEPTION {_KEPT} "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        )
    ],
}


def _widen(table: str, kinds: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(f'ck_{table}_kind'), type_='check')
        batch_op.create_check_constraint(batch_op.f(f'ck_{table}_kind'), f"kind in ({kinds})")


def upgrade() -> None:
    _widen('ledger_account', "'wallet','revenue','desk','card','payfip','debit','receivable'")
    _widen(
        'ledger_transaction',
        "'top_up','booking','cancellation','refund','transfer','invoice','credit_note','payment','rejection'",
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _SQLITE_GUARDS:
            op.execute(statement)

    op.create_table('regie',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=6), nullable=False),
    sa.Column('holds_wallets', sa.Boolean(), nullable=False),
    sa.Column('providers', sa.JSON(), nullable=False),
    sa.Column('minimum_cents', sa.Integer(), nullable=False),
    sa.Column('due_days', sa.Integer(), nullable=False),
    sa.Column('payfip_client', sqlmodel.sql.sqltypes.AutoString(length=6), nullable=False),
    sa.Column('creditor_id', sqlmodel.sql.sqltypes.AutoString(length=35), nullable=False),
    sa.Column('iban', sqlmodel.sql.sqltypes.AutoString(length=34), nullable=False),
    sa.Column('bic', sqlmodel.sql.sqltypes.AutoString(length=11), nullable=False),
    sa.Column('siret', sqlmodel.sql.sqltypes.AutoString(length=14), nullable=False),
    sa.Column('treasury_code', sqlmodel.sql.sqltypes.AutoString(length=6), nullable=False),
    sa.Column('budget_code', sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
    sa.Column('closed_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint('due_days between 1 and 90', name=op.f('ck_regie_due_days')),
    sa.CheckConstraint('minimum_cents >= 0', name=op.f('ck_regie_minimum')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_regie')),
    sa.UniqueConstraint('code', name=op.f('uq_regie_code')),
    sa.UniqueConstraint('name', name=op.f('uq_regie_name'))
    )
    with op.batch_alter_table('regie', schema=None) as batch_op:
        batch_op.create_index('ix_regie_holds_wallets', ['holds_wallets'], unique=True, sqlite_where=sa.text('holds_wallets'), postgresql_where=sa.text('holds_wallets'))

    op.create_table('day_closing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('regie_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('totals', sa.JSON(), nullable=False),
    sa.Column('counted_cents', sa.BigInteger(), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_day_closing_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['regie_id'], ['regie.id'], name=op.f('fk_day_closing_regie_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_day_closing')),
    sa.UniqueConstraint('regie_id', 'day', name=op.f('uq_day_closing_regie_id'))
    )
    with op.batch_alter_table('day_closing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_day_closing_author_id'), ['author_id'], unique=False)

    op.create_table('debit_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('regie_id', sa.Integer(), nullable=False),
    sa.Column('message_id', sqlmodel.sql.sqltypes.AutoString(length=35), nullable=False),
    sa.Column('collected_on', sa.Date(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('sent_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('collected_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('sealed_file', sa.LargeBinary(), nullable=True),
    sa.Column('key_id', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_debit_batch_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['regie_id'], ['regie.id'], name=op.f('fk_debit_batch_regie_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_debit_batch')),
    sa.UniqueConstraint('message_id', name=op.f('uq_debit_batch_message_id'))
    )
    with op.batch_alter_table('debit_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_debit_batch_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_debit_batch_key_id'), ['key_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_debit_batch_regie_id'), ['regie_id'], unique=False)

    op.create_table('deposit_slip',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('regie_id', sa.Integer(), nullable=False),
    sa.Column('means', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('cancelled_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('cancelled_why', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.CheckConstraint("means in ('card','payfip','debit','wallet','cash','cheque','cesu','ancv')", name=op.f('ck_deposit_slip_means')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_deposit_slip_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['regie_id'], ['regie.id'], name=op.f('fk_deposit_slip_regie_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deposit_slip')),
    sa.UniqueConstraint('regie_id', 'number', name=op.f('uq_deposit_slip_regie_id'))
    )
    with op.batch_alter_table('deposit_slip', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deposit_slip_author_id'), ['author_id'], unique=False)

    op.create_table('invoice_counter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('regie_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.CheckConstraint('last >= 0', name=op.f('ck_invoice_counter_last')),
    sa.ForeignKeyConstraint(['regie_id'], ['regie.id'], name=op.f('fk_invoice_counter_regie_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_counter')),
    sa.UniqueConstraint('regie_id', 'year', name=op.f('uq_invoice_counter_regie_id'))
    )
    op.create_table('invoice_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('regie_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('last_family_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('changed_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state in ('preparing','ready','issuing','issued','cancelled')", name=op.f('ck_invoice_run_state')),
    sa.CheckConstraint('done <= total', name=op.f('ck_invoice_run_progress')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_invoice_run_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['regie_id'], ['regie.id'], name=op.f('fk_invoice_run_regie_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_run'))
    )
    with op.batch_alter_table('invoice_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invoice_run_author_id'), ['author_id'], unique=False)
        batch_op.create_index('ix_invoice_run_month', ['regie_id', 'month'], unique=True, sqlite_where=sa.text("state <> 'cancelled'"), postgresql_where=sa.text("state <> 'cancelled'"))

    op.create_table('mandate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('regie_id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('rum', sqlmodel.sql.sqltypes.AutoString(length=35), nullable=False),
    sa.Column('holder', sqlmodel.sql.sqltypes.AutoString(length=70), nullable=False),
    sa.Column('sealed_iban', sa.LargeBinary(), nullable=True),
    sa.Column('key_id', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('iban_end', sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
    sa.Column('bic', sqlmodel.sql.sqltypes.AutoString(length=11), nullable=False),
    sa.Column('terms_version', sa.Integer(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('signed_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.CheckConstraint("(state = 'ended') = (ended_at is not null)", name=op.f('ck_mandate_ended')),
    sa.CheckConstraint("end_reason in ('','family','desk','rejected','unused','closed','merged')", name=op.f('ck_mandate_end_reason')),
    sa.CheckConstraint("state in ('active','ended')", name=op.f('ck_mandate_state')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_mandate_account_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_mandate_family_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['regie_id'], ['regie.id'], name=op.f('fk_mandate_regie_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mandate')),
    sa.UniqueConstraint('rum', name=op.f('uq_mandate_rum'))
    )
    with op.batch_alter_table('mandate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mandate_account_id'), ['account_id'], unique=False)
        batch_op.create_index('ix_mandate_active', ['family_id', 'regie_id'], unique=True, sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))
        batch_op.create_index(batch_op.f('ix_mandate_family_id'), ['family_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mandate_key_id'), ['key_id'], unique=False)

    op.create_table('payment_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('regie_id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('provider', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('purpose', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('provider_ref', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=True),
    sa.Column('is_live', sa.Boolean(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('failure', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('review', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('resume', sa.JSON(), nullable=False),
    sa.Column('created_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('reviewed_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('checked_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('settled_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("provider in ('stripe','payfip')", name=op.f('ck_payment_attempt_provider')),
    sa.CheckConstraint("purpose in ('top_up','invoices')", name=op.f('ck_payment_attempt_purpose')),
    sa.CheckConstraint("state in ('created','pending','succeeded','failed','expired')", name=op.f('ck_payment_attempt_state')),
    sa.CheckConstraint('amount_cents > 0', name=op.f('ck_payment_attempt_amount')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_payment_attempt_account_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_payment_attempt_family_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['regie_id'], ['regie.id'], name=op.f('fk_payment_attempt_regie_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_attempt')),
    sa.UniqueConstraint('account_id', 'token', name=op.f('uq_payment_attempt_account_id')),
    sa.UniqueConstraint('provider', 'provider_ref', name=op.f('uq_payment_attempt_provider')),
    sa.UniqueConstraint('reference', name=op.f('uq_payment_attempt_reference'))
    )
    with op.batch_alter_table('payment_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_attempt_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_attempt_family_id'), ['family_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_attempt_regie_id'), ['regie_id'], unique=False)
        batch_op.create_index('ix_payment_attempt_watch', ['state', 'created_at'], unique=False)

    op.create_table('provider_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('provider', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('event_id', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=True),
    sa.Column('received_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("provider in ('stripe','payfip')", name=op.f('ck_provider_event_provider')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_provider_event_attempt_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider_event')),
    sa.UniqueConstraint('provider', 'event_id', name=op.f('uq_provider_event_provider'))
    )
    with op.batch_alter_table('provider_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_provider_event_attempt_id'), ['attempt_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_provider_event_received_at'), ['received_at'], unique=False)

    op.create_table('invoice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('regie_id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=True),
    sa.Column('family_id', sa.Integer(), nullable=True),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=True),
    sa.Column('total_cents', sa.BigInteger(), nullable=False),
    sa.Column('paid_cents', sa.BigInteger(), nullable=False),
    sa.Column('issued_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('movement_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.CheckConstraint("(state = 'issued') = (number is not null)", name=op.f('ck_invoice_numbered_when_issued')),
    sa.CheckConstraint("kind in ('invoice','credit_note')", name=op.f('ck_invoice_kind')),
    sa.CheckConstraint("paid_cents between 0 and total_cents or kind = 'credit_note'", name=op.f('ck_invoice_paid')),
    sa.CheckConstraint("state in ('draft','issued')", name=op.f('ck_invoice_state')),
    sa.ForeignKeyConstraint(['corrects_id'], ['invoice.id'], name=op.f('fk_invoice_corrects_id')),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_invoice_family_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_invoice_file_id')),
    sa.ForeignKeyConstraint(['movement_id'], ['ledger_transaction.id'], name=op.f('fk_invoice_movement_id')),
    sa.ForeignKeyConstraint(['regie_id'], ['regie.id'], name=op.f('fk_invoice_regie_id')),
    sa.ForeignKeyConstraint(['run_id'], ['invoice_run.id'], name=op.f('fk_invoice_run_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice')),
    sa.UniqueConstraint('regie_id', 'year', 'number', name=op.f('uq_invoice_regie_id'))
    )
    with op.batch_alter_table('invoice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invoice_corrects_id'), ['corrects_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoice_family_id'), ['family_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoice_file_id'), ['file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoice_movement_id'), ['movement_id'], unique=False)
        batch_op.create_index('ix_invoice_draft', ['run_id', 'family_id'], unique=True, sqlite_where=sa.text("state = 'draft'"), postgresql_where=sa.text("state = 'draft'"))
        batch_op.create_index('ix_invoice_unpaid', ['regie_id', 'due_on'], unique=False)

    op.create_table('payment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('regie_id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=True),
    sa.Column('means', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('refunded_cents', sa.BigInteger(), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('note', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('cheque', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True),
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('attempt_id', sa.Integer(), nullable=True),
    sa.Column('movement_id', sa.Integer(), nullable=True),
    sa.Column('slip_id', sa.Integer(), nullable=True),
    sa.Column('cancelled_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("means in ('card','payfip','debit','wallet','cash','cheque','cesu','ancv')", name=op.f('ck_payment_means')),
    sa.CheckConstraint('amount_cents > 0', name=op.f('ck_payment_amount')),
    sa.CheckConstraint('refunded_cents between 0 and amount_cents', name=op.f('ck_payment_refunded')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_payment_attempt_id')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_payment_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_payment_family_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['movement_id'], ['ledger_transaction.id'], name=op.f('fk_payment_movement_id')),
    sa.ForeignKeyConstraint(['regie_id'], ['regie.id'], name=op.f('fk_payment_regie_id')),
    sa.ForeignKeyConstraint(['slip_id'], ['deposit_slip.id'], name=op.f('fk_payment_slip_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('cheque', name=op.f('uq_payment_cheque')),
    sa.UniqueConstraint('attempt_id', name=op.f('uq_payment_attempt_id')),
    sa.UniqueConstraint('author_id', 'token', name=op.f('uq_payment_author_id'))
    )
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.create_index('ix_payment_day', ['regie_id', 'received_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_family_id'), ['family_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_movement_id'), ['movement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_payment_slip_id'), ['slip_id'], unique=False)

    op.create_table('attempt_invoice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('attempt_id', sa.Integer(), nullable=False),
    sa.Column('invoice_id', sa.Integer(), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('cents > 0', name=op.f('ck_attempt_invoice_cents')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_attempt_invoice_attempt_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_attempt_invoice_invoice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempt_invoice')),
    sa.UniqueConstraint('attempt_id', 'invoice_id', name=op.f('uq_attempt_invoice_attempt_id'))
    )
    with op.batch_alter_table('attempt_invoice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempt_invoice_invoice_id'), ['invoice_id'], unique=False)

    op.create_table('debit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('mandate_id', sa.Integer(), nullable=False),
    sa.Column('invoice_id', sa.Integer(), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.Column('sequence', sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('announced_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
    sa.Column('rejected_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('review', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('reviewed_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("sequence in ('FRST','RCUR')", name=op.f('ck_debit_sequence')),
    sa.CheckConstraint("state in ('planned','sent','paid','rejected')", name=op.f('ck_debit_state')),
    sa.CheckConstraint('cents > 0', name=op.f('ck_debit_cents')),
    sa.ForeignKeyConstraint(['batch_id'], ['debit_batch.id'], name=op.f('fk_debit_batch_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_debit_invoice_id')),
    sa.ForeignKeyConstraint(['mandate_id'], ['mandate.id'], name=op.f('fk_debit_mandate_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_debit_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_debit')),
    sa.UniqueConstraint('batch_id', 'invoice_id', name=op.f('uq_debit_batch_id')),
    sa.UniqueConstraint('payment_id', name=op.f('uq_debit_payment_id'))
    )
    with op.batch_alter_table('debit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_debit_invoice_id'), ['invoice_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_debit_mandate_id'), ['mandate_id'], unique=False)
        batch_op.create_index('ix_debit_under_way', ['invoice_id'], unique=True, sqlite_where=sa.text("state in ('planned','sent')"), postgresql_where=sa.text("state in ('planned','sent')"))

    op.create_table('invoice_reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('invoice_id', sa.Integer(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_invoice_reminder_invoice_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_reminder')),
    sa.UniqueConstraint('invoice_id', 'level', name=op.f('uq_invoice_reminder_invoice_id'))
    )
    op.create_table('payment_allocation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=False),
    sa.Column('invoice_id', sa.Integer(), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('cents > 0', name=op.f('ck_payment_allocation_cents')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_payment_allocation_invoice_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_payment_allocation_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_allocation')),
    sa.UniqueConstraint('payment_id', 'invoice_id', name=op.f('uq_payment_allocation_payment_id'))
    )
    with op.batch_alter_table('payment_allocation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_allocation_invoice_id'), ['invoice_id'], unique=False)

    op.create_table('payment_refund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=False),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('provider_ref', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state in ('asked','done','failed')", name=op.f('ck_payment_refund_state')),
    sa.CheckConstraint('cents > 0', name=op.f('ck_payment_refund_cents')),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_payment_refund_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_payment_refund_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_refund')),
    sa.UniqueConstraint('author_id', 'token', name=op.f('uq_payment_refund_author_id')),
    sa.UniqueConstraint('provider_ref', name=op.f('uq_payment_refund_provider_ref'))
    )
    with op.batch_alter_table('payment_refund', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_payment_refund_payment_id'), ['payment_id'], unique=False)

    op.create_table('invoice_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('invoice_id', sa.Integer(), nullable=False),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.Column('booking_id', sa.Integer(), nullable=True),
    sa.Column('child_id', sa.Integer(), nullable=True),
    sa.Column('child_name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('activity', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('label', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('meal_cents', sa.Integer(), nullable=False),
    sa.Column('care_cents', sa.Integer(), nullable=False),
    sa.Column('surcharge_cents', sa.Integer(), nullable=False),
    sa.Column('amount_cents', sa.BigInteger(), nullable=False),
    sa.Column('formula', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_invoice_line_booking_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_invoice_line_child_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['corrects_id'], ['invoice_line.id'], name=op.f('fk_invoice_line_corrects_id')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_invoice_line_invoice_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_line')),
    sa.UniqueConstraint('corrects_id', name=op.f('uq_invoice_line_corrects_id'))
    )
    with op.batch_alter_table('invoice_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invoice_line_booking_id'), ['booking_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoice_line_child_id'), ['child_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invoice_line_invoice_id'), ['invoice_id'], unique=False)

    with op.batch_alter_table('activity', schema=None) as batch_op:
        batch_op.add_column(sa.Column('regie_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_activity_regie_id'), ['regie_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_activity_regie_id'), 'regie', ['regie_id'], ['id'], ondelete='SET NULL')

    for statement in INVOICE_GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)

    op.create_table('wallet_refund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('family_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('cents', sa.BigInteger(), nullable=False),
    sa.Column('holder', sqlmodel.sql.sqltypes.AutoString(length=70), nullable=False),
    sa.Column('sealed_iban', sa.LargeBinary(), nullable=True),
    sa.Column('iban_end', sqlmodel.sql.sqltypes.AutoString(length=4), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
    sa.Column('asked_at', portail.models.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_at', portail.models.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('movement_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("state in ('asked','done','refused','withdrawn')", name=op.f('ck_wallet_refund_state')),
    sa.CheckConstraint('cents > 0', name=op.f('ck_wallet_refund_cents')),
    sa.CheckConstraint("(state = 'done') = (movement_id is not null)", name=op.f('ck_wallet_refund_paid')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_wallet_refund_account_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['author_id'], ['account.id'], name=op.f('fk_wallet_refund_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['family_id'], ['family.id'], name=op.f('fk_wallet_refund_family_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['movement_id'], ['ledger_transaction.id'], name=op.f('fk_wallet_refund_movement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wallet_refund'))
    )
    with op.batch_alter_table('wallet_refund', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_wallet_refund_account_id'), ['account_id'], unique=False)
        batch_op.create_index('ix_wallet_refund_asked', ['family_id'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.create_index(batch_op.f('ix_wallet_refund_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wallet_refund_family_id'), ['family_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_wallet_refund_movement_id'), ['movement_id'], unique=False)

    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('notify_wallet', sa.Boolean(), server_default=sa.true(), nullable=False))
    with op.batch_alter_table('tariff', schema=None) as batch_op:
        batch_op.add_column(sa.Column('stamp', sqlmodel.sql.sqltypes.AutoString(length=64), server_default='', nullable=False))
    kinds = "'none','amount','percent'"
    with op.batch_alter_table('tariff_grid', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_tariff_grid_method'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_tariff_grid_method'), "method in ('fixed','brackets','effort')")
        for name in ('unplanned', 'sibling'):
            batch_op.add_column(sa.Column(f'{name}_method', sqlmodel.sql.sqltypes.AutoString(length=20), server_default='none', nullable=False))
            batch_op.create_check_constraint(batch_op.f(f'ck_tariff_grid_{name}_method'), f"{name}_method in ({kinds})")
        batch_op.add_column(sa.Column('unplanned_value', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_tariff_grid_unplanned_value'), 'unplanned_value >= 0')
        batch_op.add_column(sa.Column('sibling_values', sa.JSON(), server_default='[]', nullable=False))
    with op.batch_alter_table('tariff_bracket', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rate', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_tariff_bracket_rate'), 'rate between 0 and 1000000')
        batch_op.add_column(sa.Column('floor_cents', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_tariff_bracket_floor_cents'), 'floor_cents >= 0')



def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
