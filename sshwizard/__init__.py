"""sshwizard: which key `ssh` offers, why, what the host says, and the change that mends it.

The road: ``Machine → gather → Facts → plan → Plan → probe → Transcript``; facts, plan and transcript
make a `Case`; `rules` turn it into `Finding`s; `check.run` walks the whole road and returns a `Diagnosis`.
A `Finding` may carry `Fix`es, which `apply` executes only with consent and can take back.

Where things are, from the bottom up (a layer imports only what stands above it in this list):

* `errors`, `text`, `secret`, `disguise`: exceptions, visible text, redacted values, private halves in disguise;
* `model/`: the frozen values that cross a stage border;
* `openssh/`: OpenSSH's formats and rules, no I/O (wire, keys, config, known_hosts, algorithms, git URLs);
* `machine/`: the only code that touches the world; `providers/`, `hosts/`: forges and platforms;
* `gather`, `plan`, `propose`, `probe/`, `rules/`, `logs/`, `apply/`, `wizard`, `report/`: the stages,
  which never import one another;
* `check`: the stages in order, on one page;
* `acquaintances`, `witness/`: the hosts that the machine knows; its own ssh and git beside our answer;
  `mending`, `repositories`: several repairs with a look after each, and as whom repositories push;
* `cli/`, `plain/`, `tui/`, `practice/`: the front ends and the practice ground.

This module imports nothing, so that `sshwizard --version` costs a bare interpreter.
"""

__version__ = "0.1.0"
