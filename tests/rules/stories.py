"""Pasted logs as people send them, written by hand from the grammar of each client, with their causes.

Not copied from anybody: names, addresses and fingerprints are made up. Used to see that the cause is named
first, and that no cut of a log leads to a wrong "certain".
"""

from __future__ import annotations

STORIES: dict[str, tuple[frozenset[str], str]] = {
    "mac timeout": (frozenset({"net-port-blocked"}), """\
I'm on the guest network of a client.
$ git push
ssh: connect to host gitlab.com port 22: Operation timed out
fatal: Could not read from remote repository.

Please make sure you have the correct access rights
and the repository exists.
"""),
    "win10 refused": (frozenset({"net-port-blocked"}), """\
PS C:\\src> ssh -vT git@github.com
OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2
debug1: Reading configuration data C:\\\\Users\\\\ana/.ssh/config
debug1: Connecting to github.com [140.82.112.4] port 22.
debug1: connect to address 140.82.112.4 port 22: Connection refused
ssh: connect to host github.com port 22: Connection refused
"""),
    "gha prefix kex closed": (frozenset({"net-ssh-filtered"}), """\
2024-05-01T10:11:12.1234567Z OpenSSH_9.6p1 Ubuntu-3ubuntu13, OpenSSL 3.0.13 30 Jan 2024
2024-05-01T10:11:12.1234667Z debug1: Connecting to git.corp.example [10.4.4.4] port 22.
2024-05-01T10:11:12.1235567Z debug1: Connection established.
2024-05-01T10:11:12.1239567Z debug1: Local version string SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13
2024-05-01T10:11:13.1239567Z kex_exchange_identification: Connection closed by remote host
2024-05-01T10:11:13.1249567Z Connection closed by 10.4.4.4 port 22
"""),
    "reset in kex": (frozenset({"net-ssh-filtered"}), """\
OpenSSH_7.4p1, OpenSSL 1.0.2k-fips
debug1: Connecting to bitbucket.org [104.192.143.1] port 22.
debug1: Connection established.
debug1: Enabling compatibility mode for protocol 2.0
debug1: Local version string SSH-2.0-OpenSSH_7.4
debug1: Remote protocol version 2.0, remote software version conker_1.1
debug1: Authenticating to bitbucket.org:22 as 'git'
debug1: SSH2_MSG_KEXINIT sent
Read from socket failed: Connection reset by peer
"""),
    "proxy ncat": (frozenset({"net-proxy-misconfig"}), """\
$ ssh -v work-git
debug1: Reading configuration data /home/li/.ssh/config
debug1: /home/li/.ssh/config line 4: Applying options for work-git
debug1: Executing proxy command: exec ncat --proxy proxy.corp:8080 --proxy-type http git.example.org 22
Ncat: Proxy returned status code 407.
kex_exchange_identification: Connection closed by remote host
Connection closed by UNKNOWN port 65535
"""),
    "proxy corkscrew missing": (frozenset({"net-proxy-misconfig"}), """\
debug1: Executing proxy command: exec corkscrew proxy 3128 github.com 22
/bin/sh: 1: exec: corkscrew: not found
kex_exchange_identification: Connection closed by remote host
"""),
    "jump fails": (frozenset({"net-proxy-misconfig"}), """\
debug1: Setting implicit ProxyCommand from ProxyJump: ssh -v -W '[%h]:%p' bastion
channel 0: open failed: connect failed: Connection refused
stdio forwarding failed
kex_exchange_identification: Connection closed by remote host
Connection closed by UNKNOWN port 65535
"""),
    "dns typo": (frozenset({"net-dns-wrong"}), """\
$ git clone git@gihub.com:me/x.git
Cloning into 'x'...
ssh: Could not resolve hostname gihub.com: Name or service not known
fatal: Could not read from remote repository.
"""),
    "dns temp": (frozenset({"net-dns-wrong"}), """\
ssh: Could not resolve hostname github.com: Temporary failure in name resolution
fatal: Could not read from remote repository.
"""),
    "hosts file": (frozenset({"net-dns-wrong"}), """\
OpenSSH_8.9p1 Ubuntu-3, OpenSSL 3.0.2
debug1: Connecting to gitlab.com [0.0.0.0] port 22.
debug1: connect to address 0.0.0.0 port 22: Connection refused
ssh: connect to host gitlab.com port 22: Connection refused
"""),
    "ipv6": (frozenset({"net-ipv6-broken"}), """\
OpenSSH_9.3p1, OpenSSL 3.0.9
debug1: Connecting to git.example.de [2a01:4f8::2] port 22.
debug1: connect to address 2a01:4f8::2 port 22: Network is unreachable
debug1: Connecting to git.example.de [192.0.2.7] port 22.
debug1: Connection established.
debug1: Remote protocol version 2.0, remote software version OpenSSH_9.2p1
"""),
    "no route": (frozenset({"net-vpn-route"}), """\
since the VPN client was installed:
$ ssh -T git@gitlab.intern.example
ssh: connect to host gitlab.intern.example port 22: No route to host
"""),
    "qos": (frozenset({"net-qos-tos"}), """\
debug1: Connecting to github.com [140.82.121.3] port 22.
debug3: set_sock_tos: set socket 3 IP_TOS 0x10
debug1: connect to address 140.82.121.3 port 22: Network is unreachable
ssh: connect to host github.com port 22: Network is unreachable
nc -v github.com 22 connects at once
"""),
    "wrong host github": (frozenset({"wrong-host-reached"}), """\
debug1: Connecting to github.com [192.168.1.1] port 22.
debug1: Connection established.
debug1: Remote protocol version 2.0, remote software version dropbear_2017.75
debug1: Authenticating to github.com:22 as 'git'
debug1: Authentications that can continue: publickey,password
git@github.com's password:
"""),
    "hk old style": (frozenset({"hostkey-changed"}), """\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
The fingerprint for the RSA key sent by the remote host is
2b:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff.
Please contact your system administrator.
Add correct host key in /Users/kim/.ssh/known_hosts to get rid of this message.
Offending RSA key in /Users/kim/.ssh/known_hosts:12
RSA host key for [git.example.org]:2222 has changed and you have requested strict checking.
Host key verification failed.
fatal: The remote end hung up unexpectedly
"""),
    "paramiko bad host": (frozenset({"hostkey-changed"}), """\
  File "/usr/lib/python3/site-packages/paramiko/client.py", line 415, in connect
    raise BadHostKeyException(hostname, server_key, our_key)
paramiko.ssh_exception.BadHostKeyException: Host key for server 'git.example.org' does not match: got 'AAAAC3', expected 'AAAAC4'
"""),
    "jenkins hk": (frozenset({"hostkey-unknown-noninteractive"}), """\
Started by user admin
 > git fetch --tags --progress git@bitbucket.org:team/app.git
ERROR: Error cloning remote repo 'origin'
hudson.plugins.git.GitException: Command "git fetch" returned status code 128:
stdout:
stderr: No ECDSA host key is known for bitbucket.org and you have requested strict checking.
Host key verification failed.
fatal: Could not read from remote repository.
"""),
    "docker build hk": (frozenset({"hostkey-unknown-noninteractive"}), """\
#12 0.513 Cloning into '/app'...
#12 0.713 Host key verification failed.
#12 0.716 fatal: Could not read from remote repository.
#12 ERROR: process "/bin/sh -c git clone git@github.com:acme/private.git /app" did not complete successfully: exit code: 128
"""),
    "jsch hk": (frozenset({"hostkey-unknown-noninteractive"}), """\
Caused by: com.jcraft.jsch.JSchException: UnknownHostKey: git.example.org. RSA key fingerprint is 11:22:33
	at com.jcraft.jsch.Session.checkHost(Session.java:805)
"""),
    "rsa sha1 fedora": (frozenset({"alg-rsa-sha1-sig"}), """\
OpenSSH_8.8p1, OpenSSL 3.0.2
debug1: Connecting to old.example.org [192.0.2.3] port 29418.
debug1: Connection established.
debug1: Remote protocol version 2.0, remote software version GerritCodeReview_2.8 (SSHD-CORE-0.9.0)
debug1: Authenticating to old.example.org:29418 as 'bo'
debug1: Authentications that can continue: publickey
debug1: Offering public key: /home/bo/.ssh/id_rsa RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb agent
debug1: send_pubkey_test: no mutual signature algorithm
debug1: Trying private key: /home/bo/.ssh/id_ecdsa
debug1: No more authentication methods to try.
bo@old.example.org: Permission denied (publickey).
"""),
    "sshd rsa sha1": (frozenset({"alg-rsa-sha1-sig"}), """\
Apr 11 09:00:00 srv sshd[2201]: userauth_pubkey: key type ssh-rsa not in PubkeyAcceptedAlgorithms [preauth]
Apr 11 09:00:00 srv sshd[2201]: Connection closed by authenticating user kim 192.0.2.8 port 5555 [preauth]
"""),
    "hostkey alg": (frozenset({"alg-hostkey-mismatch"}), """\
Unable to negotiate with 192.0.2.44 port 22: no matching host key type found. Their offer: ssh-rsa,ssh-dss
fatal: Could not read from remote repository.
"""),
    "putty kex": (frozenset({"alg-kex-mismatch"}), """\
FATAL ERROR: Couldn't agree a key exchange algorithm (available: curve25519-sha256@libssh.org,ecdh-sha2-nistp256)
"""),
    "kex old": (frozenset({"alg-kex-mismatch"}), """\
Unable to negotiate with legacyhost port 22: no matching key exchange method found. Their offer: diffie-hellman-group1-sha1,diffie-hellman-group14-sha1
"""),
    "jsch algo": (frozenset({"alg-kex-mismatch", "alg-hostkey-mismatch"}), """\
com.jcraft.jsch.JSchException: Algorithm negotiation fail
"""),
    "dsa skip": (frozenset({"key-type-dsa-disabled"}), """\
debug1: Skipping ssh-dss key /home/o/.ssh/id_dsa - not in PubkeyAcceptedKeyTypes
debug1: Trying private key: /home/o/.ssh/id_ecdsa
debug1: No more authentication methods to try.
Permission denied (publickey).
"""),
    "key missing": (frozenset({"key-missing"}), """\
I have never used ssh before on this laptop. ~/.ssh does not exist.
OpenSSH_9.0p1, LibreSSL 3.3.6
debug1: Connecting to github.com port 22.
debug1: Connection established.
debug1: identity file /Users/ed/.ssh/id_rsa type -1
debug1: identity file /Users/ed/.ssh/id_ed25519 type -1
debug1: Authenticating to github.com:22 as 'git'
debug1: Authentications that can continue: publickey
debug1: Trying private key: /Users/ed/.ssh/id_rsa
debug1: Trying private key: /Users/ed/.ssh/id_ed25519
debug1: No more authentication methods to try.
git@github.com: Permission denied (publickey).
"""),
    "nondefault A": (frozenset({"key-nondefault-name"}), """\
debug1: identity file /c/Users/kai/.ssh/id_rsa type -1
debug1: identity file /c/Users/kai/.ssh/id_ed25519 type -1
debug1: Authentications that can continue: publickey,keyboard-interactive
debug1: Trying private key: /c/Users/kai/.ssh/id_rsa
debug1: Trying private key: /c/Users/kai/.ssh/id_ed25519
debug1: No more authentication methods to try.
git@ssh.dev.azure.com: Permission denied (publickey).

$ ls ~/.ssh
azure_rsa  azure_rsa.pub  known_hosts  known_hosts.old
"""),
    "nondefault B": (frozenset({"key-nondefault-name"}), """\
$ ls -l ~/.ssh
-rw------- 1 u u 419 Jan  1 10:00 id_ed25519
-rw-r--r-- 1 u u 101 Jan  1 10:00 id_ed25519.pub
-rw------- 1 u u 419 Mar  1 10:00 gitlab_key
-rw-r--r-- 1 u u 101 Mar  1 10:00 gitlab_key.pub
I added gitlab_key.pub to my profile at gitlab.com.
$ ssh -vT git@gitlab.com
debug1: Authentications that can continue: publickey,password
debug1: Offering public key: /home/u/.ssh/id_ed25519 ED25519 SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
debug1: Authentications that can continue: publickey,password
debug1: Next authentication method: password
git@gitlab.com: Permission denied (publickey,password).
"""),
    "config host mismatch": (frozenset({"config-host-mismatch"}), """\
~/.ssh/config:
Host github-personal
  HostName github.com
  User git
  IdentityFile ~/.ssh/id_personal

$ git remote -v
origin  git@github.com:jo/site.git (fetch)
origin  git@github.com:jo/site.git (push)
$ git push
git@github.com: Permission denied (publickey).
fatal: Could not read from remote repository.
"""),
    "config alias unresolved": (frozenset({"config-host-mismatch"}), """\
$ git clone git@github-wrk:acme/tool.git
ssh: Could not resolve hostname github-wrk: nodename nor servname provided, or not known
$ cat ~/.ssh/config
Host github-work
    HostName github.com
    IdentityFile ~/.ssh/work
"""),
    "config not read": (frozenset({"config-not-read"}), """\
OpenSSH_8.6p1, OpenSSL 1.1.1k
debug1: Reading configuration data /etc/ssh/ssh_config
debug1: Connecting to gitlab.com [172.65.251.78] port 22.
debug1: Connection established.
debug1: identity file /c/Users/nn/.ssh/id_rsa type -1
debug1: Authentications that can continue: publickey
debug1: Trying private key: /c/Users/nn/.ssh/id_rsa
debug1: No more authentication methods to try.
git@gitlab.com: Permission denied (publickey).
My file is C:\\Users\\nn\\.ssh\\config.txt and it has Host gitlab.com with IdentityFile
"""),
    "wrong account push": (frozenset({"wrong-account-key"}), """\
$ git push origin main
ERROR: Permission to acme/web.git denied to old-account.
fatal: Could not read from remote repository.
"""),
    "gitlab no project": (frozenset({"wrong-account-key"}), """\
remote:
remote: ========================================================================
remote:
remote: ERROR: The project you were looking for could not be found or you don't have permission to view it.
remote:
remote: ========================================================================
remote:
fatal: Could not read from remote repository.
"""),
    "bitbucket deny": (frozenset({"wrong-account-key"}), """\
Forbidden
fatal: Could not read from remote repository.
conq: repository access denied. access via a deployment key is read-only.
"""),
    "deploy key in use": (frozenset({"wrong-account-key"}), """\
Adding the deploy key: "Key is already in use"
$ git pull
ERROR: Repository not found.
fatal: Could not read from remote repository.
"""),
    "too many": (frozenset({"too-many-keys"}), """\
debug1: Offering public key: a ED25519 SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb agent
debug1: Authentications that can continue: publickey
debug1: Offering public key: b ED25519 SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb agent
debug1: Authentications that can continue: publickey
debug1: Offering public key: c RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb agent
Received disconnect from 192.0.2.9 port 22:2: Too many authentication failures
Disconnected from 192.0.2.9 port 22
"""),
    "too many bare": (frozenset({"too-many-keys"}), """\
Received disconnect from UNKNOWN port 65535:2: Too many authentication failures for git
fatal: Could not read from remote repository.
"""),
    "home www-data": (frozenset({"home-dir-mismatch"}), """\
Could not create directory '/var/www/.ssh'.
Host key verification failed.
fatal: Could not read from remote repository.
"""),
    "home win service": (frozenset({"home-dir-mismatch"}), """\
debug1: Reading configuration data /etc/ssh/ssh_config
debug1: Connecting to bitbucket.org [104.192.141.1] port 22.
debug1: Connection established.
debug1: identity file /c/Windows/System32/config/systemprofile/.ssh/id_rsa type -1
debug1: Authentications that can continue: publickey
debug1: Trying private key: /c/Windows/System32/config/systemprofile/.ssh/id_rsa
debug1: No more authentication methods to try.
git@bitbucket.org: Permission denied (publickey).
"""),
    "sudo": (frozenset({"root-user-mismatch"}), """\
ubuntu@ip-10-0-0-4:/var/www$ ssh -T git@github.com
Hi deployer! You've successfully authenticated, but GitHub does not provide shell access.
ubuntu@ip-10-0-0-4:/var/www$ sudo git clone git@github.com:acme/site.git
Cloning into 'site'...
git@github.com: Permission denied (publickey).
fatal: Could not read from remote repository.
"""),
    "root box": (frozenset({"root-user-mismatch"}), """\
debug1: Reading configuration data /root/.ssh/config
debug1: Trying private key: /root/.ssh/id_rsa
debug1: Trying private key: /root/.ssh/id_ed25519
debug1: No more authentication methods to try.
git@github.com: Permission denied (publickey).
As my normal user ssh -T works fine, but the installer runs with sudo.
"""),
    "plink": (frozenset({"two-ssh-clients"}), """\
C:\\work>git fetch
FATAL ERROR: No supported authentication methods available (server sent: publickey)
fatal: Could not read from remote repository.
C:\\work>ssh -T git@github.com
Hi pia! You've successfully authenticated, but GitHub does not provide shell access.
"""),
    "two clients version": (frozenset({"two-ssh-clients"}), """\
PS> ssh -V
OpenSSH_for_Windows_8.1p1, LibreSSL 3.0.2
PS> ssh -T git@github.com
Hi pia! You've successfully authenticated, but GitHub does not provide shell access.
PS> git pull
OpenSSH_8.7p1, OpenSSL 1.1.1l  24 Aug 2021
debug1: identity file /c/Users/pia/.ssh/id_rsa type -1
debug1: Trying private key: /c/Users/pia/.ssh/id_rsa
debug1: No more authentication methods to try.
git@github.com: Permission denied (publickey).
"""),
    "ident path": (frozenset({"identityfile-path"}), """\
$ ssh -i ~/keys/aws.pem ec2-user@192.0.2.50
Warning: Identity file /home/x/keys/aws.pem not accessible: No such file or directory.
ec2-user@192.0.2.50: Permission denied (publickey,gssapi-keyex,gssapi-with-mic).
"""),
    "ident %": (frozenset({"identityfile-path"}), """\
percent_expand: unknown key %U
fatal: Could not read from remote repository.
"""),
    "perms aws": (frozenset({"key-perms-open"}), """\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
Permissions 0664 for 'deploy.pem' are too open.
It is required that your private key files are NOT accessible by others.
This private key will be ignored.
Load key "deploy.pem": bad permissions
ubuntu@192.0.2.5: Permission denied (publickey).
"""),
    "perms wsl": (frozenset({"key-perms-wsl-mount"}), """\
Permissions 0777 for '/mnt/c/Users/z/.ssh/id_rsa' are too open.
Load key "/mnt/c/Users/z/.ssh/id_rsa": bad permissions
git@github.com: Permission denied (publickey).
"""),
    "perms acl": (frozenset({"key-perms-windows-acl"}), """\
Bad permissions. Try removing permissions for user: DESKTOP-7\\\\guest (S-1-5-21-1-2-3-1001) on file C:/Users/z/key.pem.
@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @
Permissions for 'C:\\\\Users\\\\z\\\\key.pem' are too open.
"""),
    "perms win box": (frozenset({"key-perms-windows-acl"}), """\
OpenSSH_for_Windows_8.1p1, LibreSSL 3.0.2
@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @
Permissions for 'D:\\\\k\\\\id_rsa' are too open.
Load key "D:\\\\k\\\\id_rsa": bad permissions
"""),
    "libcrypto gitlab ci": (frozenset({"key-file-corrupt"}), """\
$ eval $(ssh-agent -s)
Agent pid 13
$ echo "$SSH_PRIVATE_KEY" | ssh-add -
Error loading key "(stdin)": error in libcrypto
Cleaning up project directory and file based variables
ERROR: Job failed: exit code 1
"""),
    "invalid format gha": (frozenset({"key-file-corrupt"}), """\
Run git clone git@github.com:a/b.git
Load key "/home/runner/.ssh/id_rsa": invalid format
git@github.com: Permission denied (publickey).
fatal: Could not read from remote repository.
"""),
    "ppk": (frozenset({"key-format-unsupported"}), """\
Load key "C:/Users/v/keys/server.ppk": error in libcrypto
v@192.0.2.6: Permission denied (publickey).
"""),
    "jsch format": (frozenset({"key-format-unsupported"}), """\
com.jcraft.jsch.JSchException: invalid privatekey: [B@59c40796
	at com.jcraft.jsch.KeyPair.load(KeyPair.java:664)
"""),
    "pub as private": (frozenset({"pubkey-used-as-private"}), """\
Load key "/home/t/.ssh/id_ed25519.pub": invalid format
git@gitlab.com: Permission denied (publickey).
"""),
    "pub perms": (frozenset({"pubkey-used-as-private"}), """\
Permissions 0644 for '/home/t/.ssh/id_rsa.pub' are too open.
This private key will be ignored.
Load key "/home/t/.ssh/id_rsa.pub": bad permissions
"""),
    "pair": (frozenset({"key-pair-mismatch"}), """\
debug1: Server accepts key: /home/t/.ssh/id_rsa RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb explicit
sign_and_send_pubkey: identity_sign: private key /home/t/.ssh/id_rsa contents do not match public
git@gitlab.com: Permission denied (publickey).
"""),
    "passphrase ide": (frozenset({"passphrase-no-prompt"}), """\
debug1: Offering public key: /home/t/.ssh/id_rsa RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
debug1: Server accepts key: /home/t/.ssh/id_rsa RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
debug1: read_passphrase: can't open /dev/tty: No such device or address
debug1: No more authentication methods to try.
git@gitlab.com: Permission denied (publickey).
"""),
    "passphrase wrong": (frozenset({"passphrase-no-prompt"}), """\
Load key "/home/t/.ssh/id_rsa": incorrect passphrase supplied to decrypt private key
git@gitlab.com: Permission denied (publickey).
"""),
    "config perms": (frozenset({"config-perms"}), """\
Bad owner or permissions on C:\\\\Users\\\\qa/.ssh/config
fatal: Could not read from remote repository.
"""),
    "config keychain": (frozenset({"config-unsupported-option"}), """\
/Users/w/.ssh/config: line 5: Bad configuration option: usekeychain
/Users/w/.ssh/config: terminating, 1 bad configuration options
fatal: Could not read from remote repository.
"""),
    "bom": (frozenset({"config-encoding-bom"}), """\
C:\\Users\\w/.ssh/config: line 1: Bad configuration option: \\377\\376h
C:\\Users\\w/.ssh/config: terminating, 1 bad configuration options
"""),
    "syntax": (frozenset({"config-syntax"}), """\
/c/Users/w/.ssh/config line 3: keyword identityfile extra arguments at end of line
/c/Users/w/.ssh/config: terminating, 1 bad configuration options
"""),
    "agent none": (frozenset({"agent-not-running"}), """\
$ ssh-add ~/.ssh/id_ed25519
Could not open a connection to your authentication agent.
"""),
    "agent service": (frozenset({"agent-not-running"}), """\
PS> ssh-agent
unable to start ssh-agent service, error :1058
PS> ssh-add
Error connecting to agent: No such file or directory
"""),
    "agent stale": (frozenset({"agent-stale-or-bridge"}), """\
$ echo $SSH_AUTH_SOCK
/tmp/ssh-XXabc/agent.1190
$ ssh-add -l
Error connecting to agent: No such file or directory
after reattaching tmux
"""),
    "agent 1p": (frozenset({"agent-stale-or-bridge"}), """\
Load key "/Users/w/.ssh/work.pub": invalid format
git@github.com: Permission denied (publickey).
IdentityAgent "~/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock" is set
"""),
    "gpg agent": (frozenset({"agent-cannot-prompt"}), """\
sign_and_send_pubkey: signing failed for RSA "cardno:000606112233" from agent: agent refused operation
git@github.com: Permission denied (publickey).
"""),
    "gnome keyring": (frozenset({"agent-cannot-prompt"}), """\
Agent admitted failure to sign using the key.
Permission denied (publickey).
(gnome-keyring, right after login)
"""),
    "agent empty": (frozenset({"agent-missing-keys"}), """\
vscode ➜ /workspaces/app $ ssh-add -l
The agent has no identities.
vscode ➜ /workspaces/app $ git pull
git@github.com: Permission denied (publickey).
This is inside the dev container; the host's agent is forwarded.
"""),
    "go": (frozenset({"agent-missing-keys"}), """\
fatal error: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain
"""),
    "agent bug": (frozenset({"agent-bug"}), """\
After the update to KeePassXC 2.7.8:
$ ssh-add -l
error fetching identities: agent refused operation
"""),
    "sk": (frozenset({"sk-token-unavailable"}), """\
debug1: Server accepts key: /home/m/.ssh/id_ed25519_sk ED25519-SK SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
sign_and_send_pubkey: signing failed for ED25519-SK "/home/m/.ssh/id_ed25519_sk": device not found
git@github.com: Permission denied (publickey).
"""),
    "not registered": (frozenset({"key-not-registered"}), """\
new laptop, I did not upload anything yet
debug1: Offering public key: /home/m/.ssh/id_ed25519 ED25519 SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
debug1: Authentications that can continue: publickey
debug1: No more authentication methods to try.
git@codeberg.org: Permission denied (publickey).
"""),
    "heroku": (frozenset({"key-not-registered"}), """\
$ git push heroku master
Permission denied (publickey).
fatal: Could not read from remote repository.
heroku keys shows: You have no SSH keys.
"""),
    "gerrit disconnect": (frozenset({"key-not-registered"}), """\
debug1: Offering public key: /home/m/.ssh/id_rsa RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
Received disconnect from 192.0.2.77 port 29418:2: Protocol error or corrupt packet
Disconnected from 192.0.2.77 port 29418
"""),
    "wrong user": (frozenset({"wrong-username"}), """\
$ ssh -T alice@github.com
alice@github.com: Permission denied (publickey).
"""),
    "saml": (frozenset({"saml-sso-required"}), """\
ERROR: The 'acme' organization has enabled or enforced SAML SSO. To access
this repository, you must re-authorize the SSH key 'laptop'.
fatal: Could not read from remote repository.
"""),
    "readonly": (frozenset({"deploykey-readonly"}), """\
ERROR: The key you are authenticating with has been marked as read only.
fatal: Could not read from remote repository.
"""),
    "gitlab deploy ro": (frozenset({"deploykey-readonly"}), """\
remote: ERROR: This deploy key does not have write access to this project.
fatal: Could not read from remote repository.
"""),
    "sshd perms": (frozenset({"server-authorized-keys-perms"}), """\
2024-01-01T10:10:10+00:00 srv sshd[771]: Authentication refused: bad ownership or modes for file /home/u/.ssh/authorized_keys
"""),
    "sshd selinux": (frozenset({"server-selinux"}), """\
Jan  1 10:10:10 srv sshd[771]: Could not open user 'u' authorized keys '/home/u/.ssh/authorized_keys': Permission denied
"""),
    "sshd allow": (frozenset({"server-account-config"}), """\
Jan  1 10:10:10 srv sshd[771]: User u from 192.0.2.3 not allowed because not listed in AllowUsers
"""),
    "sshd locked": (frozenset({"server-account-config"}), """\
Jan 01 10:10:10 srv sshd[771]: User git not allowed because account is locked
"""),
    "own server modes ctx": (frozenset({"server-authorized-keys-perms"}), """\
$ ssh -v pi@raspberrypi.local
debug1: Offering public key: /home/u/.ssh/id_ed25519 ED25519 SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
debug1: Authentications that can continue: publickey,password
debug1: Next authentication method: password
pi@raspberrypi.local's password:
On the Pi: ls -ld ~ -> drwxrwxrwx, and authorized_keys is -rw-rw-rw-
"""),
    "https": (frozenset({"https-ssh-mismatch"}), """\
remote: Support for password authentication was removed on August 13, 2021.
fatal: Authentication failed for 'https://github.com/me/app.git/'
but my ssh key works with ssh -T
"""),
    "https not found": (frozenset({"https-ssh-mismatch"}), """\
Cloning into 'app'...
remote: Repository not found.
fatal: repository 'https://github.com/acme/app.git/' not found
I have added my ssh key to GitHub.
"""),
    "ok then local": (frozenset({"auth-ok-other-error"}), """\
debug1: Server accepts key: /home/m/.ssh/id_rsa RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
Authenticated to github.com ([140.82.121.4]:22) using "publickey".
fatal: could not create work tree dir 'app': Permission denied
"""),
    "pty": (frozenset({"auth-ok-other-error"}), """\
Hi mia! You've successfully authenticated, but GitHub does not provide shell access.
Connection to github.com closed.
PTY allocation request failed on channel 0
"""),
    "client bug": (frozenset({"client-bug"}), """\
OpenSSH_9.8p1, LibreSSL 3.3.6
debug1: Connecting to github.com port 22.
Segmentation fault: 11
"""),
    "busy": (frozenset({"server-busy"}), """\
kex_exchange_identification: read: Connection reset by peer
Exceeded MaxStartups
Connection reset by 192.0.2.4 port 22
"""),
    "timeout ipv4 v6 both": (frozenset({"net-port-blocked", "net-ipv6-broken"}), """\
debug1: Connecting to gitlab.com [2606:4700:90:0:f22e:fbec:5bed:a9b9] port 22.
debug1: connect to address 2606:4700:90:0:f22e:fbec:5bed:a9b9 port 22: Network is unreachable
debug1: Connecting to gitlab.com [172.65.251.78] port 22.
debug1: connect to address 172.65.251.78 port 22: Connection timed out
ssh: connect to host gitlab.com port 22: Connection timed out
"""),
    "china kex": (frozenset({"net-ssh-filtered"}), """\
$ git clone git@github.com:a/b.git
kex_exchange_identification: Connection closed by remote host
Connection closed by 20.205.243.166 port 22
fatal: Could not read from remote repository.
Works with my phone's hotspot.
"""),
    "198.18 clash": (frozenset({"net-ssh-filtered"}), """\
debug1: Connecting to github.com [198.18.0.25] port 22.
debug1: Connection established.
debug1: Local version string SSH-2.0-OpenSSH_9.5
kex_exchange_identification: Connection closed by remote host
Connection closed by 198.18.0.25 port 22
Clash is running in TUN mode
"""),
    "old ssh_exchange": (frozenset({"net-ssh-filtered"}), """\
debug1: Connecting to bitbucket.org [104.192.143.3] port 22.
debug1: Connection established.
debug1: Local version string SSH-2.0-OpenSSH_6.9
ssh_exchange_identification: Connection closed by remote host
"""),
    "connect.exe": (frozenset({"net-proxy-misconfig"}), """\
debug1: Executing proxy command: exec connect -S 127.0.0.1:7890 github.com 22
debug1: Local version string SSH-2.0-OpenSSH_9.1
FATAL: Unable to connect to relay host, errno=10061
kex_exchange_identification: Connection closed by remote host
Connection closed by UNKNOWN port 65535
"""),
    "nc missing option": (frozenset({"net-proxy-misconfig"}), """\
nc: invalid option -- 'X'
nc -h for help
kex_exchange_identification: Connection closed by remote host
Connection closed by UNKNOWN port 65535
"""),
    "url as host": (frozenset({"net-dns-wrong"}), """\
ssh: Could not resolve hostname https://github.com/joe/x.git: Name or service not known
"""),
    "hostkey gha 2023": (frozenset({"hostkey-changed"}), """\
Warning: the RSA host key for 'github.com' differs from the key for the IP address '140.82.114.4'
Offending key for IP in /home/r/.ssh/known_hosts:3
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s.
RSA host key for github.com has changed and you have requested strict checking.
Host key verification failed.
"""),
    "tty": (frozenset({"hostkey-unknown-noninteractive"}), """\
Host key verification failed.
debug1: read_passphrase: can't open /dev/tty: No such device or address
fatal: Could not read from remote repository.
"""),
    "authenticity end": (frozenset({"hostkey-unknown-noninteractive"}), """\
The authenticity of host 'bitbucket.org (104.192.141.1)' can't be established.
RSA key fingerprint is SHA256:zzXQOXSRBEiUtuE8AikJYKwbHaxvSc0ojez9YXaGp1A.
Are you sure you want to continue connecting (yes/no)?
Host key verification failed.
"""),
    "sha1 fedora crypto": (frozenset({"alg-rsa-sha1-sig"}), """\
debug1: Offering public key: /home/a/.ssh/id_rsa RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb explicit
debug1: send_pubkey_test: no mutual signature algorithm
debug1: No more authentication methods to try.
a@switch1: Permission denied (publickey,keyboard-interactive).
"""),
    "dsa 7.0": (frozenset({"key-type-dsa-disabled"}), """\
debug1: Skipping ssh-dss key /Users/p/.ssh/id_dsa for not in PubkeyAcceptedKeyTypes
debug1: Trying private key: /Users/p/.ssh/id_ecdsa
debug1: No more authentication methods to try.
Permission denied (publickey).
"""),
    "alias works git not": (frozenset({"config-host-mismatch"}), """\
$ ssh -T gh-me
Hi me! You've successfully authenticated, but GitHub does not provide shell access.
$ git push origin main
git@github.com: Permission denied (publickey).
$ git remote get-url origin
git@github.com:me/repo.git
"""),
    "host block path": (frozenset({"config-host-mismatch"}), """\
Host github.com/joe
  IdentityFile ~/.ssh/joe_key
$ git pull
git@github.com: Permission denied (publickey).
"""),
    "denied deploy key": (frozenset({"wrong-account-key"}), """\
ERROR: Permission to acme/api.git denied to deploy key
fatal: Could not read from remote repository.
"""),
    "hi owner/repo": (frozenset({"wrong-account-key"}), """\
$ ssh -T git@github.com
Hi acme/other! You've successfully authenticated, but GitHub does not provide shell access.
$ git clone git@github.com:acme/api.git
ERROR: Repository not found.
fatal: Could not read from remote repository.
"""),
    "azure TF401019": (frozenset({"wrong-account-key"}), """\
remote: TF401019: The Git repository with name or identifier app does not exist or you do not have permissions for the operation you are attempting.
fatal: Could not read from remote repository.
"""),
    "too many debian": (frozenset({"too-many-keys"}), """\
Received disconnect from 203.0.113.5: 2: Too many authentication failures for root
"""),
    "home cygwin": (frozenset({"home-dir-mismatch"}), """\
Could not create directory '/home/bob/.ssh'.
The authenticity of host 'github.com (140.82.118.3)' can't be established.
Failed to add the host to the list of known hosts (/home/bob/.ssh/known_hosts).
git@github.com: Permission denied (publickey).
"""),
    "sudo npm": (frozenset({"root-user-mismatch"}), """\
$ sudo npm install git+ssh://git@github.com/acme/lib.git
npm ERR! git@github.com: Permission denied (publickey).
npm ERR! fatal: Could not read from remote repository.
"""),
    "identity quotes": (frozenset({"identityfile-path"}), """\
debug1: identity file "/home/a/.ssh/work" type -1
debug1: Trying private key: "/home/a/.ssh/work"
debug1: No more authentication methods to try.
Permission denied (publickey).
"""),
    "wsl dev": (frozenset({"key-perms-wsl-mount"}), """\
Permissions 0555 for '/mnt/d/keys/srv.pem' are too open.
"""),
    "acl users": (frozenset({"key-perms-windows-acl"}), """\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
Permissions for 'C:\\\\Users\\\\me\\\\Downloads\\\\key.pem' are too open.
It is required that your private key files are NOT accessible by others.
This private key will be ignored.
Load key "C:\\\\Users\\\\me\\\\Downloads\\\\key.pem": bad permissions
ec2-user@ec2-1-2-3-4.compute.amazonaws.com: Permission denied (publickey,gssapi-keyex,gssapi-with-mic).
"""),
    "yaml folded": (frozenset({"key-file-corrupt"}), """\
Load key "/root/.ssh/id_rsa": error in libcrypto
git@github.com: Permission denied (publickey).
The key comes from a Kubernetes secret written with >-
"""),
    "secret pub pasted": (frozenset({"pubkey-used-as-private"}), """\
Error loading key "(stdin)": error in libcrypto
I put the content of id_ed25519.pub in the SSH_PRIVATE_KEY secret
"""),
    "pair windows": (frozenset({"key-pair-mismatch"}), """\
debug1: Server accepts key: C:\\\\Users\\\\o/.ssh/id_rsa RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
sign_and_send_pubkey: private key C:\\\\Users\\\\o/.ssh/id_rsa contents do not match public
"""),
    "accepted then end": (frozenset({"passphrase-no-prompt"}), """\
debug1: Server accepts key: pkalg rsa-sha2-512 blen 535
debug1: No more authentication methods to try.
git@github.com: Permission denied (publickey).
IntelliJ on Linux, the terminal asks for a passphrase and works
"""),
    "vscode win perms": (frozenset({"config-perms"}), """\
[12:00:01.001] > Bad owner or permissions on C:\\\\Users\\\\vs/.ssh/config
[12:00:01.010] > The process tried to write to a nonexistent pipe.
"""),
    "gssapi option": (frozenset({"config-unsupported-option"}), """\
/etc/ssh/ssh_config: line 50: Bad configuration option: gssapiauthentication
/etc/ssh/ssh_config: terminating, 1 bad configuration options
"""),
    "line 50 unsupported GSS": (frozenset({"auth-ok-other-error", "key-not-registered", "key-nondefault-name"}), """\
/etc/ssh/ssh_config line 53: Unsupported option "gssapiauthentication"
git@github.com: Permission denied (publickey).
"""),
    "bom utf8": (frozenset({"config-encoding-bom"}), """\
C:\\\\Users\\\\k/.ssh/config: line 1: Bad configuration option: \\357\\273\\277#
"""),
    "garbage": (frozenset({"config-syntax"}), """\
/Users/k/.ssh/config line 9: garbage at end of line; "Drive/keys/id_rsa".
"""),
    "agent win pipe": (frozenset({"agent-not-running"}), """\
debug1: get_agent_identities: ssh_get_authentication_socket: No such file or directory
PS> Get-Service ssh-agent
Stopped  ssh-agent  OpenSSH Authentication Agent
PS> ssh-add
Error connecting to agent: No such file or directory
"""),
    "agent comm": (frozenset({"agent-stale-or-bridge"}), """\
$ ssh-add -L
error fetching identities: communication with agent failed
npiperelay is used from WSL
"""),
    "sk pin": (frozenset({"agent-cannot-prompt"}), """\
debug1: Server accepts key: y ED25519-SK SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb agent
sign_and_send_pubkey: signing failed for ED25519-SK "y" from agent: agent refused operation
git@github.com: Permission denied (publickey).
"""),
    "perm after copy": (frozenset({"key-perms-open"}), """\
sign_and_send_pubkey: signing failed: agent refused operation
git@github.com: Permission denied (publickey).
I restored ~/.ssh from a backup; ls -l shows -rwxrwxrwx id_rsa
"""),
    "devcontainer pw": (frozenset({"agent-missing-keys"}), """\
git@github.com: Permission denied (publickey).
root@c0ffee:/workspace# ssh-add -l
The agent has no identities.
"""),
    "enclave": (frozenset({"sk-token-unavailable"}), """\
debug1: Server accepts key: sekey ECDSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
sshsk_sign: sk_sign failed with code -1
sign_and_send_pubkey: signing failed: device not found
"""),
    "gitee accepts": (frozenset({"key-not-registered"}), """\
debug1: Remote protocol version 2.0, remote software version Gitee.com
debug1: Authenticating to gitee.com:22 as 'git'
debug1: Offering public key: RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb /c/Users/g/.ssh/id_rsa
debug1: Server accepts key: pkalg ssh-rsa blen 279
debug1: Authentications that can continue: publickey
debug1: No more authentication methods to try.
git@gitee.com: Permission denied (publickey).
"""),
    "codecommit user": (frozenset({"wrong-username"}), """\
debug1: Authenticating to git-codecommit.us-east-1.amazonaws.com:22 as 'joe'
debug1: Offering public key: /home/joe/.ssh/cc RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
debug1: Authentications that can continue: publickey
joe@git-codecommit.us-east-1.amazonaws.com: Permission denied (publickey).
My IAM SSH key ID is APKAEXAMPLE, do I need it somewhere?
"""),
    "go user": (frozenset({"wrong-username", "agent-missing-keys"}), """\
Error: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain
flux with --url=ssh://github.com/acme/fleet (no user in the URL)
"""),
    "journal perms": (frozenset({"server-authorized-keys-perms"}), """\
Jun 10 12:00:00 nas sshd-session[123]: Authentication refused: bad ownership or modes for directory /volume1/homes/a
"""),
    "sshd verbose locked": (frozenset({"server-account-config"}), """\
sshd[99]: User deploy from 10.0.0.2 not allowed because a group is listed in DenyGroups
"""),
    "afd path": (frozenset({"server-account-config"}), """\
debug1: Offering public key: /home/a/.ssh/id_rsa RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
debug1: Authentications that can continue: publickey
a@srv: Permission denied (publickey).
On the server: sshd -T | grep authorizedkeysfile -> authorizedkeysfile .ssh/authorized_keys2, sshd_config was edited by puppet
"""),
    "selinux ctx": (frozenset({"server-selinux"}), """\
debug1: Offering public key: /home/a/.ssh/id_rsa RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
debug1: Authentications that can continue: publickey,password
a@srv's password:
CentOS server, /home was restored from backup; works after setenforce 0 (SELinux)
"""),
    "ctx home perms": (frozenset({"server-authorized-keys-perms"}), """\
debug1: Offering public key: /home/a/.ssh/id_rsa RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
debug1: Authentications that can continue: publickey,password
Permissions of the server's home directory are 777
"""),
    "https user": (frozenset({"https-ssh-mismatch"}), """\
fatal: could not read Username for 'https://github.com': No such device or address
I added the deploy key to the repo
"""),
    "already exists": (frozenset({"auth-ok-other-error"}), """\
fatal: destination path 'app' already exists and is not an empty directory.
"""),
    "non ff": (frozenset({"auth-ok-other-error"}), """\
To github.com:me/x.git
 ! [rejected]        main -> main (fetch first)
error: failed to push some refs to 'git@github.com:me/x.git'
"""),
    "wrong text": (frozenset({"wrong-text-registered", "key-not-registered"}), """\
debug1: Offering public key: /home/a/.ssh/id_rsa RSA SHA256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
debug1: Authentications that can continue: publickey
git@gitlab.com: Permission denied (publickey).
I copied the key from the terminal, it was pasted with line breaks
"""),
    "nothing": (frozenset(), """\
hello this is my build output
make: *** [all] Error 2
"""),
    "only denied": (frozenset({"key-not-registered", "key-nondefault-name"}), """\
git@github.com: Permission denied (publickey).
"""),
}  # fmt: skip
"""Name → the causes that an expert would accept as the first, and the paste."""
