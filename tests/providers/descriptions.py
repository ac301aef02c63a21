"""What each service's published description says of a request, in our own short form, and a check against it.

Where the vendors' descriptions lie beside the repository (`../shared/specs`), `check` holds a request against
those as well; our own form is always checked.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from providers.services import Request

SPECS = Path(__file__).resolve().parents[3] / "shared" / "specs"
JSON = r"application/json"
PUBLIC_LINE = r"(ssh|ecdsa|sk)[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}( [^\n]*)?"


@dataclass(frozen=True)
class Call:
    """One call: the path is a regular expression, headers too; `body` maps members to expressions."""

    method: str
    path: str
    body: Any = None
    """None: no body; a string: the whole body's text; a dictionary: members of a JSON object (or form fields)."""
    query: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    form: bool = False
    headers: dict[str, str] = field(default_factory=dict)


HEROKU = {"authorization": r"Bearer \S+", "accept": r"application/vnd\.heroku\+json; version=3"}
GITHUB = {
    "authorization": r"Bearer \S+",
    "accept": r"application/vnd\.github\+json",
    "x-github-api-version": "2022-11-28",
    "user-agent": ".+",
}
GITLAB = {"private-token": r"\S+"}
GITEA = {"authorization": r"token \S+"}
BASIC = {"authorization": r"Basic [A-Za-z0-9+/=]+"}
BEARER = {"authorization": r"Bearer \S+"}
AWS = {
    "authorization": r"AWS4-HMAC-SHA256 Credential=\S+/\d{8}/us-east-1/iam/aws4_request, "
    r"SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}",
    "x-amz-date": r"\d{8}T\d{6}Z",
    "content-type": r"application/x-www-form-urlencoded.*",
}
TITLED = {"title": ".+", "key": PUBLIC_LINE}


def _user_keys(base: str, headers: dict[str, str], query: tuple[str, ...], **more: Any) -> tuple[Call, ...]:
    return (
        Call("GET", f"{base}/user", headers=headers),
        Call("GET", f"{base}/user/keys", headers=headers, query=query),
        Call("GET", rf"{base}/user/keys/\d+", headers=headers),
        Call("POST", f"{base}/user/keys", TITLED, headers=headers, **more),
        Call("DELETE", rf"{base}/user/keys/\d+", headers=headers),
    )


def _github(base: str) -> tuple[Call, ...]:
    """GitHub's REST description: signing keys have paths of their own, and the same bodies."""
    pages, path = ("page", "per_page"), f"{base}/user/ssh_signing_keys"
    return (
        *_user_keys(base, GITHUB, pages),
        Call("GET", path, headers=GITHUB, query=pages),
        Call("GET", rf"{path}/\d+", headers=GITHUB),
        Call("POST", path, TITLED, headers=GITHUB),
        Call("DELETE", rf"{path}/\d+", headers=GITHUB),
    )


def _iam(action: str, **fields: str) -> Call:
    body = {"Action": action, "Version": "2010-05-08", **fields}
    return Call("POST", "/", body, form=True, optional=("UserName", "Marker"), headers=AWS)


