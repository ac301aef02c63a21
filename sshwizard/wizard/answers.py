"""Checks of what a person typed: each returns a sentence that says what is wrong, or "".

Nothing is opened but through the `FileView` that the caller brings. Nothing here keeps an answer.
"""

from __future__ import annotations

from sshwizard.errors import UsageError
from sshwizard.model.files import FileView
from sshwizard.openssh.destination import parse_destination
from sshwizard.secret import Secret
from sshwizard.text import _, one_line, plural

SHORTEST = 5
"""Characters that ssh-keygen(1) asks of a passphrase."""
_COMMON = ("password", "passwort", "passphrase", "motdepasse", "azerty", "qwerty", "123456", "letmein")


def absolute(typed: str, home: str, cwd: str) -> str:
    """Return the absolute path that a typed one means: `~/` is the home, a bare name lies in `~/.ssh`."""
    typed = typed.strip()
    if typed.startswith("~/"):
        return f"{home.rstrip('/')}/{typed[2:]}"
    if typed.startswith("/"):
        return typed
    folder = cwd if "/" in typed else f"{home.rstrip('/')}/.ssh"
    return f"{folder.rstrip('/')}/{typed.removeprefix('./')}"


def check_host(typed: str) -> str:
    """Check a destination: alias, user@host, host, git URL, remote, name in the host book."""
    typed = typed.strip()
    if not typed:
        return _("Type a host, for instance `github.com` or `git@example.org:2222/repo`.")
    try:
        destination = parse_destination(typed)
    except UsageError as error:
        return error.message
    if destination.scheme in ("https", "http", "git", "file"):
        return _(
            "That address does not use SSH ({scheme}); no key is asked for there. "
            "Type the host, or the address that begins with `git@` or `ssh://`."
        ).format(scheme=destination.scheme)
    return ""


def check_key_path(typed: str, *, home: str, cwd: str, files: FileView) -> str:
    """Check the file for a new private half: it must be free, and so must the `.pub` beside it."""
    typed = typed.strip()
    if not typed:
        return _("Type a file name, for instance `~/.ssh/github_ed25519`.")
    if not typed.isprintable() or any(char in typed for char in '"\\%$*?'):
        return _(
            "Choose a name without quotes, `\\`, `%`, `$`, `*` and `?`: ssh_config gives them a meaning."
        )
    if typed.endswith("/"):
        return _("That is a folder; add a file name.")
    if typed.endswith(".pub"):
        return _("Name the private half, without `.pub`; the public half gets that name by itself.")
    path = absolute(typed, home, cwd)
    for taken in (path, f"{path}.pub"):
        kind = files.look(taken).kind
        if kind == "directory":
            return _("{path} is a folder.").format(path=one_line(taken))
        if kind != "missing":
            return _("{path} exists already and is never overwritten. Choose another name.").format(
                path=one_line(taken)
            )
    folder = path.rsplit("/", 1)[0] or "/"
    if folder != f"{home.rstrip('/')}/.ssh" and files.look(folder).kind != "directory":
        return _("There is no folder {folder}.").format(folder=one_line(folder))
    return ""


def check_comment(typed: str) -> str:
    """Check a key's comment: one line of printable text, at most 200 characters."""
    if not typed.isprintable():
        return _("Use one line of printable text.")
    if len(typed) > 200:
        return _("Use at most 200 characters ({n} now).").format(n=len(typed))
    return ""


def check_passphrase(first: Secret, again: Secret | None = None) -> str:
    """Check a passphrase, and that it was typed twice alike. An empty one is a choice, not an error."""
    if not first:
        return "" if again is None or not again else _("The two passphrases differ. Type them again.")
    if len(first) < SHORTEST:
        return _("Use at least {least} characters ({n} now), or none at all.").format(
            least=SHORTEST, n=len(first)
        )
    if again is not None and first != again:
        return _("The two passphrases differ. Type them again.")
    return ""


def passphrase_strength(secret: Secret) -> str:
    """Say how long a passphrase is and, in one word, how strong: "12 characters, strong"."""
    count = plural(len(secret), "{n} character", "{n} characters")
    if not secret:
        return _("none: whoever can read the file can use the key")
    return _("{count}, {word}").format(count=count, word=_strength(secret))


def _strength(secret: Secret) -> str:
    bits = _guess_bits(secret.reveal())
    if len(secret) < SHORTEST:
        return _("too short")
    if bits < 40:
        return _("weak")
    return _("fair") if bits < 60 else _("strong")


def _guess_bits(text: str) -> float:
    """Estimate the guessing work in bits: alphabet by character class, repeats and common words worth little."""
    lower = text.lower()
    for common in _COMMON:
        lower = lower.replace(common, "x")
    alphabet = sum(
        size
        for size, present in (
            (26, any(char.islower() for char in text)),
            (26, any(char.isupper() for char in text)),
            (10, any(char.isdigit() for char in text)),
            (30, any(not char.isalnum() for char in text)),
        )
        if present
    )
    distinct = len(set(lower))
    length = min(len(lower), 2 * distinct)
    return length * max(alphabet, 2).bit_length() * 0.8


def check_title(typed: str) -> str:
    """Check the name that a key gets on an account."""
    if not typed.strip():
        return _("Type a name that tells you later which machine this key is on.")
    return check_comment(typed)


def check_token(token: Secret) -> str:
    """Check a typed API token, without showing it: one word, nothing invisible."""
    text = token.reveal()
    if not text:
        return _("Paste the token, or choose to add the key by hand.")
    if not text.isascii() or not text.isprintable() or " " in text:
        return _("A token is one word of plain characters; something else was pasted with it.")
    return ""
