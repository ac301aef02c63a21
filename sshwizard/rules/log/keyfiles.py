"""Rules about key files and signatures in a log: modes, formats, damage, pairs, passphrases, algorithms."""

from __future__ import annotations

import re

from sshwizard.model.finding import Certainty, Evidence
from sshwizard.model.log import LogEvent
from sshwizard.rules.log.view import Suspicion, Suspicions, View, base, suspect
from sshwizard.text import _

MANAGER = r"1password|bitwarden|keepass\w*|secretive|password[- ]manager|IdentityAgent|strongbox|proton ?pass|dashlane|agent\.sock"


def _others_refused(view: View, path: str) -> bool:
    """Tell whether other keys were offered and refused, so that this file may not be the cause."""
    return any(base(o.path) != base(path) for o in view.refused)


def rsa_sha1(view: View) -> Suspicions:
    """`no mutual signature algorithm`: the RSA key is not even sent."""
    attempt = view.attempt
    event = attempt.first("no-signature-algorithm")
    if event is None or not view.failed:
        return
    sure = not view.refused and view.accepted is None and attempt.outcome in ("denied", "not-authenticated")
    yield suspect(
        "alg-rsa-sha1-sig", 95 if sure else 84, "certain" if sure else "likely",
        _("{host} can check only SHA-1 signatures of RSA keys, which this ssh does not make any more, so the key was not offered.").format(
            host=view.name),
        view.quote(attempt.first("remote-version"), attempt.first("offered"), event, attempt.first("denied")),
        host=attempt.host,
    )  # fmt: skip


def dsa(view: View) -> Suspicions:
    """`Skipping ssh-dss key`."""
    for offer in view.attempt.offers:
        if offer.outcome != "skipped" or not view.failed:
            continue
        alone = not view.refused and view.accepted is None
        if "ds" in offer.type.lower():
            yield suspect(
                "key-type-dsa-disabled", 95 if alone else 84, "certain" if alone else "likely",
                _("ssh skips {path}: it is a DSA key, which is not used any more.").format(path=offer.path),
                view.quote(offer),
            )  # fmt: skip
        elif "rsa" in offer.type.lower():
            yield suspect(
                "alg-rsa-sha1-sig", 88 if alone else 62, "likely",
                _("ssh skips {path}: no signature algorithm for RSA is allowed both here and on the host.").format(path=offer.path),
                view.quote(offer), host=view.host,
            )  # fmt: skip


def modes(view: View) -> Suspicions:
    """The box about an unprotected private key: whose rights are too wide, and on what kind of file."""
    attempt = view.attempt
    opened, acl, box = attempt.first("perms-open"), attempt.first("acl-open"), attempt.first("perms-box")
    load = next((e for e in attempt.all("load-key") if "bad permissions" in e.fields.get("reason", "")), None)
    events = [event for event in (acl, box, opened, load) if event is not None]
    if not view.failed or not events:
        return
    path = next(
        (event.fields["path"] for event in (acl, opened, load) if event and event.fields.get("path")), ""
    )
    path = "" if "[...]" in path or path == "..." else path
    quoted = view.quote(*events)
    sure: Certainty = "likely" if _others_refused(view, path) else "certain"
    no_mode = opened is not None and not opened.fields.get("mode")
    if acl or no_mode or attempt.client == "windows-openssh" or re.match(r"[A-Za-z]:", path):
        yield suspect(
            "key-perms-windows-acl", 94, sure if acl else "likely",
            _("Windows lets other accounts read {path}, so ssh ignores it.").format(path=path or _("the private key")),
            quoted, path=path,
        )  # fmt: skip
    elif path.startswith(("/mnt/", "/drives/")):
        yield suspect(
            "key-perms-wsl-mount", 95, sure,
            _("{path} lies on a Windows drive, where its mode cannot be closed; ssh ignores it.").format(path=path),
            quoted, path=path, key=base(path),
        )  # fmt: skip
    else:
        yield from _open_mode(path, quoted, sure if opened else "likely")


def _open_mode(path: str, quoted: tuple[Evidence, ...], sure: Certainty) -> Suspicions:
    public = path.endswith(".pub")
    if public:
        yield suspect(
            "pubkey-used-as-private", 90, "likely",
            _("{path} is a public half, named where ssh needs the private half.").format(path=path), quoted, path=path,
        )  # fmt: skip
    yield suspect(
        "key-perms-open", 55 if public else 94, "possible" if public else sure,
        _("Others can read {path}, so ssh ignores it.").format(path=path or _("the private key")), quoted, path=path,
    )  # fmt: skip
    if not path:
        yield suspect(
            "key-perms-windows-acl", 80, "possible",
            _("If this is Windows' own ssh, the rights are those of Windows (icacls), not a mode."), quoted,
        )  # fmt: skip