USER = r"[\w+=,.@-]{1,128}"
CALLS: dict[str, tuple[Call, ...]] = {
    "heroku": (
        Call("GET", "/account", headers=HEROKU),
        Call("GET", "/account/keys", headers=HEROKU),
        Call("GET", "/account/keys/[0-9a-f:-]+", headers=HEROKU),
        Call("POST", "/account/keys", {"public_key": PUBLIC_LINE}, headers=HEROKU),
        Call("DELETE", "/account/keys/[0-9a-f:-]+", headers=HEROKU),
    ),
    "clevercloud": (
        Call("GET", "/v2/self", headers=BEARER),
        Call("GET", "/v2/self/keys", headers=BEARER),
        Call("PUT", "/v2/self/keys/[^/]+", f'"{PUBLIC_LINE}"', headers=BEARER),
        Call("DELETE", "/v2/self/keys/[^/]+", headers=BEARER),
    ),
    "scalingo": (
        Call("POST", "/v1/tokens/exchange", headers=BASIC),
        Call("GET", "/v1/users/self", headers=BEARER),
        Call("GET", "/v1/keys", headers=BEARER),
        Call("GET", "/v1/keys/[^/]+", headers=BEARER),
        Call("POST", "/v1/keys", {"key": {"name": ".+", "content": PUBLIC_LINE}}, headers=BEARER),
        Call("DELETE", "/v1/keys/[^/]+", headers=BEARER),
    ),
    "github": _github(""),
    "github-enterprise": _github("/api/v3"),
    "practice": _user_keys("", BEARER, ("page", "per_page")),
    "gitlab": _user_keys(
        "/api/v4", GITLAB, ("page", "per_page"), optional=("expires_at", "usage_type")
    ),
    "gitea": _user_keys("/api/v1", GITEA, ("page", "limit", "fingerprint"), optional=("read_only",)),
    "codeberg": _user_keys("/api/v1", GITEA, ("page", "limit", "fingerprint"), optional=("read_only",)),
    "bitbucket": (
        Call("GET", "/2.0/user", headers=BASIC),
        Call("GET", "/2.0/users/%7B[0-9a-f-]+%7D/ssh-keys", headers=BASIC, query=("page", "pagelen")),
        Call("GET", "/2.0/users/%7B[0-9a-f-]+%7D/ssh-keys/%7B[^/]+%7D", headers=BASIC),
        Call(
            "POST",
            "/2.0/users/%7B[0-9a-f-]+%7D/ssh-keys",
            {"type": "ssh_key", "key": PUBLIC_LINE, "label": ".+"},
            headers=BASIC,
            query=("expires_on",),
        ),
        Call("DELETE", "/2.0/users/%7B[0-9a-f-]+%7D/ssh-keys/%7B[^/]+%7D", headers=BASIC),
    ),
    "codecommit": (
        _iam("GetUser"),
        _iam("ListSSHPublicKeys"),
        _iam("GetSSHPublicKey", UserName=USER, SSHPublicKeyId=r"[A-Z0-9]+", Encoding="SSH"),
        _iam("UploadSSHPublicKey", UserName=USER, SSHPublicKeyBody=PUBLIC_LINE),
        _iam("DeleteSSHPublicKey", UserName=USER, SSHPublicKeyId=r"[A-Z0-9]+"),
    ),
    "sourcehut": (
        Call(
            "POST",
            "/query",
            {"query": r"query.*canonicalName.*|query.*sshKeys.*", "variables": {}},
            headers=BEARER,
            optional=("cursor",),
        ),
        Call("POST", "/query", {"query": r"mutation.*createSSHKey\(key: \$key\).*", "variables": {"key": PUBLIC_LINE}}, headers=BEARER),
        Call("POST", "/query", {"query": r"mutation.*deleteSSHKey\(id: \$id\).*", "variables": {"id": int}}, headers=BEARER),
    ),
}  # fmt: skip
FILES = {
    "heroku": "heroku.json",
    "clevercloud": "clevercloud.json",
    "scalingo": "scalingo.json",
    "github": "github.json",
    "github-enterprise": "github.json",
    "gitlab": "gitlab.json",
    "gitea": "gitea.json",
    "codeberg": "gitea.json",
    "bitbucket": "bitbucket.json",
}
BASES = {
    "scalingo": "/v1",
    "github-enterprise": "/api/v3",
    "gitlab": "/api/v4",
    "gitea": "/api/v1",
    "codeberg": "/api/v1",
    "bitbucket": "/2.0",
}


def problems(provider: str, request: Request) -> list[str]:
    """Return what is wrong with a request: [] when one call of our own form fits, and the vendor's does."""
    tried = [_against(call, request) for call in CALLS[provider]]
    own = [] if [] in tried else [min(tried, key=len)]
    found = [f"{request.method} {request.path}: {words}" for words in own]
    if SPECS.is_dir():
        found += _against_spec(provider, request)
    return found


def _against(call: Call, request: Request) -> list[str]:
    wrong = []
    if call.method != request.method or not re.fullmatch(call.path, request.path):
        wrong += ["another call"] * 9
    wrong += [f"query {name}" for name in request.query if name not in call.query]
    for name, pattern in call.headers.items():
        if not re.fullmatch(pattern, request.headers.get(name, "")):
            wrong.append(f"header {name}: {request.headers.get(name)}")
    return wrong + _body(call, request)


