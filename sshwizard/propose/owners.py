"""Files of `~/.ssh` that belong to another account: given back where we may, else by the exact command. Pure.

They come from commands run with `sudo`. Only root may give files away, so for everybody else the command is
all there is.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator

from sshwizard.model.facts import Facts
from sshwizard.model.files import ForeignFile
from sshwizard.model.finding import Fix, Repair
from sshwizard.model.steps import Chown
from sshwizard.text import _, plural, visible


def owners(facts: Facts) -> Iterator[Repair]:
    """Yield a repair for the configuration (`config-perms`), and one for all the other files (`foreign-files`)."""
    config = facts.environment.user_config
    for problem, files in (
        ("config-perms", [file for file in facts.foreign if file.path == config]),
        ("foreign-files", [file for file in facts.foreign if file.path != config]),
    ):
        if files and facts.home_owner is not None:
            path = files[0].path if problem == "config-perms" else facts.ssh_folder.path
            yield Repair(path=path, problem=problem, fix=_given_back(facts, files, facts.home_owner))


def _given_back(facts: Facts, files: list[ForeignFile], owner: tuple[int, int]) -> Fix:
    home, may = facts.environment.home, facts.environment.uid == 0
    names = ", ".join(visible(os.path.basename(file.path), keep="") for file in files[:5])
    user = facts.environment.user if not may else str(owner[0])
    command = shlex.join(["chown", "-h", user, *(file.path for file in files)])
    steps = tuple(Chown(path=file.path, within=home, before=file.owner, after=owner) for file in files)
    more = plural(len(files) - 5, " and {n} more", " and {n} more") if len(files) > 5 else ""
    return Fix(
        title=_("Make {names} your own again").format(names=names + more),
        steps=steps if may else (),
        why=_("They were made by a command that ran as another account, mostly under `sudo`."),
        safe=may,
        command=command if may else f"sudo {command}",
        instructions=()
        if may
        else (
            _("Only the administrator may do this; run the command below, it changes nothing but the owner."),
        ),
    )
