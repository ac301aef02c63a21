"""The practice host's account API: HTTP on 127.0.0.1 over the same accounts. Keys added are known at once.

GitHub's shape (any `Authorization: Bearer TOKEN` or `token TOKEN`):

* ``GET /user`` → 200 ``{"login", "id", "name", "type"}``
* ``GET /user/keys[?page=N&per_page=N]`` → 200 ``[{"id", "key", "title", "created_at", "verified", "read_only"}]``
* ``GET /user/keys/ID`` → 200 one of them, 404
* ``POST /user/keys`` ``{"title", "key"}`` → 201, or 422 with ``errors[0].message`` "key is already in use" or
  "key is invalid. You must supply a key in OpenSSH public key format"
* ``DELETE /user/keys/ID`` → 204, 404
* 401 ``{"message": "Bad credentials"}``

* ``GET /NAME.keys``, without a token → 200, one public line each, without comment; 404

Heroku's shape:

* ``GET /account`` → 200 ``{"id", "email", "name"}``
* ``GET /account/keys`` → 200 ``[{"id", "fingerprint", "public_key", "comment", "email", "created_at"}]``
* ``POST /account/keys`` ``{"public_key"}``, or the bare line as text → 201, 422 ``{"id", "message"}``
* ``GET`` and ``DELETE /account/keys/ID_OR_FINGERPRINT`` → 200, 404
* 401 ``{"id": "unauthorized", "message"}``
"""

from __future__ import annotations

import json
import threading
import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from sshwizard.openssh.keys import NotAKey, public_line
from sshwizard.practice.accounts import AccountKey, Accounts, KeyInUse

LIMIT = 64 * 1024
"""Bytes of a request body; more is refused."""


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: Any = None


