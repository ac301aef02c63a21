"""Rules about key files: modes, formats, damage, pairs, paths, passphrases. Looks at facts, never at secrets."""

from __future__ import annotations

import time
from collections.abc import Iterator

from sshwizard.model.finding import Case, Evidence, Finding, Fix, Severity
from sshwizard.model.identity import KeyFile
from sshwizard.model.plan import Offer
from sshwizard.model.steps import Chmod
from sshwizard.rules import sight
from sshwizard.text import _

DAMAGE = frozenset(
    {
        "crlf",
        "bom",
        "no-final-newline",
        "truncated",
        "wrapped",
        "damaged",
        "empty",
        "escaped-newlines",
        "indented",
        "trailing-blanks",
    }
    | {"blank-lines", "mail-quotes", "no-break-spaces"}
    | {"leading-text", "one-line", "utf16", "quoted", "rfc4716", "public-pem", "type-word"}
)
FORMATS = frozenset({"ppk", "unknown-type", "unknown-format", "ssh2"})


def open_private_key(case: Case) -> Iterator[Finding]:
    """ssh ignores a private key of the user's own that others can read (`authfile.c:sshkey_perm_ok`)."""
    if case.facts is None or case.plan is None:
        return
    done = set()
    for offer in case.plan.offers:
        path = offer.private_path or offer.path
        file = sight.key_file(case, path)
        if offer.via != "file" or not offer.exists or file is None or path in done:
            continue
        done.add(path)
        if file.has_private and _too_open(case, file):
            yield _open(case, offer, file)


def _too_open(case: Case, file: KeyFile) -> bool:
    """Tell whether ssh refuses the mode: only files of the calling user are checked."""
    if file.mode is None or case.facts is None:
        return False
    return bool(file.mode & 0o077) and file.uid == case.facts.environment.uid


def _open(case: Case, offer: Offer, file: KeyFile) -> Finding:
    mode = file.mode or 0
    id = "key-perms-wsl-mount" if file.path.startswith("/mnt/") and mode & 0o777 in (0o777, 0o555) else ""
    path = sight.short(case, file.path)
    fixes = sight.repaired(case, file.path, "key-perms-open") or (
        Fix(
            title=_("Let only you read {path}").format(path=path),
            steps=(Chmod(path=file.path, before=mode, after=0o600),),
            safe=True,
            command=f"chmod 600 {sight.typed(path)}",
        ),
    )
    wsl = sight.advice(
        _("Copy the key into the Linux home"),
        _("On a Windows drive chmod has no effect and says nothing."),
        command=f"cp {sight.typed(file.path)} ~/.ssh/ && chmod 600 ~/.ssh/{sight.typed(file.path.rsplit('/', 1)[-1])}",
    )
    return sight.finding(
        id or "key-perms-open",
        _weight(case, offer),
        "certain",
        _("{path} can be read by others (mode {mode}), so ssh ignores it.").format(path=path, mode=f"{mode:04o}"),
        [Evidence(source=file.path, text=_("mode {mode}").format(mode=f"{mode:04o}"))],
        (wsl,) if id else fixes,
    )  # fmt: skip


def _weight(case: Case, offer: Offer) -> Severity:
    """A fault of a key blocks when the login depends on it, else it is worth a warning."""
    transcript = case.transcript
    if transcript is None or not sight.asked(case):
        return "warn"
    if offer.public is not None and any(key.blob == offer.public.blob for key in transcript.known):
        winner = transcript.ssh_key
        if winner is None or winner.blob == offer.public.blob:
            return "fail"
    if case.wanted and offer.public and case.wanted.blob == offer.public.blob:
        return "fail"
    return "warn" if sight.accepted(case) or offer.public is not None else "fail"


def damaged_files(case: Case) -> Iterator[Finding]:
    """Report key files that ssh would use and cannot read."""
    if case.facts is None or case.plan is None:
        return
    for file in case.facts.key_files:
        offer = _offer_for(case, file)
        for problem in file.problems:
            id = _finding_id(problem.id)
            mended = sight.repaired(case, file.path, problem.id)
            if not id or (offer is None and id != "key-pair-mismatch" and not mended):
                continue
            blocks = offer is not None and not sight.accepted(case) and sight.asked(case)
            yield sight.finding(
                id,
                "fail" if blocks else "info" if sight.accepted(case) or offer is None else "warn",
                "certain" if id != "key-file-corrupt" or not file.usable_private else "likely",
                _("{path}: {problem}").format(path=sight.short(case, file.path), problem=problem.title),
                [Evidence(source=file.path, text=problem.title)],
                (*mended, *_mend(case, id, problem.id, file)),
            )
            break


def _finding_id(problem: str) -> str:
    if problem == "pair-mismatch":
        return "key-pair-mismatch"
    if problem == "public-in-private-file":
        return "pubkey-used-as-private"
    if problem in FORMATS:
        return "key-format-unsupported"
    return "key-file-corrupt" if problem in DAMAGE else ""


def _offer_for(case: Case, file: KeyFile) -> Offer | None:
    """Return the offer that reads this file, unless an agent signs for it."""
    for offer in case.plan.offers if case.plan else ():
        if offer.via == "file" and file.path in (offer.path, offer.private_path) and offer.exists:
            return offer
    return None


