"""One configuration line, understood: what it sets, or what ssh would say against it.

Reading a line needs no state, so it is done once for all hosts; `state` carries the results out in order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from sshwizard.openssh.config.algorithms import Algorithms
from sshwizard.openssh.config.versions import Version


class Do(IntEnum):
    """What carrying out a directive means."""

    SET = 0
    """Payload: the text `ssh -G` prints; the first one wins."""
    NOTHING = 1
    REPORT = 2
    """Nothing is set, but ssh says something (`Unsupported option`)."""
    SET_MANY = 3
    """Payload: ((key, text), …), each with its own first one."""
    SET_GROUP = 4
    """Payload: ((key, text), …); the first key decides for all."""
    SET_LIST = 5
    """Payload: the words of one line; the first line wins; at most 32 words."""
    ADD_FILE = 6
    ADD_FORWARD = 7
    PROXY_COMMAND = 8
    PROXY_JUMP = 9
    SEND_ENV = 10
    SET_ENV = 11
    ALWAYS = 12
    """The last one wins, in matching blocks and others (StreamLocalBindMask)."""
    ALWAYS_FIRST = 13
    """The first one wins, in matching blocks and others (SyslogFacility)."""
    UNKNOWN = 14
    """Not a keyword of this ssh: fatal unless IgnoreUnknown covers it."""
    HOST = 15
    MATCH = 16
    INCLUDE = 17
    BAD = 18
    BUT_BAD = 20
    """Payload: a directive that is carried out before the rest of its line is rejected."""
    REFUSE = 19
    """RefuseConnection: ssh stops where it counts."""


class Style(IntEnum):
    """How ssh names the place before its words."""

    CUT = 0
    """`%.200s line %d: `"""
    PLAIN = 1
    """`%s line %d: `"""
    COLON = 2
    """`%s: line %d: `"""
    BARE = 3


Words = tuple[Style, str]


class Bad(Exception):
    """ssh rejects the line with these words."""

    def __init__(self, style: Style, words: str, *before: Words, fatal: bool = False) -> None:
        super().__init__(words)
        self.words: tuple[Words, ...] = (*before, (style, words))
        self.fatal = fatal
        """ssh stops at once instead of counting the line as bad."""


class Directive:
    """A line taken apart; shared by all lines with the same text."""

    __slots__ = ("action", "fatal", "keyword", "payload", "words")

    def __init__(
        self,
        action: Do,
        keyword: str,
        payload: Any = None,
        words: tuple[Words, ...] = (),
        *,
        fatal: bool = False,
    ) -> None:
        self.action = action
        self.keyword = keyword
        """The canonical name, lower case; for an unknown keyword as written, lower case."""
        self.payload = payload
        self.words = words
        self.fatal = fatal


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What reading a value may depend on."""

    version: Version
    env: Mapping[str, str]
    service: Callable[[str], int | None]
    """Port of a TCP service by name (`/etc/services`), or None."""
    lists: Mapping[str, Algorithms]


class Arguments:
    """The words of a line, taken one after the other."""

    __slots__ = ("at", "context", "keyword", "rest", "words")

    def __init__(self, keyword: str, rest: str, words: list[str], context: Context) -> None:
        self.keyword = keyword
        """As written, lower case."""
        self.rest = rest
        """Everything after the keyword, uncut."""
        self.words = words
        self.context = context
        self.at = 0

    def next(self) -> str | None:
        """Take the next word, or None at the end."""
        if self.at < len(self.words):
            self.at += 1
            return self.words[self.at - 1]
        return None

    def required(self, words: str = "Missing argument.", style: Style = Style.CUT) -> str:
        """Take the next word. Raises Bad when there is none or it is empty."""
        word = self.next()
        if not word:
            raise Bad(style, words)
        return word

    def remaining(self) -> list[str]:
        """Take all words that are left."""
        words = self.words[self.at :]
        self.at = len(self.words)
        return words

    @property
    def left(self) -> int:
        """How many words were not taken."""
        return len(self.words) - self.at

    def consume(self) -> None:
        """Take all words, unseen."""
        self.at = len(self.words)