def load_errors(view: View) -> Suspicions:
    """`Load key "X": …` and its relatives in other programs."""
    attempt = view.attempt
    if not view.failed:
        return
    for event in attempt.all("load-key", "key-format", "putty-key-format", "agent-refused-add"):
        reason = event.fields.get("reason", "").lower()
        path = event.fields.get("path", "")
        if "permission" in reason:
            continue
        if "passphrase" in reason:
            yield from _passphrase(view, event, path)
        elif event.event in ("key-format", "putty-key-format") or path.endswith((".ppk", '.ppk"')):
            yield _format(view, event, path)
        elif "no such file" in reason or "not accessible" in reason:
            yield from _missing(view, event, path)
        elif any(
            word in reason
            for word in (
                "libcrypto",
                "invalid format",
                "unsupported",
                "type does not match",
                "unknown",
                "invalid",
            )
        ):
            yield from _unreadable(view, event, path, reason)


def _format(view: View, event: LogEvent, path: str) -> Suspicion:
    return suspect(
        "key-format-unsupported", 90, "likely",
        _("This program does not read the format of the key file {path}.").format(path=base(path)),
        view.quote(event, view.heard(r"BEGIN|ppk|PEM|format")), path=path,
    )  # fmt: skip


def _unreadable(view: View, event: LogEvent, path: str, reason: str) -> Suspicions:
    public = view.heard(r"\.pub\b.{0,40}\b(?:pasted|put|used|copied|secret|instead)|(?:pasted|put|used|copied|secret).{0,40}\.pub\b|public (?:key|half).{0,40}(?:pasted|instead|secret|in the)|ssh-(?:rsa|ed25519) AAAA")  # fmt: skip
    ppk = view.heard(r"putty|\.ppk\b")
    manager = view.heard(MANAGER)
    is_pub = path.endswith(".pub")
    quoted = view.quote(
        event, public, ppk if not is_pub else None, manager if is_pub else None, view.attempt.first("denied")
    )
    if is_pub:
        yield suspect(
            "agent-stale-or-bridge", 90 if manager else 70, "likely" if manager else "possible",
            _("{path} is a public half; ssh falls back to reading it when the agent that should hold the private half does not answer.").format(path=path),
            quoted, path=path,
        )  # fmt: skip
        yield suspect(
            "pubkey-used-as-private", 60 if manager else 86, "possible" if manager else "likely",
            _("{path} is a public half, named where ssh needs the private half.").format(path=path),
            quoted, path=path,
        )  # fmt: skip
        return
    yield suspect(
        "key-file-corrupt", 80, "likely",
        _("ssh cannot read the private key {path}: {reason}. Mostly it lost its last line break or its line ends when it was pasted.").format(
            path=base(path) or _("given to it"), reason=event.fields.get("reason", "")),
        quoted, path=path,
    )  # fmt: skip
    yield suspect(
        "pubkey-used-as-private", 88 if public else 58, "likely" if public else "possible",
        _("The public half may stand where the private half belongs: ssh says the same then."), quoted, path=path,
    )  # fmt: skip
    yield suspect(
        "key-format-unsupported", 86 if ppk else 46, "likely" if ppk else "possible",
        _("The file may be in a format that this ssh does not read (PuTTY's .ppk, or newer than this ssh)."), quoted, path=path,
    )  # fmt: skip


def _missing(view: View, event: LogEvent, path: str) -> Suspicions:
    yield suspect(
        "identityfile-path", 72 if not view.offered else 40, "likely" if not view.offered else "possible",
        _("There is no file {path}.").format(path=path), view.quote(event), path=path,
    )  # fmt: skip


def paths(view: View) -> Suspicions:
    """An identity file that is not there, or a path that ssh does not understand."""
    attempt = view.attempt
    if not view.failed:
        return
    for event in attempt.all("identity-missing")[:1]:
        alone = not view.refused
        yield suspect(
            "identityfile-path", 80 if alone else 56, "likely",
            _("The key file that was named does not exist: {path}.").format(path=event.fields["path"]),
            view.quote(event), path=event.fields["path"],
        )  # fmt: skip
    odd = next(
        (e for e in attempt.all("identity") if re.search(r"[\"']|%[A-Za-z]+%|\$\{?[A-Z]", e.fields["path"])),
        None,
    )
    written = next(
        (
            e
            for e in view.reading.around("config")
            if e.fields.get("keyword") == "identityfile"
            and re.search(r"%[A-Za-z]{3,}%|\$[A-Z{]", e.fields["value"])
        ),
        None,
    )
    if odd or (written and not view.has("expand-failed")):
        yield suspect(
            "identityfile-path", 78, "likely",
            _("IdentityFile holds quotes or a variable that ssh takes literally."), view.quote(odd, written),
        )  # fmt: skip


