"""The reader of ssh_config: what `ssh -G` would say, with file and line for every value. No I/O, nothing run.

`reader` walks ssh's sequence; `run` reads files into a `state`; `parse`, `lines` and `directives`
understand lines; `keywords`, `values`, `numbers`, `forwards`, `address` and `algorithms` understand values;
`match` asks criteria; `effective` adds defaults and expands; `output` prints; `versions` knows releases;
`named` lists the hosts, `remarks/` finds mistakes.

Out of reach, because nothing is asked or run:

* `Match exec` counts as false unless its outcome is known; `Effective.alternatives` says what else could be.
* Names are not looked up. CanonicalizeHostname and CanonicalizePermittedCNAMEs use
  `Environment.canonical_hosts`; while that is empty every name stays as it is and nothing is refused.
* The scope of an IPv6 address (`%eth0`) is not checked; service names come from `/etc/services` alone.
* What the banner of `ssh -V` does not tell about a build: a built-in FIDO provider (assumed for Debian),
  GSSAPI (assumed for Debian, Apple and Windows), the path of xauth.
* What ssh adds with `-v` or LogLevel DEBUG, and what it says about the terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sshwizard.openssh.config.named import hosts_named, hosts_sampled
from sshwizard.openssh.config.output import print_g
from sshwizard.openssh.config.reader import Reader, resolve

if TYPE_CHECKING:
    from sshwizard.model.config import Environment
    from sshwizard.model.files import FileView
    from sshwizard.model.lint import LintProblem

__all__ = ["Reader", "hosts_named", "hosts_sampled", "lint", "print_g", "resolve"]


def lint(
    environment: Environment, files: FileView, *, remotes: tuple[str, ...] = ()
) -> tuple[LintProblem, ...]:
    """Return the remarks about all configuration files, in the order of files and lines.

    `remotes` are the ssh hosts of this folder's git remotes, for blocks that miss them.
    """
    from sshwizard.openssh.config import remarks

    return remarks.find(environment, files, remotes)
