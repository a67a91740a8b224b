"""Le processus à part : il lit un fichier sur son entrée et rend l'image réécrite, ou le nom de la faute."""

import resource
import sys

from portail.domain.uploads import Fault, FileKind
from portail.integrations.inspection.faults import REFUSED, FaultError

MEMORY = 1_500 * 1024 * 1024
PROCESSOR_SECONDS = 20


def main(kind: FileKind, body: bytes) -> tuple[int, bytes]:
    """Ce qu'une bibliothèque n'a pas su lire est abîmé, quelle que soit sa façon de le dire."""
    try:
        return 0, _look(kind, body)
    except FaultError as found:
        return REFUSED, found.fault.value.encode()
    except Exception:  # noqa: BLE001 — un fichier hostile peut lever n'importe quoi
        return REFUSED, Fault.DAMAGED.value.encode()


def _look(kind: FileKind, body: bytes) -> bytes:
    if kind is FileKind.PDF:
        from portail.integrations.inspection.papers import check_pdf  # noqa: PLC0415 — une bibliothèque par sorte

        check_pdf(body)
        return b""
    from portail.integrations.inspection.pictures import rewrite  # noqa: PLC0415

    return rewrite(kind, body)


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _bound()
    status, answer = main(FileKind(sys.argv[1]), sys.stdin.buffer.read())
    sys.stdout.buffer.write(answer)
    sys.stdout.flush()
    sys.exit(status)
