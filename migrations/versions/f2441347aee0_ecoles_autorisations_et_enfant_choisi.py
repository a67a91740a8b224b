"""Écoles et classes réglées à l'écran, autorisations qui s'éditent, enfant choisi retenu par la connexion."""

from datetime import date

import sqlalchemy as sa
import sqlmodel
from alembic import op

import portail.models.database

revision = 'f2441347aee0'
down_revision = 'f3f9529971cf'
branch_labels = None
depends_on = None

# Les autorisations habituelles, telles qu'elles étaient écrites à cette version.
USUAL = (
    (
        'hospital',
        'Soins et hospitalisation',
        'En cas d’urgence, j’autorise le responsable de l’accueil à faire soigner mon enfant par les secours et à le '
        'faire conduire à l’hôpital. Je suis prévenu aussitôt.',
    ),
    (
        'outings',
        'Sorties',
        'J’autorise mon enfant à participer aux sorties à pied, à vélo ou en car organisées pendant l’accueil.',
    ),
    (
        'swimming',
        'Baignade',
        'J’autorise mon enfant à participer aux baignades surveillées et aux activités à la piscine.',
    ),
    (
        'alone',
        'Sortie seul',
        'J’autorise mon enfant à repartir seul à la fin de l’accueil. Sans cette autorisation, il attend l’une des '
        'personnes désignées dans les contacts.',
    ),
    (
        'image',
        'Droit à l’image',
        'J’autorise la commune à photographier mon enfant pendant les activités et à publier ces images dans son '
        'bulletin et sur son site, sans son nom. Je peux retirer cet accord à tout moment.',
    ),
)


def upgrade() -> None:
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.add_column(sa.Column('revision', sa.Integer(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('updated_at', portail.models.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('updated_by', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_consent_updated_by'), ['updated_by'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_consent_updated_by'), 'account', ['updated_by'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('login_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('child_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_login_session_child_id'), ['child_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_login_session_child_id'), 'child', ['child_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('school', schema=None) as batch_op:
        batch_op.add_column(sa.Column('closed_at', portail.models.database.UtcDateTime(timezone=True), nullable=True))

    with op.batch_alter_table('school_class', schema=None) as batch_op:
        batch_op.add_column(sa.Column('year', sqlmodel.sql.sqltypes.AutoString(length=9), server_default='', nullable=False))
        batch_op.add_column(sa.Column('closed_at', portail.models.database.UtcDateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f('uq_school_class_school_id'), type_='unique')
        batch_op.create_unique_constraint(batch_op.f('uq_school_class_school_id'), ['school_id', 'year', 'name'])

    _date_the_classes(date.today())
    _install_the_usual_consents()


def _date_the_classes(today: date) -> None:
    """Les classes déjà là sont celles de l'année scolaire en cours."""
    start = today.year if today.month >= 9 else today.year - 1
    op.get_bind().execute(sa.text("UPDATE school_class SET year = :year WHERE year = ''"), {'year': f'{start}-{start + 1}'})


def _install_the_usual_consents() -> None:
    """Une commune déjà ouverte qui n'a aucune autorisation reçoit les habituelles ; une neuve les reçoit à l'ouverture."""
    bind = op.get_bind()
    if not bind.execute(sa.text('SELECT 1 FROM account LIMIT 1')).first():
        return
    if bind.execute(sa.text('SELECT 1 FROM consent LIMIT 1')).first():
        return
    consent = sa.table(
        'consent',
        sa.column('code', sa.String),
        sa.column('label', sa.String),
        sa.column('text', sa.String),
        sa.column('version', sa.Integer),
        sa.column('active', sa.Boolean),
        sa.column('compulsory', sa.Boolean),
        sa.column('position', sa.Integer),
    )
    op.bulk_insert(
        consent,
        [
            {
                'code': code,
                'label': label,
                'text': text,
                'version': 1,
                'active': True,
                'compulsory': True,
                'position': position,
            }
            for position, (code, label, text) in enumerate(USUAL)
        ],
    )


def downgrade() -> None:
    raise NotImplementedError("le schéma ne fait qu'avancer ; une sauvegarde se rétablit")
