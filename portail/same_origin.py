"""L'interface construite parle au serveur qui l'a servie : une seule construction pour toutes les adresses."""

import re
from pathlib import Path
from typing import Any

from reflex_base.plugins.base import Plugin

PLACEHOLDER = "http://portail.invalid"
_LITERAL = re.compile(r"""(["'`])(ws|http)://portail\.invalid(/[\w/-]*)?\1""")


def rewrite(script: str) -> str:
    """Remplace chaque adresse figée par celle de la page."""

    def here(match: re.Match[str]) -> str:
        origin = 'location.origin.replace(/^http/,"ws")' if match[2] == "ws" else "location.origin"
        return f'({origin}+"{match[3] or ""}")'

    return _LITERAL.sub(here, script)


class SameOrigin(Plugin):
    def post_build(self, **context: Any) -> None:
        rewritten = 0
        for file in Path(context["static_dir"]).rglob("*.js"):
            before = file.read_text()
            if PLACEHOLDER.partition("://")[2] in before:
                after = rewrite(before)
                if "portail.invalid" in after:
                    raise RuntimeError(f"adresse figée restée dans {file.name}")
                file.write_text(after)
                rewritten += 1
        if not rewritten:
            raise RuntimeError("l'adresse à remplacer n'a pas été trouvée dans l'interface construite")
