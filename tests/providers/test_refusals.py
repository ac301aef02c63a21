"""What each service is known to answer when it says no, and what is made of it: a code, an exit code, its words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from providers.services import DIALECTS, TOKENS, Reply, Request, Service
from servers.keys import KeyMaker

from sshwizard.errors import CannotCheck, Refused, SshwizardError, UsageError
from sshwizard.machine.machine import Machine
from sshwizard.model.identity import PublicKey
from sshwizard.openssh.keys import read_public_line
from sshwizard.providers import open_account
from sshwizard.providers.api import KeyApi, Wish
from sshwizard.providers.upload import account_of, add_key, remove_key
from sshwizard.secret import Secret


@dataclass(frozen=True, kw_only=True)
class Said:
    """One recorded or documented answer, to which request, and what has to come of it."""

    provider: str
    to: str
    """Method of the request that it answers."""
    status: int
    body: Any
    code: str
    exit: int = 1
    kind: str = "application/json"
    words: str = ""
    """A part of the message."""
    hint: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    path: str = ""
    """A part of the request's path."""


IN_USE = "another account"
ANSWERS = (
    Said(provider="heroku", to="POST", status=422, code="key-in-use", words=IN_USE,
         body={"id": "invalid_params", "message": "This key is already in use by another account"}),
    Said(provider="heroku", to="POST", status=422, code="key-in-use", words="one SSH key per Heroku account",
         body={"id": "invalid_params",
               "message": "Fingerprint already exists. Please use one SSH key per Heroku account"}),
    Said(provider="heroku", to="POST", status=422, code="key-invalid", words="can't be blank",
         body={"id": "invalid_params", "message": "Fingerprint can't be blank"}),
    Said(provider="heroku", to="POST", status=422, code="key-invalid", words="Invalid public key",
         body={"id": "invalid_params", "message": "Contents Invalid public key"}),
    Said(provider="heroku", to="POST", status=403, code="two-factor-required", hint="--otp-env",
         body={"id": "two_factor", "message": "A second authentication factor is required."}),
    Said(provider="heroku", to="GET", status=429, code="rate-limited", exit=3, words="rate limit",
         body={"id": "rate_limit", "message": "Your account reached the API rate limit", "url": "https://x"}),
    Said(provider="heroku", to="DELETE", status=404, code="key-unknown",
         body={"id": "not_found", "message": "Couldn't find that key."}),
    Said(provider="heroku", to="GET", status=401, code="token-refused", words="Invalid credentials",
         body={"id": "unauthorized", "message": "Invalid credentials provided."}),
    Said(provider="clevercloud", to="PUT", status=400, code="key-invalid", words="not valid",
         body={"id": 505, "message": "This SSH key is not valid", "type": "error"}),
    Said(provider="clevercloud", to="PUT", status=409, code="key-in-use", words=IN_USE,
         body={"id": 506, "message": "This key is already used", "type": "error"}),
    Said(provider="clevercloud", to="PUT", status=403, code="scope-missing", hint="manage_ssh_keys",
         body={"id": 2002, "message": "Forbidden", "type": "error"}),
    Said(provider="clevercloud", to="PUT", status=500, code="service-error", exit=3, kind="text/plain",
         words="Internal trouble", body="Internal trouble"),
    Said(provider="scalingo", to="POST", path="/keys", status=422, code="key-in-use", words=IN_USE,
         body={"errors": {"content": ["has already been taken"]}}),
    Said(provider="scalingo", to="POST", path="/keys", status=422, code="key-invalid", words="valid public SSH key",
         body={"errors": {"content": ["is too short (minimum is 10 characters)",
                                      "is not a valid public SSH key"]}}),
    Said(provider="scalingo", to="POST", path="/exchange", status=401, code="two-factor-required",
         body={"error": "OTP Required"}),
    Said(provider="scalingo", to="POST", path="/exchange", status=401, code="token-refused",
         body={"error": "unauthorized"}),
    Said(provider="scalingo", to="DELETE", status=404, code="key-unknown", kind="text/html",
         body="<!DOCTYPE html><html><h1>The page does not exist</h1></html>"),
    Said(provider="scalingo", to="GET", status=429, code="rate-limited", exit=3, kind="text/plain",
         words="Retry later", body="Retry later\n"),
    Said(provider="scalingo", to="POST", path="/keys", status=402, code="service-error", words="Payment",
         body={"name": "payment", "error": "Payment is due", "url": "https://x"}),
    Said(provider="github", to="POST", status=422, code="key-in-use", words=IN_USE,
         body={"message": "Validation Failed", "errors": [
             {"resource": "PublicKey", "code": "custom", "field": "key", "message": "key is already in use"}]}),
    Said(provider="github", to="POST", status=422, code="key-in-use", words=IN_USE,
         body={"message": "Validation Failed", "errors": [
             {"resource": "PublicKey", "code": "already_exists", "field": "key"}]}),
    Said(provider="github", to="POST", status=422, code="key-invalid", words="OpenSSH public key format",
         body={"message": "Validation Failed", "errors": [
             {"resource": "PublicKey", "code": "custom", "field": "key",
              "message": "key is invalid. You must supply a key in OpenSSH public key format"}]}),
    Said(provider="github", to="POST", status=404, code="scope-missing", hint="write:public_key",
         headers={"X-OAuth-Scopes": "repo", "X-Accepted-OAuth-Scopes": "admin:public_key, write:public_key"},
         body={"message": "Not Found", "documentation_url": "https://docs"}),
    Said(provider="github", to="DELETE", status=404, code="scope-missing", hint="admin:public_key",
         headers={"X-OAuth-Scopes": "read:public_key, write:public_key"}, body={"message": "Not Found"}),
    Said(provider="github", to="DELETE", status=404, code="key-unknown",
         headers={"X-OAuth-Scopes": "admin:public_key"}, body={"message": "Not Found"}),
    Said(provider="github", to="GET", status=403, code="rate-limited", exit=3,
         headers={"X-RateLimit-Remaining": "0"}, body={"message": "API rate limit exceeded for user ID 1."}),
    Said(provider="github", to="POST", status=403, code="rate-limited", exit=3, hint="60 s",
         headers={"Retry-After": "60"}, body={"message": "You have exceeded a secondary rate limit."}),
    Said(provider="github", to="POST", status=403, code="scope-missing",
         body={"message": "Resource not accessible by personal access token"}),
    Said(provider="github", to="GET", status=404, code="service-error", exit=3, kind="text/html",
         body="<html>nginx</html>", path="/user/keys"),
    Said(provider="gitlab", to="POST", status=400, code="key-in-use", words=IN_USE,
         body={"message": {"fingerprint": ["has already been taken"], "key": ["has already been taken"]}}),
    Said(provider="gitlab", to="POST", status=400, code="key-in-use", words=IN_USE,
         body={"message": {"fingerprint_sha256": ["has already been taken"]}}),
    Said(provider="gitlab", to="POST", status=400, code="key-invalid", words="at least 4096 bits",
         body={"message": {"key": ["must be at least 4096 bits"]}}),
    Said(provider="gitlab", to="POST", status=400, code="key-invalid", hint="--expires",
         body={"message": {"key": ["expires_at has no expiration but expiration is required"]}}),
    Said(provider="gitlab", to="POST", status=403, code="scope-missing", hint="api", words="insufficient_scope",
         body={"error": "insufficient_scope", "scope": "api",
               "error_description": "The request requires higher privileges than provided."}),
    Said(provider="gitlab", to="GET", status=401, code="token-refused", body={"message": "401 Unauthorized"}),
    Said(provider="gitlab", to="GET", status=429, code="rate-limited", exit=3, kind="text/plain",
         words="Retry later", body="Retry later\n"),
    Said(provider="gitlab", to="DELETE", status=404, code="key-unknown", body={"message": "404 Key Not Found"}),
    Said(provider="bitbucket", to="POST", status=400, code="key-in-use", words="already registered",
         body={"type": "error", "error": {"message": "Someone has already registered that SSH key."}}),
    Said(provider="bitbucket", to="POST", status=400, code="key-in-use", words="30 days",
         body={"type": "error", "error": {
             "message": "Bad request", "detail": "SSH keys must be unique and deleted keys may take up to 30 days"
             " to be removed. Please use a unique SSH key."}}),
    Said(provider="bitbucket", to="POST", status=400, code="key-invalid", words="Invalid SSH key",
         body={"type": "error", "error": {"message": "Invalid SSH key", "data": {"key": ["Invalid SSH key"]}}}),
    Said(provider="bitbucket", to="POST", status=403, code="scope-missing", hint="write:ssh-key:bitbucket",
         body={"type": "error", "error": {"message": "Your credentials lack one or more required scopes.",
                                          "detail": {"required": ["write:ssh-key:bitbucket"]}}}),
    Said(provider="bitbucket", to="DELETE", status=403, code="scope-missing", hint="delete:ssh-key:bitbucket",
         body={"type": "error", "error": {"message": "Your credentials lack one or more required scopes."}}),
    Said(provider="gitea", to="POST", status=422, code="key-in-use", words=IN_USE,
         body={"message": "Key content has been used as non-deploy key", "url": "https://x/api/swagger"}),
    Said(provider="gitea", to="POST", status=422, code="usage", exit=2, hint="--title",
         body={"message": "Key title has been used", "url": "https://x/api/swagger"}),
    Said(provider="gitea", to="POST", status=422, code="key-invalid", words="needs 3071",
         body={"message": "Invalid key content: key length is not enough: got 2048, needs 3071"}),
    Said(provider="gitea", to="POST", status=422, code="key-invalid", words="not allowed",
         body={"message": "Invalid key content: key type is not allowed: dsa"}),
    Said(provider="gitea", to="POST", status=422, code="service-error", words="SSH is disabled",
         body={"message": "SSH is disabled"}),
    Said(provider="gitea", to="POST", status=403, code="scope-missing", hint="write:user",
         body={"message": "token does not have at least one of required scope(s): [write:user]"}),
    Said(provider="gitea", to="DELETE", status=403, code="key-unknown",
         body={"message": "You do not have access to this key"}),
    Said(provider="gitea", to="DELETE", status=404, code="key-unknown", body=""),
    Said(provider="sourcehut", to="POST", path="createSSHKey", status=200, code="key-in-use", words=IN_USE,
         body={"data": None, "errors": [
             {"message": "This SSH key is already registered", "extensions": {"field": "key"}}]}),
    Said(provider="sourcehut", to="POST", path="createSSHKey", status=200, code="key-invalid",
         body={"data": None, "errors": [{"message": "Invalid key format", "extensions": {"field": "key"}}]}),
    Said(provider="sourcehut", to="POST", path="createSSHKey", status=200, code="scope-missing", hint="SSH_KEYS:RW",
         body={"data": None, "errors": [{"message": "Access denied: missing grant SSH_KEYS:RW"}]}),
    Said(provider="sourcehut", to="POST", path="createSSHKey", status=422, code="service-error", exit=3,
         body={"errors": [{"message": 'Cannot query field "x" on type "Mutation"'}]}),
)  # fmt: skip


