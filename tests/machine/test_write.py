"""A file is replaced whole, keeps what it had, and is left alone when anything speaks against it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from servers.namespace import prefix

from sshwizard.errors import CannotApply
from sshwizard.machine import locking, write

NOBODY = 65534


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config"
    path.write_bytes(b"old")
    path.chmod(0o640)
    return path


def test_mode_owner_and_attributes_stay(config: Path) -> None:
    os.chown(config, NOBODY, NOBODY)
    os.setxattr(config, "user.note", b"mine")
    acl = b"\x02\0\0\0" + b"".join(
        tag.to_bytes(2, "little") + mode.to_bytes(2, "little") + who.to_bytes(4, "little")
        for tag, mode, who in (
            (1, 6, 0xFFFFFFFF),
            (2, 4, 1234),
            (4, 4, 0xFFFFFFFF),
            (16, 4, 0xFFFFFFFF),
            (32, 0, 0xFFFFFFFF),
        )
    )
    os.setxattr(config, "system.posix_acl_access", acl)
    before = config.stat()

    write.write_file(str(config), b"old", b"new")

    after = config.stat()
    assert config.read_bytes() == b"new"
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, NOBODY, NOBODY)
    assert os.getxattr(config, "user.note") == b"mine"
    assert os.getxattr(config, "system.posix_acl_access") == acl


def test_the_folders_default_access_list_lets_nobody_in(config: Path) -> None:
    entries = [(1, 7, -1), (2, 7, NOBODY), (4, 5, -1), (16, 7, -1), (32, 0, -1)]
    acl = b"\x02\0\0\0" + b"".join(
        tag.to_bytes(2, "little") + rights.to_bytes(2, "little") + (who & 0xFFFFFFFF).to_bytes(4, "little")
        for tag, rights, who in entries
    )
    try:
        os.setxattr(config.parent, "system.posix_acl_default", acl)
    except OSError:
        pytest.skip("this disk has no access lists")

    write.write_file(str(config), b"old", b"new")
    write.write_file(f"{config}-2", None, b"new", 0o600)

    assert os.listxattr(config) == []
    assert config.stat().st_mode & 0o777 == 0o640
    assert Path(f"{config}-2").stat().st_mode & 0o077 == 0, "the mask of its list is empty"


def test_a_protected_file_is_said_to_be_protected(config: Path) -> None:
    if subprocess.run(["chattr", "+i", config], capture_output=True).returncode:
        pytest.skip("nothing can be protected here")
    try:
        with pytest.raises(CannotApply) as caught:
            write.write_file(str(config), b"old", b"new")
    finally:
        subprocess.run(["chattr", "-i", config], check=True)

    assert "lsattr" in (caught.value.hint or "")
    assert config.read_bytes() == b"old"


def test_a_link_stays_and_its_file_changes(config: Path, tmp_path: Path) -> None:
    link = tmp_path / "folder" / "link"
    link.parent.mkdir()
    link.symlink_to("../config")

    write.write_file(str(link), b"old", b"new")

    assert link.is_symlink()
    assert config.read_bytes() == b"new"
    assert os.listdir(link.parent) == ["link"]


def test_other_hard_linked_names_keep_the_old_content(config: Path, tmp_path: Path) -> None:
    other = tmp_path / "dotfiles"
    other.hardlink_to(config)

    assert write.hard_links(str(config)) == 1
    write.write_file(str(config), b"old", b"new")

    assert (config.read_bytes(), other.read_bytes()) == (b"new", b"old")


@pytest.mark.parametrize("umask", [0, 0o077, 0o777])
def test_a_new_file_has_its_mode_whatever_the_umask(umask: int, tmp_path: Path) -> None:
    old = os.umask(umask)
    try:
        write.write_file(str(tmp_path / "a"), None, b"x")
        write.write_file(str(tmp_path / "b"), None, b"x", 0o644)
        made = write.make_folder(str(tmp_path / "c" / "d"))
    finally:
        os.umask(old)

    assert [path.stat().st_mode & 0o7777 for path in (tmp_path / "a", tmp_path / "b")] == [0o600, 0o644]
    assert [os.stat(path).st_mode & 0o7777 for path in made] == [0o700, 0o700]


def test_a_changed_file_is_left_alone(config: Path) -> None:
    with pytest.raises(CannotApply) as caught:
        write.write_file(str(config), b"older", b"new")

    assert (caught.value.code, config.read_bytes()) == ("stale", b"old")


def test_an_existing_file_is_never_created_anew(config: Path) -> None:
    with pytest.raises(CannotApply) as caught:
        write.write_file(str(config), None, b"new")

    assert (caught.value.code, config.read_bytes()) == ("exists", b"old")


@pytest.mark.parametrize("kind", ["folder", "fifo", "dangling folder"])
def test_what_is_no_file_is_left_alone(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "odd"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to("gone/gone")

    with pytest.raises(CannotApply):
        write.write_file(str(path), None, b"new")

    assert sorted(os.listdir(tmp_path)) == ["odd"]


def test_a_folder_that_vanished(tmp_path: Path) -> None:
    with pytest.raises(CannotApply) as caught:
        write.write_file(str(tmp_path / "gone" / "config"), None, b"new")

    assert caught.value.code == "folder-missing"
    assert "Nothing was changed" in caught.value.hint


def test_a_dangling_link_leads_to_the_new_file(tmp_path: Path) -> None:
    link = tmp_path / "config"
    link.symlink_to("real")

    write.write_file(str(link), None, b"new")

    assert link.is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def in_namespace(script: str, folder: Path) -> str:
    """Run Python in a mount namespace in which `folder` is a 64 KiB disk of its own."""
    mount = f'mount -t tmpfs -o size=64k none "{folder}" && exec "$0" -c "$1"'
    argv = [*prefix([]), "sh", "-c", mount, sys.executable, script]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, cwd="/", check=False)

    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    script = f"""
