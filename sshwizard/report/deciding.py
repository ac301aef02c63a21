"""The lines of the configuration that decided where ssh goes and which keys it offers there. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sshwizard.text import _, visible, visible_bytes

if TYPE_CHECKING:
    from sshwizard.model.files import FileView
    from sshwizard.model.plan import Plan
    from sshwizard.model.source import Source

Role = Literal["block", "counts", "beaten", "unknown"]
DECIDING = (
    "hostname",
    "user",
    "port",
    "proxyjump",
    "proxycommand",
    "identityfile",
    "certificatefile",
    "identitiesonly",
    "identityagent",
    "pubkeyauthentication",
    "preferredauthentications",
    "pubkeyacceptedalgorithms",
    "requiredrsasize",
    "pkcs11provider",
    "securitykeyprovider",
)
"""Options that bear on where ssh goes and which keys it offers there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigLine:
    """A line of the configuration that had a say."""

    where: str
    line: int | None
    """None: the command line."""
    text: str
    """As written, without its indentation."""
    role: Role
    """`block` (a Host or Match line that matched), `counts`, `beaten` (an earlier line won), or `unknown`
    (a Match exec that was not run)."""

    @property
    def note(self) -> str:
        """Half a sentence where the line's part is not plain."""
        return {
            "beaten": _("does not count: an earlier line won"),
            "unknown": _("not run, so not known"),
        }.get(self.role, "")


def deciding_lines(plan: Plan, files: FileView) -> tuple[ConfigLine, ...]:
    """Return the lines that decided where ssh goes and what it offers, file by file, in reading order."""
    effective = plan.effective
    roles: dict[Source, tuple[Role, str]] = {}
    for keyword in DECIDING:
        for value in effective.options.get(keyword, ()):
            if value.source:
                roles.setdefault(value.source, ("counts", f"{keyword} {value.text}"))
        for value in effective.shadowed.get(keyword, ()):
            if value.source:
                roles.setdefault(value.source, ("beaten", f"{keyword} {value.text}"))
    for condition in effective.conditions:
        roles[condition.source] = ("unknown", f"match exec {condition.command}")
    for block in effective.blocks:
        if any(_is_in(source, block, effective.blocks) for source in roles):
            roles.setdefault(block, ("block", ""))
    order = {path: number for number, path in enumerate(effective.files_read)}
    found = sorted(roles, key=lambda at: (order.get(at.where, -1), at.where, at.line or 0))
    return tuple(
        ConfigLine(
            where=at.where, line=at.line, text=_text(at, files) or visible(roles[at][1]), role=roles[at][0]
        )
        for at in found
    )


def _is_in(source: Source, block: Source, blocks: tuple[Source, ...]) -> bool:
    """Say whether a line stands in a block: none of the others that matched begins between the two."""
    if source.where != block.where or source.line is None or block.line is None or source == block:
        return False
    if source.line < block.line:
        return False
    begins = [one.line for one in blocks if one.where == block.where and one.line is not None]
    return max(line for line in begins if line <= source.line) == block.line


def _text(source: Source, files: FileView) -> str:
    if source.line is None:
        return ""
    lines = files.look(source.where).data.split(b"\n")
    return visible_bytes(lines[source.line - 1], keep="").strip() if source.line <= len(lines) else ""
