"""A small HTTP server on loopback for account APIs: answers as told and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    """With its query."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


class Http:
    """`with Http(lambda asked: Reply(...)) as server:` — `server.url`, `server.asked`."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self._answer = answer
        self._seen: list[Asked] = []
        handler = type("Handler", (_Handler,), {"answer_to": staticmethod(self._take)})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Http:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every request so far, oldest first."""
        return tuple(self._seen)

    def _take(self, asked: Asked) -> Reply:
        self._seen.append(asked)
        return self._answer(asked)


class _Handler(BaseHTTPRequestHandler):
    answer_to: Callable[[Asked], Reply]
    timeout = 5

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(length)
        asked = Asked(method=self.command, path=self.path, headers=headers, body=body)
        reply = type(self).answer_to(asked)
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle
