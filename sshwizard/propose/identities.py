"""One identity per repository: the designs for a second account at the same host, and signed commits.

A host alias with a remote that uses it, or an ssh command of the repository's own (alone or for a folder of
repositories by `includeIf`). Every design is simulated; none changes what other destinations are sent. Pure.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace

from sshwizard.model.config import CommandLine
from sshwizard.model.facts import Facts, GitRemote
from sshwizard.model.finding import Fix, HostEffect
from sshwizard.model.identity import Identity, PublicKey
from sshwizard.model.plan import Plan
from sshwizard.model.steps import RunCommand, SetRemoteUrl, Step, WriteFile
from sshwizard.openssh import config_edit
from sshwizard.openssh.keys import public_line
from sshwizard.propose.effects import names
from sshwizard.text import _, visible

Simulate = Callable[[str, Mapping[str, bytes | None]], Plan]
_OWN = frozenset(
    {"host", "hostname", "user", "identityfile", "identitiesonly", "identityagent", "certificatefile"}
)
_WRITTEN = {
    name.lower(): name
    for name in (
        "Port",
        "ProxyJump",
        "ProxyCommand",
        "UserKnownHostsFile",
        "HostKeyAlgorithms",
        "HostKeyAlias",
    )
    + ("PubkeyAcceptedAlgorithms", "StrictHostKeyChecking", "KexAlgorithms", "Ciphers", "AddressFamily")
}


def host_alias(
    facts: Facts,
    plan: Plan,
    wanted: PublicKey,
    simulate: Simulate,
    *,
    config_path: Callable[[str], str],
    alias: str = "",
) -> Fix | None:
    """Give the wanted key a name of its own for the host, and let the repository's remote use that name.

    `plan` is that of the remote's host. None when no remote was named, the key is in no file, or the
    simulation shows that the alias would not send the key first.
    """
    remote = _remote(facts)
    config, identity = facts.environment.user_config, _identity(facts, wanted)
    path = (identity.private_path or identity.public_path) if identity else None
    if remote is None or identity is None or path is None or config is None:
        return None
    name = alias or _alias(facts, plan, identity)
    seen = facts.files.look(config)
    before = seen.data if seen.kind == "file" else None
    options = [("HostName", plan.effective.hostname), *_carried(plan, simulate(name, {}))]
    options += [("IdentityFile", config_path(path)), ("IdentitiesOnly", "yes")]
    try:
        config_edit.check_name(name)
    except ValueError:
        return None
    for after in _placed(before or b"", name, options):
        there = simulate(name, {config: after})
        if _first(there) == wanted.blob and not there.effective.fatal:
            write = WriteFile(path=config, before=before, after=after, mode=0o600)
            return _alias_fix(remote, plan, identity, name, write, there)
    return None


def own_ssh_command(
    facts: Facts,
    wanted: PublicKey,
    try_line: Callable[[CommandLine], Plan],
    *,
    now: Mapping[str, str],
    global_file: str = "",
    folder: str = "",
) -> Fix | None:
    """Let git use the wanted key in this repository, or in every repository under `folder`.

    `try_line` simulates another command line; `now` are the values that git's configuration has (for the way
    back); `global_file` and `folder` (absolute) make it an `includeIf` in the user's git configuration. The
    agent is switched off in the command only where the simulation shows that its keys would come first.
    """
    identity = _identity(facts, wanted)
    if identity is None or identity.private_path is None or (not folder and facts.git.folder is None):
        return None
    base = (("-i", identity.private_path), ("-o", "IdentitiesOnly=yes"))
    others = _without(facts.command_line.flags)
    for flags in (base, (*base, ("-o", "IdentityAgent=none"))):
        line = replace(facts.command_line, flags=(*flags, *others))
        if _first(try_line(line)) == wanted.blob:
            kept = tuple(flag for flag in others if not _from_git(flag))
            command = shlex.join(["ssh", *(word for flag in (*flags, *kept) for word in flag if word)])
            steps = _included(facts, command, global_file, folder) if folder else _local(facts, command, now)
            return Fix(
                title=_("Let git send {key} from {place}").format(
                    key=visible(identity.name, keep=""),
                    place=visible(folder or facts.git.folder or "", keep=""),
                ),
                steps=steps,
                why=_("git then runs ssh with this key there; ssh itself stays as it is everywhere else."),
                safe=True,
            )
    return None


def commit_signing(
    facts: Facts, identity: Identity, *, now: Mapping[str, str], allowed_signers: str, email: str
) -> Fix | None:
    """Sign this repository's commits with an SSH key, and write down that the key is the committer's own.

    `now`: git's present values; `allowed_signers`: path of that file. None outside a repository, without an
    e-mail address, or for a key without public half in a file. Needs git 2.34.
    """
    if facts.git.folder is None or not email or identity.public_path is None:
        return None
    seen = facts.files.look(allowed_signers)
    before = seen.data if seen.kind == "file" else None
    plain = " ".join(public_line(identity.public).split()[:2])
    line = f'{email} namespaces="git" {plain}\n'.encode()
    steps: list[Step] = []
    if before is None or line.strip() not in before:
        gap = b"\n" if before and not before.endswith(b"\n") else b""
        after = (before or b"") + gap + line
        steps.append(WriteFile(path=allowed_signers, before=before, after=after, mode=0o600))
    values = {
        "gpg.format": "ssh",
        "user.signingkey": identity.public_path,
        "gpg.ssh.allowedSignersFile": allowed_signers,
        "commit.gpgsign": "true",
    }
    steps += [
        _set(facts.git.folder, key, value, now) for key, value in values.items() if _now(now, key) != value
    ]
    return Fix(
        title=_("Sign commits with {key}").format(key=visible(identity.name, keep="")),
        steps=tuple(steps),
        why=_("git then signs with ssh-keygen, and `git log --show-signature` knows whose key it is."),
        safe=True,
    )


def alias_url(remote: GitRemote, alias: str) -> str:
    """Return the remote's URL with `alias` in place of the host, in the same form."""
    user = f"{remote.user}@" if remote.user else ""
    path = remote.path or ""
    if "://" in remote.url:
        port = f":{remote.port}" if remote.port else ""
        return f"ssh://{user}{alias}{port}/{path.lstrip('/')}"
    return f"{user}{alias}:{path}"


