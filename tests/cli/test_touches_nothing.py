"""What a check touches, heard by an audit hook: nothing under the home is written, no private half is used."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

LISTENING = """
import io, json, os, sys
home, heard = sys.argv[1], []
def hook(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, (str, bytes)) and os.fsdecode(path).startswith(home):
            if (mode and set(mode) & set("wax+")) or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                heard.append([event, os.fsdecode(path)])
    elif event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.chown", "os.symlink",
                   "os.link", "os.truncate", "os.utime"):
        if not isinstance(arguments[0], int) and os.fsdecode(arguments[0]).startswith(home):
            heard.append([event, os.fsdecode(arguments[0])])
    elif event == "subprocess.Popen":
        heard.append([event, *map(os.fsdecode, arguments[1])])
sys.addaudithook(hook)
real, sys.stdout = sys.stdout, io.StringIO()
from sshwizard.cli.main import run
code = run(json.loads(sys.argv[2]))
signers = [name for name in sys.modules if name.startswith("sshwizard.openssh.keys.private")]
print(json.dumps({"code": code, "heard": heard, "signers": signers}), file=real)
"""


@pytest.mark.parametrize(
    "words", [["doctor", "server"], ["why", "server"], ["keys", "list"], ["fix", "server", "-n"]]
)
def test_looking_writes_nothing_and_loads_no_private_half(wrong_key, words: list[str], tmp_path) -> None:
    home = str(wrong_key.home)
    done = subprocess.run(
        [sys.executable, "-c", LISTENING, home, json.dumps([*words, "--json"])],
        env={**os.environ, "SSHWIZARD_HOME": home, "XDG_RUNTIME_DIR": str(tmp_path)},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout, done.stderr
    seen = json.loads(done.stdout)
    programs = {os.path.basename(one[1]) for one in seen["heard"] if one[0] == "subprocess.Popen"}

    assert [one for one in seen["heard"] if one[0] != "subprocess.Popen"] == []
    assert programs <= {"ssh", "git"}
    asked_of_ssh = [one[2:] for one in seen["heard"] if os.path.basename(one[1]) == "ssh"]
    assert all("-V" in words or {"-F", "none", "-G"} <= set(words) for words in asked_of_ssh)
    assert seen["signers"] == []