ELSEWHERE = (
    Said(provider="scalingo", to="POST", path="/exchange", status=422, code="token-refused",
         body={"errors": {"token": ["is invalid"]}}),
    Said(provider="scalingo", to="POST", path="/exchange", status=400, code="token-refused", body={"error": "bad"}),
    Said(provider="sourcehut", to="POST", path="sshKeys", status=400, code="service-error", body="Bad request"),
    Said(provider="github", to="GET", status=503, code="rate-limited", exit=3, hint="120 s", body="",
         headers={"Retry-After": "120"}),
    Said(provider="gitlab", to="GET", status=429, code="rate-limited", exit=3, hint="Try again in 1 s.",
         body="Retry later", headers={"Retry-After": "Sat, 28 Nov 2020 12:00:00 GMT"}),
    Said(provider="github", to="GET", status=429, code="rate-limited", exit=3, hint="Try again in 15 min.",
         body="", headers={"Retry-After": "900"}),
    Said(provider="gitlab", to="GET", status=429, code="rate-limited", exit=3, hint="Try again in 3 h.",
         body="", headers={"Retry-After": "10800"}),
    Said(provider="scalingo", to="POST", path="/exchange", status=502, code="service-error", exit=3,
         hint="Nothing was changed", body=""),
    Said(provider="sourcehut", to="POST", path="sshKeys", status=502, code="service-error", exit=3,
         hint="Nothing was changed", body=""),
    Said(provider="sourcehut", to="POST", path="createSSHKey", status=502, code="service-error", exit=3,
         hint="Whether it changed something", body=""),
    Said(provider="gitea", to="GET", status=407, code="service-unreachable", exit=3, words="proxy", body=""),
    Said(provider="gitlab", to="GET", status=405, code="service-error", exit=3, hint="--api-url", body=""),
    Said(provider="clevercloud", to="PUT", status=409, code="key-in-use", words=IN_USE, kind="text/plain",
         body="Conflict"),
    Said(provider="gitea", to="GET", status=401, code="two-factor-required", hint="--otp-env",
         body={"message": "invalid provided OTP", "url": "http://x.invalid/api/swagger"}),
    Said(provider="codeberg", to="GET", status=401, code="two-factor-required", hint="--otp-env",
         body={"message": "invalid provided OTP", "url": "http://x.invalid/api/swagger"}),
    Said(provider="heroku", to="POST", status=404, code="service-error", exit=3, words="Not Found", body=""),
)  # fmt: skip
"""What is said of something else than the key, and what comes without words."""


