"""How long until the accepted key is known, beside the real `ssh -v`, over a link with a delay.

Run from the repository: `python tests/benchmarks/probe_rtt.py [RTT_MS …]`. Ratios are medians of paired,
interleaved rounds; bars (design): one key ≤ 0.65, twenty wrong and one right on one connection ≤ 0.25, the
same 21 keys at MaxAuthTries 6 within the polite budget of two connections ≤ 0.45 (the right key is the twelfth,
the last within the budget; ssh asks a server that lets it try all of them).

The link is a relay in this process: it opens a connection late by one round trip and carries each piece half
a round trip later. It acknowledges at once, so delays that the peers' Nagle algorithm adds on a real link are
absent for both sides.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from probe import making  # noqa: E402
from servers.keys import KeyMaker, Pair  # noqa: E402
from servers.sshd import Sshd  # noqa: E402

from sshwizard.machine.machine import Machine, here  # noqa: E402
from sshwizard.model.events import AnswerCame, Event  # noqa: E402
from sshwizard.probe import probe  # noqa: E402

ROUNDS = 5


class Link:
    """A relay with a round trip of `rtt` seconds, on a thread of its own."""

    def __init__(self, port: int, rtt: float) -> None:
        self._target = port
        self._rtt = rtt
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self.port = 0
        threading.Thread(target=self._run, daemon=True).start()
        self._ready.wait()

    def _run(self) -> None:
        self._loop.run_until_complete(self._listen())
        self._loop.run_forever()

    async def _listen(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._rtt)
        up, down = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(self._carry(reader, down), self._carry(up, writer))

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await self._read(source):
            self._loop.call_later(self._rtt / 2, target.write, data)
        self._loop.call_later(self._rtt / 2, target.close)

    async def _read(self, source: asyncio.StreamReader) -> bytes:
        try:
            return await source.read(65536)
        except ConnectionError:
            return b""


def ssh_ms(port: int, pairs: Sequence[Pair]) -> float:
    """Return the milliseconds until ssh prints "Server accepts key"."""
    argv = ["ssh", "-v", "-F", "none", "-p", str(port)]
    options = ("BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null")
    for option in (*options, "IdentitiesOnly=yes", "IdentityAgent=none"):
        argv += ["-o", option]
    for pair in pairs:
        argv += ["-i", str(pair.path)]
    began = time.perf_counter()
    with subprocess.Popen([*argv, "git@127.0.0.1", "true"], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "Server accepts key" in line:
                took = (time.perf_counter() - began) * 1000
                process.kill()
                return took
    raise RuntimeError("ssh was not let in")


def probe_ms(machine: Machine, port: int, pairs: Sequence[Pair]) -> float:
    """Return the milliseconds until our probe knows the accepted key."""
    known: list[float] = []

    def listen(event: Event) -> None:
        if isinstance(event, AnswerCame) and event.answer.state == "accepted":
            known.append(time.perf_counter())

    began = time.perf_counter()
    probe(machine, making.facts(machine), making.plan(pairs, port), on_event=listen)
    return (known[0] - began) * 1000


def main(round_trips: Sequence[int]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "made").mkdir()
        maker = KeyMaker(folder / "made")
        pairs = maker.several(folder / "keys", [f"key{number}" for number in range(21)])
        machine = here(home=name)
        known = {"joe": [pairs[-1].line]}
        with (
            Sshd(folder / "sshd", known, max_auth_tries=30) as server,
            Sshd(folder / "strict", known, max_auth_tries=6) as strict,
        ):
            probe_ms(machine, server.port, pairs[-1:])
            twelfth = [*pairs[:11], pairs[-1], *pairs[11:-1]]
            for rtt in round_trips:
                link, narrow = Link(server.port, rtt / 1000), Link(strict.port, rtt / 1000)
                cases = (
                    ("1 key", link.port, pairs[-1:], pairs[-1:]),
                    ("21 keys", link.port, pairs, pairs),
                    ("21 keys, MaxAuthTries 6", narrow.port, twelfth, pairs),
                )
                for label, port, ours_keys, keys in cases:
                    rounds = [
                        (probe_ms(machine, port, ours_keys), ssh_ms(link.port, keys))
                        for _number in range(ROUNDS)
                    ]
                    ours, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
                    ratio = statistics.median(own / other for own, other in rounds)
                    result = {"rtt_ms": rtt, "case": label, "ours_ms": round(ours), "ssh_ms": round(theirs)}
                    print(json.dumps({**result, "ratio": round(ratio, 3)}))


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [50, 100, 200])
