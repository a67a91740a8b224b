"""Ce qui tue net le processus qui compose : à part, pour que celui-ci n'ait rien d'autre à charger."""

import os
import signal

from portail.integrations import pdf_pool


def deadly(template: str, at: int, given: str) -> pdf_pool.Drawn:
    """Dans l'autre processus : un contenu qui le tue net, comme la mémoire qui manque."""
    if "mortel" in given:
        os.kill(os.getpid(), signal.SIGKILL)
    return pdf_pool.Drawn(b"%PDF")
