"""Rules about which key was offered in a log and what became of it. Rarely conclusive: the log does not know
which key the account holds, so what was pasted around it decides the order.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sshwizard.model.finding import Evidence
from sshwizard.model.log import LogEvent, LogOffer
from sshwizard.rules.log.view import Suspicions, View, base, suspect
from sshwizard.text import _

DEFAULT = re.compile(r"^(?:id_(?:rsa|dsa|ecdsa|ed25519|ecdsa_sk|ed25519_sk|xmss)|identity)$")
REGISTERED = r"(?:registered|uploaded|added|adding|in (?:my|the) (?:account|settings)|authorized|on github|to github|deploy key)"
OTHER_NAME = r"(?:another|different|other|custom|own|own choice|non-?default|other than) (?:file ?)?name|named? (?:it|them|the key)|renam|called [\w.-]+|given (?:a|another) (?:\w+ )?name|author's choice|current folder|working (?:folder|directory)|file name"  # fmt: skip
NOT_ADDED = r"(?:never|not|n't|forgot\w*|without) .{0,25}(?:add|upload|register|regist)|keys:add|keys add|add (?:my|the|your) key|no keys? .{0,20}account|\(empty\)|new (?:computer|laptop|machine)"  # fmt: skip
FAKE = re.compile(r"known_hosts|authorized_keys|config|ssh_host_")


def _pairs(view: View) -> list[tuple[str, LogEvent]]:
    """Return the key pairs named around the log that have no default name."""
    found: dict[str, LogEvent] = {}
    for event in view.reading.around("key-file"):
        name = event.fields["name"]
        if not DEFAULT.match(name) and not FAKE.search(name):
            found.setdefault(name, event)
    for event in view.texts:
        if event.event in ("remark", "shell", "config", "listed"):
            for name in re.findall(
                r"(?<![\w@.-])(?:[~\w/\\:.-]*[/\\]\.ssh[/\\])?(id_[\w.-]*\w|[\w.-]*\w_(?:rsa|ed25519|dsa|ecdsa))\b(?!\.pub)",
                event.text,
            ):
                name = name.removesuffix(".pub")
                if not DEFAULT.match(name):
                    found.setdefault(name, event)
    offered = {base(offer.path) for offer in view.offered}
    return [(name, event) for name, event in found.items() if name not in offered]


def wrong_user(view: View) -> Suspicions:
    """The login name is not the forge's."""
    attempt, forge = view.attempt, view.forge
    if forge is not None and forge.name == "codecommit":
        yield from _codecommit_user(view)
    if not view.failed or forge is None or not forge.user or not attempt.user or attempt.user == forge.user:
        return
    if not view.userauth:
        return
    event = next((e for e in attempt.events if e.fields.get("user") == attempt.user), None) or attempt.first(
        "command"
    )
    yield suspect(
        "wrong-username", 87, "likely",
        _("ssh logged in to {host} as {user}; there everybody logs in as {expected}.").format(
            host=view.name, user=attempt.user, expected=forge.user),
        view.quote(event, attempt.first("denied")), user=forge.user, host=attempt.host,
    )  # fmt: skip


def _codecommit_user(view: View) -> Suspicions:
    """CodeCommit's login name is the id of the uploaded key, which begins with APKA."""
    user = view.attempt.user
    if not view.failed or not user or user.startswith("APKA") or not view.userauth:
        return
    event = next((e for e in view.attempt.events if e.fields.get("user") == user), None)
    yield suspect(
        "wrong-username", 86, "likely",
        _("ssh logged in to {host} as {user}; there the login name is the id of the uploaded key (APKA…).").format(
            host=view.name, user=user),
        view.quote(event, view.attempt.first("denied")), user="APKAID", host=view.attempt.host,
    )  # fmt: skip


def too_many(view: View) -> Suspicions:
    """The host hung up after too many keys."""
    attempt = view.attempt
    event = attempt.first("too-many")
    if event is None or not view.failed:
        return
    refused = [o for o in view.refused if o.line < event.line]
    passwords = view.has("password-prompt", "denied-again") or any(
        e.fields.get("method") == "password" for e in attempt.all("next-method")
    )
    sure = len(refused) >= 2 and not passwords
    words = (
        _("{host} hung up after {count} offered keys; the right one never got its turn.")
        if refused
        else _("{host} hung up after too many tries; ssh offered other keys first.")
    )
    yield suspect(
        "too-many-keys", 94 if sure else 82, "certain" if sure else "possible" if passwords else "likely",
        words.format(host=view.name, count=len(refused)),
        (*view.quote(*refused[:3]), *view.quote(event)), host=attempt.host, user=attempt.user,
    )  # fmt: skip


