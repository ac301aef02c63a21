"""Options that take several words or a comma-separated list: algorithms, files, domains, environment."""

from __future__ import annotations

from collections.abc import Sequence

from sshwizard.openssh.config import algorithms, forwards, numbers
from sshwizard.openssh.config.address import checked_domain
from sshwizard.openssh.config.directives import Arguments, Bad, Do, Style, Words
from sshwizard.openssh.config.values import Outcome, Reader, time_of
from sshwizard.openssh.patterns import ascii_lower


def file_list(args: Arguments) -> Outcome:
    """Read several words of which `none` must stand alone."""
    return Do.SET_LIST, _words_or_none(args)


def _words_or_none(args: Arguments) -> tuple[str, ...]:
    words: list[str] = []
    while (word := args.next()) is not None:
        if not word:
            raise Bad(Style.PLAIN, f"keyword {args.keyword} empty argument")
        if ascii_lower(word) == "none" and (words or args.left):
            raise Bad(Style.PLAIN, f'keyword {args.keyword} "none" argument must appear alone.')
        words.append(word)
    return tuple(words)


def first_of_list(args: Arguments) -> Outcome:
    """Read LogVerbose: several words, of which ssh keeps only the first."""
    words = _words_or_none(args)
    return (Do.SET, words[0]) if words else (Do.NOTHING, None)


def names(known: str, style: Style, complaint: str) -> Reader:
    """Read a list of ciphers, MACs or key exchanges; `known` is the keyword whose names they are."""

    def read(args: Arguments) -> Outcome:
        word = args.required()
        if word[0] != "-":
            plain = word[1:] if word[0] in "+^" else word
            unknown = algorithms.unknown_name(plain, args.context.lists[known].known)
            if not plain or unknown is not None:
                before: tuple[Words, ...] = ()
                if known == "kexalgorithms" and unknown is not None:
                    before = ((Style.BARE, f'Unsupported KEX algorithm "{unknown[:100]}"'),)
                raise Bad(style, complaint.format(word), *before)
        return Do.SET, word

    return read


def key_names(args: Arguments) -> Outcome:
    """Read a list of key or signature algorithms, with patterns."""
    word = args.required()
    plain = word[1:] if word[0] in "+^" else word
    release = args.context.version.release
    valid = word[0] == "-" or algorithms.valid_key_names(
        plain,
        args.context.lists["hostkeyalgorithms"].known,
        short=release < (9, 9),
        plain_only=release >= (9, 4) and args.keyword == "casignaturealgorithms",
    )
    if not valid:
        raise Bad(Style.PLAIN, f"Bad key types '{word}'.")
    return Do.SET, word


def gss_kex(args: Arguments) -> Outcome:
    """Read GSSAPIKexAlgorithms of Debian's ssh: names by their beginning."""
    word = args.required()
    names = algorithms.names_before_empty(word)
    unknown = next((name for name in names if not name.startswith(algorithms.GSS_KEX)), None)
    if unknown is not None:
        before = ((Style.BARE, f'Unsupported KEX algorithm "{unknown[:100]}"'),)
        raise Bad(Style.CUT, f"Bad GSSAPI KexAlgorithms '{word}'.", *before)
    return Do.SET, word


def remote_open(args: Arguments) -> Outcome:
    """Read PermitRemoteOpen; unlike elsewhere a mistake ends ssh at once."""
    words: list[str] = []
    while (word := args.next()) is not None:
        if ascii_lower(word) in ("none", "any"):
            if words or args.left:
                raise Bad(Style.PLAIN, f'keyword {args.keyword} "{word}" argument must appear alone.')
        else:
            _check_remote_open(word, args)
        words.append(word)
    if not words:
        raise Bad(Style.PLAIN, "missing permitremoteopen specification", fatal=True)
    return Do.SET_LIST, tuple(words)


