"""What clients other than OpenSSH say: PuTTY, Dropbear, libssh, libssh2/libgit2, JSch, paramiko, asyncssh, Go, connect.exe."""

from __future__ import annotations

from sshwizard.logs.form import Form

PUTTY = (
    Form("other-no-key", "FATAL", r"FATAL ERROR: (?:Disconnected: )?No supported authentication methods available(?: \(server sent: (?P<methods>[^)]+)\))?"),
    Form("other-no-key", "Disconnected:", r"Disconnected: No supported authentication methods available(?: \(server sent: (?P<methods>[^)]+)\))?"),
    Form("key-refused", "refused", r"Server refused our key"),
    Form("putty-key-format", "Unable", r"Unable to (?:use|load) (?:key|private key) file \"?(?P<path>[^\"]+?)\"? ?\((?P<reason>[^)]+)\)"),
    Form("host-key-unknown", "cached", r"host key is not cached"),
    Form("host-key-box", "PuTTY", r"host key does not match the one PuTTY has cached|POTENTIAL SECURITY BREACH"),
    Form("host-key-box", "SECURITY", r"POTENTIAL SECURITY BREACH"),
    Form("connect-error", "Network", r"Network error: (?P<reason>.+)"),
    Form("remote-closed", "unexpectedly", r"Remote side unexpectedly closed network connection"),
    Form("no-match", "Couldn't", r"Couldn't agree a (?P<what>key exchange|host key|client-to-server cipher|server-to-client cipher)[^(]*\(available: (?P<offer>[^)]+)\)"),
    Form("putty-key", "Offered", r"Offered public key"),
    Form("putty-key", "Pageant", r"Pageant (?:is running|has) (?P<count>\d+)?|Trying Pageant key #(?P<key>.+)"),
)  # fmt: skip

LIBRARIES = (
    Form("relay-failed", "relay", r"Unable to connect to relay host(?:, errno=(?P<code>\d+))?"),
    Form("relay-failed", "proxy:", r"(?:proxy|nc|ncat|connect): .*(?:refused|failed|timed out)"),
    Form("other-no-key", "unable", r"unable to authenticate, attempted methods \[(?P<methods>[^\]]*)\]"),
    Form("go-no-key", "supported", r"no supported methods remain"),
    Form("host-key-unknown", "key knownhosts:", r"knownhosts: key is unknown"),
    Form("host-key-box", "mismatch knownhosts:", r"knownhosts: key mismatch"),
    Form("no-match", "common", r"no common algorithm for (?P<what>host key|key exchange|client to server cipher|[\w ]+?);"),
    Form("key-format", "invalid", r"invalid privatekey: (?P<path>.*)"),
    Form("jsch-auth-fail", "Auth", r"JSchException: Auth (?P<reason>fail|cancel)"),
    Form("host-key-unknown", "UnknownHostKey:", r"UnknownHostKey: (?P<host>\S+)"),
    Form("host-key-unknown", "reject", r"reject HostKey: (?P<host>\S+)"),
    Form("host-key-box", "HostKey", r"HostKey has been changed: (?P<host>\S+)"),
    Form("no-match", "Algorithm", r"Algorithm negotiation fail"),
    Form("denied", "Authentication", r"AuthenticationException: Authentication failed"),
    Form("other-no-key", "No", r"No authentication methods available|No auth methods could be used"),
    Form("key-format", "not", r"not a valid (?P<type>\w+) private key file"),
    Form("key-encrypted", "Private", r"Private key file is encrypted|PasswordRequiredException"),
    Form("banner-error", "banner", r"Error reading SSH protocol banner|[Ff]ailed (?:getting|to get) banner"),
    Form("host-key-unknown", "not", r"Server '(?P<host>[^']+)' not found in known_hosts"),
    Form("host-key-box", "server", r"Host key for server '?(?P<host>[^'\s]+)'? does not match"),
    Form("connect-error", "Unable", r"Unable to connect to port (?P<port>\d+) on (?P<host>\S+)(?P<reason>)"),
    Form("denied", "Permission", r"asyncssh\.\w*\.?PermissionDenied|Permission denied for user (?P<user>\S+) on host (?P<host>\S+)"),
    Form("host-key-unknown", "trusted", r"Host key is not trusted(?: for host (?P<host>\S+))?"),
    Form("denied", "Access", r"Access denied for '?(?P<method>\w+)'?\. Authentication that can continue: (?P<methods>\S+)"),
    Form("denied", "authenticate", r"[Ff]ailed to authenticate SSH session(?!: Unable to extract)"),
    Form("key-format", "extract", r"Unable to extract public key from private key"),
    Form("callback", "credentials", r"callback returned unsupported credentials type|no callback set"),
    Form("host-key-unknown", "hostkey", r"invalid or unknown remote ssh hostkey"),
    Form("key-format", "keyfile", r"Failed loading keyfile (?P<path>.+)"),
    Form("host-key-box", "mismatch", r"Host key mismatch for (?P<host>\S+)"),
    Form("host-key-unknown", "validate", r"Didn't validate host key"),
    Form("no-match", "match", r"no match for method (?P<what>[\w ->]+): server \[(?P<offer>[^\]]*)\]"),
)  # fmt: skip