def nothing_offered(view: View) -> Suspicions:
    """No key left the machine."""
    attempt = view.attempt
    if not view.failed or view.offered or not attempt.debug or not attempt.offers and not view.has("no-more"):
        return
    if view.has("no-signature-algorithm") or any(o.outcome == "skipped" for o in attempt.offers):
        return
    if not view.has("denied", "no-more", "next-method", "password-prompt"):
        return
    if attempt.gaps and not view.has("trying", "no-more"):
        return
    tried = [o for o in attempt.offers if o.kind == "private"]
    quoted = view.quote(*tried[:2], attempt.first("no-more"), attempt.first("denied", "password-prompt"))
    pairs = _pairs(view)
    told = view.heard(OTHER_NAME) or view.heard(REGISTERED)
    empty = next(iter(view.reading.around("agent-empty")), None)
    none = view.heard(r"\bno (?:ssh )?keys?\b|(?:have|has|had) no key|not (?:yet )?(?:generated|created|made) (?:a|any) key|did not (?:generate|create)|\.ssh.{0,20}(?:empty|does ?n[o']t exist)")  # fmt: skip
    key = pairs[0][0] if pairs else ""
    exists = any(read for _path, read in attempt.identity_files)
    if exists and not pairs:
        yield suspect(
            "passphrase-no-prompt", 34, "possible",
            _("A key is there, but the lines about offering it are missing."), quoted,
        )  # fmt: skip
    yield suspect(
        "key-nondefault-name", 85 if pairs else 78 if told else 62 if not (none or empty) else 50,
        "likely" if pairs or told else "possible",
        _("ssh offered no key at all: it looked only for files with default names, and none of them is there.")
        + (" " + _("Your key {key} has another name.").format(key=key) if key else ""),
        (*quoted, *view.quote(pairs[0][1] if pairs else told)), host=attempt.host, key=key,
    )  # fmt: skip
    yield suspect(
        "key-missing", 40 if pairs or told else 76 if none or empty else 60, "likely" if none or empty else "possible",
        _("ssh offered no key at all; there may be none on this machine for this account."),
        (*quoted, *view.quote(none or empty)), host=attempt.host, user=attempt.user,
    )  # fmt: skip


def refused(view: View) -> Suspicions:
    """Keys were offered and the host knew none of them."""
    attempt = view.attempt
    keys = view.refused
    if not view.failed or not keys or view.accepted is not None or view.has("too-many"):
        return
    last = keys[-1]
    after = next((e for e in attempt.events if e.line == last.outcome_line), None)
    quoted = view.quote(*keys[:3], after, attempt.first("denied", "password-prompt"))
    pairs = _pairs(view)
    told = view.heard(REGISTERED)
    never = view.heard(NOT_ADDED)
    names = ", ".join(dict.fromkeys(base(k.path) or k.fingerprint for k in keys[:4]))
    other = next((pair for pair in pairs if told or not never), None)
    if other is not None:
        strong = told is not None and other[0] in told.text or bool(pairs and told)
        yield suspect(
            "key-nondefault-name", 82 if strong else 66, "likely" if strong else "possible",
            _("ssh offered {names}, which {host} does not know, and never {key}.").format(names=names, host=view.name, key=other[0]),
            (*quoted, *view.quote(other[1], told)), host=attempt.host, key=other[0],
        )  # fmt: skip
    yield suspect(
        "key-not-registered", 79 if never else 72, "likely" if view.forge or never else "possible",
        _("{host} does not know the key that ssh offered ({names}).").format(host=view.name, names=names),
        (*quoted, *view.quote(never)), host=attempt.host, user=attempt.user, path=_path(last),
    )  # fmt: skip
    if other is None:
        yield suspect(
            "key-nondefault-name", 52, "possible",
            _("The registered key may be another one, which ssh was not told to offer."), quoted, host=attempt.host,
        )  # fmt: skip
    if view.forge is None:
        yield from _own_server(view, quoted)


def _path(offer: LogOffer) -> str:
    return offer.path if offer.via == "file" else ""


SERVER_SIDE: tuple[tuple[str, str, int, str], ...] = (
    (
        "server-selinux", r"selinux|restorecon|semanage|\bls -Z\b|_home_t\b", 40,
        "On a server of your own: SELinux may keep it from reading authorized_keys.",
    ),
    (
        "server-authorized-keys-perms",
        r"authorized_keys.{0,60}(?:mode|permission|writ|chmod|own|mounted|\b0?[67]\d\d\b)|(?:mode|permission|chmod|own|writ|mounted).{0,60}(?:authorized_keys|home|\.ssh)"
        r"|StrictModes|(?:authorized_keys|home|~|\.ssh).{0,40}[d-]rw[x-](?:rw|.{4}w)",
        48, "On a server of your own: it ignores authorized_keys when its mode, its folder's or the home's is too open.",
    ),
    (
        "server-account-config",
        r"AuthorizedKeysFile|Allow(?:Users|Groups)|Deny(?:Users|Groups)|sshd_config|account.{0,20}(?:locked|expired|wrong)|nologin|authorized_keys2",
        46, "On a server of your own: the account or the server's configuration may keep you out.",
    ),
)  # fmt: skip
"""Cause on the server, what speaks for it around the log, its weight without that, and how it is said."""


