"""Les tables. Importer ce module les connaît toutes."""

from portail.models import accounts, audit, families, mails, news

__all__ = ["accounts", "audit", "families", "mails", "news"]
