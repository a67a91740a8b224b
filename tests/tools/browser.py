"""Trouve un Chromium, ou l'installe ; `python tests/tools/browser.py` le prépare avant les tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

LIGHT = "chromium-headless-shell"  # le même moteur sans fenêtre : le quart du processeur par page
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")


def found(*names: str) -> str | None:
    """Celui du système, sinon celui que Playwright a déjà installé."""
    for name in names:
        if path := shutil.which(name):
            return path
    caches = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    for path in sorted(caches.glob("chromium-*/chrome-linux*/chrome")):
        return str(path)
    return None


def ensure() -> str:
    """Pour les tests : le plus léger de ceux que la machine a ou sait installer."""
    if path := shutil.which(LIGHT) or _installed(LIGHT):
        return path
    return whole()


def whole() -> str:
    """Celui des mesures : le navigateur que les gens ont."""
    if path := found(*WHOLE):
        return path
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if path := found(*WHOLE) or _installed("chromium"):
        return path
    raise SystemExit("Aucun Chromium : installez le paquet « chromium », ou `playwright install chromium`.")


def _installed(package: str) -> str | None:
    """Le paquet Debian, quand on est chez soi ; vide ailleurs."""
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        return None
    for command in (["update", "-qq"], ["install", "-y", "-qq", package]):
        subprocess.run(["apt-get", *command], check=False)
    return shutil.which(package)


if __name__ == "__main__":
    print(f"Navigateur : {ensure()}")
