"""The first frame: what it shows, and what it must not load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from servers.keys import KeyMaker

HEAVY = {"paramiko", "cryptography", "nacl", "bcrypt", "httpx", "keyring", "asyncssh"}
PROGRAM = """
import asyncio, json, sys
from sshwizard.machine.machine import here
from sshwizard.tui.session import Session
from sshwizard.tui.app import WizardApp
from sshwizard.tui.screens.home import HomeScreen

async def main():
    session = Session(machine=here())
    app = WizardApp(session, HomeScreen(session))
    async with app.run_test(size=(80, 24)) as pilot:
        home = app.screen
        while home.facts is None:
            await pilot.pause(0.01)
    return len(home.facts.identities)

keys = asyncio.run(asyncio.wait_for(main(), 20))
print(json.dumps({"keys": keys, "modules": sorted({name.split(".")[0] for name in sys.modules})}))
"""


def test_keys_are_found_and_nothing_heavy_is_loaded(home: Path, keys: KeyMaker) -> None:
    for name in ("id_ed25519", "work"):
        keys.make(home / ".ssh", name)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "SSHWIZARD_HOME": str(home)},
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)

    assert seen["keys"] == 2
    assert HEAVY & set(seen["modules"]) == set()
