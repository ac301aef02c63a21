"""Rules about a log that shows ssh stopping before any connection: its configuration, its home, its account."""

from __future__ import annotations

import re

from sshwizard.model.finding import Evidence
from sshwizard.model.log import LogAttempt
from sshwizard.rules.log.view import Suspicions, View, base, suspect
from sshwizard.text import _

_BOM = re.compile(r"^\\?(?:\\357\\273\\277|\\xef\\xbb\\xbf|\ufeff|ï»¿|\\377\\376|\\376\\377)", re.I)
_FOREIGN_HOME = re.compile(
    r"systemprofile|/nonexistent|/var/(?:www|lib|empty)|serviceprofiles|networkservice|localservice"
    r"|^/(?:home/[^/]+|users/[^/]+)/(?:\.|AppData|snap/)|/www-data|/_?jenkins|/nobody|^/$|^[a-z]:?$",
    re.I,
)
SUDO = r"(?<!without )(?<!no )(?<!not )(?<!Without )\bsudo\b(?! (?:apt|yum|dnf|systemctl|service|chown|chmod|nano|vim?)\b)"


def configuration(view: View) -> Suspicions:
    """ssh says which line of its configuration it refuses."""
    attempt = view.attempt
    for event in attempt.all("config-owner"):
        yield suspect(
            "config-perms", 98, "certain",
            _("ssh refuses {path}: somebody else could change it, or it belongs to somebody else. It stops for every host.").format(
                path=event.fields["path"]),
            view.quote(event), config=event.fields["path"],
        )  # fmt: skip
    for event in attempt.all("config-option"):
        option, path = event.fields["option"], event.fields.get("path", "")
        if _BOM.match(option):
            yield suspect(
                "config-encoding-bom", 98, "certain",
                _("The first word of {path} begins with an invisible mark (byte-order mark), so ssh does not know it.").format(
                    path=path or _("the configuration")),
                view.quote(event), config=path,
            )  # fmt: skip
        else:
            yield suspect(
                "config-unsupported-option", 97, "certain",
                _("This ssh does not know the option {option} in {path} and stops.").format(
                    option=option, path=path or _("the configuration")),
                view.quote(event, attempt.first("config-terminating")),
                option=option, config=path, line=event.fields.get("at", ""),
            )  # fmt: skip


def unreadable_lines(view: View) -> Suspicions:
    """A configuration that is not there, or a line in it that ssh cannot read."""
    attempt = view.attempt
    for event in attempt.all("config-missing"):
        yield suspect(
            "config-missing", 97, "certain",
            _("ssh cannot read the configuration {path}: {reason}.").format(
                path=event.fields["path"], reason=event.fields.get("reason", "")),
            view.quote(event), config=event.fields["path"],
        )  # fmt: skip
    for event in attempt.all("config-syntax"):
        path = event.fields.get("path", "")
        yield suspect(
            "config-syntax", 97, "certain",
            _("ssh cannot read line {line} of {path}: {reason}").format(
                line=event.fields.get("at", "?"), path=base(path), reason=event.fields.get("reason", "")),
            view.quote(event), config=path, line=event.fields.get("at", ""), host=view.host,
        )  # fmt: skip
    for event in attempt.all("expand-failed"):
        yield suspect(
            "identityfile-path", 96, "certain",
            _("A path in the configuration holds something that ssh does not replace: {reason}.").format(
                reason=event.fields.get("reason", "")),
            view.quote(event, view.heard(r"%[A-Z]+%|\$\{")),
        )  # fmt: skip


def root(view: View) -> Suspicions:
    """The command ran as root; the keys belong to somebody else."""
    attempt = view.attempt
    if not view.failed or attempt.outcome in ("no-connection",) or view.has("config-owner", "no-match"):
        return
    typed = attempt.first("command")
    as_root = typed is not None and bool(typed.fields.get("sudo") or typed.fields.get("root"))
    sudo = view.heard(SUDO)
    in_roots_home = attempt.home in ("/root", "/var/root")
    if in_roots_home and any(o.outcome == "refused" for o in view.offered) and not (as_root or sudo):
        return
    if not (as_root or sudo or in_roots_home):
        return
    if sudo and attempt.home and not in_roots_home and not as_root:
        return
    normal = view.heard(r"(?:without|no) sudo.{0,30}work|normal (?:account|user)|(?:my|own|the) user\b.{0,40}(?:work|key)|works? .{0,25}(?:without|as (?:my|the) user)")  # fmt: skip
    strong = bool(sudo or (typed and typed.fields.get("sudo"))) or normal is not None
    yield suspect(
        "root-user-mismatch", 74 if strong or attempt.home == "/var/root" else 46 if as_root else 30, "likely" if strong else "possible",
        _("The command ran as root, so ssh looked for root's keys, not for yours."),
        view.quote(typed if as_root else None, sudo, normal, attempt.first("identity") if in_roots_home else None),
    )  # fmt: skip


