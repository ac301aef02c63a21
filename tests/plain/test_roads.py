"""The plain wizard, whole roads: through a real terminal and with piped answers, in the practice ground."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from servers.person import Person

from plain.piping import SSHWIZARD, piped


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "TERM": "xterm", "COLUMNS": "80", "PYTHON": sys.executable}


def test_from_permission_denied_to_works_with_the_keyboard(env: dict[str, str], tmp_path: Path) -> None:
    words = [*SSHWIZARD, "practice", "--scenario", "wrong-key", "--plain"]
    with Person(words, env=env, cwd=tmp_path) as person:
        person.sees("What should be done?")
        table = person.screen
        person.types()
        diff = person.sees("Apply and test again?")
        person.types("y")
        after = person.sees("Take it back now?")
        person.types("n")
        person.sees("The same by hand:")
        person.sees("What next?")
        person.types()
        code = person.leaves()

    assert "practice_ed25519  not sent: no line names it  knows it" in table
    assert "FAIL  The right key exists, but ssh does not offer it" in table
    assert re.search(r"^\+ +IdentityFile .*practice_ed25519$", diff, re.M)
    assert "before  FAIL" in after and "after   Works: practice takes" in after
    assert code == 0
    assert "1 thing was changed:" in person.screen


def test_taking_it_back_leaves_everything_as_it_was(env: dict[str, str], tmp_path: Path) -> None:
    words = [*SSHWIZARD, "practice", "--scenario", "wrong-key", "--plain"]
    with Person(words, env=env, cwd=tmp_path) as person:
        person.sees("Number (default 1, b back, q quit):")
        person.types("1")
        person.sees("Apply and test again?")
        person.types()
        person.sees("Take it back now?")
        person.types("y")
        person.sees("Taken back: Send practice_ed25519")
        person.types("q")
        person.leaves()

    assert "Nothing was changed." in person.screen


def test_a_new_key_is_made_uploaded_tested_and_settled(env: dict[str, str], tmp_path: Path) -> None:
    words = [*SSHWIZARD, "practice", "--scenario", "fresh", "--plain"]
    with Person(words, env=env, cwd=tmp_path) as person:
        person.sees("Step 2 of 5 · Choose a key")
        person.sees("Which kind of key?")
        person.types()
        person.sees("File (default ~/.ssh/practice_ed25519):")
        person.types()
        person.sees("Comment (default ")
        person.types("mia@test")
        person.sees("Protect it with a passphrase?")
        person.types("y")
        person.sees("$ ssh-keygen -t ed25519")
        person.sees("Passphrase:")
        person.types("correct horse battery")
        person.sees("strong")
        person.sees("The same again:")
        person.types("correct horse batterx")
        person.sees("differ")
        person.sees("Passphrase:")
        person.types("correct horse battery")
        person.sees("The same again:")
        person.types("correct horse battery")
        person.sees("Step 3 of 5 · Upload the public half")
        person.sees("Number (default 1")
        person.types()
        person.sees("Name of the key on the account (default mia@test):")
        person.types()
        person.sees("Step 4 of 5 · Test it")
        person.sees("practice takes this key.")
        person.sees("Step 5 of 5 · Settle it")
        person.sees("What should be done?")
        person.types()
        person.sees("Write this?")
        person.types()
        person.sees("Log in once, to read the account's name?")
        person.types("n")
        person.sees("Works: practice takes ~/.ssh/practice_ed25519")
        person.sees("The same by hand:")
        person.sees("What next?")
        person.types()
        code = person.leaves()

    assert code == 0
    assert "correct horse" not in person.screen
    assert "3 things were changed:" in person.screen


def test_ctrl_c_leaves_with_what_was_changed(env: dict[str, str], tmp_path: Path) -> None:
    words = [*SSHWIZARD, "practice", "--scenario", "wrong-key", "--plain"]
    with Person(words, env=env, cwd=tmp_path) as person:
        person.sees("Number (default 1, b back, q quit):")
        person.presses(b"\x03")
        code = person.leaves()

    assert code == 130
    assert "Nothing was changed." in person.screen


def test_piped_answers_walk_the_same_road(env: dict[str, str], tmp_path: Path) -> None:
    done = piped(env, tmp_path, "1\ny\nn\nq\n", "practice", "--scenario", "wrong-key")

    assert done.returncode == 0
    assert "after   Works: practice takes" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_an_ended_input_is_said_in_a_sentence(env: dict[str, str], tmp_path: Path) -> None:
    done = piped(env, tmp_path, "", "practice", "--scenario", "wrong-key")

    assert done.returncode == 5
    assert "The input ended before this question was answered." in done.stdout
    assert "Nothing was changed." in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_hidden_input_is_explained_where_there_is_no_terminal(env: dict[str, str], tmp_path: Path) -> None:
    done = piped(env, tmp_path, "\n\n\ny\n", "practice", "--scenario", "fresh")

    assert done.returncode == 5
    assert "--passphrase-fd" in done.stdout


def test_without_colours_glyphs_and_cursor_movement(env: dict[str, str], tmp_path: Path) -> None:
    done = piped(env, tmp_path, "setup\nq\n", "practice", "--scenario", "wrong-key")

    assert "\x1b" not in done.stdout
    assert not re.search(r"[─-▟⠀-⣿]", done.stdout)


def test_mintty_is_told_why_it_gets_lines(env: dict[str, str], tmp_path: Path) -> None:
    done = piped({**env, "MSYSTEM": "MINGW64"}, tmp_path, "q\n", "practice", "--scenario", "wrong-key")

    assert "winpty sshwizard" in done.stdout


LEFT_AND_TAKEN_UP = """
printf '\\n\\n\\ny\\nq\\n' | $PYTHON -m sshwizard --plain setup practice >"$OUT/first.txt"
printf 'y\\n1\\n\\n\\n\\ny\\nq\\n' | $PYTHON -m sshwizard --plain setup practice >"$OUT/second.txt"
"""


def test_a_set_up_left_half_way_goes_on_where_it_was(env: dict[str, str], tmp_path: Path) -> None:
    words = [*SSHWIZARD, "practice", "--scenario", "fresh", "--", "bash", "-c", LEFT_AND_TAKEN_UP]
    subprocess.run(words, env={**env, "OUT": str(tmp_path)}, cwd=tmp_path, capture_output=True, timeout=90)
    first, second = (tmp_path / "first.txt").read_text(), (tmp_path / "second.txt").read_text()

    assert "Step 3 of 5" in first and "Step 4 of 5" not in first
    assert "Go on with practice and ~/.ssh/practice_ed25519, where you left?" in second
    assert "Step 2 of 5" not in second
    assert "Works: practice knows ~/.ssh/practice_ed25519 as mia" in second


SHOWN = "printf 'show\\nkeys\\nwhy\\n1\\ndone\\nconfig\\n1\\nchanges\\nb\\nleave\\n' | $PYTHON -m sshwizard --plain >\"$OUT/shown.txt\""


def test_what_there_is_is_shown_and_nothing_changed(env: dict[str, str], tmp_path: Path) -> None:
    words = [*SSHWIZARD, "practice", "--scenario", "wrong-account", "--", "bash", "-c", SHOWN]
    subprocess.run(words, env={**env, "OUT": str(tmp_path)}, cwd=tmp_path, capture_output=True, timeout=60)
    shown = (tmp_path / "shown.txt").read_text()

    assert "~/.ssh/practice_work  ed25519  both" in shown
    assert "$ sshwizard why practice" in shown and "Not sent. No IdentityFile names it" in shown
    assert re.search(r"^port \d+  # ~/.ssh/config:\d+$", shown, re.M)
    assert "Nothing was changed so far." in shown
    assert shown.rstrip().endswith("Nothing was changed.")


def test_a_pasted_log_is_explained(env: dict[str, str], tmp_path: Path, home: Path) -> None:
    log = "debug1: Connecting to h [10.0.0.1] port 22.\nssh: connect to host h port 22: Connection refused\n"
    whole = {**env, "SSHWIZARD_HOME": str(home), "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    done = piped(whole, "/", f"log\n{log}.\ny\nq\n")

    assert "FAIL" in done.stdout and "Connection refused" in done.stdout
    assert "Your log shows" in done.stdout
    assert done.returncode == 0


def test_practising_from_the_first_screen_takes_the_ground_away(
    env: dict[str, str], tmp_path: Path, home: Path
) -> None:
    whole = {**env, "SSHWIZARD_HOME": str(home), "TMPDIR": str(tmp_path)}
    done = piped(whole, "/", "practise\nwrong-key\n1\ny\nn\nq\n")

    assert "after   Works: practice takes" in done.stdout, done.stdout + done.stderr
    assert "The practice ground is gone; nothing real was touched." in done.stdout
    assert list(tmp_path.glob("sshwizard-practice-*")) == []
    assert list(home.iterdir()) == []


def test_an_empty_paste_is_not_explained(env: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [*SSHWIZARD, "--plain", "--home", str(tmp_path)],
        input="log\n.\nq\n",
        capture_output=True,
        text=True,
        env=env,
        cwd=tmp_path,
        timeout=60,
    )

    assert "Nothing was pasted." in done.stdout
    assert "Still unknown" not in done.stdout
