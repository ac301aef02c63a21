"""An SSH server that is not OpenSSH, in a thread of its own; it may say that it is another one."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Where it listens, and what it shows."""

    port: int
    host_key: str
    """`ssh-ed25519 AAAA…`, as in known_hosts."""


@contextlib.contextmanager
def asyncssh_server(folder: Path, allowed: Sequence[str], version: str = "") -> Iterator[Serving]:
    """Run asyncssh's server. `allowed`: lines of authorized_keys; `version`: what it says it is."""
    (folder / "allowed").write_text("".join(line + "\n" for line in allowed))
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    loop = asyncio.new_event_loop()
    ports: list[int] = []
    ready = threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        server = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[host_key],
            authorized_client_keys=str(folder / "allowed"),
            process_factory=lambda process: (process.stdout.write("Hi joe!\n"), process.exit(0)),
            server_version=version or (),
        )
        ports.append(server.get_port())
        ready.set()
        await stop.wait()
        server.close()
        await server.wait_closed()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield Serving(port=ports[0], host_key=host_key.export_public_key().decode().strip())
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
