"""`fix`, `undo`, `history`, `config add`: shown, agreed, applied, proved, taken back."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from servers.namespace import RealSsh
from servers.person import Person


def test_from_refused_to_logged_in_and_back(run, wrong_key, real_ssh: RealSsh) -> None:
    before = wrong_key.config.read_bytes()

    fixed = run("fix", "server", "--yes")
    after = real_ssh.run(["ssh", "-o", "BatchMode=yes", "server"]).said
    undone = run("undo")

    assert fixed.code == 0, fixed.out + fixed.err
    assert "before  FAIL" in fixed.out and "after   Works: server takes" in fixed.out
    assert "sshwizard undo 1" in fixed.out
    assert "Hi joe!" in after
    assert undone.code == 0
    assert wrong_key.config.read_bytes() == before
    assert "Permission denied" in real_ssh.run(["ssh", "-o", "BatchMode=yes", "server"]).said


def test_fix_remembers_where_the_doctor_looked(run, wrong_key) -> None:
    run("doctor", "server")
    answer = run("fix", "--yes", "--json")
    fields = answer.object

    assert answer.code == 0
    assert set(fields) == {"schema", "command", "result", "changed", "applied", "before", "after", "left"}
    assert (fields["result"], fields["before"], fields["after"]) == ("applied", "problem", "healthy")
    assert fields["applied"][0]["id"] == "key-nondefault-name"
    assert fields["applied"][0]["undo"] == "sshwizard undo 1"


def test_doctor_fix_is_fix(run, wrong_key) -> None:
    assert run("doctor", "server", "--fix", "--yes").code == 0


def test_a_dry_run_shows_the_diff_and_changes_nothing(run, wrong_key) -> None:
    before = wrong_key.config.read_bytes()
    answer = run("fix", "server", "--dry-run")
    fields = run("fix", "server", "--dry-run", "--json").object

    assert answer.code == 0
    assert "+    IdentityFile" in answer.out
    assert answer.out.rstrip().endswith("Nothing was changed.")
    assert fields["proposals"][0]["diff"] and fields["changed"] is False
    assert wrong_key.config.read_bytes() == before
    assert run("history", "--json").object["changes"] == []


def test_without_a_terminal_consent_needs_its_flag(run, wrong_key) -> None:
    before = wrong_key.config.read_bytes()
    asked = run("fix", "server")
    in_json = run("fix", "server", "--json")

    assert asked.code == 5 and "--yes" in asked.err
    assert in_json.code == 5 and in_json.object["error"]["code"] == "needs-confirmation"
    assert wrong_key.config.read_bytes() == before


def test_a_finding_can_be_named_and_an_absent_one_is_said_to_be_absent(run, wrong_key) -> None:
    absent = run("fix", "too-many-keys", "server", "--yes")
    named = run("fix", "key-nondefault-name", "server", "--yes")

    assert absent.code == 1 and "does not find too-many-keys" in absent.err
    assert named.code == 0


def test_nothing_to_mend_says_so(run, wrong_key) -> None:
    answer = run("fix", "server", "--yes", "-i", str(wrong_key.known.path))

    assert answer.code == 0
    assert "Nothing was changed." in answer.out
    assert run("history", "--json").object["changes"] == []


def test_undo_without_a_change_and_history(run, wrong_key) -> None:
    nothing = run("undo")
    run("fix", "server", "--yes")
    would = run("undo", "--dry-run")
    change = run("history", "--json").object["changes"][0]

    assert nothing.code == 1 and "nothing to take back" in nothing.err
    assert "Nothing was changed." in would.out
    assert change["state"] == "done"
    assert set(change) == {
        "number", "title", "state", "when", "undone", "steps", "paths", "notes", "restore", "command",
        "on_accounts",
    }  # fmt: skip
    assert "done" in run("history").out


def test_undo_refuses_after_a_hand_edit_of_the_same_lines(run, wrong_key) -> None:
    run("fix", "server", "--yes")
    edited = wrong_key.config.read_text().replace(str(wrong_key.known.path), "/elsewhere")
    wrong_key.config.write_text(edited)
    answer = run("undo")

    assert answer.code == 1
    assert wrong_key.config.read_text() == edited


def test_config_add_simulates_shows_and_writes(run, wrong_key, real_ssh: RealSsh) -> None:
    key = str(wrong_key.known.path)
    dry = run("config", "add", "server", "-i", key, "--dry-run", "--json").object
    done = run("config", "add", "server", "-i", key, "--yes")
    again = run("config", "add", "server", "-i", key, "--yes", "--json")

    assert {"diff", "before_offers", "after_offers", "affects_hosts", "steps"} <= set(dry)
    assert [one["fingerprint"] for one in dry["before_offers"]] == [wrong_key.stranger.fingerprint]
    assert dry["after_offers"][0]["fingerprint"] == wrong_key.known.fingerprint
    assert dry["affects_hosts"] == ["server"]
    assert done.code == 0 and "sshwizard undo 1" in done.out
    assert "Hi joe!" in real_ssh.run(["ssh", "-o", "BatchMode=yes", "server"]).said
    assert again.object["result"] == "nothing" and again.object["diff"] == ""


def test_config_add_asks_for_a_key_that_exists(run, wrong_key) -> None:
    assert run("config", "add", "server").code == 2
    assert run("config", "add", "server", "-i", "nosuch").code == 2


def test_a_change_after_which_it_is_worse_is_taken_back(wrong_key, tmp_path: Path) -> None:
    """The host forgets both keys between the proposal and the test after it."""
    wrong_key.server.allow("eve", wrong_key.stranger.line)
    before = wrong_key.config.read_bytes()
    words = [sys.executable, "-m", "sshwizard", "fix", "server", "--want", str(wrong_key.known.path)]
    env = {**os.environ, "SSHWIZARD_HOME": str(wrong_key.home), "XDG_RUNTIME_DIR": str(tmp_path)}
    with Person(words, env=env, cwd=wrong_key.home) as person:
        person.sees("Apply this?")
        wrong_key.server.forget("joe")
        wrong_key.server.forget("eve")
        person.types("y")
        code = person.leaves()

    assert code == 6, person.screen
    assert "so it was taken back" in person.screen
    assert wrong_key.config.read_bytes() == before


def test_a_block_that_does_not_win_after_all_is_taken_back(wrong_key, tmp_path: Path) -> None:
    """An included file names another key between the proposal and the consent."""
    wrong_key.config.write_bytes(b"Include earlier.conf\n" + wrong_key.config.read_bytes())
    before = wrong_key.config.read_bytes()
    words = [sys.executable, "-m", "sshwizard", "config", "add", "server", "-i", str(wrong_key.known.path)]
    env = {**os.environ, "SSHWIZARD_HOME": str(wrong_key.home), "XDG_RUNTIME_DIR": str(tmp_path)}
    with Person(words, env=env, cwd=wrong_key.home) as person:
        person.sees("Write this?")
        earlier = wrong_key.config.parent / "earlier.conf"
        earlier.write_text(f"Host server\n    IdentityFile {wrong_key.stranger.path}\n")
        person.types("y")
        code = person.leaves()

    assert code == 6, person.screen
    assert "taken back" in person.screen
    assert wrong_key.config.read_bytes() == before


def test_declining_changes_nothing(wrong_key, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "sshwizard", "fix", "server"]
    env = {**os.environ, "SSHWIZARD_HOME": str(wrong_key.home), "XDG_RUNTIME_DIR": str(tmp_path)}
    with Person(words, env=env, cwd=wrong_key.home) as person:
        person.sees("Apply this?")
        person.types("n")
        code = person.leaves()

    assert code == 4
    assert "Nothing was changed." in person.screen


def test_ctrl_c_at_the_question_changes_nothing(wrong_key, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "sshwizard", "fix", "server"]
    env = {**os.environ, "SSHWIZARD_HOME": str(wrong_key.home), "XDG_RUNTIME_DIR": str(tmp_path)}
    with Person(words, env=env, cwd=wrong_key.home) as person:
        person.sees("Apply this?")
        person.presses(b"\x03")
        code = person.leaves()

    assert code == 130
    assert "Nothing was changed." in person.screen
    assert "Traceback" not in person.screen
