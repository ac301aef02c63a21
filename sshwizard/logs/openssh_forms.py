"""What OpenSSH's clients print, 4.x to 10.x, Apple's and Microsoft's ports included.

Sources: the debug and error lines of OpenSSH's clients as they are seen in logs, by version. Knows no
attempt and no order of lines.
"""

from __future__ import annotations

from sshwizard.logs.form import Form

FLOW = (
    Form("config-read", "Reading", r"Reading configuration data (?P<path>.+)"),
    Form(
        "config-apply",
        "Applying",
        r"(?:(?P<path>(?:[A-Za-z]:)?[~/\\][^:\n]*?) line (?P<at>\d+): )?Applying options for (?P<pattern>.+)",
    ),
    Form("proxy", "proxy", r"Executing proxy command: (?:exec )?(?P<command>.+)"),
    Form("proxy", "ProxyCommand", r"Setting implicit ProxyCommand from ProxyJump: (?P<command>.+)"),
    Form(
        "connecting",
        "Connecting",
        r"Connecting to (?P<host>[^\s\[]+)(?: \[(?P<address>[^\]]+)\])? port (?P<port>\d+)",
    ),
    Form(
        "connect-failed", "address", r"connect to address (?P<address>\S+) port (?P<port>\d+): (?P<reason>.+)"
    ),
    Form(
        "connect-error",
        "host",
        r"connect to host (?P<host>\S+) port (?P<port>\d+)(?: \[[^\]]*\])?: (?P<reason>.+)",
    ),
    Form("connected", "established. established", r"Connection established"),
    Form("set-tos", "set_sock_tos:", r"set_sock_tos: set socket \d+ (?P<what>.+)"),
    Form("identity", "identity", r"identity file (?P<path>.+?) type (?P<type>-?\d+)"),
    Form("local-version", "Local", r"Local version string (?P<version>.+)"),
    Form("remote-version", "software", r"remote software version ?(?P<version>.*)"),
    Form(
        "authenticating",
        "Authenticating",
        r"Authenticating to (?P<host>\S+):(?P<port>\d+) as '(?P<user>[^']*)'",
    ),
    Form("kexinit-sent", "SSH2_MSG_KEXINIT", r"SSH2_MSG_KEXINIT sent"),
    Form("kexinit-received", "SSH2_MSG_KEXINIT", r"SSH2_MSG_KEXINIT received"),
    Form("server-host-key", "Server", r"Server host key: (?P<type>\S+) (?P<fingerprint>\S+)"),
    Form("host-known", "known", r"Host '(?P<host>[^']+)' is known and matches the (?P<type>\S+) host key"),
    Form("found-key", "Found", r"Found key in (?P<path>.+?):(?P<at>\d+)"),
    Form("service-accept", "SSH2_MSG_SERVICE_ACCEPT", r"SSH2_MSG_SERVICE_ACCEPT received"),
    Form("agent-keys", "agent", r"agent returned (?P<count>\d+) keys"),
    Form("agent-empty", "identities identities.", r"agent (?:contains|has) no identities"),
    Form(
        "agent-error",
        "pubkey_prepare: get_agent_identities:",
        r"(?:get_authentication_socket|fetch_identitylist|get_agent_identities): (?P<reason>[A-Za-z][^:]+)$",
    ),
    Form("will-attempt", "attempt", r"Will attempt key: (?P<key>.+)"),
    Form(
        "methods", "Authentications", r"Authentications that can(?: continue:? ?(?P<methods>[a-z@.,0-9-]*))?"
    ),
    Form("next-method", "Next", r"Next authentication method: (?P<method>\S+)"),
    Form("offered", "Offering", r"Offering (?:(?P<type>[A-Z0-9-]+(?:-CERT)?) )?public key:(?P<key>.*)"),
    Form("trying", "Trying", r"Trying private key: (?P<path>.+)"),
    Form("accepted", "accepts", r"Server accepts key: ?(?P<key>.*)"),
    Form("no-signature-algorithm", "mutual", r"no mutual signature (?:algorithm|supported)"),
    Form(
        "skipped-key",
        "Skipping",
        r"Skipping (?P<type>\S+) key (?P<path>.+?) (?:- |for )(?P<reason>.*not (?:in|supported).*)",
    ),
    Form(
        "authenticated",
        "Authenticated",
        r"Authenticated to (?P<host>\S+) \((?:\[(?P<address>[^\]]*)\]:(?P<port>\d+)|via proxy)\)"
        r"(?: using \"(?P<method>[^\"]+)\")?",
    ),
    Form("authenticated", "succeeded", r"Authentication succeeded \((?P<method>[^)]+)\)"),
    Form("partial", "partial", r"Authenticated.* with partial success"),
    Form("no-more", "more", r"No more authentication methods to try"),
    Form("exit-status", "Exit", r"Exit status (?P<code>-?\d+)"),
    Form("passphrase-prompt", "passphrase", r"Enter passphrase for (?:key )?'?(?P<path>[^':]+)'?:"),
    Form("password-prompt", "password:", r"(?P<user>[^\s@]+)@(?P<host>\S+?)'s password:"),
    Form(
        "host-added",
        "Permanently",
        r"Permanently added '?(?P<host>[^'\s]+)'?.* to the list of known hosts",
    ),
)

