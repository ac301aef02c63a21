"""Options whose value has a form of its own: forwards, agents, limits, qualities of service, escapes."""

from __future__ import annotations

from sshwizard.openssh.config import forwards, numbers
from sshwizard.openssh.config.directives import Arguments, Bad, Do, Style, Words
from sshwizard.openssh.config.values import AGENT_KEYS, YES_NO, Outcome, seconds_of, time_of
from sshwizard.openssh.config.versions import Release
from sshwizard.openssh.patterns import ascii_lower
from sshwizard.openssh.tokens import CannotExpand, expand_environment

LEVELS = ("QUIET", "FATAL", "ERROR", "INFO", "VERBOSE", "DEBUG", "DEBUG1", "DEBUG2", "DEBUG3")


FACILITIES = ("DAEMON", "USER", "AUTH", "AUTHPRIV", *(f"LOCAL{number}" for number in range(8)))


DIGESTS = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")


QOS = {
    "none": 2**31 - 1,
    **{f"af{high}{low}": high * 32 + low * 8 for high in range(1, 5) for low in range(1, 4)},
    **{f"cs{number}": number * 32 for number in range(8)},
    "ef": 0xB8,
    "le": 0x04,
}
OLD_QOS = {"lowdelay": 0x10, "throughput": 0x08, "reliability": 0x04}
"""Without effect since 10.1, and no longer printed for their numbers."""


def log_level(args: Arguments) -> Outcome:
    """Read LogLevel; DEBUG1 is printed as DEBUG, and Debian prints QUIET as SILENT."""
    word = args.next()
    upper = "" if word is None or not word.isascii() else word.upper()
    if upper in ("SILENT", "QUIET") and args.context.version.debian:
        return Do.SET, "SILENT"
    if upper not in LEVELS:
        raise Bad(Style.CUT, f"unsupported log level '{'<NONE>' if word is None else word}'")
    return Do.SET, "DEBUG" if upper == "DEBUG1" else upper


def log_facility(args: Arguments) -> Outcome:
    """Read SyslogFacility, which counts in every block."""
    word = args.next()
    upper = "" if word is None or not word.isascii() else word.upper()
    if upper not in FACILITIES:
        raise Bad(Style.CUT, f"unsupported log facility '{'<NONE>' if word is None else word}'")
    return Do.ALWAYS_FIRST, upper


def forward(args: Arguments) -> Outcome:
    """Read LocalForward, RemoteForward (also with one word: dynamic) or DynamicForward."""
    word = args.required()
    remote, dynamic = args.keyword == "remoteforward", args.keyword == "dynamicforward"
    text = word
    if not dynamic:
        target = args.next()
        if target:
            text = f"{word}:{target}"
        elif remote:
            dynamic = True
        else:
            raise Bad(Style.CUT, "Missing target argument.")
    found = forwards.parse_forward(
        _cut_bytes(text, 255),
        dynamic=dynamic,
        remote=remote,
        env=args.context.env,
        service=args.context.service,
    )
    if found is None:
        raise Bad(Style.CUT, "Bad forwarding specification.", *_unexpandable(_cut_bytes(text, 255), args))
    return Do.ADD_FORWARD, found


def _unexpandable(text: str, args: Arguments) -> tuple[Words, ...]:
    """Return what ssh says of variables that it cannot expand."""
    try:
        expand_environment(text, args.context.env)
    except CannotExpand as error:
        return tuple((Style.BARE, message) for message in error.messages)
    return ()


def _cut_bytes(text: str, limit: int) -> str:
    """Cut to a fixed buffer of ssh's, in bytes."""
    if len(text) * 4 < limit:
        return text
    return text.encode("utf-8", "surrogateescape")[:limit].decode("utf-8", "surrogateescape")


def escape_char(args: Arguments) -> Outcome:
    """Read EscapeChar: `none`, one byte, or `^` and a letter."""
    word = args.required()
    if word == "none":
        return Do.SET, "none"
    data = word.encode("utf-8", "surrogateescape")
    if len(data) == 1:
        return Do.SET, shown_byte(data[0])
    if len(data) == 2 and data[0] == ord("^") and 64 <= data[1] < 128:
        return Do.SET, shown_byte(data[1] & 31)
    raise Bad(Style.CUT, "Bad escape character.")


