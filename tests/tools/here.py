"""Une application servie sur un vrai port, le temps d'un test : un client HTTP y parle comme à une machine distante."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
from starlette.types import ASGIApp

_OURS = {"content-length", "connection", "transfer-encoding", "accept-encoding"}


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """L'adresse où elle répond."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = asyncio.run(self._ask())
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name not in _OURS:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_GET

        async def _ask(self) -> httpx.Response:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _OURS}
            url = f"http://{self.headers['host']}{self.path}"
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
                return await client.request(self.command, url, content=body, headers=headers)

        def log_message(self, *args: object) -> None:
            """Un test ne parle pas."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
