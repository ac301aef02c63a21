"""`log` from end to end: sizes, encodings, hostile text, several files, the answer to the customer, exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FINGERPRINT = "SHA256:" + "r" * 43
REFUSED = f"""\
OpenSSH_9.6p1 Ubuntu-3ubuntu13.5, OpenSSL 3.0.13 30 Jan 2024
debug1: Reading configuration data /home/ria/.ssh/config
debug1: Connecting to box.example.net [198.51.100.23] port 22.
debug1: Connection established.
debug1: Remote protocol version 2.0, remote software version OpenSSH_9.2p1
debug1: Authenticating to box.example.net:22 as 'ria'
debug1: Authentications that can continue: publickey
debug1: Offering public key: /home/ria/.ssh/id_ed25519 ED25519 {FINGERPRINT} agent
debug1: Authentications that can continue: publickey
debug1: No more authentication methods to try.
ria@box.example.net: Permission denied (publickey).
"""
SERVER = f"""\
Nov 21 10:00:00 box sshd[811]: Invalid user oracle from 203.0.113.9 port 4711
Nov 21 10:00:07 box sshd[813]: Authentication refused: bad ownership or modes for directory /home/ria
Nov 21 10:00:07 box sshd[813]: Failed publickey for ria from 192.0.2.4 port 50012 ssh2: ED25519 {FINGERPRINT}
Nov 21 10:00:07 box sshd[813]: Connection closed by authenticating user ria 192.0.2.4 port 50012 [preauth]
"""
OPEN_KEY = "Permissions 0644 for '/home/ria/.ssh/id_ed25519' are too open.\nria@box: Permission denied (publickey).\n"
WORKS = "ria@box:~$ ssh -T git@github.com\nHi ria! You've successfully authenticated, but GitHub does not provide shell access.\n"
HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31mgit@evil\x1b[0m: Permission denied (publickey).\r\n"
    "debug1: Offering public key: [bold red]x[/] <img src=x onerror=alert(1)> RSA SHA256:" + "q" * 43 + "\n"
    'Load key "/tmp/\x1b[31m`id`$(id)[@click=app.quit].pub": invalid format\n'
    "git@evil[31m: Permission denied (publickey).\n\u202egnihtemos\u2066 \x9b31m\n"
)


def first(answer) -> str:
    return str(answer.object["findings"][0]["id"])


def test_the_client_s_and_the_server_s_log_are_one_story(run, tmp_path: Path) -> None:
    (tmp_path / "client.txt").write_text(REFUSED)
    (tmp_path / "server.txt").write_text(SERVER)
    answer = run("log", "client.txt", "server.txt", "--json")
    found = answer.object["findings"][0]

    assert answer.code == 1
    assert (found["id"], found["certainty"]) == ("server-authorized-keys-perms", "certain")
    assert {"source": "server.txt", "line": 2}.items() <= found["evidence"][0].items()
    assert answer.object["files"] == ["client.txt", "server.txt"]
    assert {event["file"] for event in answer.object["timeline"]} == {"client.txt", "server.txt"}
    assert "server.txt:2" in run("log", "server.txt", "client.txt").out


def test_the_contract_s_fields_are_there(run) -> None:
    fields = run("log", "-", "--json", stdin=REFUSED).object

    assert fields["schema"] == "sshwizard/1" and fields["command"] == "log"
    assert all({"line", "event", "text"} <= set(event) for event in fields["timeline"])
    assert (
        fields["offers"][0] | {"fingerprint": FINGERPRINT, "answer": "refused", "via": "agent"}
        == fields["offers"][0]
    )
    assert fields["accepted"] is None
    assert all(isinstance(one, str) for key in ("missing", "ask_for") for one in fields[key])
    assert fields["ask_for"]


@pytest.mark.parametrize(
    ("text", "code"), [(WORKS, 0), (OPEN_KEY, 1), (REFUSED, 3), ("nothing of the sort\n", 3), ("", 3)]
)
def test_the_exit_code_says_what_is_known(run, text: str, code: int) -> None:
    answer = run("log", "-", "--json", stdin=text)

    assert answer.code == code, answer.object["findings"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_powershell_s_encodings_are_read(run, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "log").write_bytes(OPEN_KEY.replace("\n", "\r\n").encode(encoding))

    assert first(run("log", "log", "--json")) == "key-perms-open"


def test_bytes_that_are_no_text_do_not_hide_the_cause(run, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"\xff\xc3\x28\x00\x80\n" + os.urandom(4096) + b"\n" + OPEN_KEY.encode())

    assert first(run("log", "log", "--json")) == "key-perms-open"


@pytest.mark.parametrize("words", [(), ("-v",), ("--reply",), ("--markdown",), ("--json",)])
def test_hostile_text_comes_out_harmless(run, words: tuple[str, ...]) -> None:
    answer = run("log", "-", *words, stdin=HOSTILE)
    said = answer.out + answer.err

    assert answer.code in (1, 3)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said)
    if words == ("--markdown",):
        outside = "".join(
            part for number, part in enumerate(re.split(r"^`{3,}$", said, flags=re.M)) if not number % 2
        )
        assert "<img" not in outside


def test_a_line_without_an_end_is_bounded(run, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"debug1: " + b"A" * 10_000_000 + b"\n" + OPEN_KEY.encode())

    assert first(run("log", "log", "--json")) == "key-perms-open"


def test_more_than_memory_should_hold_is_streamed(tmp_path: Path) -> None:
    block = (REFUSED + "debug3: send packet: type 50\n" * 200).encode()
    with (tmp_path / "log").open("wb") as file:
        for _ in range(40_000_000 // len(block)):
            file.write(block)
        file.write(OPEN_KEY.encode())
    # Not ru_maxrss: that one starts with the size of the process that forked this one.
    program = (
        "import re, sys; from sshwizard.cli.main import run; code = run(sys.argv[1:]);"
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1], file=sys.stderr);"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "log", "log", "--json"], cwd=tmp_path, capture_output=True, timeout=60
    )

    assert json.loads(done.stdout)["findings"][0]["id"] == "key-perms-open"
    assert int(done.stderr.split()[-1]) < 120_000, "KiB"


def test_a_pipe_is_a_file_too(tmp_path: Path) -> None:
    line = f'"{sys.executable}" -m sshwizard log <(cat log) --json'
    (tmp_path / "log").write_text(OPEN_KEY)
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, timeout=30)

    assert json.loads(done.stdout)["findings"][0]["id"] == "key-perms-open"


def test_the_answer_is_text_or_markdown(run, tmp_path: Path) -> None:
    (tmp_path / "log").write_text(OPEN_KEY)
    text = run("log", "log", "--reply").out

    assert run("log", "--reply", "log").out == text == run("log", "log", "--reply=text").out
    assert "Your log shows what is wrong" in text and "chmod 600" in text and "**" not in text
    marked = run("log", "log", "--reply=markdown").out
    assert marked == run("log", "--markdown", "log").out == run("log", "--reply", "markdown", "log").out
    assert marked.startswith("**Your log shows") and "```\nchmod 700" in marked
    assert run("log", "log", "--reply", "--json").object["reply"] == text.rstrip("\n")


def test_an_answer_asks_for_what_is_missing(run) -> None:
    text = run("log", "-", "--reply", stdin="git@github.com: Permission denied (publickey).\n").out

    assert "please send the output of" in text and "ssh -v -T git@github.com" in text


@pytest.mark.parametrize("name", ["nothing.txt", "."])
def test_a_file_that_cannot_be_read_is_named(run, name: str) -> None:
    answer = run("log", name, "--json")

    assert answer.code == 2
    assert answer.object["error"]["code"] == "unreadable"
