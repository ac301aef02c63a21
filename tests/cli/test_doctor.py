"""`doctor`: areas, what counts, one line when healthy, the second witness, and "it is not the key"."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.keys import KeyMaker

from sshwizard.model.log import LogAttempt, LogOffer
from sshwizard.model.transcript import Transcript
from sshwizard.witness.login import compared


@pytest.fixture
def right_key(wrong_key):
    """The same place with the configuration mended."""
    text = wrong_key.config.read_text().replace(str(wrong_key.stranger.path), str(wrong_key.known.path))
    wrong_key.config.write_text(text)
    return wrong_key


def test_a_healthy_host_gets_one_line(run, right_key) -> None:
    answer = run("doctor", "server")

    assert answer.code == 0
    assert len(answer.out.strip().splitlines()) == 1, answer.out


@pytest.mark.parametrize(("choice", "code"), [("fail", 1), ("warn", 1), ("never", 0)])
def test_what_counts_can_be_chosen(run, wrong_key, choice: str, code: int) -> None:
    assert run("doctor", "server", "--fail-on", choice).code == code


def test_areas_are_those_of_the_catalogue(run, wrong_key) -> None:
    everything = {one["id"] for one in run("doctor", "server", "--json").object["findings"]}
    offers = run("doctor", "server", "--only", "offers", "--json").object["findings"]
    rest = run("doctor", "server", "--skip", "offers", "--json").object["findings"]

    assert "key-nondefault-name" in {one["id"] for one in offers}
    assert {one["id"] for one in offers} | {one["id"] for one in rest} == everything
    assert {one["id"] for one in offers} & {one["id"] for one in rest} == set()


def test_the_second_witness_agrees(run, right_key) -> None:
    words = ("doctor", "server", "-F", str(right_key.config), "--witness")
    fields = run(*words, "--json").object["witness"]

    assert fields["agrees"], fields
    assert [one["fingerprint"] for one in fields["offers"]] == [right_key.known.fingerprint]
    assert fields["accepted"] == right_key.known.fingerprint and fields["account"] == "joe"
    assert "Your own ssh agrees: it offered 1 key" in run(*words).out


def test_the_second_witness_agrees_about_a_refusal(run, wrong_key) -> None:
    fields = run("doctor", "server", "-F", str(wrong_key.config), "--witness", "--json").object

    assert fields["witness"]["agrees"], fields["witness"]
    assert fields["witness"]["findings"]
    assert fields["witness"]["offers"][0]["answer"] == "refused"


def test_the_second_witness_speaks_for_no_other_home(run, wrong_key) -> None:
    text = wrong_key.config.read_text()
    wrong_key.config.write_text(text.replace(str(wrong_key.stranger.path), "~/.ssh/stranger"))
    answer = run("doctor", "server", "--witness", "--json")

    assert answer.code == 3 and answer.object["error"]["code"] == "witness-other-home"


def test_git_lists_the_references_of_the_remote(
    run, right_key, tmp_path: Path, make_repo: Callable[[Path, str], None]
) -> None:
    right_key.server.make_repository("app.git")
    make_repo(tmp_path / "app", "server:app.git")
    words = ("doctor", "--witness")
    fields = run(*words, "--json", cwd=tmp_path / "app").object["witness"]
    said = run(*words, cwd=tmp_path / "app")

    assert fields["agrees"] and fields["git"]["agrees"], fields
    assert fields["git"]["references"] == 2 and fields["git"]["talkative"]
    assert fields["git"]["accepted"] == right_key.known.fingerprint
    assert "git reads the repository: it lists 2 references." in said.out
    assert "Then git lists the references of origin" in said.err


def test_git_is_told_when_the_repository_is_not_given(
    run, right_key, tmp_path: Path, make_repo: Callable[[Path, str], None]
) -> None:
    make_repo(tmp_path / "app", "server:missing.git")
    fields = run("doctor", "--witness", "--json", cwd=tmp_path / "app").object["witness"]

    assert fields["git"]["references"] is None
    assert "missing.git" in fields["git"]["words"]
    assert "git" in run("doctor", "server", "--witness", "--json").object["witness"]
    assert run("doctor", "server", "--witness", "--json").object["witness"]["git"] is None


def test_git_runs_the_ssh_that_it_is_told_to(
    run, right_key, tmp_path: Path, make_repo: Callable[[Path, str], None]
) -> None:
    make_repo(tmp_path / "app", "server:app.git")
    right_key.server.make_repository("app.git")
    wrapper = tmp_path / "a wrapper"
    wrapper.write_text(f'#!/bin/sh\necho run >>{tmp_path}/mark\nexec ssh -F {right_key.config} "$@"\n')
    wrapper.chmod(0o755)
    quoted = {"GIT_SSH": str(wrapper)}
    simple = {"GIT_SSH": str(wrapper), "GIT_SSH_VARIANT": "simple"}
    loud = run("doctor", "--witness", "--json", cwd=tmp_path / "app", env=quoted).object["witness"]["git"]
    mute = run("doctor", "--witness", "--json", cwd=tmp_path / "app", env=simple).object["witness"]["git"]

    said = run("doctor", "--witness", cwd=tmp_path / "app", env=quoted).err

    assert f"with the ssh that it would run: `{wrapper}`" in said
    assert (tmp_path / "mark").read_text().count("run") >= 2
    assert loud["references"] == mute["references"] == 2
    assert (loud["talkative"], mute["talkative"]) == (True, False)


def test_differences_are_said() -> None:
    ours = Transcript(checks=(), ssh_outcome="accepted")
    offer = LogOffer(line=1, path="k", fingerprint="SHA256:k", outcome="refused")
    theirs = LogAttempt(first_line=1, last_line=2, outcome="denied", offers=(offer,))

    assert compared(ours, theirs) == [
        "ssh offered SHA256:k, which we did not expect.",
        "We expected ssh to get in, and it did not.",
    ]


def test_a_remote_over_https_is_not_about_keys(
    run, tmp_path: Path, make_repo: Callable[[Path, str], None]
) -> None:
    make_repo(tmp_path / "app", "https://github.com/joe/app.git")
    fields = run("doctor", "--offline", "--json", cwd=tmp_path / "app").object

    assert "https-ssh-mismatch" in {one["id"] for one in fields["findings"]}


def test_a_retired_transport_is_not_about_keys(run, home: Path, keys: KeyMaker) -> None:
    keys.make(home / ".ssh", "id_ed25519")
    fields = run("doctor", "git@heroku.com:app.git", "--offline", "--json").object

    assert "transport-retired" in {one["id"] for one in fields["findings"]}


def test_no_access_to_the_repository_is_not_about_ssh(run, right_key, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path / "app")], check=True, timeout=20)
    fields = run("doctor", "server:nothing-here.git", "--login", "--json").object

    assert fields["accepted"] == right_key.known.fingerprint
