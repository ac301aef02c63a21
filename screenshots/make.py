"""Make the pictures of this folder from real runs in the practice ground: `python screenshots/make.py [NAME…]`.

Nothing is drawn by hand: each picture is the screen after the keys below were pressed. A picture is written
anew only when something other than numbers, fingerprints and key material in it has changed.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from textual.pilot import Pilot

from sshwizard.practice.ground import Ground, open_ground
from sshwizard.tui.app import WizardApp
from sshwizard.tui.start import application
from sshwizard.wizard.options import Options

FOLDER = Path(__file__).parent
SIZE = (80, 24)
PHRASE = "tea for two at noon"
LOG = """$ git clone git@git.example.org:acme/app.git
Cloning into 'app'...
OpenSSH_9.2p1 Debian-2+deb12u6, OpenSSL 3.0.11 19 Sep 2023
debug1: Reading configuration data /home/mia/.ssh/config
debug1: Connecting to git.example.org [192.0.2.7] port 22.
debug1: Connection established.
debug1: Host 'git.example.org' is known and matches the ED25519 host key.
debug1: Will attempt key: /home/mia/.ssh/id_rsa
debug1: Will attempt key: /home/mia/.ssh/id_ecdsa
debug1: Will attempt key: /home/mia/.ssh/id_ed25519
debug1: Authentications that can continue: publickey
debug1: Next authentication method: publickey
debug1: Trying private key: /home/mia/.ssh/id_rsa
debug1: Trying private key: /home/mia/.ssh/id_ecdsa
debug1: Trying private key: /home/mia/.ssh/id_ed25519
debug1: No more authentication methods to try.
git@git.example.org: Permission denied (publickey).
fatal: Could not read from remote repository.
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: where it is taken, and the way there: keys to press, or `Wait`s."""

    scenario: str
    way: tuple[str | Wait, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Go on when the screen shows this text."""

    text: str


HOME = (Wait("nothing checked yet"),)
CHECK = (*HOME, "enter", Wait("origin"), "enter", Wait("shows how"))
MAKE = (*HOME, "enter", Wait("origin"), "enter", Wait("Make a new key"), "enter", Wait("Passphrase"), *PHRASE)
MADE = (*MAKE, "tab", *PHRASE, Wait("same"), "enter", Wait("SSHWIZARD_PRACTICE_TOKEN"))
TESTED = (*MADE, "enter", Wait("practice takes"))
ACCOUNT = (
    *HOME,
    "down",
    "down",
    "enter",
    Wait("fingerprint"),
    "left",
    Wait("own host"),
    "enter",
    Wait("PRACTICE_TOKEN"),
    "enter",
    Wait("on the account"),
)

PICTURES = {
    "home": Picture("wrong-key", HOME),
    "check": Picture("wrong-key", CHECK),
    "too-many-keys": Picture("too-many-keys", CHECK),
    "why": Picture("too-many-keys", (*CHECK, "y", Wait("hangs up here"), "w", Wait("Your ssh agrees"))),
    "proposal": Picture("home-key-in-agent", (*CHECK, "enter", Wait("takes this back"))),
    "works": Picture("wrong-key", (*CHECK, "enter", Wait("takes this back"), "enter", Wait("Works:"))),
    "new-key": Picture("fresh", MAKE),
    "upload": Picture("fresh", MADE),
    "done": Picture(
        "fresh",
        (*TESTED, "enter", Wait("takes this back"), "enter", Wait("settled"), "enter", Wait("The same by hand")),
    ),
    "keys": Picture("too-many-keys", (*HOME, "down", "down", "enter", Wait("fingerprint"))),
    "account": Picture("old-keys", (*ACCOUNT, "o", Wait("public list"), "enter", *"mia-home", "enter", Wait("elsewhere"), "home")),
    "remove": Picture("old-keys", (*ACCOUNT, "f", *"laptop", "enter", Wait("Type the account's name"))),
    "log": Picture("wrong-key", (*HOME, "down", "down", "down", "enter", Wait("Paste the log"))),
}  # fmt: skip


async def take(name: str, picture: Picture, ground: Ground) -> str:
    """Walk the way in a ground and return the screen as SVG."""
    machine = replace(ground.machine(), account_home=str(ground.home), user="mia", hostname="laptop")
    app = application(machine, Options(story=ground.scenario.story))
    async with app.run_test(size=SIZE) as pilot:
        await walk(pilot, app, picture.way)
        if name == "log":
            app.screen.query_one("#paste").load_text(LOG)  # type: ignore[attr-defined]
            await walk(pilot, app, ("ctrl+s", Wait("seen")))
        return tidy(app.export_screenshot(title="sshwizard"))


async def walk(pilot: Pilot[int], app: WizardApp, way: Sequence[str | Wait]) -> None:
    """Press the keys; wait where a text is awaited, at most 30 s."""
    for step in way:
        if isinstance(step, str):
            await pilot.press(step)
            continue
        end = time.monotonic() + 30
        while step.text not in text_of(app):
            if time.monotonic() > end:
                raise SystemExit(f"never saw {step.text!r}:\n{text_of(app)}")
            await pilot.pause(0.02)
    await pilot.pause(0.1)


def text_of(app: WizardApp) -> str:
    """Return the text on the screen."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def tidy(svg: str) -> str:
    """Take out the link to a web font, and keep spaces where viewers would fold them."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("font-family: Fira Code,", "font-family: Fira Code, Menlo, Consolas, DejaVu Sans Mono,")
    svg = svg.replace("<text ", '<text xml:space="preserve" ')
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def masked(svg: str) -> str:
    """Return a picture without what differs in every run: numbers, fingerprints, key material."""
    return re.sub(r"sshwizard-practice-\w+|SHA256:\S+|AAAA[\w+/=]+|[\d.]+", "0", svg)


def main(names: Sequence[str]) -> None:
    """Make the named pictures, or all."""
    for name in names or PICTURES:
        ground = open_ground(PICTURES[name].scenario)
        try:
            svg = asyncio.run(take(name, PICTURES[name], ground))
        finally:
            ground.close()
        path = FOLDER / f"{name}.svg"
        if path.exists() and masked(path.read_text()) == masked(svg):
            print(f"{path.name}: as before")
        else:
            path.write_text(svg)
            print(f"{path.name}: written")


if __name__ == "__main__":
    main(sys.argv[1:])
