"""`why`, `doctor`, `test`: the JSON contract, exit codes, text, against a real sshd. Names are frozen here."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from servers.keys import KeyMaker
from servers.namespace import RealSsh

from sshwizard.witness.offers import Heard

WHY = {"schema", "command", "target", "ran_as", "offers", "left_out", "notes"}
DOCTOR = WHY | {"checks", "accepted", "known", "account", "host", "findings", "verdict"}
TARGET = {"typed", "host", "hostname", "port", "user", "provider", "path", "remote"}
OFFER = {
    "position", "fingerprint", "type", "path", "comment", "kind", "via", "explicit", "certificate",
    "needs_passphrase", "source", "because", "exists", "skipped", "usable",
}  # fmt: skip
FINDING = {"id", "severity", "certainty", "title", "evidence", "conclusion", "remedies"}
REMEDY = {
    "title", "command", "diff", "why", "reversible", "safe", "affects_hosts", "hosts_checked", "instructions",
}  # fmt: skip
CHECKS = ["dns", "tcp", "proxy", "banner", "kex", "hostkey", "userauth", "session"]


def test_why_names_every_offer_with_its_place(run, wrong_key) -> None:
    answer = run("why", "server", "--json")
    fields = answer.object
    offer = fields["offers"][0]

    assert answer.code == 0
    assert set(fields) == WHY | {"with_identities_only", "decided_by", "outcomes"}
    assert set(fields["target"]) == TARGET
    assert set(fields["ran_as"]) == {"ssh", "version", "config", "agent"}
    assert set(offer) == OFFER
    assert offer["fingerprint"] == wrong_key.stranger.fingerprint
    assert offer["source"] == {"where": str(wrong_key.config), "line": 6}
    assert fields["left_out"][0]["fingerprint"] == wrong_key.known.fingerprint
    assert fields["target"]["port"] == wrong_key.server.port


def test_why_agrees_with_the_real_ssh(run, wrong_key, real_ssh: RealSsh) -> None:
    offers = run("why", "server", "--json").object["offers"]
    heard = real_ssh.run(["ssh", "-v", "-o", "BatchMode=yes", "server"]).err

    assert [one["fingerprint"] for one in offers] == re.findall(r"Will attempt key: .*(SHA256:\S+)", heard)


def test_ssh_options_count_before_and_after_the_dashes(run, wrong_key) -> None:
    known = str(wrong_key.known.path)
    before = run("why", "-i", known, "-p", "99", "server", "--json").object
    after = run("why", "--json", "--", "-i", known, "-p", "99", "server").object

    assert before["offers"] == after["offers"]
    assert wrong_key.known.fingerprint == after["offers"][0]["fingerprint"]
    assert after["target"]["port"] == 99


def test_doctor_names_the_cause_with_evidence_and_remedy(run, wrong_key) -> None:
    answer = run("doctor", "server", "--json")
    fields = answer.object
    first = fields["findings"][0]

    assert answer.code == 1
    assert set(fields) == DOCTOR
    assert [check["id"] for check in fields["checks"]] == CHECKS
    assert set(fields["offers"][0]) == OFFER | {"answer", "ms"}
    assert fields["offers"][0]["answer"] == "refused"
    assert fields["known"] == [wrong_key.known.fingerprint]
    assert fields["accepted"] is None
    assert fields["verdict"] == "problem"
    assert set(first) == FINDING
    assert first["id"] == "key-nondefault-name"
    assert all(set(seen) == {"source", "line", "text"} for seen in first["evidence"])
    assert set(first["remedies"][0]) == REMEDY
    assert "+    IdentityFile" in first["remedies"][0]["diff"]


def test_doctor_changes_nothing_under_the_home(run, wrong_key) -> None:
    def state() -> dict[str, tuple[int, bytes]]:
        return {
            str(path): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
            for path in wrong_key.home.rglob("*")
        }

    before = state()
    run("doctor", "server")
    run("why", "server")

    assert state() == before


def test_healthy_is_one_line(run, wrong_key) -> None:
    answer = run("doctor", "server", "-i", str(wrong_key.known.path))

    assert answer.code == 0
    assert answer.out.count("\n") == 1
    assert answer.out.startswith("Works: server takes ")
    assert run("doctor", "server", "-q", "-i", str(wrong_key.known.path)).out == ""


def test_test_logs_in_and_names_the_account(run, wrong_key) -> None:
    answer = run("test", "server", "-i", str(wrong_key.known.path), "--json")

    assert answer.code == 0
    assert answer.object["account"] == "joe"
    assert run("test", "server").code == 1


def test_text_stays_within_the_page_and_says_it_all(run, wrong_key) -> None:
    out = run("doctor", "server", env={"COLUMNS": "80"}).out

    assert max(map(len, out.splitlines())) <= 80 + 40
    assert "FAIL" in out and "work" in out and "sshwizard config add server" in out
    assert "\x1b" not in out


def test_nothing_listening_is_a_problem_and_no_such_name_is_not_known(run, wrong_key) -> None:
    refused = run("doctor", "server", "-p", "1", "--json", "-i", str(wrong_key.known.path))
    unknown = run("doctor", "nosuch.invalid", "--json")

    assert refused.code == 1
    assert refused.object["findings"][0]["id"] == "net-port-blocked"
    assert unknown.code == 3
    assert unknown.object["findings"][0]["id"] == "net-dns-wrong"
    assert run("test", "nosuch.invalid").code == 3


def test_fail_on_chooses_what_counts(run, wrong_key) -> None:
    assert run("doctor", "server", "--fail-on", "never").code == 0
    assert run("doctor", "server", "--offline", "--fail-on", "never").code == 0


def test_an_area_can_be_left_out(run, wrong_key) -> None:
    only = run("doctor", "server", "--only", "network", "--json").object
    wrong = run("doctor", "server", "--only", "weather")

    assert only["findings"] == []
    assert wrong.code == 2 and "key-files" in wrong.err


def test_the_witness_speaks_for_another_home_where_nothing_hangs_on_it(run, wrong_key) -> None:
    fields = run("why", "server", "--witness", "--json").object

    assert fields["witness"]["agrees"] and fields["witness"]["differences"] == []
    assert wrong_key.stranger.fingerprint in fields["witness"]["lines"][0]


def test_the_witness_cannot_speak_for_another_home(run, wrong_key) -> None:
    text = wrong_key.config.read_text()
    wrong_key.config.write_text(text.replace(str(wrong_key.stranger.path), "~/.ssh/stranger"))
    answer = run("why", "server", "--witness", "--json")

    assert answer.code == 3
    assert answer.object["error"]["code"] == "witness-other-home"


def test_the_witness_says_what_differs_and_what_only_ssh_can_see() -> None:
    agreeing = Heard(lines=(), said=(), expected=(), tokens=("label RSA SHA256:a",))
    differing = replace(agreeing, differences=("1: ssh tried another.",))

    assert agreeing.agrees and "agrees" in agreeing.sentences()[0]
    assert agreeing.fields()["tokens"] == ["label RSA SHA256:a"]
    assert not differing.agrees and "1: ssh tried another." in differing.sentences()[1]


def test_a_user_in_the_destination_counts_before_a_later_flag(run, wrong_key) -> None:
    early = run("config", "show", "--json", "-l", "late", "typed@server").object["options"]["user"]
    late = run("config", "show", "--json", "typed@server", "-l", "late").object["options"]["user"]
    dashed = run("config", "show", "--json", "--", "typed@server", "-l", "late").object["options"]["user"]

    assert (early, late, dashed) == (["late"], ["typed"], ["typed"])


def test_after_the_dashes_every_option_of_ssh_counts(run, wrong_key) -> None:
    words = ("-L", "8080:db:80", "-NA", "-a", "github", "-p", "2222")
    options = run("config", "show", "--json", "--", *words).object["options"]

    assert options["localforward"] == ["8080 [db]:80"]
    assert options["sessiontype"] == ["none"]
    assert options["forwardagent"] == ["no"]
    assert options["host"] == ["github"], "as ssh takes it: no name of the host book"
    assert options["port"] == ["2222"]


def test_a_match_exec_that_was_not_run_shows_both_outcomes(run, wrong_key) -> None:
    text = 'Match exec "test -f /on/vpn"\n    Port 2022\n    IdentityFile ~/.ssh/vpn\n'
    wrong_key.config.write_text(text + wrong_key.config.read_text())
    fields = run("config", "show", "server", "--json").object
    shown = run("config", "show", "server")

    (condition,), (other,) = fields["conditions"], fields["alternatives"]
    assert condition["command"] == "test -f /on/vpn" and condition["assumed"] is False
    assert condition["source"]["line"] == 1
    assert other["succeeds"] == ["test -f /on/vpn"] and other["options"]["port"] == ["2022"]
    assert "port 2022" in shown.err and "port 2022" not in shown.out


WITH_EXEC = """\
Match exec "test -e {mark}"
    Port 2202
    IdentityFile {ssh}/work