OUTCOME = (
    Form(
        "disconnected",
        "disconnect",
        r"Received disconnect from .*?: ?(?P<code>\d+): (?!Too many|disconnected by user)(?P<reason>\S.*)",
    ),
    Form(
        "ident-failed",
        "exchange exchange:",
        r"(?P<reason>timed out during banner exchange)|banner exchange: Connection to \S+ port \d+: (?P<why>.+)",
    ),
    Form(
        "cut-in-kex",
        "ssh_dispatch_run_fatal:",
        r"ssh_dispatch_run_fatal: Connection to \S+ port \d+: (?P<reason>.+)",
    ),
    Form("cut-in-kex", "packet MAC", r"(?P<reason>Bad packet length|Corrupted MAC on input)"),
    Form("no-ssh", "cannot ssh:", r"cannot run \S*ssh\S*: No such file|\bssh: (?:command )?not found"),
    Form("home-folder", "directory", r"Could not create directory '(?P<path>[^']+)'"),
    Form(
        "host-not-added",
        "Failed",
        r"Failed to add the host to the list of known hosts(?: \((?P<path>[^)]+)\))?",
    ),
    Form("blacklist", "blacklist", r"[Cc]hecking blacklist file"),
    Form("too-many", "Too", r"Too many authentication failures"),
    Form("server-busy", "MaxStartups", r"Exceeded MaxStartups"),
    Form("server-busy", "allowed", r"Not allowed at this time"),
    Form(
        "denied",
        "denied",
        r"(?:(?P<user>[^\s@:\"']+)@(?P<host>[^\s:]+): )?Permission denied \((?P<methods>[^)]*)\)?",
    ),
    Form(
        "denied",
        "denied denied.",
        r"(?P<user>[A-Za-z0-9._-]+)@(?P<host>[A-Za-z0-9.-]+): Permission denied\.?\s*$",
    ),
    Form("denied-again", "denied,", r"Permission denied, please try again"),
    Form("ident-failed", "kex_exchange_identification:", r"kex_exchange_identification: (?P<reason>.+)"),
    Form("ident-failed", "ssh_exchange_identification:", r"ssh_exchange_identification: (?P<reason>.+)"),
    Form(
        "closed",
        "closed reset",
        r"Connection (?P<how>closed|reset) by (?:(?:authenticating|invalid) user \S+ )?(?P<address>\S+?)"
        r"\.?(?: port (?P<port>\d+))?(?: \[preauth\])?\s*$",
    ),
    Form("closed", "timed", r"Connection to (?P<address>\S+) port (?P<port>\d+) (?P<how>timed out)"),
    Form(
        "closed",
        "peer peer.",
        r"(?:read|write|packet_read|Read from socket failed): .*(?P<how>reset) by peer",
    ),
    Form("closed", "packet_write_wait:", r"packet_write_wait: .*(?P<how>Broken pipe)"),
    Form("dns-failure", "resolve", r"Could not resolve hostname (?P<host>.+?)(?:: (?P<reason>[^:]+))?\s*$"),
    Form("host-key-failed", "verification", r"Host key verification failed"),
    Form("host-key-box", "IDENTIFICATION", r"REMOTE HOST IDENTIFICATION HAS CHANGED"),
    Form(
        "host-key-revoked",
        "REVOKED revoked.",
        r"REVOKED HOST KEY|host key .*(?:is|has been) revoked|marked as revoked",
    ),
    Form("dns-spoofing", "SPOOFING", r"POSSIBLE DNS SPOOFING"),
    Form(
        "offending",
        "Offending",
        r"Offending (?:(?P<type>\S+) )?key (?:for IP )?in (?P<path>.+?):(?P<at>\d+)",
    ),
    Form(
        "host-key-strict",
        "strict",
        r"No (?P<type>\S+) host key is known for (?P<host>\S+) and you have requested strict checking",
    ),
    Form(
        "host-key-strict-changed",
        "strict",
        r"Host key for (?P<host>\S+) has changed and you have requested strict",
    ),
    Form("authenticity", "authenticity", r"authenticity of host '(?P<host>[^'\s(]+)"),
    Form(
        "host-key-question",
        "(yes/no)? (yes/no/[fingerprint])?",
        r"Are you sure you want to continue connecting",
    ),
    Form("no-tty", "read_passphrase: /dev/tty:", r"can't open /dev/tty"),
    Form(
        "no-match",
        "matching",
        r"no matching (?P<what>host key type|key exchange method|cipher|MAC|mac|compression)"
        r"[^.]*?(?: found)?\.?(?: Their offer: (?P<offer>\S+))?\s*$",
    ),
    Form("no-match", "alg", r"no (?P<what>hostkey|kex) alg"),
    Form("no-match", "negotiate", r"Unable to negotiate a (?P<what>key exchange method)"),
    Form("config-owner", "Bad", r"Bad owner or permissions on (?P<path>.+)"),
    Form(
        "config-option",
        "option:",
        r"(?:(?P<path>(?<![^\s\"])[^\s:][^:]{0,200}(?::[\\/][^:]{0,200})?):? line (?P<at>\d+): )?Bad configuration option: (?P<option>.+)",
    ),
    Form("config-terminating", "terminating,", r"terminating, (?P<count>\d+) bad configuration option"),
    Form(
        "config-syntax",
        "garbage extra argument argument. Missing missing Unsupported unsupported Bad no",
        r"(?P<path>(?<![^\s\"])[^\s:][^:]{0,200}?(?::[\\/][^:]{0,200}?)?):? line (?P<at>\d+): (?P<reason>.*(?:garbage at end of line|extra"
        r" arguments at end|[Mm]issing .*argument|[Uu]nsupported (?!option).*\"|Bad (?!configuration|owner)|[Nn]o argument|no closing quote"
        r"|keyword .*(?:extra|missing)).*)",
    ),
    Form("config-missing", "Can't", r"Can't open user config file (?P<path>.+?): (?P<reason>.+)"),
    Form(
        "expand-failed",
        "percent_expand: percent_dollar_expand: vdollar_percent_expand:",
        r"(?:percent|dollar)_expand: (?P<reason>unknown key %.|.*env var.*|.+)",
    ),
)

