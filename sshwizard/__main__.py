"""`python -m sshwizard` and the console script. Answers --version before anything is imported."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line and return its exit code (see `interface` contract in `cli.exits`)."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from sshwizard import __version__

        print(f"sshwizard {__version__}")
        return 0
    from sshwizard.cli.main import run

    code = run(sys.argv[1:])
    # Else the interpreter searches everything that was loaded for cycles once more: after the full screen
    # that is more than half of the time between Ctrl+C and the shell's prompt.
    gc.freeze()
    return code


if __name__ == "__main__":
    sys.exit(main())
