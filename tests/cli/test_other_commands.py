"""The rest of the commands: config, log, explain, hosts, agent, whoami, report, completion, setup, practice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from servers.keys import KeyMaker
from servers.namespace import RealSsh

LOG = """\
OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.11
debug1: Connecting to github.com [140.82.121.3] port 22.
debug1: Connection established.
debug1: Authenticating to github.com:22 as 'git'
debug1: Authentications that can continue: publickey
debug1: Offering public key: /home/joe/.ssh/id_rsa RSA SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG
debug1: Authentications that can continue: publickey
debug1: No more authentication methods to try.
git@github.com: Permission denied (publickey).
"""


def test_config_show_prints_what_ssh_g_prints(run, wrong_key, real_ssh: RealSsh) -> None:
    ours = run("config", "show", "server", "-F", str(wrong_key.config))
    theirs = real_ssh.run(["ssh", "-F", str(wrong_key.config), "-G", "server"]).out
    fields = run("config", "show", "server", "--json").object

    assert sorted(ours.out.splitlines()) == sorted(
        line.replace("/root/", f"{wrong_key.home}/") for line in theirs.splitlines()
    )
    assert fields["options"]["port"] == [str(wrong_key.server.port)]
    assert fields["sources"]["port"] == [{"where": str(wrong_key.config), "line": 3}]
    assert len(fields["sources"]["identityfile"]) == len(fields["options"]["identityfile"])


def test_config_show_says_places_with_v(run_here, wrong_key) -> None:
    assert (
        f"port {wrong_key.server.port}  # ~/.ssh/config:3" in run_here("config", "show", "server", "-v").out
    )


def test_config_diff_of_two_hosts(run_here, wrong_key) -> None:
    answer = run_here("config", "diff", "server", "other")

    assert answer.code == 0
    assert f"-port {wrong_key.server.port}" in answer.out and "+port 22" in answer.out


def test_config_lint_names_the_line(run_here, home: Path) -> None:
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "config").write_text("Host x\n  Bogus yes\n")
    answer = run_here("config", "lint")
    fields = run_here("config", "lint", "--json").object

    assert answer.code == 1 and "~/.ssh/config:2" in answer.out
    assert set(fields["problems"][0]) == {"id", "severity", "title", "text", "source"}


def test_a_log_is_explained_from_a_file_and_from_a_pipe(run, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(LOG)
    from_file = run("log", "a.log", "--json")
    from_pipe = run("analyse", "-", "--json", stdin=LOG)
    fields = from_file.object

    assert fields == from_pipe.object
    assert {"timeline", "offers", "accepted", "missing", "ask_for", "findings", "verdict"} <= set(fields)
    assert fields["offers"][0]["answer"] == "refused"
    assert fields["timeline"][0]["line"] == 1
    assert from_file.code == (1 if fields["verdict"] == "problem" else 3)
    assert "Permission denied" in run("log", "a.log", "-v").out
    assert run("log", "a.log", "--reply").out.strip()


def test_an_empty_log_and_noise_are_not_known(run) -> None:
    for text in ("", "hello\nworld\n", "\x00\x01\x02"):
        answer = run("log", "-", "--json", stdin=text)

        assert answer.code == 3
        assert answer.object["verdict"] == "cannot_tell"


@pytest.mark.parametrize("topic", ["fingerprint", "too-many-keys", "known_hosts", "too_many_keys"])
def test_words_and_findings_are_explained(run_here, topic: str) -> None:
    assert run_here("explain", topic, "--json").object["command"] == "explain"
    assert run_here("help", topic, "--json").object["text"]


def test_explain_with_a_host_is_why(run_here, home: Path) -> None:
    assert run_here("explain", "git.example.org", "--json").object["command"] == "why"


def test_help_of_a_command_is_its_help(run_here) -> None:
    assert run_here("help", "keys", "new").out == run_here("keys", "new", "--help").out


def test_the_host_book_is_shown(run_here) -> None:
    one = run_here("hosts", "github.com", "--json").object["hosts"][0]

    assert one["name"] == "github"
    assert any(key["fingerprint"] and key["fingerprint"].startswith("SHA256:") for key in one["host_keys"])
    assert "github" in run_here("providers").out


def test_the_agent_is_listed_loaded_and_unloaded(run, home: Path, keys: KeyMaker, start_agent) -> None:
    pair = keys.make(home / ".ssh", "work")
    env = {"SSH_AUTH_SOCK": start_agent().socket}

    assert run("agent", "add", "work", env=env).code == 0
    assert run("agent", "--json", env=env).object["agents"][0]["keys"] == [pair.fingerprint]
    assert run("agent", "remove", "work", env=env).code == 0
    assert run("agent", "--json", env=env).object["agents"][0]["keys"] == []
    assert run("agent", "add", "work").code == 3


def test_taking_a_key_out_of_the_agent_is_a_change_like_others(
    run, home, keys: KeyMaker, start_agent
) -> None:
    pair = keys.make(home / ".ssh", "work")
    agent = start_agent(pair.path)
    env = {"SSH_AUTH_SOCK": agent.socket}
    assert run("agent", "remove", "work", env=env).code == 0

    assert run("undo", env=env).code == 0
    assert [line.split()[1] for line in agent.lines()] == [pair.line.split()[1]]


def test_a_key_that_only_the_agent_holds_is_removed_only_when_that_was_agreed(
    run, tmp_path: Path, keys: KeyMaker, start_agent
) -> None:
    pair = keys.make(tmp_path, "alone")
    agent = start_agent(pair.path)
    env = {"SSH_AUTH_SOCK": agent.socket}

    assert run("agent", "remove", pair.fingerprint, env=env).code == 5
    assert len(agent.lines()) == 1
    assert run("agent", "remove", pair.fingerprint, "--yes", env=env).code == 0
    assert agent.lines() == []


def test_an_agent_is_started_found_and_ended_by_undo(run, home: Path) -> None:
    (home / ".ssh").mkdir(mode=0o700)
    started = run("agent", "start", "--json")
    env = {"SSH_AUTH_SOCK": started.object["export"].partition("=")[2]}
    try:
        assert run("agent", "--json", env=env).object["agents"][0]["reachable"]
        assert run("agent", "start", "--json", env=env).object["result"] == "nothing"
    finally:
        assert run("undo").code == 0
    assert not run("agent", "--json", env=env).object["agents"][0]["reachable"]


def test_how_an_agent_becomes_permanent_is_told(run) -> None:
    ways = run("agent", "permanent", "--json").object["ways"]

    assert ways and all(one["lines"] for one in ways)
    assert ways[0]["title"] in run("agent", "permanent").out.replace("\n", " ")


def test_whoami_asks_the_hosts_named(run, wrong_key) -> None:
    answer = run("whoami", "server", "--no-login", "--json")
    one = answer.object["hosts"][0]

    assert answer.code == 0
    assert one["keys"] == {wrong_key.stranger.fingerprint: "refused", wrong_key.known.fingerprint: "accepted"}
    assert run("whoami", "nosuch.invalid").code == 3


def test_a_report_holds_no_names_and_no_secrets(run, wrong_key, tmp_path: Path) -> None:
    with wrong_key.config.open("a") as config:
        config.write(
            "# GITHUB_TOKEN=ghp_0123456789abcdefghij0123456789\nHost x\n  HostName secret.corp.example\n"
        )
    answer = run("report", "server", "--anonymize", "-o", "out.md", "--yes")
    text = (tmp_path / "out.md").read_text()

    assert answer.code == 0
    assert (tmp_path / "out.md").stat().st_mode & 0o777 == 0o600
    assert "key-nondefault-name" in text
    assert "ghp_" not in text
    assert str(wrong_key.home) not in text
    assert run("report", "server", "-o", "out.md", "--yes").code == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_scripts_know_every_command(run, shell: str, tmp_path: Path) -> None:
    script = run("completion", shell).out

    for word in ("doctor", "keys", "export", "dry-run", "undo"):
        assert word in script
    if shell == "bash":
        ask = f'{script}\nCOMP_WORDS=(sshwizard ke); COMP_CWORD=1; _sshwizard; echo "${{COMPREPLY[@]}}"'
        done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, timeout=10)
        assert done.stdout.strip() == "keys", done.stderr


def test_setup_unattended_ends_with_a_proof(tmp_path: Path) -> None:
    script = (
        "$PYTHON -m sshwizard setup practice --yes --upload --no-passphrase --json >s.json; echo $? >code"
    )
    words = ["practice", "--scenario", "fresh", "--", "bash", "-c", script]
    subprocess.run(
        [sys.executable, "-m", "sshwizard", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHON": sys.executable},
        timeout=60,
        capture_output=True,
    )
    fields = json.loads((tmp_path / "s.json").read_text())

    assert (tmp_path / "code").read_text().strip() == "0"
    assert (fields["result"], fields["account"], fields["verdict"]) == ("works", "mia", "healthy")
    assert len(fields["changes"]) == 3


def test_setup_unattended_does_not_upload_unasked(run, wrong_key) -> None:
    wrong_key.server.forget("joe")
    answer = run("setup", "server", "--yes", "-i", "work", "--json")

    assert answer.code == 5
    assert "public half" in answer.object["error"]["message"]


def test_scenarios_are_listed(run_here) -> None:
    names = {one["name"] for one in run_here("practice", "--list", "--json").object["scenarios"]}

    assert {"fresh", "wrong-key", "wrong-account", "too-many-keys", "home-key-in-agent"} <= names


def test_a_command_in_the_ground_gives_its_exit_code(run) -> None:
    assert run("practice", "--", "sh", "-c", "exit 7").code == 7


def test_the_wizard_in_json_mode_needs_a_person(run_here) -> None:
    answer = run_here("--json", "wizard")

    assert answer.code == 5
    assert answer.object["error"]["code"] == "needs-answer"


@pytest.mark.parametrize("words", [[], ["doctor"], ["keys", "add"], ["fix"]])
def test_help_is_on_stdout_and_exits_0(run_here, words: list[str]) -> None:
    answer = run_here(*words, "--help")

    assert answer.code == 0 and answer.out and not answer.err


def test_an_explained_finding_says_what_to_do(run_here) -> None:
    text = run_here("explain", "too-many-keys").out
    fields = run_here("explain", "too-many-keys", "--json").object

    assert "What to do:" in text and "See also:" in text and "{" not in text
    assert fields["kind"] == "finding" and fields["steps"] and "see_also" in fields


def test_every_topic_in_the_list_is_explained(run_here) -> None:
    listed = run_here("explain", "--json").object

    assert {"fingerprint", "agent"} <= set(listed["words"]) and "too-many-keys" in listed["findings"]


def test_a_slip_in_a_word_is_not_taken_for_a_host(run_here) -> None:
    answer = run_here("explain", "fingerprnt")

    assert answer.code == 2
    assert "sshwizard explain fingerprint" in answer.err and "sshwizard why fingerprnt" in answer.err


@pytest.mark.parametrize(
    "words", [("-p", "2222", "agent1"), ("git@agent",), ("agents.example",), ("github",)]
)
def test_explain_with_options_or_an_address_is_why(run_here, words: tuple[str, ...]) -> None:
    assert run_here("explain", *words, "--json").object["command"] == "why"


def test_flags_before_the_word_do_not_hide_it(run_here, home: Path) -> None:
    assert run_here("explain", "--home", str(home), "agent", "--json").object["topic"] == "agent"
