"""The reader of ssh_config: what `ssh -G` would say, with file and line for every value. No I/O, nothing run.

`reader` walks ssh's sequence; `run` reads files into a `state`; `parse`, `lines` and `directives`
understand lines; `keywords`, `values`, `numbers`, `forwards`, `address` and `algorithms` understand values;
`match` asks criteria; `effective` adds defaults and expands; `output` prints; `versions` knows releases.
"""

from sshwizard.openssh.config.lint import lint
from sshwizard.openssh.config.named import hosts_named
from sshwizard.openssh.config.output import print_g
from sshwizard.openssh.config.reader import Reader, resolve

__all__ = ["Reader", "hosts_named", "lint", "print_g", "resolve"]
