"""A diagnosis as a Markdown report to pass on: redacted, with everything that a helper asks for first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sshwizard import __version__
from sshwizard.hosts import book
from sshwizard.model.facts import Facts
from sshwizard.model.finding import Diagnosis
from sshwizard.report import pages, words
from sshwizard.report.columns import Style
from sshwizard.report.contract import permissions
from sshwizard.report.redact import Names, without_secrets
from sshwizard.report.rows import rows
from sshwizard.text import _

_PLAIN = Style(width=100)
_CONFIG_LIMIT = 20_000
"""Characters of each configuration file that are shown."""


def to_markdown(diagnosis: Diagnosis, shown: Callable[[str], str], *, anonymize: bool = False) -> str:
    """Write the report. Secrets are always taken out; `anonymize` replaces names as well."""
    text = without_secrets("\n".join(_sections(diagnosis, shown)) + "\n")
    return _names(diagnosis).replace(text) if anonymize else text


def _sections(diagnosis: Diagnosis, shown: Callable[[str], str]) -> Iterator[str]:
    yield "# " + _("ssh report")
    yield ""
    yield from _surroundings(diagnosis)
    yield ""
    yield "## " + _("What was found")
    yield ""
    if diagnosis.verdict == "healthy":
        yield words.works(diagnosis, shown)
    for finding in diagnosis.findings:
        yield f"- **{words.severity_word(finding.severity)}** `{finding.id}` ({finding.certainty}): {_cell(finding.title)}"
        yield f"  {_cell(finding.conclusion)}"
        for seen in finding.evidence:
            place = f"{shown(seen.source)}:{seen.line}" if seen.line else shown(seen.source)
            yield f"  - `{_code(place)}` {_cell(seen.text)}"
    yield from _keys(diagnosis, shown)
    yield from _layers(diagnosis, shown)
    if diagnosis.case.facts:
        yield from _files(diagnosis.case.facts, shown)


def _surroundings(diagnosis: Diagnosis) -> Iterator[str]:
    case = diagnosis.case
    facts = [(_("sshwizard"), __version__)]
    if case.facts:
        facts += [
            (_("platform"), case.facts.platform),
            (_("ssh"), f"{case.facts.ssh or _('none')} {case.facts.ssh_version}".strip()),
            (_("home"), case.facts.environment.home),
            (_("$HOME"), case.facts.shell_home or _("not set")),
            (_("ssh that git runs"), case.facts.git.ssh_command or "ssh"),
            (
                _("agents"),
                ", ".join(f"{one.name} ({len(one.keys)})" for one in case.facts.agents) or _("none"),
            ),
        ]
    if case.plan:
        facts.append((_("destination"), pages.destination(case.plan)))
    for label, value in facts:
        yield f"- {label}: `{_code(value)}`"


def _keys(diagnosis: Diagnosis, shown: Callable[[str], str]) -> Iterator[str]:
    case = diagnosis.case
    if case.plan:
        yield from ("", "## " + _("Which key is sent"), "")
        yield f"| # | {_('key')} | {_('fingerprint')} | {_('comes from')} | {_('answer')} |"
        yield "|---|---|---|---|---|"
        for row in rows(case.plan, case.transcript, shown, missing=True):
            cells = [
                str(row.position or "–"),
                row.key,
                row.public.fingerprint if row.public else "–",
                row.comes_from,
                row.said,
            ]
            yield "| " + " | ".join(_cell(cell) for cell in cells) + " |"
    if case.facts:
        yield from ("", "## " + _("Keys on this machine"), "")
        for one in case.facts.identities:
            path = one.private_path or one.public_path
            state = ", ".join(
                part
                for part in (
                    one.public.kind,
                    permissions(one.mode) or "",
                    _("passphrase") if one.encrypted else "",
                    *(problem.id for problem in one.problems),
                )
                if part
            )
            yield f"- `{_code(shown(path) if path else one.name)}` {one.public.fingerprint} ({state})"


def _layers(diagnosis: Diagnosis, shown: Callable[[str], str]) -> Iterator[str]:
    transcript = diagnosis.case.transcript
    if not transcript:
        return
    yield from ("", "## " + _("The way to the host"), "", "```")
    yield from pages.layers(transcript, shown, _PLAIN)
    if transcript.server_version:
        yield f"  {transcript.server_version}"
    if transcript.host_key:
        yield f"  {transcript.host_key.public.fingerprint} {transcript.host_key.state}"
    yield "```"


def _files(facts: Facts, shown: Callable[[str], str]) -> Iterator[str]:
    from sshwizard.text import visible_bytes

    for seen in facts.config_files:
        if seen.kind != "file" or not seen.data:
            continue
        text = visible_bytes(seen.data[:_CONFIG_LIMIT], keep="\n\t").rstrip("\n")
        yield from ("", f"## `{_code(shown(seen.path))}`", "")
        yield from (f"    {line}" for line in text.split("\n"))


def _names(diagnosis: Diagnosis) -> Names:
    names = Names()
    case = diagnosis.case
    if case.facts:
        environment = case.facts.environment
        homes = (environment.home, case.facts.account_home, case.facts.shell_home)
        names.add("home", (home for home in homes if home not in ("", "/", None)))
        names.add("user", (name for name in (environment.user,) if name not in ("root", "git")))
        names.add("machine", (environment.hostname, environment.hostname.split(".", 1)[0]))
        names.add("comment", (one.public.comment for one in case.facts.identities))
        remotes = case.facts.git.remotes
        names.add("host", (one.host for one in remotes if one.host and not book.find(one.host)))
        names.add("path", (one.path for one in remotes))
    if case.transcript:
        names.add("account", (case.transcript.account,))
    if case.plan and not book.find(case.plan.target.hostname):
        target = case.plan.target
        names.add("host", (name for name in (target.host, target.hostname) if not name.startswith("127.")))
    return names


def _cell(text: str) -> str:
    """Escape what Markdown would take for markup in foreign text."""
    for char in "\\`*[]<>|":
        text = text.replace(char, f"\\{char}")
    return text.replace("\n", " ")


def _code(text: str) -> str:
    return text.replace("`", "'").replace("\n", " ")