def _check_remote_open(word: str, args: Arguments) -> None:
    split = forwards.host_delimiter(word)
    if split is None or split[1] == "/":
        raise Bad(Style.PLAIN, "missing host in permitremoteopen", fatal=True)
    rest = split[2]
    number = None if rest is None else numbers.port(rest, args.context.service)
    if rest != "*" and (number is None or number <= 0):
        raise Bad(Style.PLAIN, "bad port number in permitremoteopen", fatal=True)


def send_env(args: Arguments) -> Outcome:
    """Read SendEnv: patterns to add, or with `-` to take back."""
    words = args.remaining()
    if any(not word or "=" in word for word in words):
        raise Bad(Style.PLAIN, "Invalid environment name.")
    _specified(words, args)
    return Do.SEND_ENV, tuple(words)


def set_env(args: Arguments) -> Outcome:
    """Read SetEnv: `NAME=value` words, the first of a name counts."""
    pairs: dict[str, str] = {}
    for word in args.remaining():
        name, equals, _value = word.partition("=")
        if not equals:
            raise Bad(Style.PLAIN, "Invalid SetEnv.")
        pairs.setdefault(name, word)
    _specified(tuple(pairs), args)
    return Do.SET_ENV, tuple(pairs.values())


def _specified(words: Sequence[str], args: Arguments) -> None:
    """Refuse a line without words, at once (9.7)."""
    if not words and args.context.version.release >= (9, 7):
        raise Bad(Style.PLAIN, f"no {args.keyword} specified", fatal=True)


def domains(args: Arguments) -> Outcome:
    """Read CanonicalDomains, in lower case and without last dots."""
    words: list[str] = []
    while (word := args.next()) is not None:
        if not word and args.context.version.release < (9, 7):
            raise Bad(Style.PLAIN, f"keyword {args.keyword} empty argument")
        if ascii_lower(word) == "none" and (words or args.left):
            raise Bad(Style.PLAIN, f'keyword {args.keyword} "none" argument must appear alone.')
        domain, objection = checked_domain(word, lower=True)
        if objection:
            raise Bad(Style.PLAIN, objection)
        words.append(domain)
    _specified(words, args)
    return Do.SET_LIST, tuple(words)


def permitted_cnames(args: Arguments) -> Outcome:
    """Read CanonicalizePermittedCNAMEs: `none`, `*` or `sources:targets`, as `ssh -G` prints them."""
    words: list[str] = []
    while (word := args.next()) is not None:
        lower = ascii_lower(word)
        if lower == "none":
            if words or args.left:
                raise Bad(Style.PLAIN, f'keyword {args.keyword} "none" argument must appear alone.')
            words.append(f"{word}:")
        elif word == "*":
            words.append("*:*")
        elif not lower.partition(":")[2]:
            raise Bad(Style.PLAIN, f'Invalid permitted CNAME "{lower}"')
        else:
            words.append(lower)
    _specified(words, args)
    return Do.SET_LIST, tuple(words)


def several_files(args: Arguments) -> Outcome:
    """Read RevokedHostKeys of 10.3: several words, of which `none` must stand alone."""
    words = _words_or_none(args)
    _specified(words, args)
    return Do.SET_LIST, words


def channel_timeouts(args: Arguments) -> Outcome:
    """Read ChannelTimeout (9.6): `none` or `type=time` words."""
    words: list[str] = []
    while (word := args.next()) is not None:
        if ascii_lower(word) == "none":
            if words or args.left:
                raise Bad(Style.PLAIN, f'keyword {args.keyword} "none" argument must appear alone.')
        elif not _is_interval(word, args):
            raise Bad(Style.PLAIN, f"invalid channel timeout {word}", fatal=True)
        words.append(word)
    _specified(words, args)
    return Do.SET_LIST, tuple(words)


def _is_interval(word: str, args: Arguments) -> bool:
    name, equals, value = word.partition("=")
    return bool(name and equals) and time_of(value, args) is not None
