"""L'attestation de quotient envoyée par la famille ; la sorte de majoration, gardée avec la réservation."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '144b61a7d0c0'
down_revision = '51882d108de3'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('request', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_request_kind'), type_='check')
        batch_op.create_check_constraint(
            batch_op.f('ck_request_kind'),
            "kind in ('registration','family_change','child_change','child_add','child_remove','adult_add',"
            "'adult_remove','situation','custody','enrolment','booking','absence','quotient','correction','deletion')",
        )

    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                'surcharge_kind',
                sqlmodel.sql.sqltypes.AutoString(length=20),
                server_default='in_time',
                nullable=False,
            )
        )
        batch_op.create_check_constraint(
            batch_op.f('ck_booking_surcharge_kind'), "surcharge_kind in ('in_time','late','unplanned')"
        )
    # jusqu'ici, une majoration était toujours celle d'une réservation hors délais
    op.execute("UPDATE booking SET surcharge_kind = 'late' WHERE surcharge_cents > 0")


def downgrade() -> None:
    raise NotImplementedError