def shown_byte(byte: int) -> str:
    """Write one byte as vis(3) does with VIS_WHITE."""
    if byte == ord("\\"):
        return "\\\\"
    if 0x21 <= byte < 0x7F:
        return chr(byte)
    if byte & 0x7F == 0x20:
        return f"\\{byte >> 6 & 7}{byte >> 3 & 7}{byte & 7}"
    prefix = "\\M" if byte & 0x80 else "\\"
    byte &= 0x7F
    if byte < 0x20 or byte == 0x7F:
        return prefix + "^" + ("?" if byte == 0x7F else chr(byte + 64))
    return f"{prefix}-{chr(byte)}"


def persist(args: Arguments) -> Outcome:
    """Read ControlPersist: a flag (in lower case only) or a time."""
    word = args.required("Missing ControlPersist argument.")
    if word in ("no", "false"):
        return Do.SET, "no"
    if word in ("yes", "true"):
        return Do.SET, "yes"
    value = time_of(word, args)
    if value is None:
        raise Bad(Style.CUT, "Bad ControlPersist argument.")
    return Do.SET, str(value) if value else "yes"


def tunnel_device(args: Arguments) -> Outcome:
    """Read TunnelDevice: `local[:remote]`."""
    ends = numbers.tunnel_device(args.required())
    if ends is None:
        raise Bad(Style.CUT, "Bad tun device.")
    return Do.SET, ":".join("any" if end == numbers.ANY_TUNNEL else str(end) for end in ends)


def quality(args: Arguments) -> Outcome:
    """Read IPQoS: one word for both kinds of session, or two."""
    interactive = _quality(args.next(), args)
    bulk = args.next() if args.left else None
    return Do.SET, f"{interactive} {interactive if bulk is None else _quality(bulk, args)}"


def _quality(word: str | None, args: Arguments) -> str:
    release = args.context.version.release
    value = None if word is None else _quality_value(word, release)
    if value is None:
        raise Bad(Style.PLAIN, f"Bad IPQoS value: {'(null)' if word is None else word}")
    return next((name for name, number in _qos(release).items() if number == value), f"0x{value:02x}")


def _qos(release: Release) -> dict[str, int]:
    if release < (10, 1):
        return QOS | OLD_QOS
    return QOS | {"va": 0xB0} if release >= (10, 3) else QOS


def _quality_value(word: str, release: Release) -> int | None:
    lower = ascii_lower(word)
    if release >= (10, 1) and lower in OLD_QOS:
        return QOS["none"]
    if lower in _qos(release):
        return _qos(release)[lower]
    if release >= (9, 8):
        try:
            return numbers.whole_number(word, 0, 255)
        except numbers.NotANumber:
            return None
    value = numbers.c_integer(word)
    return value if value is not None and 0 <= value <= 255 else None


def mask(args: Arguments) -> Outcome:
    """Read StreamLocalBindMask, which counts in every block."""
    value = numbers.octal_mask(args.required("Missing StreamLocalBindMask argument."))
    if value is None:
        raise Bad(Style.CUT, "Bad mask.")
    return Do.ALWAYS, f"0{value:o}"


def digest(args: Arguments) -> Outcome:
    """Read FingerprintHash."""
    word = args.required()
    upper = word.upper() if word.isascii() else ""
    if upper not in DIGESTS:
        raise Bad(Style.CUT, f'Invalid hash algorithm "{word}".')
    return Do.SET, upper