SERVER = (
    Form("sshd-perms", "refused:", r"Authentication refused: bad ownership or modes for (?:file|directory) (?P<path>.+)"),
    Form("sshd-unreadable", "open", r"Could not open (?:user '?(?P<user>[^']+?)'? )?authorized (?:keys|principals) (?:file )?'?(?P<path>[^':]+)'?: (?P<reason>.+)"),
    Form("sshd-not-allowed", "allowed", r"User (?P<user>\S+) (?:from \S+ )?not allowed because (?P<reason>.+)"),
    Form("sshd-invalid-user", "Invalid invalid", r"[Ii]nvalid user (?P<user>\S*) (?:from )?(?P<address>[\d.:a-f]+)"),
    Form("sshd-limit", "maximum", r"maximum authentication attempts exceeded for (?:invalid user )?(?P<user>\S+)"),
    Form("sshd-failed", "Failed", r"Failed publickey for (?:invalid user )?(?P<user>\S+) from (?P<address>\S+) port \d+(?: ssh2)?(?:: (?P<key>.+))?"),
    Form("sshd-accepted", "Accepted", r"Accepted (?P<method>\S+) for (?P<user>\S+) from (?P<address>\S+) port \d+(?: ssh2)?(?:: (?P<key>.+))?"),
    Form("sshd-startups", "beginning MaxStartups MaxStartups,", r"(?:beginning|drop|exited).* ?MaxStartups|past MaxStartups"),
    Form("sshd-penalty", "penalty: penalties", r"(?P<reason>penalty: .+|drop connection .*penalties.*)"),
    Form("sshd-key-option", "revoked", r"Authentication key (?P<key>\S+ \S+) revoked by file (?P<path>.+)"),
    Form("sshd-key-option", "options options.", r"Refused by (?:key|certificate) options"),
    Form("sshd-root", "ROOT", r"ROOT LOGIN REFUSED FROM (?P<address>\S+)"),
    Form("sshd-key-option", "permitted", r"correct key but not from a permitted host"),
    Form("sshd-key-option", "expired", r"(?:key|certificate|Certificate).*(?P<reason>expired|has expired)"),
    Form("sshd-key-option", "principal", r"(?:Certificate|certificate).*(?P<reason>does not contain an authorized principal|name is not a listed principal)"),
    Form("sshd-keytype", "userauth_pubkey:", r"userauth_pubkey: (?P<reason>(?:key|signature) (?:type|algorithm) \S+ not (?:in|allowed).*)"),
    Form("sshd-pam", "PAM", r"Access denied for user (?P<user>\S+) by PAM account configuration"),
)  # fmt: skip

SERVER_ONLY = (
    Form("sshd-no-match", "negotiate", r"Unable to negotiate with (?P<address>\S+) port \d+: no matching (?P<what>[\w ]+?) found\. Their offer: (?P<offer>\S+)"),
    Form("sshd-locked", "locked", r"account is locked"),
    Form("sshd-lost", "preauth] [preauth]", r"(?:Connection (?:closed|reset)|Disconnected|Received disconnect) (?:by|from)(?: (?:authenticating|invalid) user (?P<user>\S+))?.*\[preauth\]"),
)  # fmt: skip
"""Lines that a client may print as well: read only behind `sshd[…]:`."""

FORMS = PUTTY + LIBRARIES
