"""`doctor`: areas, what counts, one line when healthy, the second witness, and "it is not the key"."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.keys import KeyMaker

from sshwizard.cli.second import compared
from sshwizard.model.log import LogAttempt, LogOffer
from sshwizard.model.transcript import Transcript


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
    answer = run("doctor", "server", "--witness", "--json")

    assert answer.code == 3 and answer.object["error"]["code"] == "witness-other-home"


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