def agent_keys(args: Arguments) -> Outcome:
    """Read AddKeysToAgent: a flag, `confirm` with an optional time, or a time."""
    word, life = args.next(), args.next()
    text = AGENT_KEYS.get(ascii_lower(word)) if word else None
    before = () if word else ((Style.PLAIN, "missing argument."),)
    if text == "confirm" and life is not None:
        value = time_of(life, args)
        if value is None:
            raise Bad(Style.PLAIN, "invalid time value.")
        return Do.SET, f"confirm {value}" if value else "confirm"
    if text is None and life is None:
        value = time_of(word or "", args)
        if value is None:
            raise Bad(Style.PLAIN, "unsupported option", *before)
        return Do.SET, str(value) if value else "true"
    if text is None or life is not None:
        raise Bad(Style.PLAIN, "unsupported option", *before)
    return Do.SET, text


def identity_agent(args: Arguments) -> Outcome:
    """Read IdentityAgent; an unset `${NAME}` is refused here already."""
    return Do.SET, _agent_path(args.required(), args)


def forward_agent(args: Arguments) -> Outcome:
    """Read ForwardAgent: a flag, or a socket, which ssh keeps apart from the flag."""
    word = args.required("missing argument.", Style.PLAIN)
    flag = YES_NO.get(ascii_lower(word))
    if flag:
        return Do.SET, flag
    return Do.SET_MANY, (("forwardagent", "yes"), ("_forwardagentpath", _agent_path(word, args)))


def _agent_path(word: str, args: Arguments) -> str:
    before = _unexpandable(word, args)
    if before:
        raise Bad(Style.CUT, f"Invalid environment expansion {word}.", *before)
    name = word[1:]
    is_name = bool(name) and all(char.isascii() and (char.isalnum() or char == "_") for char in name)
    if word[0] == "$" and not word.startswith("${") and not is_name:
        raise Bad(Style.CUT, f"Invalid environment name {word}.")
    return word


def rekey_limit(args: Arguments) -> Outcome:
    """Read RekeyLimit: a size and an optional time, each with its own first one."""
    word = args.required("Missing argument.")
    amount = 0
    if word != "default":
        try:
            amount = numbers.size(word)
        except numbers.NotANumber as error:
            raise Bad(Style.CUT, f"Bad number '{word}': {error}") from error
        if amount != 0 and amount < 16:
            raise Bad(Style.CUT, "RekeyLimit too small")
    parts = [("_rekeybytes", str(amount))]
    if args.left and args.words[args.at] == "none":
        args.next()
    elif args.left:
        value = seconds_of(args)
        if value is not None:
            parts.append(("_rekeyseconds", str(value)))
    return Do.SET_MANY, tuple(parts)


def keystroke_timing(args: Arguments) -> Outcome:
    """Read ObscureKeystrokeTiming (9.5)."""
    value = -1
    while (word := args.next()) is not None:
        if value != -1:
            raise Bad(Style.PLAIN, "invalid arguments")
        if word in ("yes", "true"):
            value = 20
        elif word in ("no", "false"):
            value = 0
        elif word.startswith("interval:"):
            value = _interval(word.removeprefix("interval:"))
        else:
            raise Bad(Style.PLAIN, f'unsupported argument "{word}"')
    if value == -1:
        raise Bad(Style.PLAIN, "missing argument")
    return Do.SET, {0: "no", 20: "yes"}.get(value, str(value))


def _interval(text: str) -> int:
    try:
        if not text:
            raise numbers.NotANumber("missing")
        value = numbers.whole_number(text, 0, numbers.INT_MAX)
    except numbers.NotANumber as error:
        raise Bad(Style.PLAIN, f"integer value {error}.") from error
    if not 0 < value <= 1000:
        raise Bad(Style.PLAIN, "value out of range.")
    return value


def version_addendum(args: Arguments) -> Outcome:
    """Read VersionAddendum (10.0): the rest of the line, comments included."""
    args.consume()
    text = args.rest.lstrip(" \t\r\n")
    if "\r" in text:
        raise Bad(Style.CUT, f"Invalid {args.keyword} argument", fatal=True)
    return Do.SET, "" if ascii_lower(text) == "none" else text


def refuse_connection(args: Arguments) -> Outcome:
    """Read RefuseConnection (10.1): where it counts, ssh stops with this reason."""
    return Do.REFUSE, args.required()
