"""Repairs lead to files that the real ssh-keygen reads, and can be taken back byte for byte."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.keys import KeyMaker, Pair

from sshwizard import apply, check, propose
from sshwizard.machine.machine import Machine
from sshwizard.model.finding import Fix
from sshwizard.model.steps import Chmod

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "crlf": lambda data: data.replace(b"\n", b"\r\n"),
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "no last newline": lambda data: data.rstrip(b"\n"),
    "utf-16": lambda data: b"\xff\xfe" + data.decode().encode("utf-16-le"),
    "escaped": lambda data: data.replace(b"\n", b"\\n"),
    "one line": lambda data: data.replace(b"\n", b" "),
    "indented": lambda data: b"".join(b"    " + line for line in data.splitlines(keepends=True)),
    "quoted mail": lambda data: b"".join(b"> " + line for line in data.splitlines(keepends=True)),
    "twice quoted mail": lambda data: b"you wrote:\n" + b"".join(b"> > " + x for x in data.splitlines(True)),
    "no-break spaces": lambda data: data.replace(b"\n", b"\xc2\xa0\n"),
    "text around": lambda data: b"Here is my key:\n\n" + data + b"\nbye\n",
}


@pytest.fixture
def pair(home: Path, keys: KeyMaker) -> Pair:
    return keys.make(home / ".ssh", "work")


def fixes_for(machine: Machine, path: Path) -> tuple[Fix, ...]:
    facts, _plan = check.run_plan(machine.fresh(), check.Request(typed="host.invalid"))
    return tuple(repair.fix for repair in propose.repairs(facts) if repair.path == str(path))


def derived(path: Path, passphrase: str = "") -> str:
    """What ssh-keygen says the public half of a private file is."""
    done = subprocess.run(
        ["ssh-keygen", "-y", "-P", passphrase, "-f", str(path)], capture_output=True, text=True, timeout=10
    )

    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split()[:2])


@pytest.mark.parametrize("passphrase", ["", "secret words"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_private_key_is_readable_again(
    damage: str, passphrase: str, home: Path, keys: KeyMaker, machine: Machine
) -> None:
    pair = keys.make(home / ".ssh", "work", passphrase=passphrase)
    broken = DAMAGES[damage](pair.path.read_bytes())
    pair.path.write_bytes(broken)
    (fix,) = fixes_for(machine, pair.path)

    apply.apply_fix(machine, fix)

    assert derived(pair.path, passphrase) == " ".join(pair.line.split()[:2])
    assert pair.path.stat().st_mode & 0o777 == 0o600
    apply.undo(machine)
    assert pair.path.read_bytes() == broken


def test_blanks_at_the_ends_of_lines_are_taken_away(pair: Pair, machine: Machine) -> None:
    pair.path.write_bytes(pair.path.read_bytes().replace(b"\n", b"  \n"))

    apply.apply_fix(machine, fixes_for(machine, pair.path)[0])

    assert derived(pair.path) == " ".join(pair.line.split()[:2])


@pytest.mark.parametrize(
    "damage",
    [
        "escaped",
        "one line",
        "indented",
        "carriage returns",
        "blank lines",
        "one blank line",
        "blank at the end",
    ]
    + ["quoted mail", "no-break spaces", "quoted with blank lines"],
)
@pytest.mark.parametrize(("form", "type"), [("PEM", "rsa"), ("PKCS8", "ecdsa")])
def test_a_damaged_pem_key_is_readable_again(
    damage: str, form: str, type: str, home: Path, keys: KeyMaker, machine: Machine
) -> None:
    pair = keys.make(home / ".ssh", "old", form=form, type=type)
    change = {
        "escaped": lambda data: data.rstrip().replace(b"\n", b"\\n"),
        "one line": lambda data: data.rstrip().replace(b"\n", b" ") + b"\n",
        "indented": lambda data: b"key: |\n" + b"".join(b"  " + line for line in data.splitlines(True)),
        "carriage returns": lambda data: data.replace(b"\n", b"\r"),
        "blank lines": lambda data: data.replace(b"\n", b"\n\n"),
        "one blank line": lambda data: b"\n".join([*data.split(b"\n")[:3], b"", *data.split(b"\n")[3:]]),
        "blank at the end": lambda data: data.replace(b"\n-----END", b"\n\n-----END"),
        "quoted mail": lambda data: b"".join(b"> " + line for line in data.splitlines(True)),
        "no-break spaces": lambda data: b"".join(b"\xc2\xa0" + line for line in data.splitlines(True)),
        "quoted with blank lines": lambda data: b"".join(b">" + x + b">\n" for x in data.splitlines(True)),
    }[damage]
    broken = change(pair.path.read_bytes())
    pair.path.write_bytes(broken)

    apply.apply_fix(machine, fixes_for(machine, pair.path)[0])

    assert derived(pair.path) == " ".join(pair.line.split()[:2])
    apply.undo(machine)
    assert pair.path.read_bytes() == broken


def test_a_cut_off_key_gets_no_false_hope(pair: Pair, machine: Machine) -> None:
    pair.path.write_bytes(pair.path.read_bytes()[:200])

    assert fixes_for(machine, pair.path) == ()


def test_a_missing_public_half_is_derived(pair: Pair, machine: Machine) -> None:
    before = pair.public_path.read_bytes()
    pair.public_path.unlink()
    (fix,) = fixes_for(machine, pair.path)

    apply.apply_fix(machine, fix)

    assert pair.public_path.read_bytes() == before
    assert pair.public_path.stat().st_mode & 0o777 == 0o644
    apply.undo(machine)
    assert not pair.public_path.exists()


def test_a_public_half_of_another_key_is_replaced(pair: Pair, keys: KeyMaker, machine: Machine) -> None:
    other = keys.make(pair.path.parent / "else", "other")
    pair.public_path.write_bytes(other.public_path.read_bytes())
    (fix,) = fixes_for(machine, pair.path)

    apply.apply_fix(machine, fix)

    assert " ".join(pair.public_path.read_text().split()[:2]) == derived(pair.path)
    apply.undo(machine)
    assert pair.public_path.read_bytes() == other.public_path.read_bytes()


def test_a_private_half_under_a_public_name_moves_out(pair: Pair, machine: Machine) -> None:
    data = pair.path.read_bytes()
    pair.path.unlink()
    pair.public_path.write_bytes(data)
    pair.public_path.chmod(0o600)
    (fix,) = fixes_for(machine, pair.public_path)

    apply.apply_fix(machine, fix)

    assert pair.path.read_bytes() == data
    assert pair.path.stat().st_mode & 0o777 == 0o600
    assert " ".join(pair.public_path.read_text().split()[:2]) == derived(pair.path)


def test_a_public_half_with_a_text_name_is_copied(pair: Pair, machine: Machine) -> None:
    named = pair.public_path.rename(pair.public_path.with_name("work.pub.txt"))
    (fix,) = fixes_for(machine, named)

    apply.apply_fix(machine, fix)

    assert pair.public_path.read_text().split()[:2] == pair.line.split()[:2]
    assert named.exists()


@pytest.mark.parametrize(
    "form",
    [
        lambda line: b"\xef\xbb\xbf" + line,
        lambda line: b"\xff\xfe" + line.decode().encode("utf-16-le"),
        lambda line: b'"' + line.strip() + b'"\n',
        lambda line: line[:40] + b"\n" + line[40:],
    ],
    ids=["byte order mark", "utf-16", "quoted", "wrapped"],
)
def test_a_public_half_in_an_odd_form_is_written_on_one_line(
    form: Callable[[bytes], bytes], pair: Pair, machine: Machine
) -> None:
    pair.public_path.write_bytes(form(pair.public_path.read_bytes()))
    (fix,) = fixes_for(machine, pair.public_path)

    apply.apply_fix(machine, fix)

    assert pair.public_path.read_text().split()[:2] == pair.line.split()[:2]


def test_open_modes_are_closed_and_given_back(pair: Pair, machine: Machine) -> None:
    pair.path.chmod(0o644)
    pair.path.parent.chmod(0o777)
    config = pair.path.parent / "config"
    config.write_text("Host *\n")
    config.chmod(0o666)
    paths = (pair.path, pair.path.parent, config)
    chosen = propose.fix_all(fix for path in paths for fix in fixes_for(machine, path))

    assert all(isinstance(step, Chmod) for fix in chosen for step in fix.steps)
    for fix in chosen:
        apply.apply_fix(machine, fix)

    assert [path.stat().st_mode & 0o777 for path in paths] == [0o600, 0o700, 0o644]
    for _fix in chosen:
        apply.undo(machine)
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o644, 0o777, 0o666]


def test_a_healthy_folder_needs_nothing(pair: Pair, machine: Machine) -> None:
    facts, _plan = check.run_plan(machine, check.Request(typed="host.invalid"))

    assert propose.repairs(facts) == ()


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_line_of_a_private_key_is_ever_shown(damage: str, pair: Pair, machine: Machine) -> None:
    lines = pair.path.read_bytes().splitlines()[1:-1]
    pair.path.write_bytes(DAMAGES[damage](pair.path.read_bytes()))
    (fix,) = fixes_for(machine, pair.path)

    shown = apply.preview(machine, fix) + apply.as_script(machine, fix) + repr(fix)

    assert str(pair.path) in shown
    assert not any(line.decode() in shown.replace("\0", "") for line in lines)
