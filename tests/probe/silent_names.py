"""Asking for a name that nobody answers for: run inside a network and a mount namespace of its own.

There the only name server is a socket on loopback that never answers, so getaddrinfo(3) itself hangs. Prints
one JSON object: how the probe ended, and when; what was running meanwhile and what was left.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from probe import making  # noqa: E402
from probe.leftovers import NAME, none_within, processes  # noqa: E402

from sshwizard.machine.machine import here  # noqa: E402
from sshwizard.probe import matrix, probe, wait  # noqa: E402

SERVER = "127.0.0.53"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 42 + "E"


def main(what: str) -> None:
    """Hang on the name, and be stopped by `what`: `cancel` or `timeout`, of one probe or of another way to ask."""
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind((SERVER, 53))
    way, _dash, call = what.partition("-")
    machine = here(home=tempfile.mkdtemp())
    plan = making.plan([], 22, host="forge.example")
    facts = making.facts(machine)
    cancel, began, stopped, seen = threading.Event(), time.monotonic(), [0.0], list[str]()
    seconds = 30.0 if way == "cancel" else 1.0

    def stop() -> None:
        silent.recv(512)
        seen.extend(processes(os.environ[NAME]).values())
        stopped[0] = time.monotonic()
        cancel.set()

    with none_within(0.5):
        stopper = threading.Thread(target=stop if way == "cancel" else lambda: None)
        stopper.start()
        if call == "strangers":
            ended = [len(matrix.strangers(machine, [plan] * 3, timeout=seconds, cancel=cancel))]
        elif call == "matrix":
            plans = [making.plan([], 22, host=f"forge{number}.example") for number in (1, 2)]
            rows = matrix.who_knows(machine, facts, plans, timeout=seconds, cancel=cancel)
            ended = [check.code for row in rows for check in row.transcript.checks[:1]]
        elif call == "wait":
            waited = wait.until_accepted(
                machine, facts, plan, making.public_of(KEY), most=seconds, cancel=cancel
            )
            ended = [waited.state]
        else:
            failure = probe(machine, facts, plan, timeout=seconds, cancel=cancel).first_failure
            ended = [failure.id, failure.code] if failure else []
        late = time.monotonic() - (stopped[0] if way == "cancel" else began + seconds)
        stopper.join()
    print(json.dumps({"ended": ended, "late": late, "running": seen}))


if __name__ == "__main__":
    main(sys.argv[1])
