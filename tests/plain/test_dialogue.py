"""Questions line by line: numbers, defaults, going back, leaving, and signs of life."""

from __future__ import annotations

import io

import pytest

from sshwizard.errors import Cancelled, NeedsAnswer
from sshwizard.model.choices import Choice, Option
from sshwizard.model.events import CheckDone, CheckStarted, Note
from sshwizard.model.transcript import Check
from sshwizard.plain import live
from sshwizard.plain.dialogue import Back, Dialogue

CHOICE = Choice(
    question="Which?",
    options=(
        Option(value="a", label="first"),
        Option(value="b", label="second", note="advised"),
        Option(value="c", label="third", disabled="not here"),
    ),
    default="b",
    other="a name",
)


def answered(monkeypatch: pytest.MonkeyPatch, text: str) -> Dialogue:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return Dialogue()


@pytest.mark.parametrize(
    ("typed", "value"),
    [("\n", "b"), ("1\n", "a"), ("9\n1\n", "a"), ("3\n2\n", "b"), ("a\n", "a"), ("mine\n", "mine")],
)
def test_a_choice_takes_a_number_the_default_or_a_name(
    typed: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answered(monkeypatch, typed).choose(CHOICE) == value
    assert "Number (default 2, q quit): " in capsys.readouterr().out


def test_back_quit_and_the_end_are_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Back):
        answered(monkeypatch, "b\n").choose(CHOICE, back=True)
    with pytest.raises(Cancelled):
        answered(monkeypatch, "q\n").choose(CHOICE)
    with pytest.raises(NeedsAnswer):
        answered(monkeypatch, "").choose(CHOICE)


def test_yes_no_and_free_answers_are_asked_until_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered(monkeypatch, "maybe\nn\n").yes_no("Sure?", default=True) is False
    assert answered(monkeypatch, "\n").yes_no("Sure?", default=True) is True
    assert answered(monkeypatch, "x\ny\n").ask("Name", "", lambda typed: "" if typed == "y" else "no") == "y"


def test_hidden_input_is_refused_where_it_would_show(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NeedsAnswer) as caught:
        answered(monkeypatch, "secret\n").hidden("Passphrase", flag="`--passphrase-fd N`")

    assert "--passphrase-fd" in caught.value.hint


def test_a_log_ends_at_a_dot_or_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered(monkeypatch, "one\ntwo\n.\nthree\n").several_lines(".") == "one\ntwo\n"
    assert answered(monkeypatch, "one").several_lines(".") == "one"


def test_layers_are_told_as_they_are_settled() -> None:
    stream = io.StringIO()
    with live.Live(layers=True, stream=stream) as told:
        told(CheckStarted(id="tcp", title="connect"))
        told(CheckDone(check=Check(id="tcp", title="connect", state="passed", ms=31.2, detail="port 22")))
        told(Note(text="reconnecting"))

    assert stream.getvalue().splitlines() == [
        "  ok    connect               31 ms   port 22",
        "        reconnecting",
    ]
    assert not told.cancel.is_set()


def test_a_long_wait_gives_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(live, "EVERY", 0.01)
    seen = threading.Event()

    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            if "still working: waiting for connect" in text:
                seen.set()
            return super().write(text)

    with live.Live(stream=Stream()) as told:
        told(CheckStarted(id="tcp", title="connect"))
        assert seen.wait(5)


def test_an_interrupted_check_is_cancelled() -> None:
    with pytest.raises(KeyboardInterrupt), live.Live(stream=io.StringIO()) as told:
        raise KeyboardInterrupt

    assert told.cancel.is_set()