def home(view: View) -> Suspicions:
    """The paths in the log are in a home folder where nobody keeps keys."""
    attempt = view.attempt
    if not view.failed:
        return
    shown = attempt.home
    typed = view.heard(
        r"\bHOME\b\s*[=:]|\bhome (?:folder|directory|is|was|variable)|created? directory '.*\.ssh'"
    )
    dirs = attempt.first("home-folder", "host-not-added")
    strange = bool(shown and _FOREIGN_HOME.search(shown))
    custom = bool(re.match(r"/[d-z]/|[d-z]:", shown, re.I)) and not attempt.host.startswith("127.")
    windows_unix = (
        view.attempt.client in ("git-bash", "openssh")
        and re.match(r"/home/", shown)
        and view.heard(r"[A-Z]:\\Users|/c/Users")
    )
    service = view.heard(r"web ?hook|\bservice\b|apache|nginx|\bIIS\b|jenkins|cron|systemd|scheduled task|task scheduler|run(?:s|ning)? (?:by|as|under)")  # fmt: skip
    if strange:
        yield suspect(
            "home-dir-mismatch", 60 if view.offered else 93, "likely",
            _("ssh looked in {home}, the home of a service or of another program, not in yours.").format(home=shown),
            view.quote(attempt.first("identity", "config-read", "found-key"), service), path=f"{shown}/.ssh",
        )  # fmt: skip
    elif windows_unix or (typed is not None and _is_about_homes(typed.text, shown)):
        yield suspect(
            "home-dir-mismatch", 66, "likely",
            _("ssh and your keys are in two home folders: ssh looked in {home}.").format(home=shown or _("another one")),
            view.quote(attempt.first("identity"), typed), path=f"{shown or '~'}/.ssh",
        )  # fmt: skip
    elif dirs is not None:
        yield suspect(
            "home-dir-mismatch", 84, "likely",
            _("ssh could not even make its folder in the home that it was given."),
            view.quote(dirs),
        )  # fmt: skip
    elif custom and not view.offered and view.userauth:
        yield suspect(
            "home-dir-mismatch", 36, "possible",
            _("ssh looked in {home}; if your keys are in another home, it cannot find them.").format(home=shown),
            view.quote(attempt.first("identity")), path=f"{shown}/.ssh",
        )  # fmt: skip


def _is_about_homes(text: str, shown: str) -> bool:
    """Tell whether a remark about HOME speaks of another folder than the log shows, or of two folders."""
    paths = re.findall(r"(?:[A-Za-z]:[\\/]|/)[\w.\\/~-]+", text)
    return len({path.rstrip("\\/").lower() for path in paths}) > 1 or bool(
        re.search(r"\bHOME\b", text)
        and paths
        and shown
        and not any(shown.lower() in p.lower() for p in paths)
    )


def not_read(view: View) -> Suspicions:
    """There is a configuration, but ssh did not read it."""
    attempt = view.attempt
    if not view.failed or not attempt.debug or attempt.gaps or attempt.first("config-read") is None:
        return
    read_own = any(".ssh" in e.fields["path"] for e in attempt.all("config-read"))
    if read_own:
        return
    named = view.heard(
        r"config\.txt|\bconfig (?:file )?(?:exists|is there|has|contains|with)|\bconfig\b.*\bHost\b|~/\.ssh/config"
    )
    blocks = view.reading.around("config")
    odd = view.heard(r"config\.txt|\.ssh[\\/]+(?!config\b)[\w.]*config[\w.]*")
    if not (named or blocks):
        return
    yield suspect(
        "config-not-read", 88 if odd else 70 if blocks else 45, "likely" if odd else "possible",
        _("There is a configuration of yours, but ssh did not read one in your home: no line of the log says so."),
        view.quote(attempt.first("config-read"), odd or named, blocks[0] if blocks else None),
    )  # fmt: skip


