"""Which form is proposed, and that the real ssh then does what was said."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker
from servers.namespace import RealSsh
from servers.sshd import Sshd

from sshwizard import apply, check
from sshwizard.errors import UsageError
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Fix
from sshwizard.model.steps import MakeFolder, WriteFile


class Place:
    """A home with keys, an agent and a configuration, and the real ssh on it."""

    def __init__(
        self,
        home: Path,
        make_machine: Callable[..., Machine],
        start_agent: Callable[..., Agent],
        keys: KeyMaker,
        server: Sshd,
    ) -> None:
        self.home, self.keys, self._make, self._start_agent = home, keys, make_machine, start_agent
        self.folder, self.config, self.server = home / ".ssh", home / ".ssh" / "config", server
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.env: dict[str, str] = {}

    def has(self, *names: str) -> Place:
        for name in names:
            self.keys.make(self.folder, name)
        return self

    def agent_holds(self, *names: str) -> Place:
        agent = self._start_agent(*(self.keys.make(self.home / "loaded", name).path for name in names))
        self.env["SSH_AUTH_SOCK"] = agent.socket
        return self

    def configured(self, text: str, path: str = "config") -> Place:
        target = self.folder / path
        target.parent.mkdir(exist_ok=True, mode=0o700)
        target.write_text(text)
        target.chmod(0o600)
        return self

    @property
    def machine(self) -> Machine:
        return self._make(env=self.env)

    def fixes(self, host: str = "github.com", wanted: str = "work") -> tuple[Fix, ...]:
        return check.propose_for(self.machine, check.Request(typed=host, wanted=wanted))[2]

    def sent(self, host: str = "github.com") -> list[str]:
        options = ("HostName=127.0.0.1", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null")
        said = RealSsh(self.home, self.env).ssh(
            "-v", "-p", str(self.server.port), *(word for option in options for word in ("-o", option)), host
        )
        found = re.findall(r"^debug1: Will attempt key: .*(SHA256:\S+)", said.err, re.M)
        names = {
            self.keys.make(self.home / "all", name).fingerprint: name for name in ("home", "work", "third")
        }
        return [names.get(fingerprint, "?") for fingerprint in found]

    def apply(self, fix: Fix) -> None:
        apply.apply_fix(self.machine, fix)


@pytest.fixture
def place(
    home: Path,
    make_machine: Callable[..., Machine],
    start_agent: Callable[..., Agent],
    keys: KeyMaker,
    start_sshd: Callable[..., Sshd],
) -> Place:
    return Place(home, make_machine, start_agent, keys, start_sshd({}))


def edits(fix: Fix) -> Mapping[str, str]:
    return {
        os.path.basename(step.path): step.after.decode() for step in fix.steps if isinstance(step, WriteFile)
    }


HOME_KEY_EVERYWHERE = "Host *\n    IdentityFile ~/.ssh/home\n"


def test_the_textbook_block_is_enough_without_an_agent(place: Place) -> None:
    place.has("home", "work").configured(HOME_KEY_EVERYWHERE)
    fix = place.fixes()[0]

    assert "Host *\n" in edits(fix)["config"]
    place.apply(fix)
    assert place.sent() == ["work", "home"]
    assert place.sent("other.example") == ["home"]


def test_a_home_key_in_the_agent_needs_more_than_the_textbook_block(place: Place) -> None:
    place.has("home", "work").agent_holds("home").configured(HOME_KEY_EVERYWHERE)
    fix = place.fixes()[0]

    assert edits(fix)["config"].endswith("Host * !github.com\n    IdentityFile ~/.ssh/home\n")
    assert "home" in fix.why and "agent" in fix.why
    place.apply(fix)
    assert place.sent() == ["work"]
    assert place.sent("other.example") == ["home"]


def test_other_options_of_the_block_stay_in_force(place: Place) -> None:
    text = "Host *\n    ServerAliveInterval 7\n    IdentityFile ~/.ssh/home\n    ForwardAgent no\n"
    place.has("home", "work").agent_holds("home").configured(text)
    before = RealSsh(place.home).ssh("-G", "github.com").out
    place.apply(place.fixes()[0])

    assert place.sent() == ["work"]
    after = RealSsh(place.home).ssh("-G", "github.com").out
    assert {line for line in set(before.splitlines()) ^ set(after.splitlines())} <= {
        "identityfile ~/.ssh/home",
        "identitiesonly yes",
        "identitiesonly no",
        *(line for line in after.splitlines() if line.startswith("identityfile")),
    }


def test_every_alternative_works(place: Place) -> None:
    place.has("home", "work").agent_holds("home").configured(HOME_KEY_EVERYWHERE)
    fixes = place.fixes()

    assert len(fixes) >= 2
    for fix in fixes:
        place.apply(fix)
        assert place.sent()[0] == "work", fix.why
        apply.undo(place.machine)


def test_a_key_that_only_the_agent_holds_is_pinned_by_its_public_half(place: Place) -> None:
    place.has("home").agent_holds("home", "work")
    wanted = place.keys.make(place.home / "loaded", "work").fingerprint
    fix = place.fixes(wanted=wanted)[0]

    assert set(edits(fix)) == {"work.pub", "config"}
    place.apply(fix)
    assert place.sent() == ["work"]
    assert (place.folder / "work.pub").stat().st_mode & 0o777 == 0o644
    apply.undo(place.machine)
    assert not (place.folder / "work.pub").exists()
    assert not place.config.exists()


def test_a_configuration_that_is_not_there_is_made(place: Place) -> None:
    place.has("work")
    fix = place.fixes()[0]

    place.apply(fix)

    assert place.config.stat().st_mode & 0o777 == 0o600
    assert place.sent() == ["work"]


def test_without_the_ssh_folder_it_is_made_too(place: Place, make_machine: Callable[..., Machine]) -> None:
    key = place.keys.make(place.home / "elsewhere", "work")
    place.folder.rmdir()
    fix = place.fixes(wanted=str(key.path))[0]

    assert any(isinstance(step, MakeFolder) for step in fix.steps)
    place.apply(fix)
    assert place.folder.stat().st_mode & 0o777 == 0o700
    assert place.sent() == ["work"]
    apply.undo(place.machine)
    assert not place.folder.exists()


def test_the_block_of_the_host_in_an_included_file_is_extended(place: Place) -> None:
    place.has("home", "work").configured("Include config.d/*\n\nHost *\n    User joe\n")
    place.configured("Host github.com\n  User git\n", "config.d/forges")
    fix = place.fixes()[0]

    assert set(edits(fix)) == {"forges"}
    place.apply(fix)
    assert place.sent() == ["work"]


def test_a_line_in_the_way_in_an_included_file_is_dealt_with_there(place: Place) -> None:
    place.has("home", "work").agent_holds("home").configured("Include config.d/*\n")
    place.configured(HOME_KEY_EVERYWHERE, "config.d/all")
    fix = place.fixes()[0]

    assert set(edits(fix)) == {"config", "all"}
    place.apply(fix)
    assert place.sent() == ["work"]
    assert place.sent("other.example") == ["home"]


def test_a_file_of_another_account_is_left_to_be_done_by_hand(place: Place) -> None:
    place.has("work").configured("Host *\n    User joe\n")
    machine = place.machine
    object.__setattr__(machine, "uid", 12345)
    os.chown(place.config, 0, 0)
    fix = check.propose_for(machine, check.Request(typed="github.com", wanted="work"))[2][0]

    assert fix.steps == ()
    assert not fix.safe
    assert any("IdentityFile" in line for line in fix.instructions)


def test_a_change_by_hand_says_so_and_whose_each_file_is(place: Place) -> None:
    place.agent_holds("home", "work").configured("Host *\r\n    User joe\r\n")
    place.config.write_bytes(b"Host *\r\n    User joe\r\n")
    machine = place.machine
    object.__setattr__(machine, "uid", 12345)
    os.chown(place.folder, 12345, 12345)
    os.chown(place.config, 0, 0)
    wanted = place.keys.make(place.home / "all", "work").fingerprint
    fix = check.propose_for(machine, check.Request(typed="github.com", wanted=wanted))[2][0]

    assert fix.title.endswith("by a change in another account's file")
    told = [line for line in fix.instructions if line.startswith("Make")]
    assert [line.endswith("which belongs to another account:") for line in told] == [False, True]
    assert "CR LF" in fix.instructions[-1]


def test_what_changes_elsewhere_is_announced(place: Place) -> None:
    text = "Host gh\n    HostName github.com\nMatch final host github.com\n    IdentityFile ~/.ssh/home\n"
    place.has("home", "work", "third").configured(text + "CanonicalizeHostname yes\n")
    place.configured(place.config.read_text())
    fixes = place.fixes()

    assert fixes
    for fix in fixes:
        assert fix.affects_hosts[0].host == "github.com"
        assert fix.safe == (len(fix.affects_hosts) == 1)


def test_the_smallest_edit_completes_what_is_there(place: Place) -> None:
    text = "Host github.com\n    User git\n    IdentityFile ~/.ssh/work\n"
    place.has("home", "work").agent_holds("home", "third").configured(text)
    fix = place.fixes()[0]

    assert edits(fix)["config"] == text.replace("    Id", "    IdentitiesOnly yes\n    Id")
    place.apply(fix)
    assert place.sent() == ["work"]


def test_a_line_is_moved_rather_than_repeated(place: Place) -> None:
    text = "Host github.com\n    IdentityFile ~/.ssh/home\n    IdentityFile ~/.ssh/work\n"
    place.has("home", "work").configured(text)
    fix = place.fixes()[0]

    assert edits(fix)["config"].count("work") == 1
    place.apply(fix)
    assert place.sent() == ["work", "home"]


def test_crlf_and_tabs_are_copied(place: Place) -> None:
    place.has("work")
    place.config.write_bytes(b"Host *\r\n\tUser joe\r\n")
    place.config.chmod(0o600)
    after = edits(place.fixes()[0])["config"]

    assert after.startswith("Host github.com\r\n\tIdentityFile ")


def test_a_refused_configuration_is_not_built_upon(place: Place) -> None:
    place.has("work").configured("Host *\n    Nonsense yes\n")

    with pytest.raises(UsageError):
        place.fixes()


def test_without_a_user_file_there_is_nothing_to_write(
    place: Place, make_machine: Callable[..., Machine]
) -> None:
    place.has("work")
    machine = make_machine(config="none")

    assert check.propose_for(machine, check.Request(typed="github.com", wanted="work"))[2] == ()


def test_the_system_s_configuration_is_left_alone(place: Place, tmp_path: Path) -> None:
    place.has("home", "work").agent_holds("home").configured("Host *\n    User joe\n")
    system = tmp_path / "etc" / "ssh_config"
    system.parent.mkdir()
    system.write_text(HOME_KEY_EVERYWHERE)
    machine = place.machine
    object.__setattr__(machine, "system_config", str(system))
    fixes = check.propose_for(machine, check.Request(typed="github.com", wanted="work"))[2]

    assert fixes
    for fix in fixes:
        assert set(edits(fix)) == {"config"}
        assert "IdentityAgent none" in edits(fix)["config"]


def test_where_only_another_accounts_file_decides_the_change_there_is_told(
    place: Place, tmp_path: Path
) -> None:
    place.has("home").agent_holds("home", "work").configured("Host *\n    User joe\n")
    system = tmp_path / "etc" / "ssh_config"
    system.parent.mkdir()
    system.write_text(HOME_KEY_EVERYWHERE)
    machine = place.machine
    object.__setattr__(machine, "system_config", str(system))
    wanted = place.keys.make(place.home / "loaded", "work").fingerprint
    fix = check.propose_for(machine, check.Request(typed="github.com", wanted=wanted))[2][0]

    assert (fix.steps, fix.safe) == ((), False)
    assert "+Host * !github.com" in "\n".join(fix.instructions)
    assert "No change of your own files" in fix.why


@pytest.mark.parametrize("name", ["my key", "50%", "50 % off", "#1", "it's", 'say "key"', "back\\slash"])
def test_a_key_with_an_odd_file_name_is_named_so_that_ssh_finds_it(name: str, place: Place) -> None:
    place.keys.make(place.folder, name, key="work", comment="work")
    fix = place.fixes(wanted=name)[0]

    place.apply(fix)

    assert place.sent() == ["work"]


ALIASES = "Host *.corp.example\n    HostName github.com\n\nMatch final\n    Compression yes\n"


def test_aliases_of_the_host_keep_theirs_where_match_final_looks_at_hostname(place: Place) -> None:
    """A `Host github.com` block would count for git.corp.example as well; no one has named that host yet."""
    place.has("home", "work").configured(ALIASES)
    before = RealSsh(place.home).ssh("-G", "git.corp.example").out
    fix = place.fixes()[0]

    assert "\nMatch originalhost github.com\n" in edits(fix)["config"]
    assert [effect.host for effect in fix.affects_hosts] == ["github.com"]
    place.apply(fix)
    assert place.sent()[0] == "work"
    assert RealSsh(place.home).ssh("-G", "git.corp.example").out == before


def test_the_form_that_harms_an_alias_says_so(place: Place) -> None:
    place.has("home", "work").configured(ALIASES)
    harmful = next(fix for fix in place.fixes() if "Host github.com\n" in edits(fix).get("config", ""))

    assert "any.corp.example" in {effect.host for effect in harmful.affects_hosts}
    assert not harmful.safe


def test_a_host_is_taken_out_by_its_typed_name_where_match_final_sees_another(place: Place) -> None:
    """`Host * !gh` would apply again when the file is read under the HostName."""
    text = "IdentityFile ~/.ssh/home\n\nHost gh\n    HostName 10.9.9.9\n\nMatch final\n    Compression yes\n"
    place.has("home", "work").agent_holds("home", "work").configured(text)
    (place.folder / "work").unlink()
    before = RealSsh(place.home, place.env).ssh("-G", "other.example").out
    fix = place.fixes("gh")[0]

    assert "Match !originalhost gh\nIdentityFile ~/.ssh/home\n" in edits(fix)["config"]
    assert [effect.host for effect in fix.affects_hosts] == ["gh"]
    place.apply(fix)
    assert place.sent("gh")[0] == "work"
    assert RealSsh(place.home, place.env).ssh("-G", "other.example").out == before


def test_a_block_for_the_name_as_typed_is_completed_like_any_other(place: Place) -> None:
    own = "Match originalhost github.com\n    IdentityFile ~/.ssh/home\n\n"
    place.has("home", "work").configured(own + ALIASES)
    fix = place.fixes()[0]

    edited = own.replace("    Id", f"    IdentityFile {place.folder}/work\n    IdentitiesOnly yes\n    Id")
    assert edits(fix)["config"] == edited + ALIASES
    place.apply(fix)
    assert place.sent()[0] == "work"


@pytest.mark.parametrize("command", ["true", "false"])
def test_a_command_of_a_match_line_may_say_what_it_will(command: str, place: Place) -> None:
    text = f'Match exec "{command}"\n    IdentityFile ~/.ssh/home\n\nHost *\n    ServerAliveInterval 7\n'
    place.has("home", "work").configured(text)
    fix = place.fixes()[0]

    place.apply(fix)
    assert place.sent()[0] == "work"
    assert place.sent("other.example") == (["home"] if command == "true" else [])


def test_where_only_one_outcome_of_a_command_can_be_met_that_is_said(place: Place) -> None:
    place.has("home", "work").configured('Match exec "true"\n    PubkeyAuthentication no\n')
    fix = place.fixes()[0]

    assert "Match exec" in fix.why
    assert not fix.safe