KEYS = (
    Form("perms-box", "UNPROTECTED", r"UNPROTECTED PRIVATE KEY FILE"),
    Form(
        "perms-open",
        "Permissions",
        r"Permissions (?:(?P<mode>0?[0-7]{3,4}) )?for '?(?P<path>.+?)'? are too open",
    ),
    Form(
        "acl-open",
        "Bad",
        r"Bad permissions\. Try removing permissions for user: (?P<who>.+?) on file (?P<path>.+?)\.?\s*$",
    ),
    Form(
        "load-key",
        "Load",
        r"Load key \"?(?P<path>[^\"\n]+?)\"?: (?P<reason>[A-Za-z].*)",
    ),
    Form("load-key", "loading", r"Error loading key \"?(?P<path>[^\"\n]+?)\"?: (?P<reason>.+)"),
    Form("load-key", "key_load_private_type: key_load_private: sshkey_load_private:", r"load_private\w*: (?P<reason>(?!No such).+)"),
    Form("bad-passphrase", "passphrase", r"(?:incorrect|bad|wrong) passphrase|passphrase is (?:wrong|incorrect)"),
    Form(
        "identity-missing",
        "accessible: accessible",
        r"[Ii]dentity file (?P<path>.+?) not accessible(?:: (?P<reason>.+))?",
    ),
    Form(
        "pair-mismatch",
        "match contents",
        r"private key (?P<path>.+?) contents do not match public",
    ),
    Form("agent-absent", "agent.", r"Could not open a connection to your authentication agent"),
    Form("agent-connect", "agent:", r"Error connecting to agent: (?P<reason>.+)"),
    Form("agent-fetch", "identities:", r"error fetching identities(?: for protocol \d)?: (?P<reason>.+)"),
    Form("agent-service", "ssh-agent", r"unable to start ssh-agent service, error :?(?P<code>\d+)"),
    Form(
        "agent-refused",
        "refused",
        r"(?:signing failed(?: for (?P<key>.+?))?(?: from agent)?: )?agent refused operation",
    ),
    Form("agent-refused-add", "add", r"Could not add identity \"(?P<path>[^\"]+)\": (?P<reason>.+)"),
    Form("agent-no-secret", "admitted", r"Agent admitted failure to sign"),
    Form("agent-comm", "communication", r"communication with agent failed"),
    Form(
        "sign-failed",
        "sign_and_send_pubkey:",
        r"sign_and_send_pubkey: (?:signing failed(?: for (?P<key>.+?))?: )(?P<reason>(?!agent refused).+)",
    ),
    Form("sk-failed", "sshsk_sign: sk_sign", r"sk_sign failed|sshsk_sign: (?P<reason>.+)"),
    Form("sk-failed", "device", r"(?:[Ss]igning|Key enrollment) failed.*: (?P<reason>device not found)"),
    Form("sk-touch", "presence", r"Confirm user presence for key (?P<key>.+)"),
    Form("agent-listed", "(RSA) (DSA) (ECDSA) (ED25519) (ED25519-SK) (ECDSA-SK) (RSA-CERT)",
         r"(?P<bits>\d{3,5}) (?P<fingerprint>(?:SHA256:|MD5:)?[A-Za-z0-9+/:]{20,}) (?P<comment>.*) \((?P<type>[A-Z0-9-]+)\)"),
    Form("crashed", "fault fault: fault. fault(coredump) fault, trap trap: Bus core", r"(?:[Ss]egmentation|[Mm]emory) fault|Bus error|Abort trap|core dumped"),
)  # fmt: skip

FORMS = FLOW + OUTCOME + KEYS
