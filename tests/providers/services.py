"""Account APIs on loopback that answer as the real services are known to, oddities included.

One `Service` keeps accounts with keys; a small dialect per provider turns requests into replies. Every
request is recorded as it came over the wire, for the tests to look at.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Reply = tuple[int, str, bytes]
"""Status, content type, body."""


@dataclass
class Request:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Service:
    """A running service. `override` answers instead of the dialect when it returns something."""

    dialect: Callable[[Service, Request], Reply]
    token: str = "canary-token"
    account: str = "anna"
    keys: list[dict[str, Any]] = field(default_factory=list)
    signing_keys: list[dict[str, Any]] | None = field(default_factory=list)
    """GitHub's second list; None: the token may not see it."""
    elsewhere: set[str] = field(default_factory=set)
    """Base64 blobs that another account has."""
    override: Callable[[Request], Reply | None] | None = None
    requests: list[Request] = field(default_factory=list)
    extra_headers: dict[str, str] = field(default_factory=dict)
    next_id: int = 1
    url: str = ""

    def __enter__(self) -> Service:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                parts = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                request = Request(
                    self.command,
                    parts.path,
                    parse_qs(parts.query),
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(length),
                )
                service.requests.append(request)
                status, kind, body = (service.override and service.override(request)) or service.dialect(
                    service, request
                )
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in service.extra_headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(self, *_arguments: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def find(self, id: str, keys: list[dict[str, Any]] | None = None) -> dict[str, Any] | None:
        return next((key for key in (self.keys if keys is None else keys) if str(key["id"]) == id), None)

    def taken(self, line: str) -> bool:
        blob = line.split()[1]
        return blob in self.elsewhere or any(key["key"].split()[1] == blob for key in self.keys)

    def put(self, line: str, title: str) -> dict[str, Any]:
        key = {"id": self.next_id, "key": line, "title": title}
        self.next_id += 1
        self.keys.append(key)
        return key


def as_json(status: int, data: Any) -> Reply:
    return status, "application/json", json.dumps(data).encode()


def is_public_line(text: object) -> bool:
    if not isinstance(text, str) or "\n" in text or len(text.split()) < 2:
        return False
    try:
        blob = base64.b64decode(text.split()[1], validate=True)
    except ValueError:
        return False
    return blob[4:].startswith(text.split()[0].encode())


def md5(line: str) -> str:
    digest = hashlib.md5(base64.b64decode(line.split()[1])).hexdigest()
    return ":".join(digest[at : at + 2] for at in range(0, 32, 2))


def sha256(line: str) -> str:
    digest = hashlib.sha256(base64.b64decode(line.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def page_of(keys: list[Any], request: Request, size_name: str) -> list[Any]:
    size = int(request.query.get(size_name, ["30"])[0])
    number = int(request.query.get("page", ["1"])[0])
    return keys[(number - 1) * size : number * size]


def github(service: Service, request: Request) -> Reply:
    if request.headers.get("authorization") != f"Bearer {service.token}":
        return as_json(401, {"message": "Bad credentials", "documentation_url": "https://docs.invalid"})

    def shown(key: dict[str, Any]) -> dict[str, Any]:
        return {**key, "key": " ".join(key["key"].split()[:2]), "created_at": "2026-01-02T03:04:05Z"}

    path = request.path.removeprefix("/api/v3").strip("/").split("/")
    keys = service.keys
    if path[1:2] == ["ssh_signing_keys"] and service.signing_keys is not None:
        path[1], keys = "keys", service.signing_keys
    match request.method, path:
        case "GET", ["user"]:
            return as_json(200, {"login": service.account, "id": 1})
        case "GET", ["user", "keys"]:
            return as_json(200, [shown(key) for key in page_of(keys, request, "per_page")])
        case "POST", ["user", "keys"] if keys is service.signing_keys:
            body = request.json()
            keys.append({"id": len(keys) + 1, "key": body["key"], "title": body["title"]})
            return as_json(201, shown(keys[-1]))
        case "POST", ["user", "keys"]:
            body = request.json()
            problem = "key is already in use" if is_public_line(body["key"]) else "key is invalid."
            if not is_public_line(body["key"]) or service.taken(body["key"]):
                errors = [{"resource": "PublicKey", "code": "custom", "field": "key", "message": problem}]
                return as_json(422, {"message": "Validation Failed", "errors": errors})
            return as_json(201, shown(service.put(body["key"], body["title"])))
        case "GET", ["user", "keys", id] if found := service.find(id, keys):
            return as_json(200, shown(found))
        case "DELETE", ["user", "keys", id] if found := service.find(id, keys):
            keys.remove(found)
            return 204, "", b""
    return as_json(404, {"message": "Not Found"})


def gitlab(service: Service, request: Request) -> Reply:
    if request.headers.get("private-token") != service.token:
        return as_json(401, {"message": "401 Unauthorized"})
    match request.method, request.path.removeprefix("/api/v4").strip("/").split("/"):
        case "GET", ["user"]:
            return as_json(200, {"username": service.account, "id": 1})
        case "GET", ["user", "keys"]:
            return as_json(200, page_of(service.keys, request, "per_page"))
        case "POST", ["user", "keys"]:
            body = request.json()
            if service.taken(body["key"]):
                taken = ["has already been taken"]
                return as_json(400, {"message": {"fingerprint": taken, "key": taken}})
            wishes = {name: body[name] for name in ("usage_type", "expires_at") if name in body}
            key = service.put(body["key"], body["title"])
            key |= wishes
            return as_json(201, key)
        case "GET", ["user", "keys", id] if found := service.find(id):
            return as_json(200, found)
        case "DELETE", ["user", "keys", id] if found := service.find(id):
            service.keys.remove(found)
            return 204, "", b""
    return as_json(404, {"message": "404 Not found"})


def gitea(service: Service, request: Request) -> Reply:
    if request.headers.get("authorization") != f"token {service.token}":
        return as_json(401, {"message": "token is required", "url": "http://x.invalid"})
    match request.method, request.path.removeprefix("/api/v1").strip("/").split("/"):
        case "GET", ["user"]:
            return as_json(200, {"login": service.account})
        case "GET", ["user", "keys"]:
            keys = [{**key, "fingerprint": sha256(key["key"])} for key in service.keys]
            return as_json(200, page_of(keys, request, "limit"))
        case "POST", ["user", "keys"]:
            body = request.json()
            if service.taken(body["key"]):
                words = "Key content has been used as non-deploy key"
                return as_json(422, {"message": words, "url": "http://x.invalid/api/swagger"})
            return as_json(201, service.put(body["key"], body["title"]))
        case "GET", ["user", "keys", id] if found := service.find(id):
            return as_json(200, found)
        case "DELETE", ["user", "keys", id] if found := service.find(id):
            service.keys.remove(found)
            return 204, "", b""
    return 404, "", b""


def bitbucket(service: Service, request: Request) -> Reply:
    basic = base64.b64encode(service.token.encode()).decode()
    if request.headers.get("authorization") != f"Basic {basic}":
        return 401, "text/plain", b""
    uuid = "{11111111-2222-3333-4444-555555555555}"

    def shown(key: dict[str, Any]) -> dict[str, Any]:
        return {"uuid": f"{{{key['id']}}}", "key": key["key"], "label": key["title"]}

    match request.method, unquote(request.path.removeprefix("/2.0")).strip("/").split("/"):
        case "GET", ["user"]:
            return as_json(200, {"uuid": uuid, "username": service.account})
        case "GET", ["users", user, "ssh-keys"] if user == uuid:
            number = int(request.query.get("page", ["1"])[0])
            values = service.keys[(number - 1) * 10 : number * 10]
            data: dict[str, Any] = {"page": number, "pagelen": 10, "values": [shown(key) for key in values]}
            if len(service.keys) > number * 10:
                data["next"] = f"{service.url}{request.path}?page={number + 1}"
            return as_json(200, data)
        case "POST", ["users", user, "ssh-keys"] if user == uuid:
            body = request.json()
            if service.taken(body["key"]):
                error = {"message": "Someone has already registered that SSH key."}
                return as_json(400, {"type": "error", "error": error})
            return as_json(201, shown(service.put(body["key"], body["label"])))
        case "GET", ["users", user, "ssh-keys", id] if found := service.find(id.strip("{}")):
            return as_json(200, shown(found))
        case "DELETE", ["users", user, "ssh-keys", id] if found := service.find(id.strip("{}")):
            service.keys.remove(found)
            return 204, "", b""
    return as_json(404, {"type": "error", "error": {"message": "Resource not found"}})


def heroku(service: Service, request: Request) -> Reply:
    if request.headers.get("accept") != "application/vnd.heroku+json; version=3":
        return 404, "text/html", b"<html>not found</html>"
    if request.headers.get("authorization") != f"Bearer {service.token}":
        return as_json(401, {"id": "unauthorized", "message": "Invalid credentials provided."})

    def shown(key: dict[str, Any]) -> dict[str, Any]:
        line = key["key"]
        return {
            "id": f"0000-{key['id']}",
            "public_key": line,
            "comment": line.split(" ", 2)[2] if line.count(" ") > 1 else "",
            "fingerprint": md5(line),
            "created_at": "2026-01-02T03:04:05Z",
        }

    match request.method, request.path.strip("/").split("/"):
        case "GET", ["account"]:
            return as_json(200, {"id": "1", "email": service.account})
        case "GET", ["account", "keys"]:
            return as_json(200, [shown(key) for key in service.keys])
        case "POST", ["account", "keys"]:
            line = request.json()["public_key"]
            if service.taken(line):
                words = "This key is already in use by another account"
                return as_json(422, {"id": "invalid_params", "message": words})
            return as_json(201, shown(service.put(line, "")))
        case "GET", ["account", "keys", id] if found := service.find(id.removeprefix("0000-")):
            return as_json(200, shown(found))
        case "DELETE", ["account", "keys", id] if found := service.find(id.removeprefix("0000-")):
            service.keys.remove(found)
            return as_json(200, shown(found))
    return as_json(404, {"id": "not_found", "message": "Couldn't find that key."})


def scalingo(service: Service, request: Request) -> Reply:
    path = request.path.removeprefix("/v1").strip("/").split("/")
    if (request.method, path) == ("POST", ["tokens", "exchange"]):
        basic = base64.b64encode(f":{service.token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}":
            return as_json(401, {"error": "unauthorized"})
        return as_json(200, {"token": "jwt-" + service.token})
    if request.headers.get("authorization") != f"Bearer jwt-{service.token}":
        return as_json(401, {"error": "unauthorized"})

    def shown(key: dict[str, Any]) -> dict[str, Any]:
        return {"id": f"k{key['id']}", "name": key["title"], "content": key["key"]}

    match request.method, path:
        case "GET", ["users", "self"]:
            return as_json(200, {"user": {"username": service.account}})
        case "GET", ["keys"]:
            return as_json(200, {"keys": [shown(key) for key in service.keys]})
        case "POST", ["keys"]:
            body = request.json()["key"]
            if service.taken(body["content"]):
                return as_json(422, {"errors": {"content": ["has already been taken"]}})
            return as_json(201, {"key": shown(service.put(body["content"], body["name"]))})
        case "GET", ["keys", id] if found := service.find(id.removeprefix("k")):
            return as_json(200, {"key": shown(found)})
        case "DELETE", ["keys", id] if found := service.find(id.removeprefix("k")):
            service.keys.remove(found)
            return 204, "", b""
    return 404, "text/html", b"<!DOCTYPE html><html><h1>404</h1></html>"


def clevercloud(service: Service, request: Request) -> Reply:
    if request.headers.get("authorization") != f"Bearer {service.token}":
        return as_json(401, {"id": 2001, "message": "Not connected", "type": "error"})

    def shown(key: dict[str, Any]) -> dict[str, Any]:
        return {"name": key["title"], "key": key["key"], "fingerprint": sha256(key["key"])}

    match request.method, request.path.strip("/").split("/"):
        case "GET", ["v2", "self"]:
            return as_json(200, {"id": "user_1", "email": service.account})
        case "GET", ["v2", "self", "keys"]:
            return as_json(200, [shown(key) for key in service.keys])
        case "PUT", ["v2", "self", "keys", name]:
            line = request.json()
            if not is_public_line(line):
                return as_json(400, {"id": 505, "message": "This SSH key is not valid", "type": "error"})
            if service.taken(line):
                return as_json(409, {"id": 506, "message": "This key is already used", "type": "error"})
            service.put(line, unquote(name))
            return as_json(200, {"id": 504, "message": "The key has been added", "type": "success"})
        case "DELETE", ["v2", "self", "keys", name]:
            for key in [key for key in service.keys if key["title"] == unquote(name)]:
                service.keys.remove(key)
            return as_json(200, {"id": 507, "message": "The key has been removed", "type": "success"})
    return as_json(404, {"id": 404, "message": "Not found", "type": "error"})


def sourcehut(service: Service, request: Request) -> Reply:
    if request.headers.get("authorization") != f"Bearer {service.token}":
        return as_json(401, {"errors": [{"message": "Invalid OAuth bearer token"}]})
    body = request.json()
    variables = body.get("variables") or {}

    def shown(key: dict[str, Any]) -> dict[str, Any]:
        return {"id": key["id"], "key": key["key"], "comment": None, "fingerprint": md5(key["key"])}

    if "createSSHKey" in body["query"]:
        if service.taken(variables["key"]):
            error = {"message": "This SSH key is already registered", "extensions": {"field": "key"}}
            return as_json(200, {"data": None, "errors": [error]})
        return as_json(200, {"data": {"createSSHKey": shown(service.put(variables["key"], ""))}})
    if "deleteSSHKey" in body["query"]:
        found = service.find(str(variables["id"]))
        if found:
            service.keys.remove(found)
        return as_json(200, {"data": {"deleteSSHKey": {"id": variables["id"]}}})
    if "canonicalName" in body["query"]:
        return as_json(200, {"data": {"me": {"canonicalName": service.account}}})
    listed = {"results": [shown(key) for key in service.keys], "cursor": None}
    return as_json(200, {"data": {"me": {"sshKeys": listed}}})


def codecommit(service: Service, request: Request) -> Reply:
    key_id = service.token.split(":")[0]
    if f"Credential={key_id}/" not in request.headers.get("authorization", ""):
        return _xml_error(403, "InvalidClientTokenId", "The security token included is invalid.")
    fields = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    action = fields["Action"]

    def shown(key: dict[str, Any]) -> str:
        return (
            f"<SSHPublicKey><UserName>{service.account}</UserName><SSHPublicKeyId>APKA{key['id']:016d}</SSHPublicKeyId>"
            f"<Fingerprint>{md5(key['key'])}</Fingerprint><SSHPublicKeyBody>{key['key']}</SSHPublicKeyBody>"
            "<Status>Active</Status></SSHPublicKey>"
        )

    match action:
        case "GetUser":
            inner = f"<User><UserName>{service.account}</UserName></User>"
        case "ListSSHPublicKeys":
            members = "".join(
                f"<member><SSHPublicKeyId>APKA{key['id']:016d}</SSHPublicKeyId></member>"
                for key in service.keys
            )
            inner = f"<SSHPublicKeys>{members}</SSHPublicKeys><IsTruncated>false</IsTruncated>"
        case "GetSSHPublicKey":
            found = service.find(fields["SSHPublicKeyId"].removeprefix("APKA").lstrip("0"))
            if not found:
                return _xml_error(404, "NoSuchEntity", "The key does not exist.")
            inner = shown(found)
        case "UploadSSHPublicKey":
            if service.taken(fields["SSHPublicKeyBody"]):
                return _xml_error(400, "DuplicateSSHPublicKey", "The key is already associated.")
            inner = shown(service.put(fields["SSHPublicKeyBody"], ""))
        case "DeleteSSHPublicKey":
            found = service.find(fields["SSHPublicKeyId"].removeprefix("APKA").lstrip("0"))
            if not found:
                return _xml_error(404, "NoSuchEntity", "The key does not exist.")
            service.keys.remove(found)
            inner = ""
        case _:
            return _xml_error(400, "InvalidAction", action)
    body = f'<{action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{action}Result>{inner}'
    return 200, "text/xml", f"{body}</{action}Result></{action}Response>".encode()


def _xml_error(status: int, code: str, message: str) -> Reply:
    text = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, "text/xml", f"{text}</ErrorResponse>".encode()


DIALECTS: dict[str, Callable[[Service, Request], Reply]] = {
    "heroku": heroku,
    "clevercloud": clevercloud,
    "scalingo": scalingo,
    "github": github,
    "github-enterprise": github,
    "gitlab": gitlab,
    "bitbucket": bitbucket,
    "codeberg": gitea,
    "gitea": gitea,
    "codecommit": codecommit,
    "sourcehut": sourcehut,
    "practice": github,
}
TOKENS = {"bitbucket": "anna@example.org:canary-token", "codecommit": "AKIDCANARY:canary-token"}
