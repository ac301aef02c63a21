"""Random homes for `ssh -G`: configurations of every kind of line, included files, flags and destinations.

All choices come from one `random.Random`, which hypothesis can steer and shrink.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

HOSTS = ("web1", "web2", "db", "gh", "github.com", "git.example.com", "WEB1", "a.b.c", "10.0.0.7", "::1", "x")
USERS = ("git", "root", "alice", "deploy", "Git", "a@b", "%h")
NAMES = (
    *HOSTS,
    "bastion",
    "example.com",
    "localhost",
    "010.0.0.7",
    "0x7f.1",
    "FE80::1",
    "127.1",
    "fe80::1%lo",
)
KEYS = (
    "~/.ssh/id_work",
    "~/.ssh/id_ed25519",
    "/keys/a",
    "%d/.ssh/b",
    "keys/rel",
    "~root/k",
    "~nosuch/k",
    "${WORK}/c",
    "${NOPE}/d",
    "%h-%r",
    "%z",
    "none",
    "None",
    "~",
    "x.pub",
)
PATTERNS = (
    "*",
    "web*",
    "web?",
    "?",
    "*.example.com",
    "*.com",
    "g*",
    "*1",
    "10.*",
    "*b*",
    "w*b?",
    "**",
    "::*",
)
CIPHERS = ("aes128-ctr", "aes256-ctr", "3des-cbc", "chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com")
MACS = ("hmac-sha2-256", "hmac-sha1", "umac-64@openssh.com", "hmac-md5-96")
KEX = (
    "curve25519-sha256",
    "diffie-hellman-group1-sha1",
    "ecdh-sha2-nistp256",
    "sntrup761x25519-sha512@openssh.com",
)
KEYTYPES = (
    "ssh-ed25519",
    "ssh-rsa",
    "rsa-sha2-512",
    "ssh-dss",
    "ecdsa-sha2-*",
    "ssh-*",
    "*cert*",
    "*",
    "sk-*",
    "rsa",
    "ED25519",
    "ssh-ed25519-cert-v01@openssh.com",
)
COMMANDS = (
    "true",
    "false",
    "exit 3",
    "test %n = web1",
    "test %h = db",
    "test %r = git",
    "test %p = 22",
    "test %% = %%",
)


@dataclass(frozen=True)
class Case:
    """One question to ssh."""

    files: Mapping[str, tuple[bytes, int]]
    """Path below the home, or below /etc/ssh with `etc/` in front → content and mode."""
    flags: tuple[tuple[str, str], ...]
    destination: str
    command: str = ""

    def __str__(self) -> str:
        shown = [
            f"--- {name} {mode:o}\n{data.decode('utf-8', 'backslashreplace')}"
            for name, (data, mode) in self.files.items()
        ]
        return "\n".join([*shown, f"ssh -G {self.flags} {self.destination!r} {self.command!r}"])


class Outcomes(dict[str, bool]):
    """What the shell says to the commands of `Match exec`, asked when needed and remembered."""

    def __contains__(self, command: object) -> bool:
        return isinstance(command, str)

    def __missing__(self, command: str) -> bool:
        ran = subprocess.run(
            ["/bin/sh", "-c", command], capture_output=True, stdin=subprocess.DEVNULL, timeout=10
        )
        self[command] = ran.returncode == 0
        return self[command]


class ConfigCases:
    """Makes cases; `dirty` says how often a line is one that ssh might refuse, `modern` adds what 10.x knows."""

    def __init__(self, random: Random, *, dirty: float, modern: bool = False) -> None:
        self.modern = modern
        self.random = random
        self.dirty = dirty
        self._nested = False

    def some(self, *choices: str) -> str:
        return self.random.choice(choices)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def case(self) -> Case:
        """Make one case."""
        files: dict[str, tuple[bytes, int]] = {}
        for name in (
            ".ssh/extra",
            ".ssh/conf.d/10-a.conf",
            ".ssh/conf.d/20-b.conf",
            ".ssh/conf.d/.hidden",
            "other",
        ):
            if self.chance(0.3):
                self._nested = name not in (".ssh/extra", ".ssh/conf.d/10-a.conf")
                files[name] = (self.file(6, user=True), self.mode())
        self._nested = False
        files[".ssh/config"] = (self.file(self.random.randint(0, 14), user=True), self.mode())
        if self.chance(0.3):
            files["etc/ssh_config"] = (self.file(6, user=False), 0o644)
        if self.chance(0.15):
            files["etc/ssh_config.d/a.conf"] = (self.file(4, user=False), self.mode())
        return Case(
            files,
            tuple(self.flags(files)),
            self.destination(),
            self.some("ls", "uptime") if self.chance(0.1) else "",
        )

    def mode(self) -> int:
        if not self.chance(self.dirty / 2):
            return 0o600
        return self.random.choice((0o644, 0o664, 0o666, 0o602, 0o400, 0o620))

    def destination(self) -> str:
        if self.chance(0.55):
            host = self.some(*HOSTS)
        else:
            host = self.some(*NAMES)
        roll = self.random.random()
        if roll < 0.65:
            return host
        if roll < 0.85:
            return f"{self.some(*USERS)}@{host}"
        if roll < 0.97 or not self.chance(self.dirty):
            user = f"{self.some('git', 'u%40v', 'a;b=c', 'x+y')}@" if self.chance(0.5) else ""
            port = f":{self.random.randint(1, 70000)}" if self.chance(0.5) else ""
            return f"ssh://{user}{host}{port}{self.some('', '/', '/')}"
        return self.some(
            "",
            "@x",
            "u@",
            "-x",
            "a b",
            "a;b",
            "ssh://",
            "ssh://x/y",
            "ssh://@x",
            "a@b;c",
            "user name@x",
            "SSH://x",
        )

    def flags(self, files: dict[str, tuple[bytes, int]]) -> list[tuple[str, str]]:
        flags: list[tuple[str, str]] = []
        while self.chance(0.3):
            roll = self.random.randrange(14)
            if roll > 11:
                flag = self.random.choice(sorted(_FLAGS_WITH_VALUES))
                flags.append((flag, self.some(*_FLAGS_WITH_VALUES[flag])))
            elif roll < 5:
                flags.append(("-o", self.option_line()))
            elif roll == 5:
                flags.append(
                    (
                        "-i",
                        self.some(
                            "~/.ssh/config",
                            "/etc/passwd",
                            "/no/such",
                            ".ssh/config",
                            "/dev/null",
                            "~nosuch/x",
                            "/etc",
                        ),
                    )
                )
            elif roll == 6:
                flags.append(
                    (
                        "-p",
                        self.some("2222", "22", "443", "ssh", "0", "70000")
                        if self.chance(self.dirty)
                        else "2022",
                    )
                )
            elif roll == 7:
                flags.append(("-l", self.some(*USERS)))
            elif roll == 8:
                flags.append(("-J", self.jump()))
            elif roll == 9:
                flags.append((self.some("-4", "-6"), ""))
            elif roll == 10:
                flags.append(
                    (
                        self.some(
                            "-a",
                            "-A",
                            "-C",
                            "-x",
                            "-X",
                            "-Y",
                            "-g",
                            "-k",
                            "-K",
                            "-N",
                            "-T",
                            "-t",
                            "-M",
                            "-n",
                            "-f",
                            "-s",
                            "-q",
                        ),
                        "",
                    )
                )
            else:
                flags.append(
                    (
                        "-F",
                        self.some(
                            "none", ".ssh/none", "@HOME@/.ssh/extra", "@HOME@/other", "@HOME@/.ssh/config"
                        ),
                    )
                )
        return flags

    def option_line(self) -> str:
        keyword, value = self.option()
        return f"{keyword}{self.some('=', ' ', ' = ', '  ', '=')}{value}"

    def file(self, lines: int, *, user: bool) -> bytes:
        """Make a file of about so many lines."""
        ending = "\r\n" if self.chance(0.06) else "\n"
        made = [self.line(user=user) for _ in range(lines)]
        text = ending.join(made) + (ending if self.chance(0.85) else "")
        data = text.encode("utf-8", "surrogateescape")
        if self.chance(self.dirty / 10):
            data = b"\xef\xbb\xbf" + data
        if self.chance(self.dirty / 10) and data:
            at = self.random.randrange(len(data))
            data = (
                data[:at]
                + self.random.choice((b"\0", b"\xff", b'"', b"'", b"\\", b"#", b"\f", b"="))
                + data[at:]
            )
        return data

    def line(self, *, user: bool) -> str:
        roll = self.random.random()
        if roll < 0.05:
            return self.some("", "   ", "# note", "\t# note", "#Host x", "  \r")
        if roll < 0.22:
            return self.spaced(
                "Host", " ".join(self.host_pattern() for _ in range(self.random.choice((1, 1, 1, 2, 3))))
            )
        if roll < 0.32:
            return self.spaced("Match", self.match())
        if roll < 0.38:
            return self.spaced("Include", self.include(user=user))
        if roll < 0.38 + self.dirty / 10:
            return self.junk()
        keyword, value = self.option()
        return self.spaced(keyword, value)

    def spaced(self, keyword: str, value: str) -> str:
        """Write a keyword and a value in one of the many ways that mean the same, mostly."""
        roll = self.random.random()
        if roll < 0.1:
            keyword = keyword.upper()
        elif roll < 0.2:
            keyword = keyword.lower()
        lead = self.some("", "", "", "  ", "\t", " \t ")
        gap = self.some(" ", " ", " ", " ", "\t", "  ", "=", " = ", " =", "= ")
        tail = self.some("", "", "", "", "", " ", "\t ", " # note", " #", "\f")
        if self.chance(0.04):
            keyword = f'"{keyword}"'
        return f"{lead}{keyword}{gap}{value}{tail}"

    def junk(self) -> str:
        return self.some(
            "UseKeychain yes",
            "\f",
            "Foo",
            "Foo bar baz",
            "Port",
            "Port =",
            "IdentityFile",
            'IdentityFile ""',
            'Host ""',
            'Host web1 ""',
            'Host !web1 "" x',
            'Host "web1',
            '"Host web1',
            "User 'x",
            "User a b",
            "Port 22 23",
            "= 5",
            "==",
            "Match",
            "Match foo",
            "Match host",
            "Match all host x",
            "Match host x all",
            "Match canonical final all",
            "Match user git foo",
            'Match host "x',
            "Match exec",
            "Match !",
            "Match user git # note",
            'Match host x "" y',
            'Match all "" y',
            "Include ''",
            "Include ~",
            "BatchMode maybe",
            "AddressFamily inet4",
            "Compression true",
            "ConnectTimeout -1",
            "ConnectTimeout 1h30m20",
            "ConnectTimeout 5y",
            "Rekeylimit 15",
            "RekeyLimit 1G 1h x",
            "RekeyLimit 99E 1",
            "LogLevel LOUD",
            "LocalForward 80",
            "LocalForward 0 a:1",
            "PermitRemoteOpen x",
            "PermitRemoteOpen any x:1",
            "PermitRemoteOpen [x:1",
            "SetEnv foo",
            "SendEnv a=b",
            "CanonicalDomains a..b",
            "CanonicalDomains -x",
            "CanonicalDomains A.B. c_d none",
            "Ciphers foo",
            "Ciphers aes*",
            "MACs +foo",
            "KexAlgorithms foo,bar",
            "PubkeyAcceptedAlgorithms foo",
            "PubkeyAcceptedAlgorithms !ssh-rsa",
            "HostKeyAlgorithms rsa",
            "CASignatureAlgorithms ssh-ed25519-cert-v01@openssh.com",
            "IdentityAgent ${NOPE}",
            "IdentityAgent $a-b",
            "IdentityAgent ${",
            "IdentityAgent ${}",
            "ControlPath %z",
            "ControlPath ${NOPE}/x",
            "HostName %z",
            "HostName a%",
            "ProxyJump a:0",
            "ProxyJump @x",
            "ProxyJump a,,b",
            "UserKnownHostsFile none x",
            "UserKnownHostsFile ~nosuch/x",
            "EscapeChar ab",
            "IPQoS foo",
            "IPQoS ef bar",
            "TunnelDevice x",
            "StreamLocalBindMask 999",
            "FingerprintHash foo",
            "RequiredRSASize x",
            "RequiredRSASize 99999999999",
            "ConnectionAttempts 0",
            "ForkAfterAuthentication yes",
            "RemoteCommand ls",
            "RemoteForward x:80 /a%z",
            "\ufeffHost x",
            "Host\u00a0x",
            "Us\u00e9r x",
        )

    def host_pattern(self) -> str:
        pattern = self.some(*PATTERNS) if self.chance(0.4) else self.some(*NAMES)
        if self.chance(0.12):
            pattern = "!" + pattern
        if self.chance(0.05):
            pattern = self.some(
                f'"{pattern}"', f"'{pattern}'", f'"{pattern} {pattern}"', f"{pattern},x", f"\\{pattern}"
            )
        return pattern

    def match(self) -> str:
        words = [self.criterion() for _ in range(self.random.choice((1, 1, 2, 3)))]
        if self.chance(0.15):
            words.append(self.some("all", "ALL"))
            words = (
                words[-2:]
                if self.chance(self.dirty)
                else [self.some("all", "canonical all", "final all", "!all")]
            )
        return self.some(" ", " ", "  ", "\t").join(words)

    def criterion(self) -> str:
        negation = "!" if self.chance(0.2) else ""
        if self.modern and self.chance(0.3):
            return negation + self.modern_criterion()
        roll = self.random.randrange(12)
        if roll < 3:
            return f"{negation}{self.some('host', 'Host', 'originalhost')}{self.some(' ', ' ', '=', ' = ')}{self.pattern_list(*HOSTS, *PATTERNS)}"
        if roll < 5:
            return f"{negation}{self.some('user', 'localuser', 'USER')} {self.pattern_list(*USERS, '*')}"
        if roll < 8:
            command = self.some(*COMMANDS)
            return f'{negation}exec "{command}"'
        if roll < 9:
            return f"{negation}{self.some('final', 'canonical', 'Final')}"
        return f"{negation}originalhost {self.pattern_list(*HOSTS)}"

    def modern_criterion(self) -> str:
        return self.some(
            "tagged a*",
            'tagged ""',
            "tagged=b",
            "command ls",
            'command ""',
            "command u*",
            "version OpenSSH_10.*",
            "version *p1,!*9*",
            "sessiontype shell",
            "sessiontype exec,none",
            "host=web1,db",
            "localnetwork 127.0.0.0/8",
            "localnetwork 10.99.0.0/16,::1/128",
        )

    def pattern_list(self, *choices: str) -> str:
        words = [
            ("!" if self.chance(0.15) else "") + self.some(*choices)
            for _ in range(self.random.choice((1, 1, 2, 3)))
        ]
        text = ",".join(words)
        return f'"{text}"' if self.chance(0.1) else text

    def include(self, *, user: bool) -> str:
        if not user and not self.chance(self.dirty):
            return self.some("ssh_config.d/*.conf", "/etc/ssh/ssh_config.d/*", "nothing/*")
        if self._nested and not self.chance(self.dirty):
            return self.some("missing", "~/none/*", "/no/such")
        if not self.chance(0.2 + self.dirty):
            return self.some("extra", "conf.d/*.conf", "~/other", "conf.d/10-a.conf conf.d/20-b.conf")
        names = [
            self.some(
                "extra",
                "conf.d/*.conf",
                "conf.d/*",
                "conf.d/?0-a.conf",
                "~/.ssh/extra",
                "~/other",
                "@HOME@/other",
                "nothing/*",
                "missing",
                "~root/.ssh/extra",
                '"conf.d/10-a.conf"',
                "conf.d/[12]0-*.conf",
                "${WORK}/x",
                "%d/other",
                "conf.d",
            )
            for _ in range(self.random.choice((1, 1, 2)))
        ]
        return " ".join(names)

    def option(self) -> tuple[str, str]:
        """Make a keyword and a value that ssh takes, mostly."""
        if self.chance(0.35):
            return self.option_about_keys()
        if self.modern and self.chance(0.15):
            keyword = self.random.choice(sorted(_MODERN))
            return keyword, self.some(*_MODERN[keyword])
        keyword = self.random.choice(sorted(_VALUES))
        return keyword, _VALUES[keyword](self)

    def option_about_keys(self) -> tuple[str, str]:
        keyword = self.some(
            "IdentityFile",
            "IdentityFile",
            "HostName",
            "User",
            "Port",
            "IdentitiesOnly",
            "CertificateFile",
            "IdentityAgent",
        )
        return keyword, _VALUES[keyword](self)

    def key(self) -> str:
        key = self.some(*KEYS)
        return self.some(key, key, key, f'"{key}"', f"'{key}'", f'"{key} x"', key.replace("/", "\\/"))

    def jump(self) -> str:
        hops = [
            f"{self.some('', '', 'git@', 'a@b@')}{self.some('bastion', 'db', '10.0.0.1', '[::1]', 'WEB1')}{self.some('', '', ':2222', ':22')}"
            for _ in range(self.random.choice((1, 1, 2, 3)))
        ]
        text = ",".join(hops)
        return self.some(
            text,
            text,
            text,
            "none",
            "NONE",
            f"ssh://{hops[0]}",
            f"{text} x",
            f"ssh://u@{self.some('bastion', 'db')}:22",
        )

    def algorithms(self, *names: str) -> str:
        chosen = [self.some(*names) for _ in range(self.random.choice((1, 2, 3)))]
        prefix = self.some("", "", "+", "-", "^")
        if prefix == "-":
            chosen = [self.some(name, "*", "*sha1*", "!" + name) for name in chosen]
        return prefix + ",".join(chosen)

    def time(self) -> str:
        return self.some("0", "5", "90", "1m", "1h30m", "2D", "1w", "none", "+5", '" 7"', '"1h 30m"', "007")

    def forward(self) -> str:
        listen = self.some(
            "8080",
            "localhost:8080",
            "[::1]:8080",
            "*:8080",
            "/tmp/a.sock",
            ":8080",
            "http",
            "${WORK}/s",
            "/tmp/%h-%p",
        )
        target = self.some("web1:80", "[::1]:80", "/var/run/x.sock", "db:http", "web1:0080", "/run/%r/%%")
        return f"{listen} {target}"


def _words(*choices: str) -> Callable[[ConfigCases], str]:
    return lambda cases: cases.some(*choices)


_FLAG = _words("yes", "no", "true", "false", "Yes", "NO", '"yes"')
_TIME = ConfigCases.time
_PATH = _words(
    "~/.ssh/%C",
    "none",
    "None",
    "/run/%r@%h:%p",
    "~root/x",
    "${WORK}/%n",
    "%d/%i-%u-%k",
    "%L.%l",
    "~",
    "x y",
    '"x y"',
    "%%h",
    "rel",
    "$WORK",
)
_FLAGS = (
    "BatchMode",
    "CanonicalizeFallbackLocal",
    "CheckHostIP",
    "ClearAllForwardings",
    "EnableSSHKeysign",
    "ExitOnForwardFailure",
    "ForwardX11",
    "ForwardX11Trusted",
    "GatewayPorts",
    "GSSAPIAuthentication",
    "GSSAPIDelegateCredentials",
    "HashKnownHosts",
    "GSSAPIKeyExchange",
    "GSSAPITrustDns",
    "GSSAPIRenewalForcesRekey",
    "HostbasedAuthentication",
    "IdentitiesOnly",
    "KbdInteractiveAuthentication",
    "ChallengeResponseAuthentication",
    "NoHostAuthenticationForLocalhost",
    "PasswordAuthentication",
    "PermitLocalCommand",
    "ProxyUseFdpass",
    "StdinNull",
    "StreamLocalBindUnlink",
    "TCPKeepAlive",
    "KeepAlive",
    "VisualHostKey",
    "EnableEscapeCommandline",
    "Compression",
    "TISAuthentication",
)
_FLAGS_WITH_VALUES = {
    "-L": ("8080:db:80", "[::1]:1:a:2", "/tmp/s:/tmp/%h", "x", "${WORK}/s:a:1"),
    "-R": ("8080", "0", "8080:db:80", "/tmp/s:db:80", "0:a:1", "a:b:c:d:e"),
    "-D": ("1080", "*:1080", "x"),
    "-W": ("db:22", "x"),
    "-w": ("any", "1:2", "x"),
    "-b": ("127.0.0.1",),
    "-B": ("lo",),
    "-S": ("none", "~/.ssh/%C", "/x"),
    "-c": ("aes128-ctr", "+3des-cbc", "-aes*", "x"),
    "-m": ("hmac-sha1", "+hmac-md5", "x"),
    "-e": ("none", "^a", "x", "ab"),
    "-I": ("none", "/usr/lib/p11.so"),
    "-P": ("abc", "b"),
}
_MODERN = {
    "Tag": ("abc", "b", '"a b"'),
    "ObscureKeystrokeTiming": ("yes", "no", "interval:50", "interval:20"),
    "ChannelTimeout": ("none", "session=5m", "*=1h x11=0"),
    "VersionAddendum": ("none", "hello %h", "x # y", '"q" %u'),
    "WarnWeakCrypto": ("yes", "no", "no-pq-kex"),
    "RevokedHostKeys": ("none", "~/a /b", "%d/x ${WORK}/y"),
    "SetEnv": ("A=%h B=${WORK}", "A=%%"),
    "User": ("%u", "%%x", "${ALICE}", "x-%p"),
    "IPQoS": ("va", "lowdelay throughput", "ef va", "7"),
    "ConnectTimeout": ("1.5", "2m30s", "1h30", "0.5s", "1.5m"),
    "KexAlgorithms": ("mlkem768x25519-sha256", "+mlkem768nistp256-sha256"),
    "HostKeyAlgorithms": ("+ssh-mldsa44-ed25519@openssh.com", "-webauthn*"),
    "ProxyCommand": ("%j",),
    "ControlPath": ("%C-%j",),
}
_VALUES: dict[str, Callable[[ConfigCases], str]] = {
    **dict.fromkeys(_FLAGS, _FLAG),
    "CanonicalizeFallbackLocal": _words("yes"),
    "Compression": _words("yes", "no", "YES"),
    "IdentityFile": ConfigCases.key,
    "IdentityFile2": ConfigCases.key,
    "CertificateFile": ConfigCases.key,
    "HostName": _words(*NAMES, "%h.example.com", "%h", "%%", "Git.Example.COM", '"web1"', "a_b"),
    "User": _words(*USERS),
    "Port": _words("22", "2222", "65535", "ssh", "0022", "+80", "http"),
    "AddressFamily": _words("any", "inet", "inet6", "INET"),
    "PubkeyAuthentication": _words("yes", "no", "unbound", "host-bound", "true"),
    "DSAAuthentication": _words("yes", "no"),
    "VerifyHostKeyDNS": _words("yes", "no", "ask"),
    "UpdateHostKeys": _words("yes", "no", "ask"),
    "StrictHostKeyChecking": _words("yes", "no", "ask", "off", "accept-new", "true"),
    "ControlMaster": _words("yes", "no", "auto", "ask", "autoask"),
    "Tunnel": _words("yes", "no", "ethernet", "point-to-point"),
    "RequestTTY": _words("yes", "no", "force", "auto"),
    "SessionType": _words("none", "subsystem", "default"),
    "CanonicalizeHostname": _words("yes", "no", "always", "true"),
    "CanonicalDomains": _words("none", "example.com", "Example.com. b.c", "a b c"),
    "CanonicalizeMaxDots": _words("0", "1", "2"),
    "CanonicalizePermittedCNAMEs": _words("none", "NONE"),
    "ConnectionAttempts": _words("1", "3", "007"),
    "NumberOfPasswordPrompts": _words("0", "1", "5"),
    "ServerAliveCountMax": _words("0", "1", "5"),
    "RequiredRSASize": _words("1024", "2048", "0"),
    "ConnectTimeout": _TIME,
    "ServerAliveInterval": _TIME,
    "ForwardX11Timeout": _TIME,
    "ControlPersist": _words("yes", "no", "true", "false", "0", "10m", "600", "1h"),
    "ControlPath": _PATH,
    "UserKnownHostsFile": _words(
        "none",
        "~/.ssh/known_hosts",
        "~/.ssh/kh ~/.ssh/kh2",
        "/a/%h ${WORK}/%k",
        "~root/kh %%",
        "rel",
        '"a b" c',
    ),
    "GlobalKnownHostsFile": _words("none", "/a /b", "~/x", "%h", '"/a b"'),
    "RevokedHostKeys": _words("none", "~/.ssh/revoked", "/etc/ssh/r"),
    "IdentityAgent": _words(
        "none",
        "None",
        "SSH_AUTH_SOCK",
        "$SSH_AUTH_SOCK",
        "$NOPE",
        "${WORK}/agent",
        "~/.agent",
        "/run/%u/%i",
        '"~/a b"',
        "rel",
        "%%",
    ),
    "ForwardAgent": _words("yes", "no", "$SSH_AUTH_SOCK", "${WORK}/agent", "/tmp/none", "~/.agent"),
    "AddKeysToAgent": _words("yes", "no", "ask", "confirm", "confirm 5m", "1h", "600", "confirm 0", "0"),
    "ProxyCommand": _words(
        "none", "nc %h %p", 'sh -c "x # y"', "=nc", "ssh -W %h:%p gw # note", "NONE", "-", "'q' \"r\""
    ),
    "ProxyJump": ConfigCases.jump,
    "LocalCommand": _words("echo %h", "none", 'x "y"'),
    "RemoteCommand": _words("none", "tmux a -t %n", "echo %%"),
    "KnownHostsCommand": _words("none", "/bin/x %H", "/usr/bin/y"),
    "Ciphers": lambda cases: cases.algorithms(*CIPHERS),
    "MACs": lambda cases: cases.algorithms(*MACS),
    "KexAlgorithms": lambda cases: cases.algorithms(*KEX),
    "HostKeyAlgorithms": lambda cases: cases.algorithms(*KEYTYPES),
    "PubkeyAcceptedAlgorithms": lambda cases: cases.algorithms(*KEYTYPES),
    "PubkeyAcceptedKeyTypes": lambda cases: cases.algorithms(*KEYTYPES),
    "HostbasedAcceptedAlgorithms": lambda cases: cases.algorithms(*KEYTYPES),
    "CASignatureAlgorithms": lambda cases: cases.algorithms(*KEYTYPES),
    "GSSAPIKexAlgorithms": _words("gss-gex-sha1-", "gss-group14-sha1-,gss-gex-sha1-"),
    "GSSAPIClientIdentity": _words("me", "x"),
    "GSSAPIServerIdentity": _words("it"),
    "PreferredAuthentications": _words("publickey", "publickey,password", "x"),
    "KbdInteractiveDevices": _words("pam", "a,b"),
    "HostKeyAlias": _words("Alias", "GH", "github.com"),
    "BindAddress": _words("127.0.0.1", "::1"),
    "BindInterface": _words("lo"),
    "PKCS11Provider": _words("none", "/usr/lib/p11.so", "None"),
    "SecurityKeyProvider": _words("none", "internal", "/usr/lib/sk.so", "$SSH_SK"),
    "XAuthLocation": _words("/usr/X11/xauth", "none"),
    "LogLevel": _words("QUIET", "SILENT", "INFO", "verbose", "ERROR"),
    "SyslogFacility": _words("USER", "AUTH", "local3", "AUTHPRIV"),
    "LogVerbose": _words("none", "a.c:x:*", "a b c"),
    "LocalForward": ConfigCases.forward,
    "RemoteForward": lambda cases: cases.some(
        cases.forward(), cases.forward(), "8080", "0", "localhost:0", "/tmp/s"
    ),
    "DynamicForward": _words("1080", "localhost:1080", "[::1]:1080", "*:1080", "/tmp/dyn"),
    "PermitRemoteOpen": _words("any", "none", "web1:80", "web1:* [::1]:80", "*:22"),
    "EscapeChar": _words("none", "~", "^a", "^?", "\\\\", "#", "x", '" "', "^["),
    "SendEnv": _words("LANG", "LC_*", "A B C", "-LC_*", "-*", "X-*"),
    "SetEnv": _words("A=b", "A=1 A=2 B=3", '"A=b c"', "A="),
    "TunnelDevice": _words("any", "0", "1:2", "any:5", "ANY:any", "3:any"),
    "IPQoS": _words(
        "ef", "af21 cs1", "none", "0x10 8", "lowdelay throughput", "le", "010", "255", "CS7", "reliability"
    ),
    "StreamLocalBindMask": _words("0177", "077", "0", "177x"),
    "FingerprintHash": _words("sha256", "MD5", "sha512"),
    "RekeyLimit": _words(
        "default", "1G", "1G 1h", "512M none", "0.5K 30", "default none", "1.5g", "100000", "0"
    ),
    "IgnoreUnknown": _words("UseKeychain", "Foo,Use*", "*", "use*"),
    "Protocol": _words("2", "1,2"),
    "Cipher": _words("blowfish"),
    "UseRoaming": _words("no"),
    "RSAAuthentication": _words("yes"),
    "CompressionLevel": _words("6"),
    "AFSTokenPassing": _words("no"),
}
