"""Porter une notification signée au portail, et réessayer s'il ne l'a pas prise, comme le fait Stripe."""

import hashlib
import hmac
import json
import logging
import threading
import time
import urllib.request
from collections.abc import Mapping
from typing import Any

log = logging.getLogger("portail.standins")
RETRY_AFTER_SECONDS = (1.0, 3.0, 10.0)
SENT_AFTER_SECONDS = 0.2  # le temps que la page de paiement réponde
TIMEOUT_SECONDS = 10.0


def signed(body: bytes, secret: str, at: int) -> str:
    """L'en-tête « Stripe-Signature »."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


class Courier:
    def send(self, url: str, event: Mapping[str, Any], secret: str, delay: float) -> None:
        self._later(delay + SENT_AFTER_SECONDS, url, json.dumps(event).encode(), secret, 0)

    def _later(self, delay: float, url: str, body: bytes, secret: str, tries: int) -> None:
        timer = threading.Timer(delay, self._try, (url, body, secret, tries))
        timer.daemon = True
        timer.start()

    def _try(self, url: str, body: bytes, secret: str, tries: int) -> None:
        try:
            self.post(url, body, signed(body, secret, int(time.time())))
        except OSError as error:  # urllib.error.URLError en est une
            log.info("notification non prise", extra={"tries": tries, "reason": type(error).__name__})
            if tries < len(RETRY_AFTER_SECONDS):
                self._later(RETRY_AFTER_SECONDS[tries], url, body, secret, tries + 1)

    def post(self, url: str, body: bytes, signature: str) -> None:
        headers = {"content-type": "application/json", "stripe-signature": signature}
        request = urllib.request.Request(url, body, headers)  # noqa: S310 — l'adresse de notre propre portail
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
            pass
