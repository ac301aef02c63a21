"""Edits of ssh_config leave every byte that is not concerned, and ssh understands what is new."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sshwizard.openssh import config_edit as edit
from sshwizard.openssh.config_layout import BOM, read_layout

BLOCK = [("IdentityFile", "~/.ssh/work"), ("IdentitiesOnly", "yes")]

LINES = st.sampled_from(
    [
        b"# a comment",
        b"",
        b"   ",
        b"\t# indented \xff\xfe comment",
        b"Host *",
        b"Host github.com gitlab.com",
        b'Host "*.corp" !bad.corp # why',
        b"host=example.org",
        b"Match host *.lan user joe",
        b"Match all",
        b"    IdentityFile ~/.ssh/home",
        b"\tIdentityFile=~/.ssh/home",
        b'IdentityFile "~/.ssh/with blank"',
        b"    User caf\xc3\xa9",
        b"    User caf\xe9",
        b"  Include conf.d/*",
        b'  ProxyCommand nc -x "quoted # not a comment" %h %p',
    ]
)
FILES = st.builds(
    lambda lines, eol, last, bom: (BOM if bom else b"") + eol.join(lines) + (eol if last and lines else b""),
    st.lists(LINES, max_size=12),
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
    st.booleans(),
)


def without_one_run(longer: bytes, shorter: bytes) -> bool:
    """Whether `longer` is `shorter` with one run of bytes put in somewhere."""
    start = 0
    while start < len(shorter) and longer[start] == shorter[start]:
        start += 1
    size = len(longer) - len(shorter)
    return any(longer[:at] + longer[at + size :] == shorter for at in range(start + 1))


def ssh_g(config: Path, host: str) -> str:
    done = subprocess.run(
        ["ssh", "-G", "-F", str(config), host], capture_output=True, text=True, timeout=10, check=False
    )

    assert done.returncode == 0, done.stderr
    return done.stdout


@given(FILES)
def test_a_layout_gives_its_bytes_back(data: bytes) -> None:
    assert b"".join(line.raw for line in read_layout(data).lines) == data


@given(FILES, st.data())
def test_a_new_block_is_one_insertion(data: bytes, choose: st.DataObject) -> None:
    headers = [block.header + 1 for block in read_layout(data).blocks if block.header is not None]
    before = choose.draw(st.sampled_from([None, *headers]))

    after = edit.insert_block(data, ["git.example"], BLOCK, before=before)

    assert without_one_run(after, data)
    assert b"git.example" in after
    assert after.count(BOM) == data.count(BOM)
    assert after.startswith(BOM) == data.startswith(BOM)


@given(FILES)
def test_a_block_on_top_is_one_insertion(data: bytes) -> None:
    assert without_one_run(edit.insert_block_at_top(data, ["git.example"], BLOCK), data)


@given(FILES, st.data())
def test_options_narrowing_and_comments_are_insertions(data: bytes, choose: st.DataObject) -> None:
    layout = read_layout(data)
    headers = [block.header + 1 for block in layout.blocks if block.header is not None]
    options = [at + 1 for block in layout.blocks for at in block.options]
    if headers:
        header = choose.draw(st.sampled_from(headers))
        assert without_one_run(edit.add_options(data, header, BLOCK), data)
        assert without_one_run(edit.add_options_after(data, header, BLOCK), data)
        if b"all" not in layout.lines[header - 1].raw:
            assert without_one_run(edit.exclude_host(data, header, "git.example"), data)
    if options:
        line = choose.draw(st.sampled_from(options))
        assert without_one_run(edit.comment_out(data, line), data)


@given(FILES, st.data())
def test_isolated_lines_keep_every_other_line(data: bytes, choose: st.DataObject) -> None:
    layout = read_layout(data)
    options = [at + 1 for block in layout.blocks for at in block.options]
    if not options:
        return
    chosen = choose.draw(st.lists(st.sampled_from(options), min_size=1, max_size=3, unique=True))

    after = read_layout(edit.exclude_lines(data, chosen, "git.example"))

    before_options = [line.raw.strip(BOM + b"\r\n") for line in layout.lines if line.kind == "option"]
    after_options = [line.raw.strip(BOM + b"\r\n") for line in after.lines if line.kind == "option"]
    assert after_options == before_options
    comments = [line.raw.strip(BOM + b"\r\n") for line in layout.lines if line.kind == "comment"]
    assert [line.raw.strip(BOM + b"\r\n") for line in after.lines if line.kind == "comment"] == comments


@given(FILES, st.data())
def test_a_moved_line_keeps_the_others_in_order(data: bytes, choose: st.DataObject) -> None:
    count = len(read_layout(data).lines)
    if count < 2:
        return
    line = choose.draw(st.integers(1, count))
    after = choose.draw(st.integers(1, count).filter(lambda number: number != line))

    moved = edit.move_line(data, line, after=after)

    assert sorted(re.split(rb"\r?\n", moved)) == sorted(re.split(rb"\r?\n", data)) or BOM in data
    assert len(moved) == len(data)


def test_style_is_copied_from_the_neighbourhood() -> None:
    data = b"host a\r\n\tuser x\r\n\r\nhost *\r\n\tport 22"

    after = edit.insert_block(data, ["b"], BLOCK, before=4)

    added = b"host b\r\n\tidentityfile ~/.ssh/work\r\n\tidentitiesonly yes\r\n\r\n"
    assert after == b"host a\r\n\tuser x\r\n\r\n" + added + b"host *\r\n\tport 22"


def test_a_missing_last_newline_stays_missing() -> None:
    assert edit.insert_block(b"Host a\n  User x", ["b"], [("User", "y")]).endswith(b"Host b\n  User y")


def test_a_comment_stays_with_the_block_it_describes() -> None:
    data = b"# my file\n\n# everything else\nHost *\n  User x\n"

    after = edit.insert_block(data, ["b"], [("User", "y")], before=4)

    assert after == b"# my file\n\nHost b\n  User y\n\n# everything else\nHost *\n  User x\n"


def test_options_before_the_first_host_keep_applying_to_all(tmp_path: Path) -> None:
    data = b"# mine\nUser joe\nInclude nothing/*\n\nHost z\n  Port 2222\n"
    (tmp_path / "config").write_bytes(edit.insert_block_at_top(data, ["b"], [("User", "y")]))

    assert "user y\n" in ssh_g(tmp_path / "config", "b")
    assert "user joe\n" in ssh_g(tmp_path / "config", "c")
    assert "port 2222\n" in ssh_g(tmp_path / "config", "z")


@pytest.mark.parametrize(
    ("header", "narrowed"),
    [
        (b"Host *\n", b"Host * !b\n"),
        (b"  Host = * # all\r\n", b"  Host = * !b # all\r\n"),
        (b'Host "a b" *', b'Host "a b" * !b'),
        (b"Match all\n", b"Match !originalhost b\n"),
        (b"Match user joe host *.x # note\n", b"Match user joe host *.x !originalhost b # note\n"),
    ],
)
def test_a_block_no_longer_applies_to_a_host(header: bytes, narrowed: bytes) -> None:
    assert edit.exclude_host(header, 1, "b") == narrowed


def test_one_line_is_taken_away_from_one_host_only(tmp_path: Path) -> None:
    data = b"Host *\n    ServerAliveInterval 7\n    IdentityFile /k/home\n    User joe\n"
    (tmp_path / "config").write_bytes(edit.exclude_lines(data, [3], "b"))

    assert "identityfile /k/home\n" in ssh_g(tmp_path / "config", "other")
    assert "identityfile /k/home\n" not in ssh_g(tmp_path / "config", "b")
    for host in ("b", "other"):
        shown = ssh_g(tmp_path / "config", host)
        assert "serveraliveinterval 7\n" in shown and "user joe\n" in shown


def test_a_line_before_the_first_host_is_taken_away_from_one_host_only(tmp_path: Path) -> None:
    data = b"IdentityFile /k/home\nUser joe\n"
    (tmp_path / "config").write_bytes(edit.exclude_lines(data, [1], "b"))

    assert "identityfile /k/home\n" in ssh_g(tmp_path / "config", "other")
    assert "identityfile /k/home\n" not in ssh_g(tmp_path / "config", "b")
    assert "user joe\n" in ssh_g(tmp_path / "config", "b")


@pytest.mark.parametrize("name", ["", "-oProxyCommand=x", "a b", "a*", "!a", "#a", "a\nUser root"])
def test_a_name_that_is_no_literal_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        edit.exclude_host(b"Host *\n", 1, name)


def test_only_blocks_of_this_host_alone_are_its_own() -> None:
    data = b'Host a b\n  User x\nhost "b"\n  User y\nHost b # note\nMatch host b\nHost b*\n'

    assert edit.named_blocks(data, "b") == (3, 5)
