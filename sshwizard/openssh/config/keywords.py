"""Every keyword of ssh_config: how its value is read, and in which releases ssh knows it.

`since` and `until` are releases; (0, 0) and NEWEST mean always. Several names may be one option.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sshwizard.openssh.config import value_forms, value_lists, values
from sshwizard.openssh.config.directives import Do, Style
from sshwizard.openssh.config.values import Reader
from sshwizard.openssh.config.versions import NEWEST, Release, Version


@dataclass(frozen=True, slots=True)
class Keyword:
    """One word that may begin a line."""

    name: str
    """The name under which `ssh -G` prints the option, lower case."""
    read: Reader | None
    """None: `Host`, `Match` and `Include`, which are carried out elsewhere."""
    action: Do = Do.SET


_flag = values.choice(values.YES_NO)
_ask = values.choice(values.ASK)
_cipher = value_lists.names("ciphers", Style.CUT, "Bad SSH2 cipher spec '{}'.")
_mac = value_lists.names("macs", Style.CUT, "Bad SSH2 MAC spec '{}'.")
_kex = value_lists.names("kexalgorithms", Style.CUT, "Bad SSH2 KexAlgorithms '{}'.")

Row = tuple[str, str, Reader, Release, Release]
_ALWAYS: tuple[Release, Release] = ((0, 0), NEWEST)


def _rows(read: Reader, names: str, since: Release = (0, 0), until: Release = NEWEST) -> list[Row]:
    rows: list[Row] = []
    for word in names.split():
        alias, _equals, name = word.partition("=")
        rows.append((alias, name or alias, read, since, until))
    return rows


_TABLE: list[Row] = [
    *_rows(
        values.ignored,
        "protocol cipher fallbacktorsh globalknownhostsfile2 rhostsauthentication userknownhostsfile2 "
        "useroaming usersh useprivilegedport",
    ),
    *_rows(
        values.unsupported,
        "afstokenpassing kerberosauthentication kerberostgtpassing rsaauthentication rhostsrsaauthentication "
        "compressionlevel",
    ),
    *_rows(
        _flag,
        "forwardx11 forwardx11trusted exitonforwardfailure gatewayports passwordauthentication "
        "hostbasedauthentication identitiesonly batchmode checkhostip tcpkeepalive keepalive=tcpkeepalive "
        "clearallforwardings enablesshkeysign nohostauthenticationforlocalhost hashknownhosts "
        "permitlocalcommand visualhostkey proxyusefdpass canonicalizefallbacklocal streamlocalbindunlink "
        "kbdinteractiveauthentication challengeresponseauthentication=kbdinteractiveauthentication "
        "skeyauthentication=kbdinteractiveauthentication tisauthentication=kbdinteractiveauthentication",
    ),
    *_rows(_flag, "stdinnull forkafterauthentication", (8, 7)),
    *_rows(_flag, "enableescapecommandline", (9, 2)),
    *_rows(values.choice(values.PUBKEY), "pubkeyauthentication dsaauthentication=pubkeyauthentication"),
    *_rows(_ask, "verifyhostkeydns updatehostkeys"),
    *_rows(values.choice(values.STRICT), "stricthostkeychecking"),
    *_rows(values.compression, "compression"),
    *_rows(values.choice(values.FAMILY), "addressfamily"),
    *_rows(values.choice(values.MASTER), "controlmaster"),
    *_rows(values.choice(values.TUNNEL), "tunnel"),
    *_rows(values.choice(values.TTY), "requesttty"),
    *_rows(values.choice(values.SESSION), "sessiontype", (8, 7)),
    *_rows(values.choice(values.CANONICAL), "canonicalizehostname"),
    *_rows(
        values.string,
        "kbdinteractivedevices xauthlocation user hostname hostkeyalias preferredauthentications bindaddress "
        "bindinterface pkcs11provider smartcarddevice=pkcs11provider controlpath ignoreunknown",
    ),
    *_rows(values.string, "securitykeyprovider", (8, 2)),
    *_rows(values.string, "revokedhostkeys", (0, 0), (10, 3)),
    *_rows(value_lists.several_files, "revokedhostkeys", (10, 3)),
    *_rows(values.string, "tag", (9, 4)),
    *_rows(value_forms.keystroke_timing, "obscurekeystroketiming", (9, 5)),
    *_rows(value_lists.channel_timeouts, "channeltimeout", (9, 6)),
    *_rows(value_forms.version_addendum, "versionaddendum", (10, 0)),
    *_rows(value_forms.refuse_connection, "refuseconnection", (10, 1)),
    *_rows(values.choice(values.WEAK_CRYPTO), "warnweakcrypto", (10, 1)),
    *_rows(
        values.integer,
        "numberofpasswordprompts connectionattempts serveralivecountmax canonicalizemaxdots",
    ),
    *_rows(values.integer, "requiredrsasize", (9, 1)),
    *_rows(values.time, "connecttimeout forwardx11timeout serveraliveinterval"),
    *_rows(values.port, "port"),
    *_rows(values.file_name, "identityfile identityfile2=identityfile certificatefile"),
    *_rows(values.command, "localcommand remotecommand"),
    *_rows(values.command, "knownhostscommand", (8, 5)),
    *_rows(values.proxy_command, "proxycommand"),
    *_rows(values.proxy_jump, "proxyjump"),
    *_rows(value_lists.file_list, "globalknownhostsfile userknownhostsfile"),
    *_rows(value_lists.first_of_list, "logverbose", (8, 5)),
    *_rows(_cipher, "ciphers"),
    *_rows(_mac, "macs"),
    *_rows(_kex, "kexalgorithms"),
    *_rows(
        value_lists.key_names,
        "hostkeyalgorithms casignaturealgorithms hostbasedkeytypes=hostbasedacceptedalgorithms "
        "hostbasedacceptedalgorithms pubkeyacceptedalgorithms pubkeyacceptedkeytypes=pubkeyacceptedalgorithms",
    ),
    *_rows(value_forms.log_level, "loglevel"),
    *_rows(value_forms.log_facility, "syslogfacility"),
    *_rows(value_forms.forward, "localforward remoteforward dynamicforward"),
    *_rows(value_lists.remote_open, "permitremoteopen", (8, 5)),
    *_rows(value_forms.escape_char, "escapechar"),
    *_rows(value_lists.send_env, "sendenv"),
    *_rows(value_lists.set_env, "setenv", (7, 8)),
    *_rows(value_forms.persist, "controlpersist"),
    *_rows(value_forms.tunnel_device, "tunneldevice"),
    *_rows(value_forms.quality, "ipqos"),
    *_rows(value_lists.domains, "canonicaldomains"),
    *_rows(value_lists.permitted_cnames, "canonicalizepermittedcnames"),
    *_rows(value_forms.mask, "streamlocalbindmask"),
    *_rows(value_forms.digest, "fingerprinthash"),
    *_rows(value_forms.agent_keys, "addkeystoagent", (7, 2)),
    *_rows(value_forms.identity_agent, "identityagent", (7, 3)),
    *_rows(value_forms.forward_agent, "forwardagent"),
    *_rows(value_forms.rekey_limit, "rekeylimit"),
]
_GSS_PLAIN: list[Row] = _rows(_flag, "gssapiauthentication gssapidelegatecredentials")
_GSS_PATCHED: list[Row] = [
    *_rows(_flag, "gssapikeyexchange gssapitrustdns gssapirenewalforcesrekey"),
    *_rows(values.string, "gssapiclientidentity gssapiserveridentity"),
    *_rows(value_lists.gss_kex, "gssapikexalgorithms"),
]


@lru_cache(maxsize=8)
def keywords_of(version: Version) -> dict[str, Keyword]:
    """Return every word that a release knows, lower case, with its meaning."""
    found: dict[str, Keyword] = {}
    for alias, name, read, since, until in _TABLE + _gss_rows(version):
        if since <= version.release and (version.release < until or until == NEWEST):
            found[alias] = Keyword(name, read)
    if version.apple:
        found["usekeychain"] = Keyword("usekeychain", _flag)
    found["host"] = Keyword("host", None, Do.HOST)
    found["match"] = Keyword("match", None, Do.MATCH)
    found["include"] = Keyword("include", None, Do.INCLUDE)
    return found


def _gss_rows(version: Version) -> list[Row]:
    if version.gssapi_exchange:
        return _GSS_PLAIN + _GSS_PATCHED
    if version.gssapi:
        return _GSS_PLAIN
    return _rows(values.unsupported, "gssapiauthentication gssapidelegatecredentials")
