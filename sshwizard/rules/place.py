"""Rules about where ssh runs: which account, which home, which program, and whether git uses ssh at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sshwizard.model.facts import GitRemote
from sshwizard.model.finding import Case, Evidence, Finding, Severity
from sshwizard.rules import sight
from sshwizard.text import _


def no_program(case: Case) -> Iterator[Finding]:
    """There is no ssh to speak for."""
    if case.facts is None or case.facts.ssh:
        return
    yield sight.finding(
        "ssh-missing",
        "fail",
        "certain",
        _("No `ssh` program was found on this machine, so neither ssh nor git can connect."),
        [Evidence(source="PATH", text=sight.clean(case.facts.environment.env.get("PATH", "")) or _("empty"))],
        [
            sight.advice(
                _("Install OpenSSH's client"),
                _("Debian, Ubuntu: openssh-client. Alpine: openssh-client. Windows: Optional features, OpenSSH client."),
                command="type -a ssh",
            )
        ],
    )  # fmt: skip


def root_instead_of_you(case: Case) -> Iterator[Finding]:
    """`sudo git …`: root's home has other keys than the user's."""
    facts = case.facts
    if facts is None or facts.environment.uid != 0 or sight.accepted(case):
        return
    user = sight.clean(facts.environment.env.get("SUDO_USER", ""))
    if not user or user == "root" or facts.environment.home != facts.account_home:
        return
    yield sight.finding(
        "root-user-mismatch",
        "fail" if sight.asked(case) or not sight.private_identities(case) else "warn",
        "likely",
        _("This runs as root, called by {user}. ssh uses the keys in {folder}, not those of {user}.").format(
            user=user, folder=facts.ssh_folder.path
        ),
        [Evidence(source="SUDO_USER", text=user), Evidence(source="uid", text="0")],
        [
            sight.advice(
                _("Run it as {user}, without sudo").format(user=user),
                _("Leave out `sudo` before git and ssh."),
                _("If the folder belongs to root, give it to your account: it is the folder that is wrong."),
                _("Do not copy your private key to root."),
                command=f'sudo chown -R {sight.typed(user)} "$PWD"',
            )
        ],
    )


def another_home(case: Case) -> Iterator[Finding]:
    """$HOME is not the home that ssh takes from the account database."""
    facts = case.facts
    if facts is None or not facts.shell_home or facts.environment.home != facts.account_home:
        return
    shell, own = facts.shell_home.rstrip("/"), facts.account_home.rstrip("/")
    names = facts.files.names(f"{shell}/.ssh") if shell != own else None
    keys = [n for n in names or () if not n.endswith(".pub") and f"{n}.pub" in (names or ())]
    if not keys:
        return
    yield sight.finding(
        "home-dir-mismatch",
        "info" if sight.accepted(case) else "warn",
        "likely",
        _("ssh reads {own}/.ssh, because that is your account's home. HOME says {shell}, and {keys} lie there.").format(
            own=own, shell=shell, keys=", ".join(keys[:4])
        ),
        [Evidence(source="HOME", text=shell), Evidence(source=_("account database"), text=own)],
        [
            sight.advice(
                _("Bring the two homes together"),
                _("Correct HOME where it is set, or unset it; then open a new terminal."),
                _("Or name the key with its full path: IdentityFile {shell}/.ssh/{key}").format(
                    shell=shell, key=keys[0]
                ),
            )
        ],
    )  # fmt: skip


def git_runs_another_ssh(case: Case) -> Iterator[Finding]:
    """GIT_SSH, GIT_SSH_COMMAND or core.sshCommand name a program that is not the ssh we speak for."""
    facts = case.facts
    if facts is None or not facts.git.ssh_command:
        return
    program = _program(facts.git.ssh_command)
    name = program.replace("\\", "/").rsplit("/", 1)[-1].lower().removesuffix(".exe")
    if program == facts.ssh or (name == "ssh" and "/" not in program and "\\" not in program):
        return
    from_git = case.plan is not None and (case.plan.target.remote or case.plan.target.path)
    severity: Severity = "warn" if from_git and not sight.accepted(case) else "info"
    what = _("git starts {program}; what is said here is about {ssh}. They may use other keys.").format(
        program=sight.clean(facts.git.ssh_command), ssh=facts.ssh or "ssh"
    )
    yield sight.finding(
        "two-ssh-clients",
        severity,
        "likely",
        what,
        [sight.seen(facts.git.ssh_command_source, sight.clean(facts.git.ssh_command), otherwise="git")],
        [
            sight.advice(
                _("Let git use the same ssh"),
                _("Look where it is set: the variables GIT_SSH_COMMAND and GIT_SSH, and core.sshCommand."),
                _("Test through git itself: `git ls-remote`."),
                command="git config --show-origin --get-all core.sshcommand",
            )
        ],
    )


def _program(command: str) -> str:
    """Return the first word of a shell command, quotes taken off."""
    text = re.sub(r"^\s*(?:[A-Za-z_]\w*=\S*\s+)*", "", command)
    if text[:1] in ('"', "'"):
        return text[1:].split(text[0], 1)[0]
    return text.split(None, 1)[0] if text else ""


def remote_over_https(case: Case) -> Iterator[Finding]:
    """The remote for this host goes over HTTPS: keys play no part."""
    if case.facts is None or case.plan is None:
        return
    target = case.plan.target
    remotes = case.facts.git.remotes
    same_host = [r for r in remotes if r.host in (target.host, target.hostname)]
    plain = [r for r in same_host if r.transport in ("https", "http")]
    if not plain or any(r.transport == "ssh" for r in same_host):
        return
    yield _https(case, plain[0])


def _https(case: Case, remote: GitRemote) -> Finding:
    path = (remote.path or "").lstrip("/")
    new = f"git@{remote.host}:{path}"
    return sight.finding(
        "https-ssh-mismatch",
        "info",
        "certain",
        _("The remote {name} is an HTTPS URL: git asks for a token there and never starts ssh.").format(
            name=remote.name
        ),
        [Evidence(source=remote.folder, text=f"{remote.name} {remote.url}")],
        [
            sight.advice(
                _("Use SSH for {name}").format(name=remote.name),
                _("Only if you want it: HTTPS with a token works as well."),
                command=f"git remote set-url {sight.typed(remote.name)} {sight.typed(new)}",
            )
        ],
    )