def _mend(case: Case, id: str, problem: str, file: KeyFile) -> tuple[Fix, ...]:
    path = sight.short(case, file.path)
    private = path.removesuffix(".pub")
    key, word = sight.typed(private), sight.typed(path)
    match id:
        case "key-pair-mismatch":
            return (
                sight.advice(
                    _("Rebuild the public half from the private one"),
                    _("Move {pub} aside first.").format(pub=f"{private}.pub"),
                    _("If the host knew the old public half, register the new one."),
                    command=f"mv {key}.pub {key}.pub.old && ssh-keygen -y -f {key} > {key}.pub",
                ),
            )
        case "pubkey-used-as-private":
            return (
                sight.advice(
                    _("Put the private half there, or name its file"),
                    _("A private key begins with `-----BEGIN`; this file holds the public half."),
                ),
            )
        case "key-format-unsupported":
            return (
                sight.advice(
                    _("Convert the key to OpenSSH format"),
                    _("PuTTYgen: Load the file, then Conversions, Export OpenSSH key."),
                    command=f"puttygen {word} -O private-openssh -o {sight.typed(path.removesuffix('.ppk'))}",
                ),
            )
    commands = {
        "crlf": f"tr -d '\\r' < {word} > {word}.new && chmod 600 {word}.new && mv {word}.new {word}",
        "no-final-newline": f"echo >> {word}",
    }
    return (
        sight.advice(
            _("Write the key file again"),
            _("Take it from where it came from, with its first and last line and plain line ends."),
            _("Check it: `ssh-keygen -y -f {path}` prints a public key.").format(path=path),
            command=commands.get(problem, f"ssh-keygen -y -f {word}"),
        ),
    )


def missing_identity_file(case: Case) -> Iterator[Finding]:
    """An IdentityFile of the user leads nowhere."""
    if case.plan is None or case.facts is None or not sight.private_identities(case):
        return
    agent_has = {o.path for o in case.plan.offers if o.via == "agent"}
    for named in case.plan.effective.identity_files:
        if named.default or not named.explicit:
            continue
        if named.problem:
            text, severity = named.problem, "fail"
        elif (
            named.path not in agent_has
            and case.facts.files.look(named.path).kind == "missing"
            and case.facts.files.look(f"{named.path}.pub").kind == "missing"
            and case.facts.files.look(f"{named.path}-cert.pub").kind == "missing"
        ):
            text = _("there is no file {path}").format(path=named.path)
            severity = "info" if sight.accepted(case) or not sight.asked(case) else "warn"
        else:
            continue
        yield sight.finding(
            "identityfile-path",
            "fail" if severity == "fail" else "warn" if severity == "warn" else "info",
            "certain",
            _("IdentityFile {text} cannot be used: {problem}.").format(text=named.text, problem=text),
            [sight.seen(named.source, f"IdentityFile {named.text}", otherwise=_("command line"))],
            [
                sight.advice(
                    _("Correct the path"),
                    _("Write `~/.ssh/NAME`; quote it only when it has a blank in it."),
                    command="sshwizard keys list",
                )
            ],
        )


def passphrase(case: Case) -> Iterator[Finding]:
    """The key that wins is encrypted and in no agent; in BatchMode it is passed over, though the host takes it."""
    offer = sight.winning_offer(case) or _passed_over(case)
    if case.plan is None or offer is None or not offer.needs_passphrase or offer.via != "file":
        return
    blocks = sight.batch_mode(case)
    name = sight.offer_name(case, offer)
    conclusion = (
        _("{key} needs its passphrase, and BatchMode forbids ssh to ask for it.")
        if blocks
        else _("ssh will ask for the passphrase of {key} each time: no agent holds it.")
    )
    yield sight.finding(
        "passphrase-no-prompt",
        "fail" if blocks else "info",
        "certain",
        conclusion.format(key=name),
        [Evidence(source=offer.private_path or offer.path, text=_("encrypted with a passphrase"))],
        [
            sight.advice(
                _("Let an agent remember it"),
                command=f"ssh-add {sight.typed(sight.short(case, offer.private_path or offer.path))}",
            )
        ],
    )


def _passed_over(case: Case) -> Offer | None:
    """Return the first key that the host takes and that BatchMode keeps ssh from unlocking."""
    if case.plan is None or case.transcript is None or sight.accepted(case) or not sight.batch_mode(case):
        return None
    taken = {answer.planned for answer in case.transcript.answers if answer.state == "accepted"}
    return next((o for o in case.plan.sent if o.position in taken and o.needs_passphrase), None)


def certificate_validity(case: Case) -> Iterator[Finding]:
    """A certificate that ssh offers is not valid now."""
    now = time.time()
    for offer in case.plan.sent if case.plan else ():
        certificate = offer.public.certificate if offer.public else None
        if certificate is None:
            continue
        over = certificate.valid_before is not None and certificate.valid_before <= now
        if not over and certificate.valid_after <= now:
            continue
        moment = time.strftime(
            "%Y-%m-%d %H:%M", time.gmtime(certificate.valid_before if over else certificate.valid_after)
        )
        words = (
            _("The certificate {key} ended at {moment} (UTC), so no host takes it any more.")
            if over
            else _("The certificate {key} is not valid before {moment} (UTC); is this machine's clock right?")
        )
        yield sight.finding(
            "certificate-not-valid",
            "info" if sight.accepted(case) else "fail" if sight.asked(case) else "warn",
            "certain",
            words.format(key=sight.offer_name(case, offer), moment=moment),
            [sight.seen(offer.source, f"{offer.path}: {certificate.key_id}", otherwise=offer.path)],
            [
                sight.advice(
                    _("Get a new certificate"),
                    _("From whoever signed it; the key itself stays the same."),
                    command=f"ssh-keygen -L -f {sight.typed(sight.short(case, offer.path))}",
                )
            ],
        )
