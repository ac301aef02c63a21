"""How many lines of a log are read in a second, beside `grep -E` with the same patterns.

Run it by hand: `python tests/benchmarks/log_lines.py [MEGABYTES] [ssh|prose|server]`. Prints one JSON object.
The log is made here, with other names, ports, fingerprints and time stamps each time: what ssh -v prints, or
sentences that have nothing to do with ssh, or a server's log under a stranger's attack.
"""

from __future__ import annotations

import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sshwizard.logs import git_forms, openssh_forms, other_forms, read_stream
from sshwizard.rules import diagnose_log

RUN = """OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.14 4 Jun 2024
debug1: Reading configuration data /home/{user}/.ssh/config
debug1: /etc/ssh/ssh_config line 19: include /etc/ssh/ssh_config.d/*.conf matched no files
debug2: resolving "{host}" port 22
debug3: resolve_host: lookup {host}:22
debug1: Connecting to {host} [198.51.100.{n}] port 22.
debug1: Connection established.
debug1: identity file /home/{user}/.ssh/id_rsa type 0
debug1: identity file /home/{user}/.ssh/id_rsa-cert type -1
debug1: identity file /home/{user}/.ssh/id_ed25519 type 3
debug1: identity file /home/{user}/.ssh/id_ed25519-cert type -1
debug1: Local version string SSH-2.0-OpenSSH_9.2p1
debug1: Remote protocol version 2.0, remote software version OpenSSH_9.6
debug2: fd 3 setting O_NONBLOCK
debug1: Authenticating to {host}:22 as 'git'
debug3: send packet: type 20
debug1: SSH2_MSG_KEXINIT sent
debug3: receive packet: type 20
debug1: SSH2_MSG_KEXINIT received
debug2: KEX algorithms: curve25519-sha256,ecdh-sha2-nistp256,diffie-hellman-group14-sha256,ext-info-c
debug2: ciphers ctos: chacha20-poly1305@openssh.com,aes128-ctr,aes256-gcm@openssh.com
debug1: kex: algorithm: sntrup761x25519-sha512@openssh.com
debug1: Server host key: ssh-ed25519 SHA256:{fp}
debug1: Host '{host}' is known and matches the ED25519 host key.
debug2: ssh_set_newkeys: mode 1
debug1: rekey out after 134217728 blocks
debug1: SSH2_MSG_SERVICE_ACCEPT received
debug1: Authentications that can continue: publickey
debug1: Next authentication method: publickey
debug1: Offering public key: /home/{user}/.ssh/id_rsa RSA SHA256:{fp} agent
debug2: we sent a publickey packet, wait for reply
debug3: receive packet: type 51
debug1: Authentications that can continue: publickey
debug1: No more authentication methods to try.
git@{host}: Permission denied (publickey).
"""


SENTENCE = (
    "the build was finished and then it began again in that folder because nobody had told them about the rain which"
    " changed during a long evening while everyone looked at pictures of mountains rivers and small houses near bridges"
)
STRANGER = (
    "Invalid user {user} from {address} port {port}",
    "Connection closed by invalid user {user} {address} port {port} [preauth]",
    "Failed password for root from {address} port {port} ssh2",
    "Received disconnect from {address} port {port}:11: Bye Bye [preauth]",
    "Disconnected from authenticating user root {address} port {port} [preauth]",
    "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={address}  user=root",
)


def prose(dice: random.Random) -> str:
    """Make a hundred sentences."""
    return "".join(
        " ".join(dice.choices(SENTENCE.split(), k=dice.randrange(6, 16))).capitalize()
        + f" {dice.randrange(10**6)}.\n"
        for _ in range(100)
    )


def attack(dice: random.Random) -> str:
    """Make what sshd writes about one stranger."""
    address = ".".join(str(dice.randrange(1, 255)) for _ in range(4))
    names = {"user": f"u{dice.randrange(99)}", "address": address, "port": dice.randrange(1024, 65535)}
    stamp = (
        f"Nov 21 12:{dice.randrange(60):02}:{dice.randrange(60):02} box sshd[{dice.randrange(1000, 99999)}]: "
    )
    return "".join(f"{stamp}{line.format(**names)}\n" for line in STRANGER)


def chunks(megabytes: int, kind: str) -> Iterator[bytes]:
    """Make the log, a piece at a time."""
    dice = random.Random(7)
    made = 0
    while made < megabytes * 1_000_000:
        if kind != "ssh":
            text = (prose if kind == "prose" else attack)(dice)
            made += len(text)
            yield text.encode()
            continue
        names = {
            "user": f"u{dice.randrange(9999)}",
            "host": f"git{dice.randrange(99)}.example.com",
            "n": dice.randrange(255),
        }
        text = RUN.format(**names, fp="".join(dice.choices("ABCDEFGHabcdefgh0123456789+/", k=43)))
        if dice.random() < 0.5:
            stamp = f"2026-11-21T12:{dice.randrange(60):02}:{dice.random() * 60:09.6f}Z "
            text = "".join(stamp + line + "\n" for line in text.splitlines())
        made += len(text)
        yield text.encode()


def grep_patterns() -> list[str]:
    """Return those of our patterns that POSIX extended expressions can say."""
    forms = openssh_forms.FORMS + git_forms.FORMS + other_forms.FORMS + other_forms.SERVER
    plain = [re.sub(r"\(\?P<\w+>|\(\?:", "(", form.text) for form in forms]
    return [
        text
        for text in plain
        if not re.search(r"\(\?|[*+?]\?|\\[dsSbw]", text) or re.search(r"^[\w .']+$", text)
    ]


def main() -> None:
    """Measure and print."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    kind = sys.argv[2] if len(sys.argv) > 2 else "ssh"
    with tempfile.TemporaryDirectory() as folder:
        log, patterns = Path(folder, "log"), Path(folder, "patterns")
        with log.open("wb") as file:
            file.writelines(chunks(megabytes, kind))
        patterns.write_text("\n".join(grep_patterns()) + "\n")
        before = time.process_time()
        with log.open("rb") as file:
            reading = read_stream(iter(lambda: file.read(1 << 16), b""))
        seconds = time.process_time() - before
        judged = time.process_time()
        diagnose_log(reading)
        judged = time.process_time() - judged
        grep = time.perf_counter()
        subprocess.run(["grep", "-c", "-E", "-f", str(patterns), str(log)], env={"LC_ALL": "C"}, capture_output=True, timeout=300, check=False)  # fmt: skip
        grep = time.perf_counter() - grep
    report = {
        "kind": kind,
        "megabytes": megabytes,
        "lines": reading.lines,
        "lines_per_cpu_second": round(reading.lines / seconds),
        "judging_ms": round(judged * 1000, 1),
        "grep_patterns": len(grep_patterns()),
        "grep_lines_per_second": round(reading.lines / grep),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
