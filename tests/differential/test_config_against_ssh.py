"""Our configuration reader against the real `ssh -G`: every line, every complaint, the same order."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from differential.config_cases import Case, ConfigCases
from differential.ssh_g import SshG, programs

QUICK = settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(QUICK, max_examples=6000)


@pytest.fixture(scope="module", params=programs())
def ssh_g(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshG]:
    with SshG(tmp_path_factory.mktemp("ssh-g"), request.param) as asked:
        yield asked


def cases(ssh_g: SshG, random: Random, dirty: float) -> ConfigCases:
    return ConfigCases(random, dirty=dirty, modern="OpenSSH_9.2" not in ssh_g.version)


def case_of(
    config: str | bytes,
    *flags: tuple[str, str],
    destination: str = "web1",
    command: str = "",
    mode: int = 0o600,
    **others: str,
) -> Case:
    files = {".ssh/config": (config.encode() if isinstance(config, str) else config, mode)}
    names = {"extra": ".ssh/extra", "system": "etc/ssh_config", "other": ".ssh/other"}
    files |= {names[name]: (text.encode(), 0o600) for name, text in others.items()}
    return Case(files, flags, destination, command)


def assert_agrees(ssh_g: SshG, case: Case) -> None:
    differences = ssh_g.differences(case)

    assert not differences, "\n".join([str(case), *differences])


@pytest.mark.parametrize("dirty", [0.0, 0.15, 1.0])
@QUICK
@given(random=st.randoms(use_true_random=False))
def test_random_configurations_give_what_ssh_gives(ssh_g: SshG, dirty: float, random: Random) -> None:
    assert_agrees(ssh_g, cases(ssh_g, random, dirty).case())


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("dirty", [0.0, 0.15, 1.0])
@LONG
@given(seed=st.integers(0, 2**63))
def test_thousands_of_random_configurations_give_what_ssh_gives(ssh_g: SshG, dirty: float, seed: int) -> None:
    assert_agrees(ssh_g, cases(ssh_g, Random(seed), dirty).case())


NAMED = {
    "no file says everything by default": Case({}, (), "web1"),
    "an option set in the second pass cannot change what canonicalization already needed": case_of(
        "Match final\nCanonicalizeMaxDots 2\nCanonicalizeHostname yes\n"
    ),
    "ProxyJump none leaves a later ProxyCommand alone": case_of("ProxyJump none\nProxyCommand nc %h %p\n"),
    "ProxyJump none with a comment is a host called none": case_of("ProxyJump none # x\n"),
    "ProxyJump none keeps a later ProxyJump out": case_of("ProxyJump none\nProxyJump b\n"),
    "ProxyJump ends at a blank": case_of("ProxyJump a,b c,d # e,f\n"),
    "ProxyJump is not unquoted": case_of('ProxyJump "a"\n'),
    "ProxyCommand keeps a later ProxyJump out": case_of("ProxyCommand foo\nProxyJump a\n"),
    "a jump host of the command line is checked": case_of("", ("-J", "a;b")),
    "a jump host's user from -o is checked": case_of("", ("-o", "ProxyJump=u;@b")),
    "a jump through itself is a loop": case_of("", ("-J", "web1")),
    "only one -J": case_of("", ("-J", "a"), ("-J", "b")),
    "-J after ProxyCommand": case_of("", ("-o", "ProxyCommand=x"), ("-J", "b")),
    "LogLevel quiet is printed as Debian's word": case_of("LogLevel quiet\n"),
    "an invalid list leaves the later lists unexpanded": case_of(
        "PubkeyAcceptedAlgorithms !ssh-rsa\nCASignatureAlgorithms ssh-*\nControlPath none\n"
    ),
    "an invalid host key list is fatal": case_of("HostKeyAlgorithms rsa\n"),
    "StreamLocalBindMask counts in a block that does not match": case_of("Host db\nStreamLocalBindMask 0\n"),
    "SyslogFacility counts in a block that does not match": case_of("Host db\nSyslogFacility AUTH\n"),
    "a bad value in a block that does not match is fatal": case_of("Host db\nPort x\n"),
    "an unknown word in a block that does not match is fatal": case_of("Host db\nUseKeychain yes\n"),
    "IgnoreUnknown must match": case_of("Host db\nIgnoreUnknown Use*\nHost *\nUseKeychain yes\n"),
    "IgnoreUnknown must come before": case_of("UseKeychain yes\nIgnoreUnknown Use*\n"),
    "IgnoreUnknown ignores case": case_of("IgnoreUnknown USEKEY*\nUseKeychain yes\n"),
    "a second IgnoreUnknown is ignored": case_of("IgnoreUnknown Foo\nIgnoreUnknown Bar\nFoo 1\nBar 1\n"),
    "an unknown word with an open quote": case_of("IgnoreUnknown Foo\nFoo 'x\n"),
    "a byte order mark": case_of(b"\xef\xbb\xbfHost web1\nPort 3\n"),
    "CRLF": case_of("Host web1\r\nPort 3\r\nUser x \r\n"),
    "a zero byte ends the line": case_of(b"Port 3\0 4\nUser x\n"),
    "bytes that are no UTF-8": case_of(b"User caf\xe9\nHostKeyAlias \xff\xfe\n"),
    "a wildcard stands for one byte": case_of("Host ?\nUser one\nHost ??\nUser two\n", destination="é"),
    "no final newline": case_of("Port 3"),
    "an open quote before the keyword's end hides the line": case_of('"Host web1\nPort 3\n'),
    "a quoted keyword takes no equals sign": case_of('"Port"=3\n'),
    "a quoted keyword takes a blank": case_of('"Port" 3\n'),
    "a quote inside a keyword": case_of('Po"rt" 3\n'),
    "one equals sign is a blank": case_of("Port = 3\nUser=x\nHostName =y\n"),
    "two equals signs are a value": case_of("User == x\n"),
    "a line that begins with an equals sign": case_of("=Port 3\n"),
    "a word may hold a hash": case_of("User a#b # c\n"),
    "backslashes before blanks and quotes": case_of(
        'User a\\ b\nHostKeyAlias a\\"b\nIdentityFile C:\\x\\\\y\n'
    ),
    "a form feed ends a line but does not begin one": case_of("User x\f\n\fPort 3\n"),
    "Host compares case, Match host does not": case_of("Host WEB1\nUser a\nMatch host WEB1\nPort 3\n"),
    "a comma in Host is no list": case_of("Host web1,db\nUser a\n"),
    "a negated pattern switches the block off": case_of("Host * !web1\nUser a\n"),
    "negations alone never match": case_of("Host !db\nUser a\n"),
    "an empty pattern after a match that excludes": case_of('Host !web1 ""\nUser a\n'),
    "an empty pattern": case_of('Host web1 ""\nUser a\n'),
    "Host without a pattern": case_of("Host # all\nUser a\n"),
    "Match with equals signs": case_of("Match host=web1\nUser a\n"),
    "Match user sees the user so far": case_of(
        "Match user git\nPort 3\nHost *\nUser git\nMatch user git\nPort 4\n"
    ),
    "Match host sees HostName": case_of("HostName %h.org\nMatch host web1.org\nPort 3\n"),
    "Match with a HostName that cannot be expanded": case_of("HostName %z\nMatch all\nPort 3\n"),
    "Match all with others": case_of("Match host x all\n"),
    "Match canonical all": case_of("Match canonical all\nPort 3\nMatch final all\nPort 4\n"),
    "two criteria before all": case_of("Match canonical final all\n"),
    "Match !all": case_of("Match !all\nPort 3\n"),
    "Match with a comment": case_of("Match host web1 # x\nPort 3\n"),
    "Match with nothing but a comment": case_of("Match # x\nPort 3\n"),
    "Match with an unknown criterion after a false one": case_of("Match host db tagged x\n"),
    "Match exec is expanded even where it is skipped": case_of('Match host db exec "%z"\n'),
    "Match exec": case_of('Match exec "test %n-%h-%p-%r = web1-web1-22-root"\nPort 3\n'),
    "Match final adds what the resolved name says": case_of(
        "Host gh\nHostName github.com\nIdentityFile a\nHost github.com\nIdentityFile b\nMatch final\nIdentityFile c\n",
        destination="gh",
    ),
    "Match !final asks for the second pass too": case_of(
        "Host gh\nHostName github.com\nHost github.com\nPort 3\nMatch !final\n", destination="gh"
    ),
    "CanonicalizeHostname reads everything twice": case_of(
        "CanonicalizeHostname yes\nHost gh\nHostName GitHub.com\nHost github.com\nPort 3\n", destination="gh"
    ),
    "an address is normalized": case_of("HostName 010.0.0.7\n"),
    "an address in parts is normalized": case_of("HostName 0x7f.1\n"),
    "an address of the other family is a name": case_of("AddressFamily inet6\nHostName 0X7f.1\n"),
    "an IPv6 address keeps its case": case_of("HostName FE80::1\n"),
    "an IPv6 address is shortened": case_of("HostName 0:0:0:0:0:0:0:1\n"),
    "an IPv6 address with an IPv4 tail": case_of("HostName ::FFFF:1.2.3.4\nMatch final\n"),
    "too many parts are no address": case_of("HostName 1.2.3.4.5\n"),
    "Include in a block": case_of(
        "Host web1\nInclude extra\nUser a\n", extra="Host db\nPort 3\nHost *\nUser b\n"
    ),
    "Include in a block that does not match": case_of(
        "Host db\nInclude extra\n", extra="Port 3\nHost *\nUser b\nStreamLocalBindMask 0\n"
    ),
    "a mistake in a file of a block that does not match": case_of("Host db\nInclude extra\n", extra="Foo\n"),
    "Match final in a file of a block that does not match": case_of(
        "Host gh\nHostName github.com\nHost github.com\nPort 3\nHost db\nInclude extra\n",
        destination="gh",
        extra="Match final\n",
    ),
    "the state of a block is restored after an Include": case_of(
        "Host web1\nInclude extra\nPort 3\n", extra="Host db\nUser b\n"
    ),
    "a file that includes itself": case_of("Include extra\n", extra="Include extra\n"),
    "a folder is included as an empty file": case_of("Include ~/.ssh\nPort 3\n"),
    "a file that others may write": case_of("Port 3\n", mode=0o602),
    "a file that the group may write": case_of("Port 3\n", mode=0o660),
    "a tilde in a system file": case_of("", system="Include ~/x\n"),
    "system and user files": case_of(
        "User a\nIdentityFile a\n", system="User b\nIdentityFile a\nIdentityFile b\n"
    ),
    "a second IdentityFile of the same name": case_of(
        "IdentityFile a\nIdentityFile a\n", ("-o", "IdentityFile=a")
    ),
    "-i does not equal IdentityFile": case_of(
        "IdentityFile /etc/passwd\n", ("-i", "/etc/passwd"), ("-i", "/etc/passwd")
    ),
    "-i of a file that is not there": case_of("", ("-i", "/no/such"), ("-i", "~nosuch/x")),
    "IdentityFile none": case_of("IdentityFile none\n"),
    "a hundred identity files": case_of("".join(f"IdentityFile {n}\n" for n in range(100))),
    "a hundred and one identity files": case_of("".join(f"IdentityFile {n}\n" for n in range(101))),
    "a hundred and one certificate files": case_of("".join(f"CertificateFile {n}\n" for n in range(101))),
    "thirty-three known_hosts files": case_of("UserKnownHostsFile " + "x " * 33 + "\n"),
    "thirty-three canonical domains": case_of("CanonicalDomains " + "x " * 33 + "\n"),
    "too many domains where it does not count": case_of("Host db\nCanonicalDomains " + "x " * 33 + "\n"),
    "BatchMode changes the keep-alive interval": case_of("BatchMode yes\n"),
    "SendEnv takes back": case_of("SendEnv A LC_* B\nSendEnv -LC* C\nSendEnv -?\nSendEnv X\n"),
    "SetEnv takes the first line": case_of("SetEnv A=1 B=2 A=3\nSetEnv C=4\n"),
    "LogVerbose keeps one word": case_of("LogVerbose a b c\n"),
    "ForwardAgent's flag and path are set apart": case_of("ForwardAgent no\nForwardAgent /tmp/x\n"),
    "ForwardAgent's missing socket with ExitOnForwardFailure": case_of(
        "ForwardAgent /no/x\nExitOnForwardFailure yes\n"
    ),
    "RekeyLimit's parts are set apart": case_of("RekeyLimit 1G\nRekeyLimit 2G 1h\n"),
    "RekeyLimit with a fraction": case_of("RekeyLimit 1.5K 1m\n"),
    "RekeyLimit that is too large": case_of("RekeyLimit 99E\n"),
    "times": case_of(
        "ConnectTimeout 1h30m\nServerAliveInterval none\nServerAliveInterval 5\nForwardX11Timeout +1w\n"
    ),
    "ClearAllForwardings": case_of("LocalForward 1 a:1\nTunnel yes\nClearAllForwardings yes\n"),
    "UpdateHostKeys ask where nobody can be asked": case_of("UpdateHostKeys ask\n", command="ls"),
    "UpdateHostKeys with other files": case_of("UserKnownHostsFile ~/.ssh/kh\n"),
    "a command twice": case_of("RemoteCommand ls\n", command="ls"),
    "into the background without a command": case_of("ForkAfterAuthentication yes\n"),
    "ProxyUseFDPass with a dash": case_of("ProxyCommand -\nProxyUseFDPass yes\n"),
    "the first user wins": case_of("User c\n", ("-l", "a"), destination="b@web1"),
    "the first port wins": case_of("Port 5\n", ("-o", "Port=3"), ("-p", "4"), destination="ssh://web1:6"),
    "an at sign in the user": case_of("", destination="a@b@web1"),
    "a URL": case_of("", destination="ssh://u%40v;x=y@web1:2222/"),
    "a URL with a path": case_of("", destination="ssh://web1/x"),
    "a URL with a zero byte": case_of("", destination="ssh://u%00@web1"),
    "a host from a shell's nightmare": case_of("", destination="$(x)"),
    "a user with a control character": case_of("", destination="a\tb@web1"),
    "a user from -o is checked": case_of("", ("-o", "User=a;b")),
    "a user from a file is not checked": case_of("User a;b\n"),
    "Host on the command line": case_of("", ("-o", "Host=x")),
    "Include on the command line": case_of("", ("-o", "Include x")),
    "an unknown word on the command line": case_of("", ("-o", "Foo=x")),
    "IgnoreUnknown on the command line": case_of("Foo x\n", ("-o", "IgnoreUnknown=foo"), ("-o", "Foo=x")),
    "-F of a missing file": case_of("Port 3\n", ("-F", "/no/such")),
    "-F of a relative path": case_of("", ("-F", "@HERE@/.ssh/extra"), extra="Foo\nPort x\n"),
    "-F of a relative path that is not there": case_of("", ("-F", "no/such")),
    "both -N and -s": case_of("", ("-N", ""), ("-s", "")),
    "what was taken of a bad line counts for the lines after it": case_of(
        "IgnoreUnknown Foo Bar\nFoo 1\nBar 1\nHostName %z x\nMatch all\n"
    ),
    "a bad Match leaves the block above in force": case_of("Host web1\nMatch foo\nHostName %z\nMatch all\n"),
    "a backslash in an Include": case_of("Include ext\\ra\n", extra="Port 3\n"),
    "a subsystem without a name": case_of("", ("-o", "SessionType=subsystem")),
    "CanonicalizePermittedCNAMEs none where a list is invalid": case_of(
        "CanonicalizePermittedCNAMEs None\nPubkeyAcceptedAlgorithms rsa\n"
    ),
    "a jump where a list is invalid": case_of("ProxyJump b\nCASignatureAlgorithms rsa\n"),
    "GSSAPI key exchanges by their beginning": case_of("GSSAPIKexAlgorithms gss-gex-sha1-x\n"),
    "-F none": case_of("Port 3\n", ("-F", "none"), system="Port 4\n"),
    "-F does not check modes, its Includes are checked": case_of(
        "Include extra\n", ("-F", "@HOME@/.ssh/config"), mode=0o666
    ),
    "tokens": case_of("ControlPath %C-%d-%h-%i-%k-%L-%l-%n-%p-%r-%u-%%\n", ("-o", "HostKeyAlias=A")),
    "variables": case_of("IdentityAgent ${WORK}/x\nUserKnownHostsFile ${EMPTY} ${WORK}\n"),
    "an unset variable": case_of("ControlPath ${NOPE}${NADA}\n"),
    "an unset variable where nothing matches": case_of("Host db\nIdentityAgent ${NOPE}\n"),
    "another account's home": case_of("ControlPath ~daemon/x\nUserKnownHostsFile ~nosuch/y\n"),
    "EscapeChar": case_of('EscapeChar " "\n'),
    "a service's name as port": case_of("Port ssh\nLocalForward http db:https\n"),
    "PermitRemoteOpen stops at once": case_of("Foo\nPermitRemoteOpen x\nBar\n"),
}


@pytest.mark.parametrize("name", NAMED)
def test_named_configuration_gives_what_ssh_gives(ssh_g: SshG, name: str) -> None:
    assert_agrees(ssh_g, NAMED[name])
