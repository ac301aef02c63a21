"""Repairs of files as fixes: modes, damaged keys, public halves that are missing or belong to another key.

Every repair is one change of its own, reversible, and leads to a file that ssh reads; the old content stays
in the journal. Pure: looks through the facts' view.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from sshwizard.model.facts import Facts
from sshwizard.model.finding import Fix, Repair
from sshwizard.model.identity import KeyFile, PublicKey
from sshwizard.model.steps import Chmod, ConvertKey, MakeFolder, Step, WriteFile
from sshwizard.openssh import mend
from sshwizard.openssh.keys import public_line
from sshwizard.propose.draft import editable
from sshwizard.propose.owners import owners
from sshwizard.text import _, visible

_PRIVATE_DAMAGE = frozenset(
    {"bom", "crlf", "escaped-newlines", "indented", "leading-text", "no-final-newline", "one-line"}
    | {"blank-lines", "mail-quotes", "no-break-spaces", "trailing-blanks", "utf16"}
)
_PUBLIC_DAMAGE = frozenset({"bom", "public-pem", "quoted", "rfc4716", "type-word", "utf16", "wrapped"})

_BROKEN = frozenset({"damaged", "truncated", "unknown-type"})
_CONVERTIBLE = frozenset(
    {"ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"}
)


def repairs(facts: Facts) -> tuple[Repair, ...]:
    """Return what can be repaired, each repair on its own.

    Owners, modes, damage, halves in the wrong file, missing and mismatched `.pub` files of the keys found, and
    the modes of `~/.ssh` and of the configuration. But for the owners only files of the user's own.
    """
    found = [
        Repair(path=file.path, problem=problem, fix=fix)
        for file in facts.key_files
        if editable(facts, file.path)
        for problem, fix in _of_key(facts, file)
    ]
    return (*owners(facts), *found, *_modes(facts))


def _of_key(facts: Facts, file: KeyFile) -> Iterator[tuple[str, Fix]]:
    problems = {problem.id: None for problem in file.problems}
    if "key-perms-open" in problems and file.mode is not None:
        yield "key-perms-open", close_key(facts, file.path, file.mode)
    if "private-in-public-file" in problems:
        yield from (("private-in-public-file", fix) for fix in _private_in_public(facts, file))
    elif file.has_private:
        damage = next((problem for problem in problems if problem in _PRIVATE_DAMAGE), "")
        yield from ((damage, fix) for fix in _mend_private(facts, file) if damage)
    elif file.path.endswith(".pub"):
        damage = next((problem for problem in problems if problem in _PUBLIC_DAMAGE), "")
        yield from ((damage, fix) for fix in _mend_public(facts, file) if damage)
    if "ppk" in problems:
        yield from (("ppk", fix) for fix in _convert(facts, file))
    if "pub-txt" in problems:
        yield from (("pub-txt", fix) for fix in _rename_text(facts, file))
    if "public-in-private-file" in problems and file.public is not None:
        yield from (("public-in-private-file", fix) for fix in _write_half(facts, file, file.public))
    if file.has_private and file.usable_private and file.public is not None:
        commented = replace(file.public, comment=file.comment or file.public.comment)
        yield from _public_half(facts, file, commented)


def close_key(facts: Facts, path: str, mode: int) -> Fix:
    """Let only the owner read a private key."""
    return _fix(
        _("Let only you read {path}").format(path=_short(facts, path)),
        Chmod(path=path, before=mode, after=mode & 0o700 or 0o600),
        why=_("ssh ignores a private key that other accounts can read."),
        command=f"chmod go= {_typed(facts, path)}",
    )


def _mend_private(facts: Facts, file: KeyFile) -> Iterator[Fix]:
    before = facts.files.look(file.path).data
    after = mend.mended_private(before)
    if after is not None:
        yield _fix(
            _("Put the lines of {path} right").format(path=_short(facts, file.path)),
            WriteFile(path=file.path, before=before, after=after),
            why=_("The key itself stays the same; only what surrounds it changes. A copy is kept."),
        )


def _mend_public(facts: Facts, file: KeyFile) -> Iterator[Fix]:
    before = facts.files.look(file.path).data
    after = mend.mended_public(file)
    if after is not None and after != before:
        yield _fix(
            _("Write {path} in the form that ssh reads").format(path=_short(facts, file.path)),
            WriteFile(path=file.path, before=before, after=after),
            why=_("It stays the same key, on one line."),
        )


def _private_in_public(facts: Facts, file: KeyFile) -> Iterator[Fix]:
    """A private half under a `.pub` name: give each half its own file."""
    path = file.path.removesuffix(".pub")
    data = facts.files.look(file.path).data
    if file.public is None or facts.files.look(path).kind != "missing" or not file.usable_private:
        return
    yield _fix(
        _("Give the private half in {path} a file of its own").format(path=_short(facts, file.path)),
        WriteFile(path=path, before=None, after=data, mode=0o600),
        WriteFile(path=file.path, before=data, after=_line(file.public)),
        why=_("A file that ends in .pub is for the half that may be shown to others."),
    )


def _convert(facts: Facts, file: KeyFile) -> Iterator[Fix]:
    """Write a PuTTY key anew for ssh; only of the kinds that both know, and where nothing is in the way."""
    path = file.path.removesuffix(".ppk") if file.path.endswith(".ppk") else f"{file.path}.openssh"
    known = file.public is not None and file.public.type in _CONVERTIBLE
    taken = any(facts.files.look(name).kind != "missing" for name in (path, f"{path}.pub"))
    if not known or taken or any(problem.id != "ppk" for problem in file.problems if problem.id in _BROKEN):
        return
    words = _("It stays the same key{passphrase}; {old} stays where it is.")
    yield Fix(
        title=_("Write {path} in OpenSSH's format").format(path=_short(facts, path)),
        steps=(ConvertKey(source=file.path, path=path, encrypted=file.encrypted is True),),
        why=words.format(
            passphrase=_(" under the same passphrase") if file.encrypted else "", old=_short(facts, file.path)
        ),
        safe=file.encrypted is False,
        command=f"puttygen {_typed(facts, file.path)} -O private-openssh -o {_typed(facts, path)}",
    )


def _rename_text(facts: Facts, file: KeyFile) -> Iterator[Fix]:
    path = file.path.removesuffix(".txt")
    after = mend.mended_public(file)
    if after is None or facts.files.look(path).kind != "missing":
        return
    yield _fix(
        _("Write the public half to {path}").format(path=_short(facts, path)),
        WriteFile(path=path, before=None, after=after, mode=0o644),
        why=_("ssh looks for a name that ends in .pub; {path} stays.").format(path=_short(facts, file.path)),
        command=f"cp {_typed(facts, file.path)} {_typed(facts, path)}",
    )


def _write_half(facts: Facts, file: KeyFile, public: PublicKey) -> Iterator[Fix]:
    path = f"{file.path}.pub"
    if facts.files.look(path).kind == "missing":
        yield _fix(
            _("Write the public half to {path}").format(path=_short(facts, path)),
            WriteFile(path=path, before=None, after=_line(public), mode=0o644),
            why=_("{path} holds a public half, and its name is that of a private one.").format(
                path=_short(facts, file.path)
            ),
        )


def _public_half(facts: Facts, file: KeyFile, public: PublicKey) -> Iterator[tuple[str, Fix]]:
    """Derive a missing `.pub`, or replace one that belongs to another key."""
    if file.path.endswith(".pub"):
        return
    path = f"{file.path}.pub"
    seen = facts.files.look(path)
    command = f"ssh-keygen -y -f {_typed(facts, file.path)} > {_typed(facts, path)}"
    if seen.kind == "missing":
        fix = _fix(
            _("Write the public half of {path} beside it").format(path=_short(facts, file.path)),
            WriteFile(path=path, before=None, after=_line(public), mode=0o644),
            why=_("ssh can then ask a host about this key before it opens the private half."),
            command=command,
        )
        yield "public-missing", fix
        return
    beside = next((other for other in facts.key_files if other.path == path), None)
    if beside is None or beside.public is None or beside.has_private or beside.public.blob == public.blob:
        return
    fix = _fix(
        _("Replace {path} by the public half that belongs to {key}").format(
            path=_short(facts, path), key=_short(facts, file.path)
        ),
        WriteFile(path=path, before=seen.data, after=_line(public)),
        why=_("ssh offers what the .pub file says, and then cannot sign with {key}. A copy is kept.").format(
            key=_short(facts, file.path)
        ),
        command=command,
    )
    yield "pair-mismatch", fix


def _modes(facts: Facts) -> Iterator[Repair]:
    folder = facts.ssh_folder
    uid = facts.environment.uid
    if (
        folder.kind == "directory"
        and folder.mode is not None
        and folder.mode & 0o022
        and uid in (0, folder.uid)
    ):
        yield Repair(
            path=folder.path,
            problem="ssh-folder-perms",
            fix=_fix(
                _("Let only you enter {path}").format(path=_short(facts, folder.path)),
                Chmod(path=folder.path, before=folder.mode, after=0o700),
                why=_("Others could put keys or configuration of theirs there."),
                command=f"chmod 700 {_typed(facts, folder.path)}",
            ),
        )
    configs = {seen.path: seen for seen in facts.config_files}
    if facts.environment.user_config is not None:
        configs.setdefault(facts.environment.user_config, facts.files.look(facts.environment.user_config))
    for seen in configs.values():
        if seen.kind == "file" and seen.mode is not None and seen.mode & 0o022 and uid in (0, seen.uid):
            yield Repair(
                path=seen.path,
                problem="config-perms",
                fix=_fix(
                    _("Let only you write {path}").format(path=_short(facts, seen.path)),
                    Chmod(path=seen.path, before=seen.mode, after=seen.mode & ~0o022),
                    why=_("ssh refuses a configuration that others can write."),
                    command=f"chmod go-w {_typed(facts, seen.path)}",
                ),
            )


def make_ssh_folder(facts: Facts) -> Fix:
    """Create `~/.ssh`."""
    path = facts.ssh_folder.path
    return _fix(
        _("Make the folder {path}").format(path=_short(facts, path)),
        MakeFolder(path=path, mode=0o700),
        command=f"mkdir -m 700 {_typed(facts, path)}",
    )


def _fix(title: str, *steps: Step, why: str = "", command: str = "") -> Fix:
    return Fix(title=title, steps=steps, why=why, safe=True, command=command)


def _line(public: PublicKey) -> bytes:
    return public_line(public).encode("utf-8", "backslashreplace") + b"\n"


def _short(facts: Facts, path: str) -> str:
    home = facts.environment.home.rstrip("/") + "/"
    return visible("~/" + path.removeprefix(home) if path.startswith(home) else path, keep="")


def _typed(facts: Facts, path: str) -> str:
    """Write a path as it is typed in a shell."""
    home = facts.environment.home.rstrip("/") + "/"
    return "~/" + shlex.quote(path.removeprefix(home)) if path.startswith(home) else shlex.quote(path)
