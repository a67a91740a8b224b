"""Essayer d'autres réglages le temps d'un bloc, puis retrouver ceux des tests."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from portail.settings import Settings, current


@contextmanager
def configured(**variables: str) -> Iterator[Settings]:
    """`configured(PORTAIL_SMTP_URL="smtp://…")` : l'environnement, relu à l'entrée et rendu à la sortie."""
    with patch.dict(os.environ, variables):
        current.cache_clear()
        try:
            yield current()
        finally:
            current.cache_clear()
