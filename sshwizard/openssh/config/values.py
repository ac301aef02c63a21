"""How the usual kinds of option read their arguments, and the text in which `ssh -G` prints them (readconf.c).

Each reader takes `Arguments` and returns what to do with which payload, or raises `Bad` with ssh's words.
`value_lists` and `value_forms` hold the readers of lists and of options with a form of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sshwizard.openssh.config import forwards, numbers
from sshwizard.openssh.config.directives import Arguments, Bad, Do, Style
from sshwizard.openssh.patterns import ascii_lower

Outcome = tuple[Do, Any]


Reader = Callable[[Arguments], Outcome]


YES_NO = {"yes": "yes", "true": "yes", "no": "no", "false": "no"}


TRUE_FALSE = {"yes": "true", "true": "true", "no": "false", "false": "false"}


ASK = {**TRUE_FALSE, "ask": "ask"}


STRICT = {**TRUE_FALSE, "ask": "ask", "off": "false", "accept-new": "accept-new"}


AGENT_KEYS = {**ASK, "confirm": "confirm"}


FAMILY = {"inet": "inet", "inet6": "inet6", "any": "any"}


MASTER = {**TRUE_FALSE, "auto": "auto", "ask": "ask", "autoask": "autoask"}


TUNNEL = {
    "ethernet": "ethernet",
    "point-to-point": "point-to-point",
    "yes": "point-to-point",
    "true": "point-to-point",
    "no": "false",
    "false": "false",
}


TTY = {**TRUE_FALSE, "force": "force", "auto": "auto"}


SESSION = {"none": "none", "subsystem": "subsystem", "default": "default"}


CANONICAL = {**TRUE_FALSE, "always": "always"}


PUBKEY = {**TRUE_FALSE, "unbound": "unbound", "host-bound": "host-bound"}


COMPRESSION = {"yes": "yes", "no": "no"}


WEAK_CRYPTO = {**YES_NO, "no-pq-kex": "no"}


def choice(values: dict[str, str]) -> Reader:
    """Read one word out of a closed set, ignoring case."""

    def read(args: Arguments) -> Outcome:
        word = args.next()
        text = values.get(ascii_lower(word)) if word else None
        if text is None:
            before = () if word else ((Style.PLAIN, "missing argument."),)
            shown = "(null)" if word is None else word
            raise Bad(Style.PLAIN, f'unsupported option "{shown}".', *before)
        return Do.SET, text

    return read


def compression(args: Arguments) -> Outcome:
    """Read Compression; 9.9 prints `yes` as UNKNOWN, because it means another thing than `-C` there."""
    action, text = choice(COMPRESSION)(args)
    return action, "UNKNOWN" if text == "yes" and args.context.version.release == (9, 9) else text


def string(args: Arguments) -> Outcome:
    """Read one word as it is."""
    return Do.SET, args.required()


def integer(args: Arguments) -> Outcome:
    """Read a whole number from 0 to INT_MAX."""
    word = args.next()
    try:
        if not word:
            raise numbers.NotANumber("missing")
        return Do.SET, str(numbers.whole_number(word, 0, numbers.INT_MAX))
    except numbers.NotANumber as error:
        raise Bad(Style.PLAIN, f"integer value {error}.") from error


def time_of(word: str, args: Arguments) -> int | None:
    """Read a time in seconds by the rules of the release; None if it is none."""
    release = args.context.version.release
    if release >= (10, 3):
        return numbers.decimal_seconds(word)
    return numbers.digit_seconds(word) if release >= (9, 8) else numbers.seconds(word)


def seconds_of(args: Arguments) -> int | None:
    """Take the next word as a time in seconds; None for `none`. Raises Bad."""
    word = args.required("missing time value.", Style.PLAIN)
    if word == "none":
        return None
    value = time_of(word, args)
    if value is None:
        raise Bad(Style.PLAIN, "invalid time value.")
    return value


def time(args: Arguments) -> Outcome:
    """Read a time; `none` sets nothing, so a later line still can."""
    value = seconds_of(args)
    return (Do.NOTHING, None) if value is None else (Do.SET, str(value))


def port(args: Arguments) -> Outcome:
    """Read a port above 0, or the name of a service."""
    word = args.required()
    number = numbers.port(word, args.context.service)
    if number is None or number <= 0:
        raise Bad(Style.CUT, f"Bad port '{word}'.")
    return Do.SET, str(number)


def file_name(args: Arguments) -> Outcome:
    """Read one file name, to be added to the earlier ones."""
    return Do.ADD_FILE, args.required()


def command(args: Arguments) -> Outcome:
    """Read the rest of the line, quotes and comments included."""
    args.consume()
    return Do.SET, args.rest.lstrip(" \t\r\n=")


def proxy_command(args: Arguments) -> Outcome:
    """Read ProxyCommand like any command."""
    args.consume()
    return Do.PROXY_COMMAND, args.rest.lstrip(" \t\r\n=")


def proxy_jump(args: Arguments) -> Outcome:
    """Read ProxyJump from the rest of the line, unquoted."""
    args.consume()
    text = args.rest.lstrip(" \t\r\n=")
    version = args.context.version
    jump = forwards.parse_jump(
        text,
        args.context.service,
        late_rules=version.late_jump_rules,
        cuts_at_blank=version.cuts_jump_at_blank,
    )
    if jump is None:
        raise Bad(Style.CUT, f'Invalid ProxyJump "{text}"')
    return Do.PROXY_JUMP, jump


def ignored(args: Arguments) -> Outcome:
    """Read an option that means nothing any more."""
    args.consume()
    return Do.NOTHING, None


def unsupported(args: Arguments) -> Outcome:
    """Read an option that ssh reports and passes over."""
    args.consume()
    return Do.REPORT, ((Style.PLAIN, f'Unsupported option "{args.keyword}"'),)
