"""What can be practised, as data: which keys there are, who knows them, what the configuration says.

Knows nothing of how a ground is built (`ground`) and imports nothing heavy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sshwizard.errors import UsageError
from sshwizard.text import _

ALIAS = "practice"
"""What the host is called in the sandbox's configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxKey:
    """A pair in the sandbox's `~/.ssh`."""

    name: str
    account: str | None = None
    """The account of the practice host that has it; None: the host does not know it."""
    comment: str = ""
    mode: int = 0o600
    in_agent: bool = False
    days: int = 0
    """Since it was added to its account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DistantKey:
    """A key on an account whose private half is on another machine."""

    account: str
    title: str
    days: int = 0
    """Since it was added."""
    elsewhere: bool = False
    """The account is one of another service; only its public list can be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One thing that goes wrong."""

    name: str
    title: str
    story: str
    """What is wrong, in one sentence."""
    account: str
    """The account that the user wants to be, and owns the repository."""
    keys: tuple[SandboxKey, ...] = ()
    wanted_key: str | None = None
    """File name of the key that should win; None where it has yet to be made."""
    host_lines: tuple[str, ...] = ()
    """Further lines of the block `Host practice`; `{ssh}` stands for the sandbox's `~/.ssh`."""
    later_lines: tuple[str, ...] = ()
    """Lines of a `Host *` block of the user after it."""
    distant: tuple[DistantKey, ...] = ()
    strangers: tuple[str, ...] = ()
    """Comments of further keys that only the agent holds and the host does not know."""
    agent: Literal["needed", "helpful", "none"] = "none"
    known_host: Literal["right", "changed"] = "right"
    meets: Literal["refused", "thrown-out", "wrong-account", "hostkey-changed"] = "refused"
    """What ssh meets before anything is mended."""
    door: Literal["denied", "setup", "show"] = "denied"
    """The door of the first screen behind which the lesson is."""


_STRANGERS = (
    "deploy@staging",
    "deploy@production",
    "backup@nas",
    "mia@old-laptop",
    "mia@raspberry",
    "ci-runner-3",
    "customer-a",
    "customer-b",
)


def scenarios() -> tuple[Scenario, ...]:
    """Return every scenario, in the order to practise them."""
    return (_fresh(), *_simple(), *_accounts(), _old_keys(), *_broken())


def find_scenario(name: str) -> Scenario:
    """Return a scenario by name. Raises UsageError with the nearest names."""
    from difflib import get_close_matches

    found = {scenario.name: scenario for scenario in scenarios()}
    if name in found:
        return found[name]
    near = get_close_matches(name, found, 1)
    raise UsageError(
        _("There is no practice scenario called {name}.").format(name=name),
        hint=_("Did you mean `{name}`?").format(name=near[0])
        if near
        else _("`sshwizard practice --list` names them."),
    )


def _fresh() -> Scenario:
    return Scenario(
        name="fresh",
        title=_("No key yet"),
        story=_("This is a new computer without any key; the account mia exists and knows none."),
        account="mia",
        agent="helpful",
        door="setup",
    )


def _simple() -> tuple[Scenario, ...]:
    old = SandboxKey(name="id_ed25519", comment="mia@old-laptop")
    return (
        Scenario(
            name="wrong-key",
            title=_("The wrong key is offered"),
            story=_("ssh offers only an old default key; the key that the host knows has a name of its own."),
            account="mia",
            keys=(old, SandboxKey(name="practice_ed25519", account="mia", comment="mia@practice")),
            wanted_key="practice_ed25519",
        ),
        Scenario(
            name="not-uploaded",
            title=_("The key is not on the account"),
            story=_("There is a key and ssh offers it, but the account mia has not been told about it."),
            account="mia",
            keys=(old,),
            wanted_key="id_ed25519",
        ),
        Scenario(
            name="too-many-keys",
            title=_("Too many keys"),
            story=_(
                "The agent holds 8 keys that the host does not know; it hangs up before the right one's turn."
            ),
            account="mia",
            keys=(SandboxKey(name="practice_ed25519", account="mia", comment="mia@practice"),),
            wanted_key="practice_ed25519",
            host_lines=("IdentityFile {ssh}/practice_ed25519",),
            strangers=_STRANGERS,
            agent="needed",
            meets="thrown-out",
        ),
    )


def _accounts() -> tuple[Scenario, ...]:
    work = SandboxKey(name="practice_work", account="mia-work", comment="mia@work")
    return (
        Scenario(
            name="wrong-account",
            title=_("The wrong account"),
            story=_("The host takes the key of the account mia-home; the repository belongs to mia-work."),
            account="mia-work",
            keys=(SandboxKey(name="id_ed25519", account="mia-home", comment="mia@home"), work),
            wanted_key="practice_work",
            meets="wrong-account",
        ),
        Scenario(
            name="home-key-in-agent",
            title=_("The home key goes first"),
            story=_(
                "The agent holds the key of mia-home and a later `Host *` names it, so it is offered before "
                "any key that a block for this host names."
            ),
            account="mia-work",
            keys=(
                SandboxKey(name="home_ed25519", account="mia-home", comment="mia@home", in_agent=True),
                work,
            ),
            wanted_key="practice_work",
            later_lines=("IdentityFile {ssh}/home_ed25519",),
            agent="needed",
            meets="wrong-account",
        ),
    )


def _old_keys() -> Scenario:
    return Scenario(
        name="old-keys",
        title=_("Old keys on the account"),
        story=_(
            "The account mia still lists keys of machines long gone; the key that ssh sends from here is not on it. "
            "Another service shows a key of the account mia-home to everybody."
        ),
        account="mia",
        keys=(
            SandboxKey(name="id_ed25519", comment="mia@laptop"),
            SandboxKey(name="practice_2023", account="mia", comment="mia@laptop-2023", days=1090),
        ),
        wanted_key="id_ed25519",
        distant=(
            DistantKey(account="mia", title="mia@old-laptop", days=2580),
            DistantKey(account="mia", title="ci-runner-3", days=1460),
            DistantKey(account="mia", title="mia@tablet", days=410),
            DistantKey(account="mia-home", title="mia@desktop", elsewhere=True),
        ),
        door="show",
    )


def _broken() -> tuple[Scenario, ...]:
    return (
        Scenario(
            name="key-perms-open",
            title=_("Others may read the private key"),
            story=_("The right key is configured, but its file may be read by others, so ssh ignores it."),
            account="mia",
            keys=(SandboxKey(name="practice_ed25519", account="mia", comment="mia@practice", mode=0o644),),
            wanted_key="practice_ed25519",
            host_lines=("IdentityFile {ssh}/practice_ed25519",),
        ),
        Scenario(
            name="hostkey-changed",
            title=_("The host shows another host key"),
            story=_(
                "known_hosts holds another key for the host than the one it shows; ssh refuses to go on."
            ),
            account="mia",
            keys=(SandboxKey(name="id_ed25519", account="mia", comment="mia@laptop"),),
            wanted_key="id_ed25519",
            known_host="changed",
            meets="hostkey-changed",
        ),
    )
