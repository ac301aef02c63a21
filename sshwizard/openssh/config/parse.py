"""A configuration file as blocks of understood lines, read once for all hosts.

Knows lines and blocks, not hosts: nothing here depends on a destination or on what came before the file.
Lines that are the same are read once; blocks whose `Host` line holds plain names are found by name.
"""

from __future__ import annotations

from sshwizard.openssh.config import keywords, lines
from sshwizard.openssh.config.directives import Arguments, Bad, Context, Directive, Do, Style, Words
from sshwizard.openssh.config.match import read_criteria
from sshwizard.openssh.patterns import ascii_lower, is_wild

Numbered = tuple[int, Directive]

_WANDERS = frozenset({Do.ALWAYS, Do.ALWAYS_FIRST, Do.UNKNOWN, Do.INCLUDE, Do.BAD, Do.BUT_BAD, Do.REPORT})
"""What has an effect, or something to say, even in a block that does not match."""


class Block:
    """A `Host` or `Match` line and what follows it; the first block of a file has no such line."""

    __slots__ = ("always", "directives", "header", "line")

    def __init__(self, line: int, header: Directive | None) -> None:
        self.line = line
        self.header = header
        self.directives: list[Numbered] = []
        self.always: list[Numbered] = []
        """Those of `directives` that count even when the block does not match."""


class ParsedFile:
    """The blocks of one file, and which of them a host must look at."""

    def __init__(self, path: str, blocks: list[Block]) -> None:
        self.path = path
        self.blocks = blocks
        self._by_name: dict[str, list[int]] = {}
        self._open: list[int] = []
        self._quiet: list[int] = []
        for at, block in enumerate(blocks):
            names = _plain_names(block)
            if names is None or block.always:
                self._open.append(at)
            else:
                for name in names:
                    self._by_name.setdefault(name, []).append(at)
            if block.always or _speaks(block):
                self._quiet.append(at)

    def blocks_for(self, host: str) -> list[int]:
        """Return the numbers of the blocks that may match a host or have an effect without matching."""
        named = self._by_name.get(host)
        return sorted({*self._open, *named}) if named else self._open

    def blocks_without_match(self) -> list[int]:
        """Return the numbers of the blocks that have an effect when the file is read only for its mistakes."""
        return self._quiet


def _plain_names(block: Block) -> list[str] | None:
    if block.header is None or block.header.action is not Do.HOST:
        return None
    patterns: list[str] = block.header.payload
    if any(not name or name[0] == "!" or is_wild(name) for name in patterns):
        return None
    return patterns


def _speaks(block: Block) -> bool:
    header = block.header
    return header is not None and (
        header.action is Do.MATCH or (header.action is Do.HOST and "" in header.payload)
    )


class Parser:
    """Reads files under one version and environment; remembers lines it has seen."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._keywords = keywords.keywords_of(context.version)
        self._seen: dict[str, Directive | None] = {}

    def parse(self, path: str, data: bytes) -> ParsedFile:
        """Read a whole file. Never raises: bad lines become directives that report themselves."""
        text = data.decode("utf-8", "surrogateescape")
        block = Block(0, None)
        blocks = [block]
        seen = self._seen
        number = 0
        for number, line in enumerate(text.split("\n"), 1):
            if line in seen:
                directive = seen[line]
            else:
                directive = seen[line] = self.line(line)
            if directive is None:
                continue
            action = directive.action
            if action is Do.HOST or action is Do.MATCH:
                block = Block(number, directive)
                blocks.append(block)
                continue
            block.directives.append((number, directive))
            if action in _WANDERS:
                block.always.append((number, directive))
        return ParsedFile(path, blocks)

    def line(self, text: str) -> Directive | None:
        """Understand one line; None for blank lines, comments and what ssh skips without a word."""
        if "\0" in text:
            text = text[: text.index("\0")]
        cut = lines.keyword_and_rest(lines.trim_end(text)) if text else None
        if cut is None:
            return None
        word, rest = ascii_lower(cut[0]), cut[1]
        if not rest:
            return Directive(Do.BAD, word, None, ((Style.PLAIN, f'no argument after keyword "{word}"'),))
        keyword = self._keywords.get(word)
        try:
            words = lines.split_words(rest)
        except lines.InvalidQuotes:
            wrong: Words = (Style.PLAIN, "invalid quotes")
            if keyword is None:
                return Directive(Do.UNKNOWN, word, None, (wrong,))
            return Directive(Do.BAD, word, None, (wrong,))
        if keyword is None:
            return Directive(Do.UNKNOWN, word)
        return self._known(word, keyword, rest, words)

    def _known(self, word: str, keyword: keywords.Keyword, rest: str, words: list[str]) -> Directive:
        if keyword.read is None:
            if keyword.action is Do.MATCH:
                return Directive(keyword.action, word, read_criteria(rest, words, self.context.version))
            return Directive(keyword.action, word, words)
        args = Arguments(word, rest, words, self.context)
        try:
            action, payload = keyword.read(args)
        except Bad as error:
            return Directive(Do.BAD, word, None, error.words, fatal=error.fatal)
        if action is Do.REPORT:
            report: tuple[Words, ...] = payload
            return Directive(action, word, None, report)
        directive = Directive(action, keyword.name, payload)
        if args.left:
            more: Words = (Style.CUT, f"keyword {word} extra arguments at end of line")
            return Directive(Do.BUT_BAD, word, directive, (more,))
        return directive
