"""A diagnosis as text and Markdown: who is named, what is cut, what is taken out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sshwizard.model.finding import Case, Diagnosis, Evidence, Finding, Fix
from sshwizard.model.steps import Chmod, DoByHand, RunCommand, UploadKey
from sshwizard.report import contract, pages, redact, retest, words
from sshwizard.report.columns import Style, cells, clip, table, two_sided, wrap

PAGE = Style(width=80)
FINDING = Finding(
    id="key-perms-open",
    severity="fail",
    certainty="certain",
    title="Others may read the private key",
    conclusion="ssh does not use /home/joe/.ssh/k.",
    evidence=(Evidence(source="/home/joe/.ssh/k", line=3, text="mode 0644"),),
    fixes=(
        Fix(title="Close it", steps=(Chmod(path="/home/joe/.ssh/k", before=0o644, after=0o600),)),
        Fix(title="Other", steps=()),
    ),
)


def shown(path: str) -> str:
    return path.replace("/home/joe/", "~/", 1) if path.startswith("/home/joe/") else path


def diagnosis(*findings: Finding, verdict: str = "problem") -> Diagnosis:
    case = Case(facts=None, plan=None, transcript=None)
    return Diagnosis(case=case, findings=findings, verdict=verdict)  # type: ignore[arg-type]


def test_a_finding_is_said_in_three_parts_with_its_command() -> None:
    text = "\n".join(pages.finding(FINDING, shown, PAGE))

    assert text.splitlines()[0].startswith("FAIL  Others may read")
    assert text.splitlines()[0].endswith("[certain]")
    assert "seen   ~/.ssh/k:3: mode 0644" in text
    assert "so     ssh does not use ~/.ssh/k." in text
    assert "do     Close it" in text
    assert "$ sshwizard fix key-perms-open" in text
    assert "1 other way" in text


def test_further_findings_of_a_kind_take_one_line() -> None:
    text = "\n".join(pages.findings([FINDING, FINDING, FINDING], shown, PAGE, after_text=False))

    assert text.count("FAIL") == 1
    assert text.count("also   ~/.ssh/k:3") == 2


def test_red_is_kept_for_leaks_and_colour_never_carries_the_meaning() -> None:
    painted = "\n".join(pages.finding(FINDING, shown, Style(colour=True)))
    other = "\n".join(pages.finding(replace(FINDING, id="key-missing"), shown, Style(colour=True)))

    assert "\x1b[31;1mFAIL\x1b[0m" in painted
    assert "\x1b[31" not in other and "FAIL" in other


def test_quiet_and_healthy_is_silence() -> None:
    assert pages.to_text(diagnosis(verdict="healthy"), shown, PAGE, quiet=True) == ""
    assert pages.to_text(diagnosis(verdict="healthy"), shown, PAGE).count("\n") == 0


def test_what_can_be_taken_back_is_said_rightly() -> None:
    chmod = FINDING.fixes[0]
    upload = UploadKey(provider="p", api_url="", public_line="x", title="t")
    by_hand = DoByHand(instructions=("Open the page.",))
    lasting = RunCommand(argv=("x",), undo_argv=None, cwd="/", because="")

    assert contract.reversible(chmod)
    for step in (upload, by_hand, lasting):
        assert not contract.reversible(Fix(title="t", steps=(step,)))
    assert not contract.applicable(Fix(title="t", steps=(by_hand,)))
    assert contract.instructions(Fix(title="t", steps=(by_hand,))) == ("Open the page.",)


def test_before_and_after_in_a_line_each() -> None:
    before, after = diagnosis(FINDING), diagnosis(verdict="healthy")

    assert retest.before_after(before, after, shown)[0] == "before  FAIL  Others may read the private key"
    assert not retest.is_worse(before, after)
    assert retest.is_worse(diagnosis(), before)


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
        "ghp_0123456789abcdefghij0123456789ABCDEF",
        "github_pat_0123456789abcdefghij",
        "glpat-0123456789abcdefghij",
        "HRKU-0123456789abcdefghij",
        "tk-us-0123456789abcdefghij",
        "AKIA0123456789ABCDEF",
    ],
)
def test_secrets_are_taken_out_of_reports(secret: str) -> None:
    core = secret.split("\n")[1] if "\n" in secret else secret

    assert core not in redact.without_secrets(f"before {secret} after")


def test_passwords_in_addresses_and_assignments_are_taken_out() -> None:
    text = redact.without_secrets("https://joe:hunter2@h/x API_TOKEN=abc my_password=def")

    assert "hunter2" not in text and "abc" not in text and "def" not in text
    assert "https://joe:" in text


def test_names_become_stable_stand_ins() -> None:
    names = redact.Names()
    names.add("host", ["secret.corp", "other.corp", "secret.corp"])
    names.add("user", ["joe"])

    text = names.replace("joe@secret.corp joey other.corp 10.1.2.3 127.0.0.1 a.b@c.example git@github.com")
    assert text == "user-1@host-1 joey host-2 x.x.x.x 127.0.0.1 someone@example git@github.com"


@given(st.text(max_size=80), st.integers(min_value=2, max_value=40))
def test_clipping_never_exceeds_the_width(text: str, width: int) -> None:
    assert cells(clip(text, width)) <= max(width, 1)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=50),
            min_size=3,
            max_size=3,
        ),
        max_size=5,
    )
)
def test_tables_stay_on_the_page(rows: list[list[str]]) -> None:
    assert all(cells(line) <= 60 for line in table(rows, width=60))


def test_wide_characters_take_two_cells() -> None:
    assert cells("键a") == 3
    assert list(table([["键", "x"], ["ab", "y"]], width=80)) == ["键  x", "ab  y"]
    assert two_sided("left", "right", 20).endswith("right")
    assert two_sided("left", "[right]", 6) == "left  [right]"
    assert all(cells(line) <= 40 for line in wrap("word " * 30, 40, indent="    "))


def test_times_are_said_as_people_do() -> None:
    assert [words.milliseconds(ms) for ms in (None, 3.6, 1340.0)] == ["", "4 ms", "1.3 s"]
    assert [words.seconds(ms) for ms in (12.0, 412.0)] == ["12 ms", "0.4 s"]