def pair(view: View) -> Suspicions:
    """`private key X contents do not match public`."""
    event = view.attempt.first("pair-mismatch")
    if event is None or not view.failed:
        return
    path = event.fields["path"]
    yield suspect(
        "key-pair-mismatch", 95, "likely" if _others_refused(view, path) else "certain",
        _("{path} and the .pub file beside it belong to two different keys.").format(path=path), view.quote(event), path=path,
    )  # fmt: skip


def _passphrase(view: View, event: LogEvent, path: str) -> Suspicions:
    sure = not _others_refused(view, path)
    yield suspect(
        "passphrase-no-prompt", 92 if sure else 70, "certain" if sure and view.attempt.outcome != "unknown" else "likely",
        _("The private key {path} is protected by a passphrase, and none or a wrong one was given.").format(path=base(path)),
        view.quote(event), path=path,
    )  # fmt: skip


def passphrase(view: View) -> Suspicions:
    """The host would take the key, and no signature came."""
    attempt = view.attempt
    if not view.failed:
        return
    wrong = attempt.first("bad-passphrase", "key-encrypted")
    if wrong is not None and not any("passphrase" in e.text for e in attempt.all("load-key")):
        yield from _passphrase(view, wrong, wrong.fields.get("path", ""))
    key = view.accepted
    if key is None or view.has(
        "agent-refused",
        "agent-no-secret",
        "sign-failed",
        "pair-mismatch",
        "sk-failed",
        "perms-box",
        "perms-open",
        "acl-open",
    ):
        return
    if any(e.line > (key.outcome_line or 0) for e in attempt.all("load-key")):
        return
    after = [
        e
        for e in attempt.events
        if e.line > (key.outcome_line or 0)
        and e.event in ("methods", "denied", "no-more", "next-method", "trying", "offered", "no-tty")
    ]
    tty, prompt = attempt.first("no-tty"), attempt.first("passphrase-prompt")
    if not after and not prompt:
        return
    gitee = re.match(r"Gitee|OSChina", attempt.server_version)
    if gitee or (view.forge is not None and view.forge.accepts_any_key):
        yield suspect(
            "key-not-registered", 72, "likely",
            _("{host} says yes to any key at first and refused this one afterwards: it is not in the account.").format(host=view.name),
            view.quote(attempt.first("accepted"), after[0] if after else None), path=key.path, host=view.host,
        )  # fmt: skip
    yield suspect(
        "passphrase-no-prompt", 82 if tty or prompt else 70, "likely",
        _("{host} would take {path}, but no signature came: its passphrase could not be asked for, or was not given.").format(
            host=view.name, path=key.path or _("the key")),
        view.quote(attempt.first("accepted"), prompt, tty, *after[:1]), path=key.path,
    )  # fmt: skip


def asked_for_passphrase(view: View) -> Suspicions:
    """ssh asked for a passphrase, and the login failed all the same."""
    attempt = view.attempt
    prompts = attempt.all("passphrase-prompt")
    if view.failed and view.accepted is None and view.has("denied") and prompts and not view.refused:
        yield suspect(
            "passphrase-no-prompt", 70 if len(prompts) > 1 else 50, "likely" if len(prompts) > 1 else "possible",
            _("ssh asked for the passphrase of {path}, and the login failed: it was wrong, or left empty.").format(
                path=base(prompts[0].fields.get("path", ""))),
            view.quote(*prompts[:2], attempt.first("denied")), path=prompts[0].fields.get("path", ""),
        )  # fmt: skip


def no_terminal(view: View) -> Suspicions:
    """Nobody could type, and no line shows which question was asked."""
    tty = view.attempt.first("no-tty")
    if (
        tty is None
        or not view.failed
        or view.has("host-key-failed", "authenticity")
        or view.accepted is not None
    ):
        return
    if view.has("methods", "denied"):
        yield suspect(
            "passphrase-no-prompt", 74, "likely",
            _("ssh wanted to ask for a passphrase and found no terminal."), view.quote(tty, view.attempt.first("denied")),
        )  # fmt: skip