TALK_OF_TWO = (
    r"(?:another|other|different|second|two) (?:ssh|openssh|client|build|install)|PATH (?:entry|selects)|which ssh|GIT_SSH|sshcommand"
    r"|first in PATH|different (?:installs?|builds?|versions?)|one (?:OpenSSH )?build.{0,60}another|vendor's|(?:inside|outside):? .*ssh\b"
)


def putty(view: View) -> Suspicions:
    """plink's words: another program with other keys."""
    event = next(
        (e for e in view.attempt.all("other-no-key") if "server sent" in e.text or "FATAL" in e.text), None
    )
    if event is None or view.has("key-refused") or not view.failed:
        return
    yield suspect(
        "two-ssh-clients", 72, "likely",
        _("These are words of PuTTY (plink): the program uses PuTTY's keys, not those of OpenSSH in ~/.ssh."),
        view.quote(event, view.heard(r"putty|plink|pageant|tortoise|GIT_SSH")),
    )  # fmt: skip


def two_clients(view: View) -> Suspicions:
    """Another ssh than the one that was tested: two first lines, or ssh gets in and git does not."""
    attempt = view.attempt
    if not view.failed:
        return
    other = _another_client(view)
    if other is not None:
        mine, theirs, works = other
        yield suspect(
            "two-ssh-clients", 90 if works else 55, "likely" if works else "possible",
            _("Two ssh programs were at work: {one} and {two}. They may have different keys.").format(one=mine, two=theirs),
            view.quote(attempt.first("client"), view.heard(r"OpenSSH_|/usr/bin/ssh|nix|homebrew|conda")),
        )  # fmt: skip
    same = _works_by_hand(view)
    if same is not None:
        yield suspect(
            "two-ssh-clients", 77, "likely",
            _("ssh gets in at {host}, and git does not: git starts another ssh, or the same one with other settings.").format(host=view.name),
            (*view.quote(attempt.first("command"), attempt.first("denied")), Evidence(source="log", line=same.first_line, text=same.command)),
        )  # fmt: skip


def mixed_clients(view: View) -> Suspicions:
    """A crash, an agent that speaks otherwise, or talk of a second ssh."""
    event = view.attempt.first("crashed", "agent-comm")
    hint = view.heard(TALK_OF_TWO)
    if event is not None:
        yield suspect(
            "two-ssh-clients", 68 if hint else 40, "likely" if hint else "possible",
            _("Programs of two ssh installations seem to be mixed."), view.quote(event, hint),
        )  # fmt: skip
    elif hint is not None and view.failed:
        yield suspect(
            "two-ssh-clients", 42, "possible",
            _("There is talk of more than one ssh; they may have different keys and configurations."), view.quote(hint),
        )  # fmt: skip


def _works_by_hand(view: View) -> LogAttempt | None:
    """Return a run of ssh that reached the same host under the same name where git failed."""
    attempt = view.attempt
    if "git " not in attempt.command or not attempt.host or re.match(r"sudo\b", attempt.command):
        return None
    for other in view.reading.attempts:
        by_hand = other.outcome == "authenticated" and re.match(r"(?:\S+ )?ssh\b", other.command)
        if by_hand and re.search(rf"(?:@|\s){re.escape(attempt.host)}(?:\s|$)", other.command):
            return other
    return None


def _another_client(view: View) -> tuple[str, str, bool] | None:
    mine = view.attempt.client_version.split(",")[0].split(" ")[0]
    if not mine:
        return None
    for other in view.reading.attempts:
        theirs = other.client_version.split(",")[0].split(" ")[0]
        if theirs and theirs != mine:
            return mine, theirs, other.outcome == "authenticated"
    return None


def https(view: View) -> Suspicions:
    """The address is HTTPS: keys play no part."""
    event = view.attempt.first("https-not-found", "https-auth", "git-url")
    if event is None:
        return
    host = re.search(r"https?://(?:[^@/]+@)?([^/'\s]+)", event.text)
    yield suspect(
        "https-ssh-mismatch", 96 if view.has("git-denied") else 82, "likely",
        _("The address begins with https://, so git does not use SSH at all here."),
        view.quote(event, view.heard(r"ssh[ -]?key|git@")), host=host[1] if host else view.host,
    )  # fmt: skip


def no_ssh(view: View) -> Suspicions:
    """There is no ssh program where git looks for it."""
    event = view.attempt.first("no-ssh")
    if event is not None:
        yield suspect(
            "ssh-missing", 95, "certain", _("No ssh program was found where the command ran."), view.quote(event)
        )  # fmt: skip
