"""The plain wizard with its answers piped in, to its end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SSHWIZARD = [sys.executable, "-m", "sshwizard"]


def piped(
    env: dict[str, str], cwd: Path | str, answers: str, *words: str
) -> subprocess.CompletedProcess[str]:
    """Run `sshwizard WORDS` (`--plain` when there are none) with these lines for answers."""
    done = subprocess.run(
        [*SSHWIZARD, *(words or ("--plain",))],
        env=env,
        cwd=cwd,
        input=answers,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done
