"""Un fichier déposé, regardé dans son processus à part : un PDF, une photo de téléphone."""

import time

from common import machine, main, median, milliseconds, p95, table, verdict

from portail.domain.uploads import Upload
from portail.integrations.inspection.inspector import inspect
from tests.factories import uploads

ROUNDS = 30
AIM = 1.0


def timed(upload: Upload) -> list[float]:
    found = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        inspect(upload)
        found.append(time.perf_counter() - started)
    return found


def measure() -> None:
    rows = []
    for name, upload in (
        ("PDF de dix pages", Upload("justificatif.pdf", uploads.pdf(pages=10))),
        ("Photo, 12 millions de points", Upload("photo.jpg", uploads.jpeg((4000, 3000)))),
    ):
        found = timed(upload)
        aim = f"p95 ≤ {milliseconds(AIM)}"
        rows.append([name, milliseconds(median(found)), milliseconds(p95(found)), aim, verdict(p95(found), AIM)])
    table("Regarder un fichier", f"{machine()} ; {ROUNDS} fois.", ("Fichier", "Médiane", "p95", "But", ""), rows)


if __name__ == "__main__":
    main(measure)
