"""Les en-têtes de chaque réponse : politique de contenu, caches, cookie du navigateur."""

import base64
import hashlib
import re
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portail.ids import new_token
from portail.services.accounts import sessions
from portail.settings import ROOT, current

BUILD = ROOT / ".web" / "build" / "client"
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
_YEAR = 365 * 24 * 3600
NOT_MODIFIED = 304
FIRST_ERROR = 400
NOTHING = "default-src 'none'; frame-ancestors 'none'"


def inline_script_hashes(page: Path) -> list[str]:
    """L'empreinte de chaque script écrit dans la page : seuls ceux-là s'y exécutent."""
    digests = {hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(page.read_text()) if script}
    return sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def policies(build: Path = BUILD) -> dict[str, str]:
    """La politique de chaque page construite, par chemin ; celle du repli sert aux adresses à paramètre."""
    found = {}
    for page in build.rglob("*.html"):
        path = "/" + page.relative_to(build).as_posix()
        short = path.removesuffix("index.html").rstrip("/") or "/"
        found[path] = found[short] = content_policy(inline_script_hashes(page))
    return found


def content_policy(hashes: list[str]) -> str:
    sockets = " ".join(origin.replace("http", "ws", 1) for origin in current().allowed_origins)
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": f"'self' {sockets}",
        "manifest-src": "'self'",
        "frame-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.policies = policies()
        self.fallback = self.policies.get("/404.html", content_policy([]))
        self.fixed = {
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "same-origin",
            "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }
        if current().is_https:
            self.fixed["strict-transport-security"] = f"max-age={2 * _YEAR}; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.fixed.items():
                    headers[name] = value
                if policy := self._policy(scope["path"], message["status"], headers):
                    headers.setdefault("content-security-policy", policy)  # une route peut être plus stricte
                _cache(scope["path"], message["status"], headers)
                if self._is_page(scope["path"], message["status"], headers):
                    _browser_cookie(scope, headers)
            await send(message)

        await self.app(_tidy(scope), receive, dressed)

    def _policy(self, path: str, status: int, headers: MutableHeaders) -> str:
        """Une réponse 304 n'a pas de type : elle ne doit pas remplacer la politique déjà connue du navigateur."""
        known = self.policies.get(path.rstrip("/") or "/", "")
        if status == NOT_MODIFIED:
            return known
        return (known or self.fallback) if _is_html(headers) else NOTHING

    def _is_page(self, path: str, status: int, headers: MutableHeaders) -> bool:
        return _is_html(headers) or (status == NOT_MODIFIED and (path.rstrip("/") or "/") in self.policies)


def _is_html(headers: MutableHeaders) -> bool:
    return headers.get("content-type", "").startswith("text/html")


def _tidy(scope: Scope) -> Scope:
    """`/aide` sert la page d'aide sans détour par `/aide/` ; un envoi (POST) garde l'adresse de sa route."""
    path = scope["path"]
    if scope["method"] not in {"GET", "HEAD"}:
        return scope
    if path != "/" and not path.endswith("/") and (BUILD / path.strip("/") / "index.html").is_file():
        return {**scope, "path": f"{path}/", "raw_path": f"{path}/".encode()}
    return scope


def _cache(path: str, status: int, headers: MutableHeaders) -> None:
    if "cache-control" in headers:
        return
    hashed = path.startswith("/assets/") and status < FIRST_ERROR  # une absence, elle, peut n'être que passagère
    headers["cache-control"] = f"public, max-age={_YEAR}, immutable" if hashed else "no-cache"


def _browser_cookie(scope: Scope, headers: MutableHeaders) -> None:
    """Reconnaît le navigateur avant la connexion : le ticket ne vaudra que chez lui."""
    if sessions.read_cookie(Headers(scope=scope).get("cookie", ""), "navigateur"):
        return
    secure = "; Secure" if current().is_https else ""
    name = sessions.cookie_name("navigateur")
    headers.append("set-cookie", f"{name}={new_token()}; Path=/; HttpOnly; SameSite=Lax{secure}")
