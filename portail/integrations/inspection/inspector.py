"""Ouvrir un fichier inconnu est un risque : cela se fait dans un processus à part, borné et sans secret."""

import subprocess
import sys
from importlib.util import find_spec
from threading import BoundedSemaphore

from portail.domain.uploads import Fault, FileKind, FileRefusedError, Upload, check_kind
from portail.integrations.inspection.faults import REFUSED
from portail.settings import ROOT

SECONDS = 30
AT_ONCE = 2
_places = BoundedSemaphore(AT_ONCE)


def reads_heic() -> bool:
    """La bibliothèque qui lit les HEIC n'est pas installée d'office."""
    return find_spec("pi_heif") is not None


def inspect(upload: Upload) -> tuple[FileKind, bytes]:
    """La sorte gardée et les octets à garder : une image réécrite sans rien d'autre que ses points, un PDF vérifié."""
    kind = check_kind(upload)
    if kind is FileKind.HEIC and not reads_heic():
        raise FileRefusedError(upload.name, Fault.HEIC)
    with _places:
        fault, body = _ask_a_child(kind, upload.body)
    if fault:
        raise FileRefusedError(upload.name, fault)
    return kind.kept_as, upload.body if kind is FileKind.PDF else body


def _ask_a_child(kind: FileKind, body: bytes) -> tuple[Fault | None, bytes]:
    """Un enfant qui meurt ou qui traîne (mémoire, temps) a rencontré un fichier abîmé."""
    command = [sys.executable, "-m", "portail.integrations.inspection.child", kind.value]
    try:
        done = subprocess.run(  # noqa: S603 — notre propre module, sans interpréteur de commandes
            command, input=body, capture_output=True, timeout=SECONDS, check=False, cwd=ROOT, env={}
        )
    except subprocess.TimeoutExpired:
        return Fault.DAMAGED, b""
    if done.returncode == REFUSED:
        return Fault(done.stdout.decode()), b""
    return (None, done.stdout) if done.returncode == 0 else (Fault.DAMAGED, b"")
