"""A comment that is a piece of a private half, or a token, is shown by no command, list or report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from servers.agent import Agent
from servers.keys import KeyMaker

PIECE = "QyNTUxOQAAACB7hR4v0wq9Zk3uXc8T1mPz5sLd6fGj"
TOKEN = "ghp_9aZ3kQ7xW2mT5vB8nR4yL6pC1sD0fG3hJ7uE"

COMMANDS = (
    ("keys", "list"),
    ("keys", "list", "-v"),
    ("keys", "show", "work"),
    ("agent",),
    ("why", "git.example.org"),
    ("doctor", "git.example.org", "--offline"),
    ("whoami", "git.example.org", "--offline"),
    ("report", "git.example.org", "--offline"),
)


@pytest.fixture
def agent(home: Path, keys: KeyMaker, tmp_path: Path, start_agent: Callable[..., Agent]) -> Agent:
    """Two keys with such comments: one in a file here and in the agent, one in the agent only."""
    here = keys.make(home / ".ssh", "work", comment=PIECE)
    only_in_agent = keys.make(tmp_path, "gone", comment=TOKEN)
    held = start_agent(here.path, only_in_agent.path)
    assert [PIECE, TOKEN] == [line.split(" ", 2)[2] for line in held.lines()]
    return held


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("json", [(), ("--json",)], ids=["text", "json"])
def test_no_command_shows_it(words: tuple[str, ...], json: tuple[str, ...], run, agent: Agent) -> None:
    answer = run(*words, *json, env={"SSH_AUTH_SOCK": agent.socket})
    said = answer.out + answer.err

    assert said
    assert not [secret for secret in (PIECE, TOKEN) if secret in said]


def test_the_line_by_line_wizard_shows_none_of_it(run, agent: Agent) -> None:
    answer = run("--plain", stdin="show\nkeys\nagents\ndone\nb\nq\n", env={"SSH_AUTH_SOCK": agent.socket})

    assert "work" in answer.out
    assert not [secret for secret in (PIECE, TOKEN) if secret in answer.out + answer.err]


def test_a_path_is_a_comment_like_any_other(run, home: Path, keys: KeyMaker) -> None:
    keys.make(home / ".ssh", "work", comment="/Users/Shared/Documents/keys/work")
    listed = run("keys", "list", "--json").object["keys"]

    assert ["/Users/Shared/Documents/keys/work"] == [key["comment"] for key in listed]


def test_one_key_s_page_says_why_its_comment_is_not_shown(run, agent: Agent) -> None:
    assert "not shown: it looks like a piece of a private half" in " ".join(
        run("keys", "show", "work").out.split()
    )