def _body(call: Call, request: Request) -> list[str]:
    if call.body is None:
        return ["a body"] if request.body else []
    if call.form:
        fields = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        return _members(call.body, fields, call.optional)
    wrong = [] if request.headers.get("content-type") == JSON else ["content type"]
    if isinstance(call.body, str):
        return wrong + ([] if re.fullmatch(call.body, request.body.decode()) else ["the body's text"])
    try:
        data = json.loads(request.body)
    except ValueError:
        return [*wrong, "no JSON"]
    return wrong + _members(call.body, data, call.optional)


def _members(wanted: dict[str, Any], data: Any, optional: tuple[str, ...]) -> list[str]:
    if not isinstance(data, dict):
        return ["no object"]
    wrong = [f"unknown member {name}" for name in data if name not in wanted and name not in optional]
    for name, pattern in wanted.items():
        if isinstance(pattern, dict):
            wrong += _members(pattern, data.get(name), optional)
        elif isinstance(pattern, type):
            wrong += [] if isinstance(data.get(name), pattern) else [f"member {name}"]
        elif not isinstance(data.get(name), str) or not re.fullmatch(pattern, data[name], re.S):
            wrong.append(f"member {name}: {data.get(name)!r}")
    return wrong


def _against_spec(provider: str, request: Request) -> list[str]:
    if provider == "codecommit":
        return _against_iam(request)
    if provider not in FILES:
        return []
    spec = json.loads((SPECS / FILES[provider]).read_text())
    path = request.path.removeprefix(BASES.get(provider, ""))
    for template, calls in spec["paths"].items():
        pattern = re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and request.method.lower() in calls:
            return _operation(spec, calls, calls[request.method.lower()], request)
    return [f"the vendor's description has no {request.method} {path}"]


def _operation(spec: Any, calls: Any, operation: Any, request: Request) -> list[str]:
    parameters = [*calls.get("parameters", ()), *operation.get("parameters", ())]
    parameters = [_resolved(spec, parameter) for parameter in parameters]
    named = {one["name"] for one in parameters if one["in"] == "query"} | {"page", "pagelen", "expires_on"}
    wrong = [f"the vendor knows no query {name}" for name in request.query if name not in named]
    schema = next((one["schema"] for one in parameters if one["in"] == "body"), None)
    content = operation.get("requestBody", {}).get("content", {})
    schema = schema or next((one["schema"] for one in content.values()), None)
    if schema is None:
        return wrong + (["the vendor wants no body"] if request.body else [])
    return wrong + _schema(spec, schema, json.loads(request.body), "body")


def _resolved(spec: Any, node: Any) -> Any:
    while "$ref" in node:
        target = spec
        for name in node["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        node = target
    return node


def _schema(spec: Any, schema: Any, value: Any, where: str) -> list[str]:
    schema = _resolved(spec, schema)
    wrong = [words for part in schema.get("allOf", ()) for words in _schema(spec, part, value, where)]
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    kind = schema.get("type")
    if kind and not isinstance(value, kinds[kind]):
        return [*wrong, f"{where} is no {kind}"]
    if isinstance(value, str) and schema.get("enum") and value not in schema["enum"]:
        wrong.append(f"{where} is none of {schema['enum']}")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        wrong.append(f"{where} does not fit {schema['pattern']}")
    if isinstance(value, dict):
        wrong += [f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value]
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                wrong += _schema(spec, inner, value[name], f"{where}.{name}")
    return wrong


def _against_iam(request: Request) -> list[str]:
    spec = json.loads((SPECS / "codecommit-iam.json").read_text())
    fields = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
    action = fields.pop("Action")
    if action == "GetUser":
        return []
    shape = spec["shapes"][spec["operations"][action]["input"]["shape"]]
    wrong = [] if fields.pop("Version") == spec["metadata"]["apiVersion"] else ["version"]
    wrong += [f"{action} knows no {name}" for name in fields if name not in shape["members"]]
    wrong += [f"{action} needs {name}" for name in shape.get("required", ()) if name not in fields]
    for name, value in fields.items():
        rule = spec["shapes"][shape["members"].get(name, {"shape": "x"})["shape"]]
        if not rule.get("min", 0) <= len(unquote(value)) <= rule.get("max", 1 << 20):
            wrong.append(f"{name} has {len(value)} characters")
    return wrong