Host server
    IdentityFile {ssh}/stranger
    Port 2200
    User joe
"""


def test_why_shows_the_lines_that_decided_and_both_outcomes(run, wrong_key, tmp_path: Path) -> None:
    ssh = wrong_key.home / ".ssh"
    wrong_key.config.write_text(WITH_EXEC.format(mark=tmp_path / "mark", ssh=ssh))
    fields = run("why", "server", "--json").object
    text = run("why", "server").out
    folded = " ".join(text.split())

    assert [(one["line"], one["role"], one["text"]) for one in fields["decided_by"]] == [
        (1, "unknown", f'Match exec "test -e {tmp_path}/mark"'),
        (4, "block", "Host server"),
        (5, "counts", f"IdentityFile {ssh}/stranger"),
        (6, "counts", "Port 2200"),
        (7, "counts", "User joe"),
    ]
    both = {one["match_exec"][0]["succeeds"]: (one["port"], one["offers"]) for one in fields["outcomes"]}
    assert both == {
        True: (2202, [wrong_key.known.fingerprint, wrong_key.stranger.fingerprint]),
        False: (2200, [wrong_key.stranger.fingerprint]),
    }
    assert f"if `test -e {tmp_path}/mark` fails: stranger, to joe@server:2200" in folded
    assert f"if `test -e {tmp_path}/mark` succeeds: work, stranger, to joe@server:2202" in folded
    assert "IdentityFile" in text.split("Lines that decided:")[1]


def test_a_line_that_lost_is_named(run, wrong_key) -> None:
    with wrong_key.config.open("a") as file:
        file.write("Host *\n    User somebody\n")
    fields = run("why", "server", "--json").object
    (lost,) = [one for one in fields["decided_by"] if one["role"] == "beaten"]

    assert lost["text"] == "User somebody"
    assert "User somebody  (does not count: an earlier line won)" in run("why", "server").out


def test_the_witness_agrees_with_the_outcome_that_it_met(run, wrong_key, tmp_path: Path) -> None:
    (tmp_path / "mark").touch()
    text = WITH_EXEC.format(mark=tmp_path / "mark", ssh=wrong_key.home / ".ssh")
    wrong_key.config.write_text(text)
    answer = run("why", "server", "--witness")

    assert answer.code == 0
    assert "agrees with what is said above if `test -e" in " ".join(answer.out.split())


def test_two_destinations_are_one_too_many(run, wrong_key) -> None:
    answer = run("why", "server", "--", "other")

    assert answer.code == 2
    assert "Two destinations" in answer.err


def test_a_repository_needs_no_destination(
    run, wrong_key, tmp_path: Path, keys: KeyMaker, make_repo: Callable[[Path, str], None]
) -> None:
    make_repo(tmp_path / "app", "server:app.git")
    fields = run("why", "--json", cwd=tmp_path / "app").object

    assert fields["target"]["host"] == "server"
    assert fields["target"]["remote"] == "origin"


def test_the_other_remotes_of_a_repository_are_named(
    run, wrong_key, tmp_path: Path, make_repo: Callable[[Path, str], None]
) -> None:
    make_repo(tmp_path / "app", "server:app.git")
    words = ["git", "-C", str(tmp_path / "app"), "remote", "add", "deploy", "git@nosuch.invalid:app"]
    subprocess.run(words, check=True, timeout=20)
    answer = run("doctor", cwd=tmp_path / "app")

    assert answer.code == 1
    assert "sshwizard doctor deploy" in answer.err
