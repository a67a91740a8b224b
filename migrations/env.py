"""Alembic : la connexion vient de portail.models.migrations."""

from alembic import context
from sqlmodel import SQLModel

import portail.models  # noqa: F401 — connaître toutes les tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    compare_type=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
