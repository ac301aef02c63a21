"""Every kind of step is done, journaled and taken back; refusals leave nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker

from sshwizard import apply
from sshwizard.errors import CannotApply
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Fix
from sshwizard.model.steps import (
    AddToAgent,
    Chmod,
    DoByHand,
    GenerateKey,
    MakeFolder,
    RunCommand,
    SetRemoteUrl,
    Step,
    TrustHostKey,
    WriteFile,
)
from sshwizard.secret import Secret

BEFORE = b"# mine\nHost a\n  User joe\n\nHost *\n  Port 22\n"
AFTER = b"# mine\nHost a\n  User joe\n\nHost b\n  User git\n\nHost *\n  Port 22\n"


def fix(*steps: Step, title: str = "a change") -> Fix:
    return Fix(title=title, steps=steps, command="sshwizard something")


@pytest.fixture
def config(home: Path) -> Path:
    path = home / ".ssh" / "config"
    path.parent.mkdir(mode=0o700)
    path.write_bytes(BEFORE)
    path.chmod(0o640)
    return path


def change(config: Path, before: bytes | None = BEFORE, after: bytes = AFTER) -> Fix:
    return fix(WriteFile(path=str(config), before=before, after=after))


def state_of(home: Path) -> list[str]:
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if "state" in path.parts)


def test_a_change_is_made_recorded_and_taken_back(config: Path, machine: Machine) -> None:
    done = apply.apply_fix(machine, change(config))

    assert config.read_bytes() == AFTER
    assert (done.number, done.state, done.title) == (1, "done", "a change")
    assert apply.undo(machine).state == "undone"
    assert config.read_bytes() == BEFORE
    assert config.stat().st_mode & 0o777 == 0o640
    assert [entry.state for entry in apply.history(machine)] == ["undone"]


def test_looking_leaves_no_trace(config: Path, home: Path, machine: Machine) -> None:
    assert apply.history(machine) == ()
    assert "+Host b" in apply.preview(machine, change(config))
    with pytest.raises(CannotApply) as caught:
        apply.undo(machine)

    assert caught.value.code == "nothing-to-undo"
    assert state_of(home) == []


def test_the_journal_is_private_and_tells_how_to_restore_by_hand(
    config: Path, home: Path, machine: Machine
) -> None:
    done = apply.apply_fix(machine, change(config))
    recipe = json.loads(Path(done.recipe).read_text())

    assert os.stat(machine.state_dir).st_mode & 0o777 == 0o700
    for folder, _folders, names in os.walk(machine.state_dir):
        assert all(os.stat(os.path.join(folder, name)).st_mode & 0o077 == 0 for name in names)
    for line in recipe["to restore by hand"]:
        subprocess.run(["sh", "-c", line], check=True, timeout=10)
    assert config.read_bytes() == BEFORE


def test_a_stale_proposal_is_refused_before_anything_is_written(
    config: Path, home: Path, machine: Machine
) -> None:
    config.write_bytes(BEFORE + b"# new\n")
    with pytest.raises(CannotApply) as caught:
        apply.apply_fix(machine, change(config))

    assert (caught.value.code, caught.value.where) == ("stale", str(config))
    assert config.read_bytes() == BEFORE + b"# new\n"
    assert state_of(home) == []


def test_a_failing_step_takes_the_others_back(config: Path, home: Path, machine: Machine) -> None:
    new = home / ".ssh" / "new.pub"
    steps = (
        WriteFile(path=str(new), before=None, after=b"x\n", mode=0o644),
        WriteFile(path=str(config), before=BEFORE, after=AFTER),
        Chmod(path=str(config), before=0o640, after=0o600),
        RunCommand(argv=("false",), undo_argv=None, cwd=str(home), because=""),
    )
    with pytest.raises(CannotApply) as caught:
        apply.apply_fix(machine, fix(*steps))

    assert caught.value.code == "command-failed"
    assert config.read_bytes() == BEFORE
    assert config.stat().st_mode & 0o777 == 0o640
    assert not new.exists()
    assert [entry.state for entry in apply.history(machine)] == ["failed"]


def test_two_steps_on_one_file_follow_each_other(config: Path, machine: Machine) -> None:
    third = AFTER + b"# end\n"
    steps = (
        WriteFile(path=str(config), before=BEFORE, after=AFTER),
        WriteFile(path=str(config), before=AFTER, after=third),
    )
    apply.apply_fix(machine, fix(*steps))
    assert config.read_bytes() == third

    config.write_bytes(third + b"# by hand\n")
    with pytest.raises(CannotApply):
        apply.undo(machine)
    config.write_bytes(b"# by hand\n" + third)
    apply.undo(machine)
    assert config.read_bytes() == b"# by hand\n" + BEFORE


@pytest.mark.parametrize(
    ("edit", "left"),
    [
        (lambda data: data + b"\nHost z\n  User z\n", BEFORE + b"\nHost z\n  User z\n"),
        (lambda data: b"# top\n" + data, b"# top\n" + BEFORE),
        (lambda data: data.replace(b"Port 22", b"Port 2222"), BEFORE.replace(b"Port 22", b"Port 2222")),
        (lambda data: data.replace(b"Host *", b"Host * !x"), BEFORE.replace(b"Host *", b"Host * !x")),
        (lambda data: data.replace(b"joe\n", b"jane\n"), BEFORE.replace(b"joe\n", b"jane\n")),
    ],
    ids=["a block behind", "a comment on top", "another block", "the next header", "the block before"],
)
def test_later_edits_elsewhere_are_kept(
    edit: Callable[[bytes], bytes], left: bytes, config: Path, machine: Machine
) -> None:
    apply.apply_fix(machine, change(config))
    config.write_bytes(edit(AFTER))

    undone = apply.undo(machine)

    assert config.read_bytes() == left
    assert any("kept" in note for note in undone.notes)


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: data.replace(b"User git", b"User forge"),
        lambda data: data.replace(b"  User git\n", b"  User git\n  Port 2222\n"),
        lambda data: data.replace(b"Host b\n", b"Host b c\n"),
        lambda data: data.replace(b"Host b\n  User git\n", b""),
        lambda _data: b"",
    ],
    ids=["the line itself", "a line within", "the header", "partly removed", "emptied"],
)
def test_later_edits_in_the_same_lines_are_not_guessed_at(
    edit: Callable[[bytes], bytes], config: Path, machine: Machine
) -> None:
    apply.apply_fix(machine, change(config))
    config.write_bytes(edited := edit(AFTER))

    with pytest.raises(CannotApply) as caught:
        apply.undo(machine)

    assert caught.value.code == "edited-since"
    assert "recipe" in caught.value.hint
    assert config.read_bytes() == edited
    assert [entry.state for entry in apply.history(machine)] == ["done"]


def test_an_older_change_is_taken_back_from_under_a_newer_one(config: Path, machine: Machine) -> None:
    apply.apply_fix(machine, change(config))
    newer = AFTER + b"\nHost z\n  User z\n"
    apply.apply_fix(machine, change(config, AFTER, newer))

    apply.undo(machine, 1)
    assert config.read_bytes() == BEFORE + b"\nHost z\n  User z\n"
    apply.undo(machine)
    assert config.read_bytes() == BEFORE
    with pytest.raises(CannotApply) as caught:
        apply.undo(machine, 1)
    assert caught.value.code == "already-undone"


def test_a_created_file_that_grew_keeps_what_is_not_ours(config: Path, machine: Machine) -> None:
    config.unlink()
    apply.apply_fix(machine, change(config, None, b"Host b\n  User git\n"))
    config.write_bytes(config.read_bytes() + b"Host z\n  User z\n")

    apply.undo(machine)

    assert config.read_bytes() == b"Host z\n  User z\n"


def test_what_was_edited_is_copied_before_it_is_replaced(config: Path, machine: Machine) -> None:
    done = apply.apply_fix(machine, change(config))
    config.write_bytes(edited := b"# top\n" + AFTER)
    apply.undo(machine)

    copies = [path.read_bytes() for path in Path(done.recipe).parent.glob("*.edited")]
    assert copies == [edited]


def test_a_generated_pair_is_good_and_undo_keeps_a_copy(home: Path, machine: Machine) -> None:
    path = home / ".ssh" / "new"
    step = GenerateKey(path=str(path), type="ed25519", bits=None, comment="joe@laptop", encrypted=True)
    done = apply.apply_fix(machine, fix(step), passphrase=Secret("secret words"))

    assert [os.stat(p).st_mode & 0o777 for p in (path, f"{path}.pub", path.parent)] == [0o600, 0o644, 0o700]
    said = subprocess.run(
        ["ssh-keygen", "-y", "-P", "secret words", "-f", str(path)],
        capture_output=True, text=True, check=True, timeout=20,
    )  # fmt: skip
    assert said.stdout.split()[:2] == Path(f"{path}.pub").read_text().split()[:2]
    for file in Path(machine.state_dir).rglob("*"):
        assert not file.is_file() or b"secret words" not in file.read_bytes()
    private = path.read_bytes()

    apply.undo(machine)

    assert not path.exists() and not Path(f"{path}.pub").exists() and not path.parent.exists()
    assert (Path(done.recipe).parent / "new").read_bytes() == private


@pytest.mark.parametrize("there", ["new", "new.pub"])
def test_a_key_is_never_overwritten(there: str, home: Path, machine: Machine) -> None:
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / there).symlink_to("nowhere")
    step = GenerateKey(
        path=str(home / ".ssh" / "new"), type="ed25519", bits=None, comment="", encrypted=False
    )
    with pytest.raises(CannotApply) as caught:
        apply.apply_fix(machine, fix(step))

    assert caught.value.code == "exists"
    assert os.listdir(home / ".ssh") == [there]


def test_an_encrypted_key_needs_its_passphrase(home: Path, machine: Machine) -> None:
    step = GenerateKey(path=str(home / "k"), type="ed25519", bits=None, comment="", encrypted=True)
    with pytest.raises(CannotApply) as caught:
        apply.apply_fix(machine, fix(step))

    assert caught.value.code == "passphrase-missing"
    assert not (home / "k").exists()


@pytest.mark.parametrize("ended", [b"\n", b""])
def test_a_host_key_line_is_added_and_taken_back_under_later_lines(
    ended: bytes, home: Path, machine: Machine
) -> None:
    known = home / "known_hosts"
    known.write_bytes(b"a ssh-ed25519 AAAA" + ended)
    step = TrustHostKey(
        path=str(known),
        host="[h]:2222",
        key_line="ssh-ed25519 BBBB",
        fingerprint="",
        replaces=None,
        because="",
    )
    apply.apply_fix(machine, fix(step))
    assert known.read_bytes() == b"a ssh-ed25519 AAAA\n[h]:2222 ssh-ed25519 BBBB\n"

    known.write_bytes(known.read_bytes() + b"c ssh-ed25519 CCCC\n")
    apply.undo(machine)

    assert b"BBBB" not in known.read_bytes()
    assert b"c ssh-ed25519 CCCC\n" in known.read_bytes()


def test_a_replaced_host_key_keeps_its_hashed_name(home: Path, machine: Machine) -> None:
    known = home / "known_hosts"
    old = "|1|c2FsdA==|aGFzaA== ssh-rsa OLD note"
    known.write_text(f"a ssh-ed25519 AAAA\r\n{old}\r\nb ssh-ed25519 BBBB\r\n")
    step = TrustHostKey(
        path=str(known), host="h", key_line="ssh-ed25519 NEW", fingerprint="", replaces=old, because=""
    )
    apply.apply_fix(machine, fix(step))

    assert known.read_bytes().split(b"\r\n")[1] == b"|1|c2FsdA==|aGFzaA== ssh-ed25519 NEW"
    with pytest.raises(CannotApply) as caught:
        apply.apply_fix(machine, fix(step))
    assert caught.value.code == "stale"


def test_a_key_goes_into_the_agent_and_out_again(
    home: Path, machine: Machine, keys: KeyMaker, start_agent: Callable[..., Agent]
) -> None:
    there = keys.make(home / ".ssh", "there")
    locked = keys.make(home / ".ssh", "locked", passphrase="secret words")
    agent = start_agent(there.path)
    for pair in (there, locked):
        step = AddToAgent(path=str(pair.path), agent=agent.socket, lifetime=600)
        apply.apply_fix(machine, fix(step), passphrase=Secret("secret words"))

    assert len(agent.lines()) == 2
    apply.undo(machine)
    assert [line.split()[1] for line in agent.lines()] == [there.line.split()[1]]
    apply.undo(machine)
    assert len(agent.lines()) == 1, "a key that the agent held before stays"


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True, timeout=20
    ).stdout.strip()


def test_a_remote_is_pointed_elsewhere_and_back(home: Path, machine: Machine) -> None:
    git(home, "init", "-q", "app")
    folder = home / "app"
    git(folder, "remote", "add", "origin", "git@github.com:me/app.git")
    before = (folder / ".git" / "config").read_bytes()
    step = SetRemoteUrl(
        folder=str(folder), remote="origin", before="git@github.com:me/app.git", after="git@gh-me:me/app.git"
    )
    apply.apply_fix(machine, fix(step))

    assert git(folder, "remote", "get-url", "origin") == "git@gh-me:me/app.git"
    apply.undo(machine)
    assert (folder / ".git" / "config").read_bytes() == before
    apply.apply_fix(machine, fix(step))
    git(folder, "config", "user.name", "later")
    apply.undo(machine)
    assert git(folder, "remote", "get-url", "origin") == "git@github.com:me/app.git"
    assert git(folder, "config", "user.name") == "later"
    with pytest.raises(CannotApply):
        apply.apply_fix(
            machine, fix(SetRemoteUrl(folder=str(folder), remote="origin", before="x", after="y"))
        )


def test_a_command_is_run_and_reversed(home: Path, machine: Machine) -> None:
    git(home, "init", "-q", "app")
    folder = home / "app"
    step = RunCommand(
        argv=("git", "config", "gpg.format", "ssh"),
        undo_argv=("git", "config", "--unset", "gpg.format"),
        cwd=str(folder),
        because="",
    )
    apply.apply_fix(machine, fix(step))

    assert git(folder, "config", "gpg.format") == "ssh"
    apply.undo(machine)
    assert "gpg" not in (folder / ".git" / "config").read_text()


def test_a_folder_in_use_stays(home: Path, machine: Machine) -> None:
    apply.apply_fix(machine, fix(MakeFolder(path=str(home / "a" / "b"))))
    (home / "a" / "other").touch()

    undone = apply.undo(machine)

    assert (home / "a").exists() and not (home / "a" / "b").exists()
    assert any("stays" in note for note in undone.notes)


@pytest.mark.parametrize("steps", [(), (DoByHand(instructions=("Ask your admin.",)),)])
def test_what_is_done_by_hand_is_not_claimed_as_done(
    steps: tuple[Step, ...], home: Path, machine: Machine
) -> None:
    with pytest.raises(CannotApply) as caught:
        apply.apply_fix(machine, fix(*steps))

    assert caught.value.code == "by-hand"
    assert state_of(home) == []


def test_a_damaged_recipe_does_not_hide_the_others(config: Path, machine: Machine) -> None:
    first = apply.apply_fix(machine, change(config))
    apply.apply_fix(machine, change(config, AFTER, AFTER + b"# x\n"))
    Path(first.recipe).write_text("{")

    assert [entry.state for entry in apply.history(machine)] == ["failed", "done"]
    apply.undo(machine)
    assert config.read_bytes() == AFTER


def test_a_script_does_the_same(config: Path, home: Path, machine: Machine, tmp_path: Path) -> None:
    new = home / ".ssh" / "it's new.pub"
    whole = fix(
        MakeFolder(path=str(home / "x y")),
        WriteFile(path=str(new), before=None, after=b"caf\xe9\n", mode=0o644),
        WriteFile(path=str(config), before=BEFORE, after=AFTER.rstrip(b"\n")),
        Chmod(path=str(config), before=0o640, after=0o600),
    )
    script = tmp_path / "script.sh"
    script.write_text(apply.as_script(machine, whole))
    subprocess.run(["sh", str(script)], check=True, timeout=20, capture_output=True)

    assert (config.read_bytes(), new.read_bytes()) == (AFTER.rstrip(b"\n"), b"caf\xe9\n")
    assert [path.stat().st_mode & 0o777 for path in (config, new)] == [0o600, 0o644]
    assert (home / "x y").is_dir()
    again = subprocess.run(["sh", str(script)], timeout=20, capture_output=True)
    assert again.returncode != 0


def test_a_script_refuses_a_file_that_exists_or_changed(home: Path, machine: Machine) -> None:
    there = home / "there"
    there.write_bytes(b"mine\n")
    new = Fix(title="New", steps=(WriteFile(path=str(there), before=None, after=b"x\n"),))
    old = Fix(title="Old", steps=(WriteFile(path=str(there), before=b"other\n", after=b"x\n"),))
    for refused in (new, old):
        done = subprocess.run(
            ["sh", "-c", apply.as_script(machine, refused)], capture_output=True, text=True, timeout=20
        )
        assert done.returncode != 0

    assert there.read_bytes() == b"mine\n"


def test_foreign_text_is_visible_in_a_preview(config: Path, machine: Machine) -> None:
    shown = apply.preview(machine, change(config, BEFORE, b"# \x1b[31mred\xff\r\n" + BEFORE))

    assert "\x1b" not in shown
    assert "\\x1b[31mred\\xff\\x0d" in shown


def test_a_change_that_the_real_ssh_refuses_is_taken_back(config: Path, machine: Machine) -> None:
    with pytest.raises(CannotApply) as caught:
        apply.apply_fix(machine, change(config, BEFORE, BEFORE + b"Host c\n  Nonsense yes\n"))

    assert (caught.value.code, caught.value.exit_code) == ("made-worse", 6)
    assert config.read_bytes() == BEFORE
    assert [entry.state for entry in apply.history(machine)] == ["failed"]


def test_a_change_after_which_another_host_gets_something_else_is_taken_back(
    config: Path, machine: Machine
) -> None:
    wrong = BEFORE.replace(b"User joe", b"User jim")
    step = WriteFile(path=str(config), before=BEFORE, after=wrong)
    with pytest.raises(CannotApply) as caught:
        apply.apply_fix(machine, Fix(title="x", steps=(step,), unchanged_hosts=("b", "a")))

    assert (caught.value.code, caught.value.exit_code) == ("made-worse", 6)
    assert "ssh -G a" in caught.value.message
    assert config.read_bytes() == BEFORE


@pytest.mark.parametrize("included", [False, True])
def test_no_command_of_the_configuration_is_run(
    included: bool, config: Path, home: Path, machine: Machine
) -> None:
    line = f'Match exec "touch {home}/ran"\n'
    if included:
        (config.parent / "more").write_text(line)
        line = "Include mor*\n"
    config.write_bytes(line.encode())
    apply.apply_fix(machine, change(config, line.encode(), BEFORE + line.encode()))

    assert not (home / "ran").exists()
    assert config.read_bytes() == BEFORE + line.encode()


def test_a_broken_configuration_may_be_mended_in_steps(config: Path, machine: Machine) -> None:
    config.write_bytes(b"Nonsense yes\nRubbish no\n")
    apply.apply_fix(machine, change(config, b"Nonsense yes\nRubbish no\n", b"Rubbish no\n"))

    assert config.read_bytes() == b"Rubbish no\n"


def test_an_undo_that_the_other_side_refuses_still_takes_the_rest_back(
    config: Path, home: Path, machine: Machine
) -> None:
    refused = RunCommand(argv=("true",), undo_argv=("false",), cwd=str(home), because="")
    apply.apply_fix(
        machine, fix(WriteFile(path=str(config), before=BEFORE, after=AFTER), refused, title="both")
    )

    undone = apply.undo(machine)

    assert config.read_bytes() == BEFORE
    assert undone.state == "undone"
    assert any("false" in note for note in undone.notes)


def test_a_mode_that_cannot_be_given_back_leaves_the_change_open(config: Path, machine: Machine) -> None:
    apply.apply_fix(machine, fix(Chmod(path=str(config), before=0o640, after=0o600)))
    if subprocess.run(["chattr", "+i", config], capture_output=True).returncode:
        pytest.skip("nothing can be protected here")
    try:
        with pytest.raises(CannotApply):
            apply.undo(machine)
        assert [change.state for change in apply.history(machine)] == ["interrupted"]
    finally:
        subprocess.run(["chattr", "-i", config], check=True)

    apply.undo(machine)
    assert config.stat().st_mode & 0o777 == 0o640


def test_what_could_not_be_rolled_back_can_be_taken_back_later(
    config: Path, home: Path, machine: Machine
) -> None:
    edit = f"echo '  Port 2222' >> {config}; false"
    steps = (
        WriteFile(path=str(config), before=BEFORE, after=BEFORE + b"\nHost z\n  User z\n"),
        RunCommand(argv=("sh", "-c", edit), undo_argv=("true",), cwd=str(home), because=""),
    )
    with pytest.raises(CannotApply):
        apply.apply_fix(machine, fix(*steps))

    assert [change.state for change in apply.history(machine)] == ["interrupted"]
    config.write_bytes(BEFORE + b"\nHost z\n  User z\n")
    assert apply.undo(machine).state == "undone"
    assert config.read_bytes() == BEFORE


def test_further_names_of_a_file_stay_as_they_are_and_are_named(
    config: Path, home: Path, machine: Machine
) -> None:
    backup = home / "backup"
    backup.hardlink_to(config)
    join = f"`ln -f {config} OTHER-NAME` joins one with it again."

    assert join in apply.preview(machine, change(config))
    done = apply.apply_fix(machine, change(config))
    assert (config.read_bytes(), backup.read_bytes()) == (AFTER, BEFORE)
    assert any("further hard-linked names" in note and "`ln -f " in note for note in done.notes)
    assert apply.undo(machine).notes == done.notes
    assert (config.read_bytes(), backup.read_bytes()) == (BEFORE, BEFORE)
