"""A proposal in the making: file contents as they would be, and the edits that lead from one to the next.

Knows how to edit; what an edit achieves is found out by simulation in `forms`.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sshwizard.model.facts import Facts
from sshwizard.model.plan import Offer
from sshwizard.openssh import config_edit
from sshwizard.openssh.config_layout import read_layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Proposed contents and how they came about."""

    contents: Mapping[str, bytes] = field(default_factory=dict)
    """Path → the whole proposed content."""
    kind: str
    """`extend`, `block`, `top`, …: which form it started from."""
    reasons: tuple[str, ...] = ()
    """`narrowed`, `split`, `commented`, `moved`, `agent-off`, `pinned`, `as-typed`: what else was needed."""
    order: int = 0
    """Among forms of equal cost, the lower is preferred."""
    anyones: bool = False
    """Files of others may be changed too, by whoever may: then it is a proposal to carry out by hand."""
    overcome: tuple[Offer, ...] = ()
    """The offers that came before the wanted one and had to be dealt with."""

    def with_file(self, path: str, data: bytes, *reasons: str) -> Draft:
        new = tuple(reason for reason in reasons if reason not in self.reasons)
        return replace(self, contents={**self.contents, path: data}, reasons=self.reasons + new)

    def past(self, offers: Sequence[Offer]) -> Draft:
        """Return the draft with `offers` noted as dealt with."""
        new = tuple(offer for offer in offers if offer not in self.overcome)
        return replace(self, overcome=self.overcome + new)


Remedy = Callable[[Facts, Draft, str, Sequence[Offer]], Draft | None]
"""(facts, draft, host, offers that come before the wanted one) → an improved draft, or None."""


def content(facts: Facts, draft: Draft | None, path: str) -> bytes:
    """Return what a file holds in a draft, else on disk; b"" when there is none."""
    if draft is not None and path in draft.contents:
        return draft.contents[path]
    seen = facts.files.look(path)
    return seen.data if seen.kind == "file" else b""


def editable(facts: Facts, path: str) -> bool:
    """Tell whether the user may change a file: it is theirs, or is not there yet, or they are root.

    The system's configuration is nobody's to change here, not even root's: it speaks for every account.
    """
    system = facts.environment.system_config
    if system and os.path.dirname(path).startswith(os.path.dirname(system)) and not _under_home(facts, path):
        return False
    seen = facts.files.look(path)
    if seen.kind == "missing":
        return True
    if seen.kind != "file":
        return False
    uid = facts.environment.uid
    if uid == 0 or uid < 0 or seen.uid is None:
        return True
    return seen.uid == uid


def _under_home(facts: Facts, path: str) -> bool:
    home = facts.environment.home.rstrip("/")
    return bool(home) and path.startswith(home + "/")


def narrow(facts: Facts, draft: Draft, host: str, before: Sequence[Offer]) -> Draft | None:
    """Take the host out of the blocks that name the keys in the way: `Host *` → `Host * !host`."""
    for path, lines in _places(facts, draft, before):
        layout = read_layout(content(facts, draft, path))
        headers = {layout.block_of(line - 1).header for line in lines}
        if None in headers or any(
            config_edit.is_header_of(layout.lines[header], host) for header in headers if header is not None
        ):
            return None
        data = content(facts, draft, path)
        for header in sorted(header for header in headers if header is not None):
            data = config_edit.exclude_host(data, header + 1, host)
        draft = draft.with_file(path, data, "narrowed")
    return draft


def split(facts: Facts, draft: Draft, host: str, before: Sequence[Offer]) -> Draft | None:
    """Take the host out of single lines only, and leave the rest of their block in force for it."""
    for path, lines in _places(facts, draft, before):
        data = content(facts, draft, path)
        layout = read_layout(data)
        headers = [layout.block_of(line - 1).header for line in lines]
        own = [
            header is not None and config_edit.is_header_of(layout.lines[header], host) for header in headers
        ]
        if any(own):
            return None
        draft = draft.with_file(path, _without(data, lines, host, draft), "split")
    return draft


def _without(data: bytes, lines: Sequence[int], host: str, draft: Draft) -> bytes:
    return config_edit.exclude_lines(data, lines, host, as_typed="as-typed" in draft.reasons)


def silence(facts: Facts, draft: Draft, host: str, before: Sequence[Offer]) -> Draft | None:
    """Comment out the lines in the way where they stand in a block of this host alone."""
    for path, lines in _places(facts, draft, before):
        data = content(facts, draft, path)
        for line in lines:
            layout = read_layout(data)
            header = layout.block_of(line - 1).header
            if header is None or not config_edit.is_header_of(layout.lines[header], host):
                return None
            data = config_edit.comment_out(data, line)
        draft = draft.with_file(path, data, "commented")
    return draft


def lines_changed(facts: Facts, draft: Draft) -> tuple[int, int]:
    """Return how many lines of the user's a draft alters, and how many it adds."""
    altered = added = 0
    for path, data in draft.contents.items():
        old, new = content(facts, None, path).split(b"\n"), data.split(b"\n")
        for tag, start, end, low, high in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
            if tag != "equal":
                altered += end - start
                added += high - low
    return altered, added


def _places(facts: Facts, draft: Draft, offers: Sequence[Offer]) -> list[tuple[str, list[int]]]:
    """Group the lines that name offers by file; nothing when one of them cannot be edited."""
    places: dict[str, list[int]] = {}
    for offer in offers:
        source = offer.source
        if source is None or source.line is None or not (draft.anyones or editable(facts, source.where)):
            return []
        if source.line not in places.setdefault(source.where, []):
            places[source.where].append(source.line)
    return [(path, sorted(lines)) for path, lines in places.items()]