def xml(code: str, message: str) -> str:
    return (
        '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    )


IAM_ANSWERS = (
    ("UploadSSHPublicKey", 400, "DuplicateSSHPublicKey", "key-in-use", 1),
    ("UploadSSHPublicKey", 400, "InvalidPublicKey", "key-invalid", 1),
    ("UploadSSHPublicKey", 400, "UnrecognizedPublicKeyEncoding", "key-invalid", 1),
    ("UploadSSHPublicKey", 409, "LimitExceeded", "key-invalid", 1),
    ("UploadSSHPublicKey", 403, "AccessDenied", "scope-missing", 1),
    ("ListSSHPublicKeys", 403, "InvalidClientTokenId", "token-refused", 1),
    ("ListSSHPublicKeys", 403, "SignatureDoesNotMatch", "token-refused", 1),
    ("ListSSHPublicKeys", 400, "Throttling", "rate-limited", 3),
    ("ListSSHPublicKeys", 503, "ServiceUnavailable", "service-error", 3),
    ("DeleteSSHPublicKey", 404, "NoSuchEntity", "key-unknown", 1),
    ("DeleteSSHPublicKey", 400, "ValidationError", "service-error", 1),
    ("ListSSHPublicKeys", 400, "ValidationError", "service-error", 1),
)


@pytest.fixture
def key(keys: KeyMaker, tmp_path: Path) -> PublicKey:
    keys.make(tmp_path, "key", type="rsa", bits=3072)
    return read_public_line((tmp_path / "key.pub").read_bytes())


@contextmanager
def running(name: str) -> Iterator[Service]:
    with Service(DIALECTS[name], token=TOKENS.get(name, "canary-token")) as service:
        yield service


def opened(name: str, service: Service, machine: Machine) -> KeyApi:
    return open_account(machine, name, token=Secret(service.token), api_url=service.url)


def fails(api: KeyApi, service: Service, method: str, key: PublicKey, what: str) -> SshwizardError:
    """Do the operation that the answer is for and return the error."""
    with pytest.raises(SshwizardError) as caught:
        if method == "DELETE" or what.startswith(("delete", "Delete")):
            service.put(f"{key.type} {_base64(key)} laptop", "laptop")
            remove_key(api, next(iter(api.list_keys())))
        elif method == "GET" or what.startswith("List"):
            api.list_keys()
        else:
            add_key(api, key, "laptop")
    return caught.value


def _base64(key: PublicKey) -> str:
    import base64

    return base64.b64encode(key.blob).decode()


@pytest.mark.parametrize(
    "said", (*ANSWERS, *ELSEWHERE), ids=lambda said: f"{said.provider}-{said.to}-{said.status}-{said.code}"
)
def test_an_answer_becomes_its_code_and_words(said: Said, machine: Machine, key: PublicKey) -> None:
    def answer(request: Request) -> Reply | None:
        part_of = request.path + request.body.decode() if said.provider == "sourcehut" else request.path
        if request.method != said.to or said.path not in part_of:
            return None
        service.extra_headers.update(said.headers)
        text = said.body if isinstance(said.body, str) else json.dumps(said.body)
        return said.status, said.kind, text.encode()

    with running(said.provider) as service:
        service.override = answer
        error = fails(opened(said.provider, service, machine), service, said.to, key, said.path)

    assert (said.code, said.exit, said.status) == (error.code, error.exit_code, error.status)
    assert said.words.lower() in error.message.lower()
    assert said.hint in error.hint
    assert error.message and error.hint


@pytest.mark.parametrize(("action", "status", "iam_code", "code", "exit"), IAM_ANSWERS)
def test_iam_s_codes_become_ours(
    action: str, status: int, iam_code: str, code: str, exit: int, machine: Machine, key: PublicKey
) -> None:
    def answer(request: Request) -> Reply | None:
        body = xml(iam_code, "Its &lt;own&gt; words.").encode()
        return (status, "text/xml", body) if f"Action={action}&".encode() in request.body else None

    with running("codecommit") as service:
        service.override = answer
        method = "DELETE" if action.startswith("Delete") else "POST"
        error = fails(opened("codecommit", service, machine), service, method, key, action)

    assert (code, exit, status) == (error.code, error.exit_code, error.status)
    assert "<own> words" in error.message or code == "service-error"


def test_the_iam_user_is_known_from_a_refusal_too(machine: Machine, key: PublicKey) -> None:
    def answer(request: Request) -> Reply | None:
        words = (
            "User: arn:aws:iam::123456789012:user/team/anna is not authorized to perform: iam:GetUser"
            " on resource: user anna"
        )
        return (403, "text/xml", xml("AccessDenied", words).encode()) if b"GetUser" in request.body else None

    with running("codecommit") as service:
        service.override = answer
        added = add_key(opened("codecommit", service, machine), key, "laptop")

    assert ("added", "anna") == (added.result, added.account)


@pytest.mark.parametrize("name", ["heroku", "clevercloud", "scalingo", "github", "codecommit", "sourcehut"])
def test_a_yes_that_the_list_does_not_show_is_no_success(name: str, machine: Machine, key: PublicKey) -> None:
    changing = {"codecommit": "UploadSSHPublicKey", "sourcehut": "createSSHKey"}
    yes = {
        "codecommit": "<UploadSSHPublicKeyResponse></UploadSSHPublicKeyResponse>",
        "sourcehut": '{"data": {"createSSHKey": {"id": 1}}}',
    }

    def answer(request: Request) -> Reply | None:
        word = changing.get(name)
        is_add = word.encode() in request.body if word else request.method in ("POST", "PUT")
        if not is_add or request.path.endswith("exchange"):
            return None
        return 200, "application/json", yes.get(name, "{}").encode()

    with running(name) as service:
        service.override = answer
        with pytest.raises(CannotCheck) as caught:
            add_key(opened(name, service, machine), key, "laptop")

    assert "service-error" == caught.value.code


def test_sourcehut_s_null_is_an_unknown_key(machine: Machine, key: PublicKey) -> None:
    with running("sourcehut") as service:
        service.override = lambda request: (
            (200, "application/json", b'{"data": {"deleteSSHKey": null}}')
            if b"deleteSSHKey" in request.body
            else None
        )
        error = fails(opened("sourcehut", service, machine), service, "POST", key, "deleteSSHKey")

    assert "key-unknown" == error.code


@pytest.mark.parametrize("name", ["heroku", "clevercloud", "gitlab", "bitbucket"])
def test_a_removal_that_the_list_does_not_show_is_no_success(
    name: str, machine: Machine, key: PublicKey
) -> None:
    with running(name) as service:
        api = opened(name, service, machine)
        added = add_key(api, key, "laptop")
        service.override = lambda request: (200, "", b"") if request.method == "DELETE" else None
        with pytest.raises(CannotCheck) as caught:
            remove_key(api, added.key)

    assert "service-error" == caught.value.code


def test_a_token_that_may_not_ask_whose_it_is_still_adds(machine: Machine, key: PublicKey) -> None:
    with running("gitea") as service:
        service.override = lambda request: (
            (403, "application/json", b'{"message": "token does not have scope [read:user]"}')
            if request.path.endswith("/user")
            else None
        )
        added = add_key(opened("gitea", service, machine), key, "laptop")

    assert ("added", None) == (added.result, added.account)


def test_clever_cloud_s_used_name_is_not_overwritten(
    machine: Machine, key: PublicKey, keys: KeyMaker, tmp_path: Path
) -> None:
    other = read_public_line(keys.make(tmp_path, "other").line)
    with running("clevercloud") as service:
        api = opened("clevercloud", service, machine)
        add_key(api, other, "laptop")
        with pytest.raises(UsageError) as caught:
            add_key(api, key, "laptop")

    assert "--title" in caught.value.hint
    assert 1 == len(service.keys)


@pytest.mark.parametrize("title", [".", ".."])
def test_a_name_that_would_leave_clever_cloud_s_folder_is_refused(
    title: str, machine: Machine, key: PublicKey
) -> None:
    with running("clevercloud") as service, pytest.raises(UsageError):
        add_key(opened("clevercloud", service, machine), key, title)


def test_clever_cloud_s_own_tokens_are_shown_as_its_client_does(machine: Machine, key: PublicKey) -> None:
    with running("clevercloud") as service:
        api = open_account(machine, "clevercloud", token=Secret("tok:sec"), api_url=service.url)
        with pytest.raises(Refused):
            account_of(api)

    expected = (
        'OAuth oauth_consumer_key="T5nFjKeHH4AIlEveuGhB5S3xg8T19e", oauth_token="tok", '
        'oauth_signature="MgVMqTr6fWlf2M0tkC2MXOnhfqBWDT%26sec"'
    )
    assert expected == service.requests[0].headers["authorization"]


@pytest.mark.parametrize(
    ("name", "header"),
    [("heroku", "heroku-two-factor-code"), ("scalingo", "x-authorization-otp"), ("gitea", "x-gitea-otp")],
)
def test_a_second_factor_s_code_goes_into_its_header(
    name: str, header: str, machine: Machine, key: PublicKey
) -> None:
    with running(name) as service:
        api = open_account(
            machine, name, token=Secret(service.token), api_url=service.url, otp=Secret("123456")
        )
        add_key(api, key, "laptop")

    assert {"123456"} == {request.headers.get(header) for request in service.requests}


def test_heroku_s_long_lists_are_read_by_ranges(machine: Machine, key: PublicKey) -> None:
    def page(request: Request) -> Reply | None:
        if request.path != "/account/keys":
            return None
        later = "range" in request.headers
        service.extra_headers.clear()
        if not later:
            service.extra_headers["Next-Range"] = "id ]0000..; max=1"
        item = {"id": "b" if later else "a", "public_key": f"{key.type} {_base64(key)}", "comment": "c"}
        return (200 if later else 206), "application/json", json.dumps([item]).encode()

    with running("heroku") as service:
        service.override = page
        found = opened("heroku", service, machine).list_keys()

    assert ["a", "b"] == [one.id for one in found]
    assert "id ]0000..; max=1" == service.requests[-1].headers["range"]


def test_a_next_page_elsewhere_is_asked_of_the_service_itself(machine: Machine) -> None:
    def page(request: Request) -> Reply | None:
        if not request.path.endswith("/ssh-keys"):
            return None
        following = {} if request.query else {"next": "https://evil.invalid/2.0/users/x/ssh-keys?page=2"}
        return 200, "application/json", json.dumps({"values": [], **following}).encode()

    with running("bitbucket") as service:
        service.override = page
        opened("bitbucket", service, machine).list_keys()

    assert {"page": ["2"]} == service.requests[-1].query


@pytest.mark.parametrize(
    ("name", "type", "bits", "words"),
    [
        ("codeberg", "rsa", 2048, "3071"),
        ("gitea", "rsa", 2048, "3071"),
        ("codecommit", "ed25519", 256, "does not take ssh-ed25519"),
        ("github", "rsa", 1024, "2048"),
    ],
)
def test_a_key_that_is_not_taken_is_not_sent(
    name: str, type: str, bits: int, words: str, machine: Machine, keys: KeyMaker, tmp_path: Path
) -> None:
    pair = keys.make(tmp_path, "weak", type=type, bits=bits) if type == "rsa" else keys.make(tmp_path, "weak")
    with running(name) as service, pytest.raises(Refused) as caught:
        add_key(opened(name, service, machine), read_public_line(pair.line), "laptop")

    assert ("key-invalid", []) == (caught.value.code, service.requests)
    assert words in caught.value.message


@pytest.mark.parametrize("wish", [Wish(expires="2031-05-31"), Wish(usage="auth")], ids=["expires", "usage"])
def test_a_wish_that_a_service_does_not_know_is_not_dropped_silently(
    wish: Wish, machine: Machine, key: PublicKey
) -> None:
    with running("heroku") as service, pytest.raises(UsageError):
        add_key(opened("heroku", service, machine), key, "laptop", wish)

    assert [] == service.requests


@pytest.mark.parametrize("text", ["tomorrow", "2020-01-01", "2031-13-01", "20310501"])
def test_only_a_day_to_come_is_an_expiry_date(text: str, machine: Machine, key: PublicKey) -> None:
    with running("gitlab") as service, pytest.raises(UsageError):
        add_key(opened("gitlab", service, machine), key, "laptop", Wish(expires=text))
