"""Several fixes at once: which may go together, and in which order. Pure.

"Fix all" takes only fixes that are safe (reversible, no other host affected) and independent: two that write
the same file would make each other stale, so the later one waits for the next look.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sshwizard.model.finding import Finding, Fix
from sshwizard.model.steps import (
    AddToAgent,
    Chmod,
    Chown,
    ConvertKey,
    DoByHand,
    GenerateKey,
    InstallKey,
    MakeFolder,
    RemoveFromAgent,
    RemoveKey,
    RunCommand,
    SetRemoteUrl,
    StartAgent,
    Step,
    TrustHostKey,
    UninstallKey,
    UploadKey,
    WriteFile,
)

_RANK: dict[type, int] = {
    MakeFolder: 0,
    Chown: 1,
    Chmod: 2,
    GenerateKey: 3,
    ConvertKey: 3,
    WriteFile: 4,
    TrustHostKey: 5,
    StartAgent: 6,
    AddToAgent: 7,
    RemoveFromAgent: 7,
    SetRemoteUrl: 8,
    RunCommand: 9,
    UploadKey: 10,
    InstallKey: 10,
    UninstallKey: 11,
    RemoveKey: 11,
    DoByHand: 12,
}
_NEVER_TOGETHER = (UploadKey, RemoveKey, InstallKey, UninstallKey, TrustHostKey, RunCommand, DoByHand)
"""What leaves the machine, decides about trust, or cannot be checked beforehand is confirmed alone."""


def fix_all(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """Return the fixes that may be applied together, in dependency order (folders, modes, keys, files …).

    Of two that touch the same path the first given is kept, and of equal fixes one. A re-test belongs after each.
    """
    chosen: list[Fix] = []
    taken: set[str] = set()
    for fix in fixes:
        paths = {path for step in fix.steps for path in touched(step)}
        if fix in chosen or not may_go_together(fix) or paths & taken:
            continue
        chosen.append(fix)
        taken |= paths
    return tuple(sorted(chosen, key=lambda fix: _rank(fix.steps)))


def safe_ones(
    findings: Iterable[Finding], but: Collection[tuple[str, str]] = ()
) -> tuple[tuple[Finding, Fix], ...]:
    """Return the first safe way of each finding, in the order in which one may need another.

    `but`: ids of findings, each with the title of a way that is not wanted again.
    """
    first: list[tuple[Finding, Fix]] = []
    for finding in findings:
        way = next((fix for fix in finding.fixes if may_go_together(fix)), None)
        if way and (finding.id, way.title) not in but:
            first.append((finding, way))
    chosen = fix_all(way for _finding, way in first)
    return tuple(next(pair for pair in first if pair[1] is way) for way in chosen)


def may_go_together(fix: Fix) -> bool:
    """Tell whether a fix may be part of "fix all"."""
    return fix.safe and bool(fix.steps) and not any(isinstance(step, _NEVER_TOGETHER) for step in fix.steps)


def touched(step: Step) -> tuple[str, ...]:
    """Return the paths that a step changes (the folder, for a remote URL)."""
    match step:
        case WriteFile() | Chmod() | Chown() | MakeFolder() | TrustHostKey():
            return (step.path,)
        case GenerateKey() | ConvertKey():
            return (step.path, f"{step.path}.pub")
        case SetRemoteUrl():
            return (step.folder,)
        case _:
            return ()


def _rank(steps: Sequence[Step]) -> int:
    return min(_RANK[type(step)] for step in steps)
