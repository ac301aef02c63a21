"""AWS CodeCommit's keys: IAM's query protocol, signed with Signature Version 4, answers in XML."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

from sshwizard.errors import CannotCheck, Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.api import NO_WISH, Wish
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import PAGES, Session
from sshwizard.secret import Secret
from sshwizard.text import _, one_line, visible_bytes

VERSION = "2010-05-08"
REGIONS = {"us-gov": "us-gov-west-1", "cn-north-1": "cn-north-1"}
"""Signing regions of IAM's other endpoints, by the second part of their host name; else us-east-1."""


class CodeCommit:
    """`UploadSSHPublicKey` and its siblings. The key's id (APKA…) is the ssh user name."""

    name = "codecommit"
    wishes: tuple[str, ...] = ()

    def __init__(self, session: Session, key_id: str, secret: Secret, session_token: Secret | None) -> None:
        self._session = session
        self._key_id = key_id
        self._secret = secret
        self._session_token = session_token
        self._user = ""
        self.title = session.title

    def who_am_i(self) -> str:
        """Return the IAM user: as a listed key says, as GetUser says, or as the refusal of GetUser says."""
        if not self._user:
            self._user = self._found_user()
        return self._user

    def list_keys(self) -> tuple[RemoteKey, ...]:
        listed = self._listed()
        user = {"UserName": self.who_am_i()} if listed else {}
        asked = [
            self._ask("GetSSHPublicKey", {**user, "SSHPublicKeyId": id, "Encoding": "SSH"}) for id in listed
        ]
        return tuple(_key(body) for body in asked)

    def get_key(self, id: str) -> RemoteKey:
        fields = {"UserName": self.who_am_i(), "SSHPublicKeyId": id, "Encoding": "SSH"}
        return _key(self._ask("GetSSHPublicKey", fields))

    def add_request(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> HttpRequest:
        """Return the request; before IAM was asked the user stands as `{user}`."""
        fields = {"UserName": self._user or "{user}", "SSHPublicKeyBody": sent_line(public, title)}
        return self._signed("UploadSSHPublicKey", fields)

    def add_key(self, public: PublicKey, title: str, wish: Wish = NO_WISH) -> None:
        fields = {"UserName": self.who_am_i(), "SSHPublicKeyBody": sent_line(public, title)}
        self._ask("UploadSSHPublicKey", fields)

    def remove_key(self, key: RemoteKey) -> None:
        self._ask("DeleteSSHPublicKey", {"UserName": self.who_am_i(), "SSHPublicKeyId": key.called})

    def _listed(self) -> list[str]:
        ids: list[str] = []
        marker = ""
        for _page in range(PAGES):
            body = self._ask("ListSSHPublicKeys", {"Marker": marker} if marker else {})
            ids += _texts(body, "SSHPublicKeyId")
            self._user = self._user or _text(body, "UserName")
            marker = _text(body, "Marker") if _text(body, "IsTruncated") == "true" else ""
            if not marker:
                break
        return ids

    def _found_user(self) -> str:
        self._listed()
        if self._user:
            return self._user
        try:
            return _text(self._ask("GetUser", {}), "UserName")
        except Refused as error:
            named = re.search(r":user/(?:[^\s]*/)?([\w+=,.@-]+)", error.message)
            if named is None:
                raise
            return named.group(1)

    def _ask(self, action: str, fields: dict[str, str]) -> str:
        reply = self._session.send(self._signed(action, fields))
        text = visible_bytes(reply.body)
        if f"<{action}Response" not in text:
            raise self._session.not_its_own(reply)
        return text

    def _signed(self, action: str, fields: dict[str, str]) -> HttpRequest:
        body = urlencode({"Action": action, "Version": VERSION, **fields}).encode()
        request = sign(
            self._session.base + "/",
            body,
            self._key_id,
            self._secret,
            self._session_token,
            now=datetime.datetime.now(datetime.UTC),
            region=region_of(self._session.base),
        )
        return replace(
            request, sends_key=action == "UploadSSHPublicKey", asks=action.startswith(("List", "Get"))
        )


def region_of(base: str) -> str:
    """Return the region that IAM at this address signs for."""
    labels = (urlsplit(base).hostname or "").split(".")
    return REGIONS.get(labels[1], "us-east-1") if len(labels) > 2 else "us-east-1"


def sign(
    url: str,
    body: bytes,
    key_id: str,
    secret: Secret,
    session_token: Secret | None,
    *,
    now: datetime.datetime,
    region: str = "us-east-1",
    service: str = "iam",
) -> HttpRequest:
    """Return a form POST signed with AWS Signature Version 4 (IAM is a global service: one region each)."""
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "host": urlsplit(url).netloc,
        "x-amz-date": stamp,
    }
    if session_token:
        headers["x-amz-security-token"] = session_token.reveal()
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        [
            "POST",
            urlsplit(url).path or "/",
            "",
            *(f"{name}:{headers[name]}" for name in sorted(headers)),
            "",
            names,
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = f"{day}/{region}/{service}/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret.reveal()}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    secret_headers = {"Authorization": Secret(authorization)}
    if session_token:
        secret_headers["X-Amz-Security-Token"] = session_token
    return HttpRequest(
        method="POST",
        url=url,
        headers={"Content-Type": headers["content-type"], "X-Amz-Date": stamp, "Accept": "text/xml"},
        secret_headers=secret_headers,
        body=body,
    )


CODES = {
    "DuplicateSSHPublicKey": "key-in-use",
    "InvalidPublicKey": "key-invalid",
    "UnrecognizedPublicKeyEncoding": "key-invalid",
    "LimitExceeded": "key-invalid",
    "NoSuchEntity": "key-unknown",
    "AccessDenied": "scope-missing",
    "InvalidClientTokenId": "token-refused",
    "SignatureDoesNotMatch": "token-refused",
    "ExpiredToken": "token-refused",
    "MissingAuthenticationToken": "token-refused",
    "IncompleteSignature": "token-refused",
}


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read IAM's XML errors: code and message."""
    text = visible_bytes(reply.body)
    code, words = _text(text, "Code"), one_line(_text(text, "Message") or _text(text, "Code"))
    if code in ("Throttling", "ThrottlingException", "RequestLimitExceeded"):
        return CannotCheck(
            _("AWS asks to wait: {words}").format(words=words),
            code="rate-limited",
            status=reply.status,
            where=reply.url,
            hint=_("Try again in a minute."),
        )
    if code not in CODES or reply.status >= 500:
        return None
    return Refused(words, code=CODES[code], status=reply.status, where=reply.url, hint=_hint(session, code))


def _hint(session: Session, code: str) -> str:
    if code == "LimitExceeded":
        return _(
            "An IAM user may have five keys: remove an old one with `sshwizard keys remove codecommit ID`."
        )
    if code == "ExpiredToken":
        return _("Log in again (`aws sso login`, for instance), then try again.")
    hints = {
        "key-in-use": _("This IAM user has the key already."),
        "key-invalid": _("CodeCommit takes RSA keys of 2048 bits or more only."),
        "key-unknown": _("`sshwizard keys list --remote codecommit` lists what is there."),
        "scope-missing": session.scope_hint(),
        "token-refused": _("Check the access key id, its secret and this machine's clock."),
    }
    return hints[CODES[code]]


def _key(body: str) -> RemoteKey:
    id = _text(body, "SSHPublicKeyId")
    line = _text(body, "SSHPublicKeyBody").strip()
    return remote_key(
        id=id,
        title=id if len(line.split()) < 3 else None,
        line=line,
        fingerprint=_text(body, "Fingerprint"),
        created=_text(body, "UploadDate") or None,
    )


def _texts(xml: str, tag: str) -> list[str]:
    """Return the texts of every `<tag>`; IAM's replies hold no attributes and no nested tags of one name."""
    found = re.findall(rf"<{tag}>([^<]*)</{tag}>", xml)
    return [_unescaped(text) for text in found]


def _text(xml: str, tag: str) -> str:
    return next(iter(_texts(xml, tag)), "")


def _unescaped(text: str) -> str:
    import html

    return html.unescape(text)
