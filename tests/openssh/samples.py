"""Configurations with the habits and oddities that people's dotfiles have; written for these tests.

Line ends, marks, encodings and blanks matter: they are kept as bytes.
"""

from __future__ import annotations

SAMPLES: dict[str, bytes] = {
    "textbook": b"Host forge\n  HostName git.example.org\n  User git\n  IdentityFile ~/.ssh/forge\n  IdentitiesOnly yes\n",
    "defaults in front": b"Host *\n    ServerAliveInterval 60\n    IdentityFile ~/.ssh/id_ed25519\n\nHost forge\n    User git\n",
    "defaults behind": b"Host forge\n\tUser git\n\nHost *\n\tIdentityFile ~/.ssh/id_rsa\n\tAddKeysToAgent yes\n",
    "mac keychain": b"Host *\n  IgnoreUnknown UseKeychain,AddKeysToAgent\n  UseKeychain yes\n  AddKeysToAgent yes\n  IdentityFile ~/.ssh/id_ed25519\n",
    "password manager": b'Host *\n\tIdentityAgent "~/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock"\n',
    "loose lines first": b"AddKeysToAgent yes\nIdentityFile ~/.ssh/main\n\nHost forge\n User git\n",
    "includes first": b'Include config.d/*\nInclude "~/.config/ssh/more conf/*.conf"\n\nHost *\n  HashKnownHosts no\n',
    "tool's markers": b"# >>> some-tool >>>\nHost box\n  HostName 192.0.2.7\n  Port 2222\n# <<< some-tool <<<\n\n# mine below\nHost forge\n  User git\n",
    "vagrant": b'Host default\n  HostName 127.0.0.1\n  User vagrant\n  Port 2222\n  UserKnownHostsFile /dev/null\n  StrictHostKeyChecking no\n  IdentityFile "/home/joe/my boxes/private_key"\n  LogLevel FATAL\n',
    "modeline and rules": b"# vim: ft=sshconfig ts=2\n# =====================\n#  work\n# =====================\nHost work-*\n  ProxyJump bastion\n# =====================\nHost bastion\n  User joe\n",
    "several names": b"Host forge forge.example.org *.forge.example.org !old.forge.example.org\n    User git\n",
    "equals signs": b"Host=forge\nUser=git\nIdentityFile = ~/.ssh/forge\nPort =22\n",
    "shouting": b"HOST forge\nUSER git\nIDENTITYFILE ~/.ssh/forge\n",
    "lower case": b"host forge\n  user git\n  identityfile ~/.ssh/forge\n\nhost *\n  compression yes\n",
    "match exec": b'Match originalhost forge exec "test -e ~/.ssh/work-mode"\n    IdentityFile ~/.ssh/work\nMatch host *.corp.example,!public.corp.example user joe\n    ProxyCommand nc -X 5 -x proxy:1080 %h %p\nMatch all\n    Port 22\n',
    "match final": b"CanonicalizeHostname yes\nCanonicalDomains corp.example\nMatch final host *.corp.example\n\tIdentityFile ~/.ssh/corp\nMatch canonical all\n\tCompression yes\n",
    "no last newline": b"Host forge\n    User git\n    IdentityFile ~/.ssh/forge",
    "header at the end": b"Host forge\n    User git\nHost *",
    "windows": b"Host forge\r\n    User git\r\n    IdentityFile C:/Users/joe/.ssh/forge\r\n\r\nHost *\r\n    ServerAliveInterval 30\r\n",
    "windows without end": b"Host forge\r\n\tUser git\r\nHost *\r\n\tPort 22",
    "both line ends": b"Host forge\r\n  User git\n  IdentityFile ~/.ssh/forge\r\n\nHost *\n  Port 22\n",
    "byte order mark": b"\xef\xbb\xbfHost forge\n  User git\n",
    "mark and loose line": b"\xef\xbb\xbfIdentityFile ~/.ssh/main\r\nHost forge\r\n  User git\r\n",
    "latin-1": b"# Schl\xfcssel f\xfcr die Arbeit\nHost forge\n  User git\n  IdentityFile ~/.ssh/schl\xfcssel\n",
    "control characters": b"# bell \x07 escape \x1b[31m\nHost forge\n  User git # not a comment to old ssh\n\x0c\nHost *\n  Port 22\n",
    "blanks everywhere": b"  Host   forge   \n\t \t User\tgit  \n   \n\n\n \tIdentityFile   ~/.ssh/forge\t\nHost *   \n\n\n",
    "comments in blocks": b"Host forge\n  # first\n  User git\n# at the margin\n  IdentityFile ~/.ssh/forge # why\n\n  # belongs below\nHost *\n  # nothing else\n",
    "commented blocks": b"#Host forge\n#  User git\nHost forge\n  User git\n#  IdentityFile ~/.ssh/old\n  IdentityFile ~/.ssh/new\n",
    "quoted and hashed": b'Host "forge" \'box\'\n  IdentityFile "~/.ssh/with # hash"\n  ProxyCommand sh -c "nc %h %p # x"\n',
    "twice the same": b"Host forge\n  User git\nHost forge\n  IdentityFile ~/.ssh/a\nHost forge\n  IdentityFile ~/.ssh/b\n",
    "include inside": b"Host forge\n  Include forge.conf\n  User git\nMatch host box\n  Include ~/.ssh/box.d/*\n",
    "only comments": b"# nothing here yet\n\n#\n",
    "empty": b"",
    "one blank line": b"\n",
}
