"""`why` says what IdentitiesOnly would change, and the real ssh agrees."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sshwizard.practice.ground import open_ground


def test_why_says_what_identities_only_would_change(tmp_path: Path) -> None:
    with open_ground("too-many-keys") as ground:
        why = [sys.executable, "-m", "sshwizard", "why", "practice"]
        env = {**ground.env, "PATH": "/usr/bin:/bin"}
        text = subprocess.run(why, env=env, capture_output=True, text=True, timeout=30).stdout
        fields = json.loads(subprocess.run([*why, "--json"], env=env, capture_output=True, timeout=30).stdout)
        real = subprocess.run(
            [
                "ssh",
                "-v",
                "-F",
                str(ground.config_path),
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "BatchMode=yes",
                "practice",
            ],
            env=env,
            capture_output=True,
            text=True,
            timeout=30,
        )

        offered = [
            line.split("SHA256:")[1].split()[0] for line in real.stderr.splitlines() if "Offering" in line
        ]
        assert "would send only: practice_ed25519." in text
        assert [f"SHA256:{one}" for one in offered] == fields["with_identities_only"]