import os
from sshwizard.errors import CannotApply
from sshwizard.machine import write
path = {str(tmp_path / "config")!r}
open(path, "wb").write(b"o" * 30000)
try:
    write.write_file(path, b"o" * 30000, b"n" * 60000)
except CannotApply as error:
    print(error.code, open(path, "rb").read() == b"o" * 30000, os.listdir({str(tmp_path)!r}))
"""

    assert in_namespace(script, tmp_path) == "disk-full True ['config']\n"


def test_a_read_only_disk_leaves_the_old_file(tmp_path: Path) -> None:
    script = f"""
import subprocess
from sshwizard.errors import CannotApply
from sshwizard.machine import write
path = {str(tmp_path / "config")!r}
open(path, "wb").write(b"old")
subprocess.run(["mount", "-o", "remount,ro", {str(tmp_path)!r}], check=True)
for action in (lambda: write.write_file(path, b"old", b"new"), lambda: write.make_folder(path + ".d"),
               lambda: write.change_mode(path, 0o644, 0o600)):
    try:
        action()
    except CannotApply as error:
        print(error.code, open(path, "rb").read())
"""

    assert in_namespace(script, tmp_path) == "read-only b'old'\n" * 3


def test_a_stranger_s_file_is_not_taken_over() -> None:
    script = f"""
import os, tempfile
from sshwizard.errors import CannotApply
from sshwizard.machine import write
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "config")
    open(path, "wb").write(b"old")
    os.chmod(folder, 0o777)
    os.chmod(path, 0o666)
    os.seteuid({NOBODY})
    try:
        write.write_file(path, b"old", b"new")
    except CannotApply as error:
        print(error.code, open(path, "rb").read(), os.listdir(folder))
    os.seteuid(0)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True
    )

    assert done.stdout == "not-yours b'old' ['config']\n"


def test_a_second_copy_waits_and_then_gives_up(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    with locking.lock(path):
        assert locking.is_locked(path)
        with pytest.raises(CannotApply) as caught, locking.lock(path, timeout=0.1):
            raise AssertionError("the lock was given twice")

    assert caught.value.code == "locked"
    assert not locking.is_locked(path)


def test_a_waiting_copy_goes_on_when_the_first_is_done(tmp_path: Path) -> None:
    path, entered = str(tmp_path / "lock"), threading.Event()

    def second() -> None:
        with locking.lock(path, timeout=20):
            entered.set()

    thread = threading.Thread(target=second)
    with locking.lock(path):
        thread.start()
    thread.join(20)

    assert entered.is_set()


def test_a_moved_file_never_replaces_another(config: Path, tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"other")

    with pytest.raises(CannotApply):
        write.move_file(str(config), str(tmp_path / "there"))

    assert config.read_bytes() == b"old"


def test_a_file_moves_to_another_disk(tmp_path: Path) -> None:
    script = f"""
import os
from sshwizard.machine import write
folder = {str(tmp_path)!r}
open("/tmp/sshwizard-test-move", "wb").write(b"key")
os.chmod("/tmp/sshwizard-test-move", 0o600)
write.move_file("/tmp/sshwizard-test-move", folder + "/key")
print(os.path.exists("/tmp/sshwizard-test-move"), open(folder + "/key", "rb").read(), oct(os.stat(folder + "/key").st_mode))
"""

    assert in_namespace(script, tmp_path) == "False b'key' 0o100600\n"


def test_what_root_makes_in_a_user_s_folder_is_the_user_s(tmp_path: Path) -> None:
    os.chown(tmp_path, NOBODY, NOBODY)

    write.make_folder(str(tmp_path / "a" / "b"))
    write.write_file(str(tmp_path / "a" / "b" / "key"), None, b"x")

    made = (tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "key")
    assert {(path.stat().st_uid, path.stat().st_gid) for path in made} == {(NOBODY, NOBODY)}
