"""Trouve un Chromium, ou l'installe ; `python tests/tools/browser.py` le prépare avant les tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")


def found() -> str | None:
    """Celui du système, sinon celui que Playwright a déjà installé."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    caches = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    for path in sorted(caches.glob("chromium-*/chrome-linux*/chrome")):
        return str(path)
    return None


def ensure() -> str:
    if path := found():
        return path
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if (path := found()) is None and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
        path = found()
    if path is None:
        raise SystemExit("Aucun Chromium : installez le paquet « chromium », ou `playwright install chromium`.")
    return path


if __name__ == "__main__":
    print(f"Navigateur : {ensure()}")
