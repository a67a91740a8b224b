"""Un avoir d'un montant rend une ligne en partie : plusieurs avoirs peuvent corriger la même ligne, chacun une fois."""

from alembic import op

revision = 'b61f0c2e7d94'
down_revision = '3d7a90c41be2'
branch_labels = None
depends_on = None

# SQLite refait la table : ses gardes sont à reposer, telles que la première migration des factures les écrit.
_KEPT = "'une facture émise ne change plus'"
_IS_ISSUED = "(SELECT state FROM invoice WHERE id = OLD.invoice_id) = 'issued'"
_GUARDS = (
    ("invoice_line_kept", "DELETE", _IS_ISSUED),
    (
        "invoice_line_fixed",
        "UPDATE OF id, invoice_id, corrects_id, activity, label, day, quantity, meal_cents, care_cents, surcharge_cents, "
        "amount_cents, formula",
        _IS_ISSUED,
    ),
    ("invoice_line_said", "UPDATE OF child_name", f"NEW.child_name <> '' AND {_IS_ISSUED}"),
)


def upgrade() -> None:
    with op.batch_alter_table('invoice_line', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_invoice_line_corrects_id'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_invoice_line_invoice_id'), ['invoice_id', 'corrects_id'])
        batch_op.create_index(batch_op.f('ix_invoice_line_corrects_id'), ['corrects_id'], unique=False)
    if op.get_bind().dialect.name != 'sqlite':
        return
    for name, event, when in _GUARDS:
        op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON invoice_line WHEN {when} BEGIN SELECT RAISE(ABORT, {_KEPT}); END")


def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
