"""From files and agents to identities: one value for each key, with all the places that hold it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sshwizard.model.identity import Agent, Identity, KeyFile, KeyProblem, PublicKey


@dataclass(slots=True)
class _Gathering:
    """The files and agents found so far for one public key."""

    public: PublicKey
    private: KeyFile | None = None
    shown_in: KeyFile | None = None
    agents: list[str] = field(default_factory=list)
    problems: list[KeyProblem] = field(default_factory=list)


def join(key_files: Iterable[KeyFile], agents: Iterable[Agent]) -> tuple[Identity, ...]:
    """Join files and agents that hold the same key.

    Files first, in the order given, then what only agents hold, in agent order. A private file whose public
    half is unknown (encrypted PEM) is joined with the `.pub` beside it, as ssh does. Files without any
    public half stand only in `Facts.key_files`.
    """
    files = tuple(key_files)
    beside = {file.path: file for file in files}
    found: dict[bytes, _Gathering] = {}
    for file in files:
        public = _public_of(file, beside)
        if public is not None:
            _add(found.setdefault(public.blob, _Gathering(public)), file)
    for agent in agents:
        for key in agent.keys:
            entry = found.setdefault(key.blob, _Gathering(key))
            if agent.where not in entry.agents:
                entry.agents.append(agent.where)
    return tuple(_identity(entry) for entry in found.values())


def mismatched(file: KeyFile, beside: KeyFile | None) -> bool:
    """Tell whether a private file and the `.pub` file beside it hold different keys."""
    return (
        beside is not None
        and file.has_private
        and file.public is not None
        and beside.public is not None
        and file.public.blob != beside.public.blob
    )


def _public_of(file: KeyFile, beside: dict[str, KeyFile]) -> PublicKey | None:
    if file.public is not None or not file.has_private:
        return file.public
    pair = beside.get(file.path + ".pub")
    return pair.public if pair is not None and not pair.has_private else None


def _add(entry: _Gathering, file: KeyFile) -> None:
    if file.has_private:
        if entry.private is None or (file.usable_private and not entry.private.usable_private):
            entry.private = file
    elif entry.shown_in is None or _pairs(entry.private, file):
        entry.shown_in = file
    entry.problems += [each for each in file.problems if each not in entry.problems]


def _pairs(private: KeyFile | None, public: KeyFile) -> bool:
    return private is not None and public.path == private.path + ".pub"


def _identity(entry: _Gathering) -> Identity:
    private, shown = entry.private, entry.shown_in
    best = private or shown
    comment = entry.public.comment or (private.comment if private else "") or (shown.comment if shown else "")
    return Identity(
        public=_commented(entry.public, comment),
        private_path=private.path if private else None,
        public_path=shown.path if shown else (private.path if private and private.public else None),
        format=best.format if best else None,
        has_private=private is not None,
        encrypted=private.encrypted if private else None,
        usable_private=private is not None and private.usable_private,
        mode=best.mode if best else None,
        mtime=best.mtime if best else 0.0,
        agents=tuple(entry.agents),
        problems=tuple(entry.problems),
    )


def _commented(public: PublicKey, comment: str) -> PublicKey:
    if public.comment == comment:
        return public
    from dataclasses import replace

    return replace(public, comment=comment)
