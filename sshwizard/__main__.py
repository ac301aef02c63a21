"""`python -m sshwizard` and the console script. Answers --version before anything is imported."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit code (see `interface` contract in `cli.exits`)."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from sshwizard import __version__

        print(f"sshwizard {__version__}")
        return 0
    from sshwizard.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
