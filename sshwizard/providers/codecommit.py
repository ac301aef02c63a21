"""AWS CodeCommit's keys: IAM's query protocol, signed with Signature Version 4, answers in XML."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
from urllib.parse import urlencode, urlsplit

from sshwizard.errors import CannotCheck, Refused, SshwizardError
from sshwizard.machine.http import HttpReply, HttpRequest
from sshwizard.model.account import RemoteKey
from sshwizard.model.identity import PublicKey
from sshwizard.providers.remote import remote_key, sent_line
from sshwizard.providers.session import Session
from sshwizard.secret import Secret
from sshwizard.text import _, one_line, visible_bytes

VERSION = "2010-05-08"
PAGES = 20


class CodeCommit:
    """`UploadSSHPublicKey` and its siblings. The key's id (APKA…) is the ssh user name."""

    name = "codecommit"

    def __init__(self, session: Session, key_id: str, secret: Secret, session_token: Secret | None) -> None:
        self._session = session
        self._key_id = key_id
        self._secret = secret
        self._session_token = session_token
        self.title = session.title

    def who_am_i(self) -> str:
        return _text(self._ask("GetUser", {}), "UserName") or _("the user of these credentials")

    def list_keys(self) -> tuple[RemoteKey, ...]:
        ids: list[str] = []
        marker = ""
        for _page in range(PAGES):
            body = self._ask("ListSSHPublicKeys", {"Marker": marker} if marker else {})
            ids += _texts(body, "SSHPublicKeyId")
            marker = _text(body, "Marker") if _text(body, "IsTruncated") == "true" else ""
            if not marker:
                break
        user = {"UserName": self.who_am_i()} if ids else {}
        asked = [
            self._ask("GetSSHPublicKey", {**user, "SSHPublicKeyId": id, "Encoding": "SSH"}) for id in ids
        ]
        return tuple(_key(body) for body in asked)

    def add_request(self, public: PublicKey, title: str) -> HttpRequest:
        return self._signed("UploadSSHPublicKey", {"SSHPublicKeyBody": sent_line(public, title)})

    def add_key(self, public: PublicKey, title: str) -> RemoteKey:
        fields = {"UserName": self.who_am_i(), "SSHPublicKeyBody": sent_line(public, title)}
        return _key(self._ask("UploadSSHPublicKey", fields))

    def remove_key(self, key: RemoteKey) -> None:
        self._ask("DeleteSSHPublicKey", {"UserName": self.who_am_i(), "SSHPublicKeyId": key.id})

    def _ask(self, action: str, fields: dict[str, str]) -> str:
        reply = self._session.send(self._signed(action, fields))
        text = visible_bytes(reply.body)
        if f"<{action}Response" not in text:
            raise CannotCheck(
                _("AWS answered with something that is not its own reply: {text}").format(
                    text=one_line(text, 120)
                ),
                code="service-error",
                status=reply.status,
                where=reply.url,
            )
        return text

    def _signed(self, action: str, fields: dict[str, str]) -> HttpRequest:
        body = urlencode({"Action": action, "Version": VERSION, **fields}).encode()
        now = datetime.datetime.now(datetime.UTC)
        return sign(self._session.base + "/", body, self._key_id, self._secret, self._session_token, now=now)


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
    """Return a form POST signed with AWS Signature Version 4 (IAM is a global service in us-east-1)."""
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


def explain(session: Session, reply: HttpReply) -> SshwizardError | None:
    """Read IAM's XML errors: code and message."""
    text = visible_bytes(reply.body)
    code, words = _text(text, "Code"), one_line(_text(text, "Message") or _text(text, "Code"))
    if not code:
        return None
    known = {
        "DuplicateSSHPublicKey": "key-in-use",
        "InvalidPublicKey": "key-invalid",
        "UnrecognizedPublicKeyEncoding": "key-invalid",
        "LimitExceeded": "key-invalid",
        "NoSuchEntity": "key-unknown",
        "AccessDenied": "scope-missing",
        "InvalidClientTokenId": "token-refused",
        "SignatureDoesNotMatch": "token-refused",
        "ExpiredToken": "token-refused",
    }
    if code in ("Throttling", "ThrottlingException", "RequestLimitExceeded"):
        return CannotCheck(
            _("AWS asks to wait: {words}").format(words=words),
            code="rate-limited",
            status=reply.status,
            where=reply.url,
            hint=_("Try again in a minute."),
        )
    if code not in known or reply.status >= 500:
        return None
    hint = session.scope_hint() if known[code] == "scope-missing" else ""
    return Refused(words, code=known[code], status=reply.status, where=reply.url, hint=hint)


def _key(body: str) -> RemoteKey:
    id = _text(body, "SSHPublicKeyId")
    return remote_key(
        id=id,
        title=id,
        line=_text(body, "SSHPublicKeyBody").strip(),
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
