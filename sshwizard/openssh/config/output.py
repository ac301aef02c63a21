"""What `ssh -G` prints: which options, in which order, with which defaults (readconf.c, dump_client_config)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sshwizard.model.config import ConfigValue, Effective
from sshwizard.openssh.config import algorithms
from sshwizard.openssh.config.versions import NEWEST, Release, Version, default_identities

ONE_LINE = frozenset(
    {
        "canonicaldomains",
        "globalknownhostsfile",
        "userknownhostsfile",
        "logverbose",
        "permitremoteopen",
        "canonicalizepermittedcnames",
        "channeltimeout",
    }
)
"""Options with several values that share a line."""
_SPELLED = {"canonicalizepermittedcnames": "canonicalizePermittedcnames"}

Row = tuple[str, str | None, Release, Release]


def _row(key: str, default: str | None = None, since: Release = (0, 0), until: Release = NEWEST) -> Row:
    return key, default, since, until


_ROWS: tuple[Row, ...] = (
    _row("host", None, (9, 2)),
    _row("user"),
    _row("hostname"),
    _row("port", "22"),
    _row("addressfamily", "any"),
    _row("batchmode", "no"),
    _row("canonicalizefallbacklocal", "yes"),
    _row("canonicalizehostname", "false"),
    _row("checkhostip", "no"),
    _row("compression", "no"),
    _row("controlmaster", "false"),
    _row("enablesshkeysign", "no"),
    _row("clearallforwardings", "no"),
    _row("exitonforwardfailure", "no"),
    _row("fingerprinthash", "SHA256"),
    _row("forwardx11", "no"),
    _row("forwardx11trusted", "no"),
    _row("gatewayports", "no"),
    _row("gssapiauthentication", "no"),
    _row("gssapikeyexchange", "no"),
    _row("gssapidelegatecredentials", "no"),
    _row("gssapitrustdns", "no"),
    _row("gssapirenewalforcesrekey", "no"),
    _row("gssapiclientidentity"),
    _row("gssapiserveridentity"),
    _row("gssapikexalgorithms", algorithms.DEFAULT_GSS_KEX),
    _row("hashknownhosts", "no"),
    _row("hostbasedauthentication", "no"),
    _row("identitiesonly", "no"),
    _row("kbdinteractiveauthentication", "yes"),
    _row("nohostauthenticationforlocalhost", "no"),
    _row("passwordauthentication", "yes"),
    _row("permitlocalcommand", "no"),
    _row("proxyusefdpass", "no"),
    _row("pubkeyauthentication", "true"),
    _row("requesttty", "auto"),
    _row("sessiontype", "default", (8, 7)),
    _row("stdinnull", "no", (8, 7)),
    _row("forkafterauthentication", "no", (8, 7)),
    _row("streamlocalbindunlink", "no"),
    _row("stricthostkeychecking", "ask"),
    _row("tcpkeepalive", "yes"),
    _row("tunnel", "false"),
    _row("verifyhostkeydns", "false"),
    _row("visualhostkey", "no"),
    _row("updatehostkeys", "true"),
    _row("enableescapecommandline", "no", (9, 2)),
    _row("warnweakcrypto", "yes", (10, 1)),
    _row("canonicalizemaxdots", "1"),
    _row("connectionattempts", "1"),
    _row("forwardx11timeout", "1200"),
    _row("numberofpasswordprompts", "3"),
    _row("serveralivecountmax", "3"),
    _row("serveraliveinterval", "0"),
    _row("requiredrsasize", "1024", (9, 1)),
    _row("obscurekeystroketiming", "yes", (9, 5)),
    _row("bindaddress"),
    _row("bindinterface"),
    _row("ciphers"),
    _row("controlpath"),
    _row("hostkeyalgorithms"),
    _row("hostkeyalias"),
    _row("hostbasedacceptedalgorithms"),
    _row("identityagent"),
    _row("ignoreunknown"),
    _row("kbdinteractivedevices"),
    _row("kexalgorithms"),
    _row("casignaturealgorithms"),
    _row("localcommand"),
    _row("remotecommand"),
    _row("loglevel", "INFO"),
    _row("macs"),
    _row("pkcs11provider"),
    _row("securitykeyprovider", "internal", (8, 2)),
    _row("preferredauthentications"),
    _row("pubkeyacceptedalgorithms"),
    _row("revokedhostkeys", None, (0, 0), (10, 3)),
    _row("xauthlocation", "/usr/bin/xauth"),
    _row("knownhostscommand", None, (8, 5)),
    _row("tag", None, (9, 4)),
    _row("versionaddendum", None, (10, 0)),
    _row("dynamicforward"),
    _row("localforward"),
    _row("remoteforward"),
    _row("identityfile"),
    _row("canonicaldomains", "none"),
    _row("certificatefile"),
    _row("globalknownhostsfile"),
    _row("userknownhostsfile"),
    _row("revokedhostkeys", "none", (10, 3)),
    _row("sendenv"),
    _row("setenv"),
    _row("logverbose", "none", (8, 5)),
    _row("channeltimeout", "none", (9, 6)),
    _row("permitremoteopen", "any", (8, 5)),
    _row("addkeystoagent", "false"),
    _row("forwardagent", "no"),
    _row("connecttimeout", "none"),
    _row("tunneldevice", "any:any"),
    _row("canonicalizepermittedcnames", "none"),
    _row("controlpersist", "no"),
    _row("escapechar", "~"),
    _row("ipqos"),
    _row("rekeylimit"),
    _row("streamlocalbindmask", "0177"),
    _row("syslogfacility", "USER"),
    _row("proxycommand"),
    _row("proxyjump"),
)
_ONLY_GSS = frozenset({"gssapiauthentication", "gssapidelegatecredentials"})

Values = tuple[ConfigValue, ...]


@lru_cache(maxsize=8)
def template(version: Version) -> dict[str, Values | None]:
    """Return every option of a release in printing order with its default; None: not printed when unset."""
    found: dict[str, Values | None] = {}
    for key, default, since, until in _ROWS:
        if not (since <= version.release and (version.release < until or until == NEWEST)):
            continue
        if key.startswith("gssapi") and not (version.gssapi if key in _ONLY_GSS else version.gssapi_exchange):
            continue
        found[key] = None if default is None else (ConfigValue(default, None),)
    _set(found, "ipqos", _quality(version))
    if not version.debian:
        _set(found, "securitykeyprovider", "$SSH_SK_PROVIDER")
    if version.debian:
        _set(found, "forwardx11trusted", "yes")
    found["globalknownhostsfile"] = tuple(
        ConfigValue(path, None) for path in ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")
    )
    found["identityfile"] = tuple(ConfigValue(f"~/.ssh/{name}", None) for name in default_identities(version))
    return found


_BUILT = (
    "identityfile",
    "securitykeyprovider",
    "xauthlocation",
    "ipqos",
    "forwardx11trusted",
    "gssapikexalgorithms",
)
"""Defaults that differ between builds of one release."""


def template_as_built(version: Version, builtin: Mapping[str, Sequence[str]]) -> dict[str, Values | None]:
    """Return the template with the defaults of the installed ssh, where its bare `ssh -G` is known."""
    found = dict(template(version))
    for key in _BUILT:
        if key in builtin and key in found:
            found[key] = tuple(ConfigValue(text, None) for text in builtin[key])
    return found


def _quality(version: Version) -> str:
    if version.release >= (10, 1):
        return "ef cs0"
    return "lowdelay throughput" if version.debian or version.release < (7, 8) else "af21 cs1"


def _set(found: dict[str, Values | None], key: str, text: str) -> None:
    found[key] = (ConfigValue(text, None),)


def print_g(effective: Effective) -> tuple[str, ...]:
    """Return the lines of `ssh -G`, without line ends; none when ssh refuses the configuration.

    Bytes that are not UTF-8 stand as surrogates, as in the values themselves.
    """
    if effective.fatal is not None:
        return ()
    lines: list[str] = []
    for key, values in effective.options.items():
        name = _SPELLED.get(key, key)
        if key in ONE_LINE or (key == "revokedhostkeys" and len(values) > 1):
            lines.append(f"{name} {' '.join(value.text for value in values)}")
        else:
            lines += [f"{name} {value.text}" for value in values]
    return tuple(lines)
