"""ssh's questions handed over a socket of our own: the answer is in no argument, variable or file."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

from sshwizard.machine.askpass import Askpass
from sshwizard.secret import Secret

CANARY = "canary pass phrase ü"


def ask(asking: Askpass, *words: str) -> subprocess.CompletedProcess[bytes]:
    program = asking.env["SSH_ASKPASS"]
    return subprocess.run([program, *words], capture_output=True, timeout=20, check=False)


def test_the_question_comes_and_the_answer_goes() -> None:
    asked: list[str] = []

    def answer(question: str) -> Secret:
        asked.append(question)
        return Secret(CANARY)

    with Askpass(answer) as asking:
        done = ask(asking, "kim@box's password: ")

    assert ["kim@box's password: "] == asked
    assert (0, f"{CANARY}\n".encode()) == (done.returncode, done.stdout)


def test_declining_is_a_failure_without_output() -> None:
    with Askpass(lambda _question: None) as asking:
        done = ask(asking, "Password:")

    assert (1, b"") == (done.returncode, done.stdout)


def test_nothing_secret_lies_in_the_folder_and_the_folder_goes_away() -> None:
    with Askpass(lambda _question: Secret(CANARY)) as asking:
        ask(asking, "Password:")
        folder = Path(asking.env["SSH_ASKPASS"]).parent
        kept = [path for path in folder.iterdir() if path.is_file()]
        mode = stat.S_IMODE(os.stat(folder).st_mode)

        assert 0o700 == mode
        assert not any(CANARY.encode() in path.read_bytes() for path in kept)
        assert not any(CANARY in value for value in asking.env.values())
    assert not folder.exists()