class AccountApi:
    """A running API. `close` ends it and waits for its threads."""

    def __init__(self, accounts: Accounts) -> None:
        handler = type("Handler", (_Handler,), {"accounts": accounts})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="practice-api",
            daemon=True,
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One request per connection (HTTP/1.0), so that no thread waits for an idle client."""

    accounts: Accounts
    server_version = "sshwizard-practice"
    sys_version = ""
    timeout = 5

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: the terminal belongs to the wizard."""

    def _answer(self, method: str) -> None:
        address = urlsplit(self.path)
        body = self._body()
        if method == "GET" and address.path.endswith(".keys") and address.path.count("/") == 1:
            self._send_lines(unquote(address.path[1 : -len(".keys")]))
            return
        shape: type[_Shape] = _Heroku if address.path.startswith("/account") else _GitHub
        account = self.accounts.account_of_token(self._token())
        if body is None:
            reply = _Reply(413, {"message": "Request Entity Too Large"})
        elif account is None:
            reply = shape.unauthorized
        else:
            reply = shape(self.accounts, account).answer(method, address.path, address.query, body)
        self._send(reply)

    def _send_lines(self, account: str) -> None:
        """Answer with an account's public keys, as the forges show them to everybody."""
        keys = self.accounts.public_list(account)
        data = "".join(" ".join(public_line(key).split()[:2]) + "\n" for key in keys or ()).encode()
        self.send_response(404 if keys is None else 200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _token(self) -> str:
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        return token.strip() if kind.lower() in ("bearer", "token") else ""

    def _body(self) -> bytes | None:
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            return None
        return self.rfile.read(length) if 0 <= length <= LIMIT else None

    def _send(self, reply: _Reply) -> None:
        data = b"" if reply.body is None else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class _Shape(ABC):
    """One service's form of the same four operations."""

    unauthorized: _Reply
    not_found: _Reply
    folder: str

    def __init__(self, accounts: Accounts, account: str) -> None:
        self.accounts = accounts
        self.account = account

    def answer(self, method: str, path: str, query: str, body: bytes) -> _Reply:
        folder, _, id = path.strip("/").partition("/keys")
        if folder != self.folder:
            return self.not_found
        if "/keys" not in path:
            return _Reply(200, self.me()) if method == "GET" else self.not_found
        if id.strip("/"):
            return self._one(method, unquote(id.strip("/")))
        if method == "POST":
            return self._add(body)
        return _Reply(200, self._page(query)) if method == "GET" else self.not_found

    def _page(self, query: str) -> list[dict[str, Any]]:
        asked = parse_qs(query)
        numbers = [asked.get(name, [""])[0] for name in ("page", "per_page")]
        page, size = (int(text) if text.isdecimal() else 0 for text in numbers)
        start = (max(page, 1) - 1) * (size or 30)
        keys = self.accounts.keys_of(self.account)
        return [self.shown(key) for key in (keys[start : start + size] if size else keys)]

    def _one(self, method: str, wanted: str) -> _Reply:
        keys = self.accounts.keys_of(self.account)
        key = next((key for key in keys if wanted in self.names(key)), None)
        if key is None or method not in ("GET", "DELETE"):
            return self.not_found
        if method == "GET":
            return _Reply(200, self.shown(key))
        self.accounts.remove(self.account, key.id)
        return self.removed(key)

    def _add(self, body: bytes) -> _Reply:
        line, title = self.read(body)
        try:
            return _Reply(201, self.shown(self.accounts.add(self.account, line, title)))
        except KeyInUse:
            return self.in_use()
        except NotAKey:
            return self.invalid()

    @abstractmethod
    def me(self) -> dict[str, Any]: ...

    @abstractmethod
    def shown(self, key: AccountKey) -> dict[str, Any]: ...

    @abstractmethod
    def names(self, key: AccountKey) -> tuple[str, ...]: ...

    @abstractmethod
    def read(self, body: bytes) -> tuple[str, str]: ...

    @abstractmethod
    def removed(self, key: AccountKey) -> _Reply: ...

    @abstractmethod
    def in_use(self) -> _Reply: ...

    @abstractmethod
    def invalid(self) -> _Reply: ...


class _GitHub(_Shape):
    unauthorized = _Reply(401, {"message": "Bad credentials"})
    not_found = _Reply(404, {"message": "Not Found"})
    folder = "user"

    def me(self) -> dict[str, Any]:
        return {"login": self.account, "id": 1, "name": self.account, "type": "User"}

    def shown(self, key: AccountKey) -> dict[str, Any]:
        line = " ".join(public_line(key.public).split()[:2])
        return {
            "id": key.id,
            "key": line,
            "title": key.title,
            "created_at": key.created,
            "verified": True,
            "read_only": False,
        }

    def names(self, key: AccountKey) -> tuple[str, ...]:
        return (str(key.id),)

    def read(self, body: bytes) -> tuple[str, str]:
        sent = _json_object(body)
        return str(sent.get("key", "")), str(sent.get("title") or "")

    def removed(self, key: AccountKey) -> _Reply:
        return _Reply(204)

    def in_use(self) -> _Reply:
        return self._refused("key is already in use")

    def invalid(self) -> _Reply:
        return self._refused("key is invalid. You must supply a key in OpenSSH public key format")

    def _refused(self, words: str) -> _Reply:
        error = {"resource": "PublicKey", "code": "custom", "field": "key", "message": words}
        return _Reply(422, {"message": "Validation Failed", "errors": [error]})


class _Heroku(_Shape):
    unauthorized = _Reply(401, {"id": "unauthorized", "message": "Invalid credentials provided."})
    not_found = _Reply(404, {"id": "not_found", "message": "Couldn't find that key."})
    folder = "account"

    def me(self) -> dict[str, Any]:
        email = f"{self.account}@example.org"
        return {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, email)), "email": email, "name": self.account}

    def shown(self, key: AccountKey) -> dict[str, Any]:
        return {
            "id": _uuid(key),
            "fingerprint": _bare_md5(key),
            "public_key": public_line(key.public),
            "comment": key.public.comment,
            "email": f"{self.account}@example.org",
            "created_at": key.created,
            "updated_at": key.created,
        }

    def names(self, key: AccountKey) -> tuple[str, ...]:
        return (_uuid(key), _bare_md5(key))

    def read(self, body: bytes) -> tuple[str, str]:
        text = body.decode("utf-8", "replace").strip()
        return (str(_json_object(body).get("public_key", "")) if text.startswith("{") else text), ""

    def removed(self, key: AccountKey) -> _Reply:
        return _Reply(200, self.shown(key))

    def in_use(self) -> _Reply:
        words = "Fingerprint already exists. Please use one SSH key per Heroku account"
        return _Reply(422, {"id": "invalid_params", "message": words})

    def invalid(self) -> _Reply:
        return _Reply(422, {"id": "invalid_params", "message": "Contents Invalid public key"})


def _uuid(key: AccountKey) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{key.account}/{key.id}"))


def _bare_md5(key: AccountKey) -> str:
    return key.public.fingerprint_md5.removeprefix("MD5:")


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body or b"{}")
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}