def _remote(facts: Facts) -> GitRemote | None:
    named = facts.target.remote
    return next(
        (remote for remote in facts.git.remotes if remote.name == named and remote.transport == "ssh"), None
    )


def _identity(facts: Facts, wanted: PublicKey) -> Identity | None:
    return next((identity for identity in facts.identities if identity.public.blob == wanted.blob), None)


def _alias(facts: Facts, plan: Plan, identity: Identity) -> str:
    owner = (facts.target.path or "").strip("/~").split("/", 1)[0] if "/" in (facts.target.path or "") else ""
    word = re.sub(r"[^A-Za-z0-9._-]+", "-", owner or identity.name.removesuffix(".pub")).strip("-.")
    return f"{plan.target.host}-{word or 'second'}"


def _carried(plan: Plan, alias: Plan) -> list[tuple[str, str]]:
    """Return the options of the host that the alias would miss."""
    carried = []
    for keyword, values in plan.effective.options.items():
        if keyword in _OWN or keyword not in _WRITTEN or not values or values[0].source is None:
            continue
        if [value.text for value in values] != [
            value.text for value in alias.effective.options.get(keyword, ())
        ]:
            carried.append((_WRITTEN[keyword], " ".join(value.text for value in values)))
    return carried


def _placed(data: bytes, name: str, options: list[tuple[str, str]]) -> list[bytes]:
    """Return the block at the end, before the first block, and on top."""
    return [
        config_edit.insert_block(data, [name], options),
        config_edit.insert_block_at_top(data, [name], options),
    ]


def _alias_fix(
    remote: GitRemote, plan: Plan, identity: Identity, name: str, write: WriteFile, there: Plan
) -> Fix:
    url = alias_url(remote, name)
    return Fix(
        title=_("Give {key} the name {alias}, and let {remote} use it").format(
            key=visible(identity.name, keep=""),
            alias=visible(name, keep=""),
            remote=visible(remote.name, keep=""),
        ),
        steps=(
            write,
            SetRemoteUrl(folder=remote.folder, remote=remote.name, before=remote.url, after=url),
        ),
        why=_(
            "For two accounts at {host}: it keeps its key, only this repository uses the other name."
        ).format(host=visible(plan.target.host, keep="")),
        safe=True,
        affects_hosts=(HostEffect(host=name, before=(), after=names(there)),),
        command=shlex.join(["git", "-C", remote.folder, "remote", "set-url", remote.name, url]),
    )


def _first(plan: Plan) -> bytes | None:
    first = plan.sent[0] if plan.sent else None
    return (
        first.public.blob
        if first is not None and first.public is not None and first.usable is not False
        else None
    )


def _without(flags: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the command line's other flags: what a former ssh command said about identities is replaced."""
    names_identity = ("identityfile", "identitiesonly", "identityagent")
    return tuple(
        flag
        for flag in flags
        if flag[0] != "-i" and not (flag[0] == "-o" and flag[1].lower().startswith(names_identity))
    )


def _from_git(flag: tuple[str, str]) -> bool:
    """Tell whether git adds this itself, from the URL or for its protocol."""
    return flag[0] == "-p" or (flag[0] == "-o" and flag[1].lower().startswith("sendenv"))


def _local(facts: Facts, command: str, now: Mapping[str, str]) -> tuple[Step, ...]:
    return (_set(facts.git.folder or "", "core.sshCommand", command, now),)


def _included(facts: Facts, command: str, global_file: str, folder: str) -> tuple[Step, ...]:
    """Write a small file with the command, and include it for repositories under `folder`."""
    extra = f"{global_file}-{re.sub(r'[^A-Za-z0-9]+', '-', folder).strip('-')}"
    seen, old = facts.files.look(extra), facts.files.look(global_file)
    content = f"[core]\n\tsshCommand = {_quoted(command)}\n".encode()
    before = old.data if old.kind == "file" else None
    gap = b"\n" if before and not before.endswith(b"\n") else b""
    place = _quoted(f"gitdir:{folder.rstrip('/')}/")
    lines = f"[includeIf {place}]\n\tpath = {_quoted(extra)}\n".encode()
    if before is not None and lines in before:
        lines, gap = b"", b""
    inner = WriteFile(
        path=extra, before=seen.data if seen.kind == "file" else None, after=content, mode=0o644
    )
    if not lines:
        return (inner,)
    return (
        inner,
        WriteFile(path=global_file, before=before, after=(before or b"") + gap + lines, mode=0o644),
    )


def _now(now: Mapping[str, str], key: str) -> str | None:
    """Return the present value; git lists the names in lower case."""
    return next((value for name, value in now.items() if name.lower() == key.lower()), None)


def _quoted(text: str) -> str:
    """Write a value as git-config(1) reads it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _set(folder: str, key: str, value: str, now: Mapping[str, str]) -> RunCommand:
    old = _now(now, key)
    undo = ("git", "config", "--local", key, old) if old is not None else None
    return RunCommand(
        argv=("git", "config", "--local", key, value),
        undo_argv=undo or ("git", "config", "--local", "--unset", key),
        cwd=folder,
        because=_("git's own setting of this repository"),
    )
