"""Account commands run as people and scripts run them, with the token in a variable."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

TOKEN = {"T": "canary-token"}


def run(home: Path, *words: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    whole = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", **(env or {})}
    done = subprocess.run(
        [sys.executable, "-m", "sshwizard", *words, "--home", str(home)],
        env=whole, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False, cwd=home,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def as_json(home: Path, *words: str, env: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    status, out, _err = run(home, *words, "--json", env=env or TOKEN)
    return status, json.loads(out)