def _own_server(view: View, quoted: tuple[Evidence, ...]) -> Suspicions:
    """Server-side causes look the same to the client: only what was pasted along tells them apart."""
    for id, signs, weight, words in SERVER_SIDE:
        sign = view.heard(signs)
        yield suspect(
            id, 80 if sign else weight, "likely" if sign else "possible", _(words),
            (*quoted, *view.quote(sign)), user=view.attempt.user,
        )  # fmt: skip


def wrong_text(view: View) -> Suspicions:
    """Something else than the public half was pasted into the account, or the key is one of Debian's weak ones."""
    if not view.failed or not view.has("denied"):
        return
    pasted = view.heard(
        r"(?:pasted|copied|registered|added|uploaded).{0,60}(?:line breaks?|private (?:key|half)|truncated|incomplete|wrapped|wrong text|part of)"
    )
    if pasted is not None:
        yield suspect(
            "wrong-text-registered", 76, "likely",
            _("What was pasted into the account may not be the whole public half."), view.quote(pasted, view.attempt.first("denied")),
        )  # fmt: skip
    blacklist = view.attempt.first("blacklist") or view.heard(
        r"ssh-vulnkey|weak key|debian.{0,30}(?:random|openssl)"
    )
    if blacklist is not None:
        yield suspect(
            "key-weak-blacklisted", 50, "possible",
            _("If the key was made on Debian or Ubuntu between 2006 and 2008, the server refuses it as weak."), view.quote(blacklist),
        )  # fmt: skip


def no_publickey(view: View) -> Suspicions:
    """The host's list of methods has no publickey in it."""
    methods = view.attempt.methods
    if not view.failed or not methods or "publickey" in methods or view.offered or "none" in methods:
        return
    yield suspect(
        "server-no-publickey", 80, "likely",
        _("{host} does not take keys from this login name; it offers {methods}.").format(host=view.name, methods=", ".join(methods)),
        view.quote(view.attempt.first("methods"), view.attempt.first("denied")), user=view.attempt.user, host=view.attempt.host,
    )  # fmt: skip


def retired(view: View) -> Suspicions:
    """The provider has ended git over SSH at this host, according to the host book."""
    forge = view.forge
    if (
        not view.failed
        or forge is None
        or forge.retired is None
        or view.attempt.host not in forge.retired.hosts
    ):
        return
    yield suspect(
        "transport-retired", 60, "possible",
        _("{title}: {words} ({since}).").format(title=forge.title, words=forge.retired.words.rstrip("."), since=forge.retired.since),
        view.quote(view.attempt.first("connecting", "connect-error", "denied")),
    )  # fmt: skip


def bare_refusal(view: View) -> Suspicions:
    """Nothing but "Permission denied (publickey)": the log cannot tell why."""
    attempt = view.attempt
    denied = attempt.first("denied", "other-no-key", "jsch-auth-fail", "callback", "key-refused")
    if not view.failed or denied is None or (attempt.offers and attempt.debug) or view.accepted is not None:
        return
    if "attempted methods" in denied.text:
        return
    told = attempt.first("key-refused")
    quoted = view.quote(told, denied)
    pairs = _pairs(view)
    named = view.heard(OTHER_NAME)
    never = view.heard(NOT_ADDED)
    nothing = "No authentication methods available" in denied.text
    yield suspect(
        "key-not-registered", 40 if nothing else 74 if told else 62 if never else 48 if view.forge or not view.host else 44, "likely" if never or told else "possible",
        _("{host} refused the login. Which key was offered does not show; it may not be registered there.").format(host=view.name),
        (*quoted, *view.quote(never)), host=attempt.host, user=attempt.user,
    )  # fmt: skip
    yield suspect(
        "key-nondefault-name", 70 if named else 60 if pairs else 42, "likely" if named or pairs else "possible",
        _("Or the right key was not offered, because nothing names it for {host}.").format(host=view.name),
        (*quoted, *view.quote(named or (pairs[0][1] if pairs else None))), host=attempt.host, key=pairs[0][0] if pairs else "",
    )  # fmt: skip
    yield suspect(
        "key-missing", 64 if nothing else 32, "possible",
        _("The program had no key to offer: there may be none for this account.")
        if nothing
        else _("Or there is no key for this account at all."), quoted, host=attempt.host, user=attempt.user
    )  # fmt: skip
    home = view.heard(r"\bHOME\b ?=|home (?:folder|directory)")
    if home is not None:
        yield suspect(
            "home-dir-mismatch", 68, "likely", _("ssh and your keys are in two home folders."), view.quote(home, denied)
        )  # fmt: skip
    if view.forge is None:
        for suspicion in _own_server(view, quoted):
            heard = suspicion.finding.certainty == "likely"
            if heard or not view.has("command"):
                yield replace(suspicion, weight=suspicion.weight - (0 if heard else 16))
