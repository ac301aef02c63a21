"""A host of yesterday: the option it needs is proposed for it alone, and the real ssh then works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from servers.keys import KeyMaker
from servers.namespace import RealSsh
from servers.sshd import Sshd


def test_an_old_host_key_type_is_allowed_for_this_host_alone(
    home: Path, keys: KeyMaker, start_sshd: Callable[..., Sshd], run
) -> None:
    id = "alg-hostkey-mismatch"
    ssh = home / ".ssh"
    ssh.mkdir(mode=0o700)
    pair = keys.make(ssh, "work")
    server = start_sshd({"joe": [pair.line]}, extra=["HostKeyAlgorithms ssh-rsa"], host_key_types=["rsa"])
    config = server.write_config(ssh, "server", f"IdentityFile {pair.path}")
    real = RealSsh(home)
    before, elsewhere = config.read_bytes(), real.ssh("-G", "elsewhere.invalid").out
    assert "Hi joe!" not in real.ssh("server").said

    found = run("doctor", "server", "--json").object
    fixed = run("fix", id, "server", "--yes")

    assert id in [one["id"] for one in found["findings"]], found
    remedies = next(one["remedies"] for one in found["findings"] if one["id"] == id)
    assert any("+    HostKeyAlgorithms +ssh-rsa" in (one["diff"] or "") for one in remedies), found[
        "findings"
    ]
    assert fixed.code == 0, fixed.out + fixed.err
    assert "Hi joe!" in real.ssh("server").said
    assert real.ssh("-G", "elsewhere.invalid").out == elsewhere
    assert run("undo").code == 0
    assert config.read_bytes() == before
