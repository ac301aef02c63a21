"""A hundred random edits of each sample: every byte outside an edit stays, and what was cut out gives the old file."""

from __future__ import annotations

import random

import pytest
from openssh.samples import SAMPLES

from sshwizard.openssh import config_edit
from sshwizard.openssh.config_layout import BOM, Layout, read_layout

EDITS = 100
OPTIONS = [("IdentityFile", "~/.ssh/new"), ("IdentitiesOnly", "yes")]
AHEAD = frozenset({"identityfile", "identitiesonly"})


def is_insertion(old: bytes, new: bytes) -> bool:
    """Tell whether `new` is `old` with one piece put in (behind a byte order mark, too)."""
    if old.startswith(BOM) and new.startswith(BOM):
        old, new = old[len(BOM) :], new[len(BOM) :]
    same = 0
    while same < len(old) and old[same] == new[same]:
        same += 1
    return len(new) > len(old) and new.endswith(old[same:])


def without(new: bytes, *pieces: bytes) -> set[bytes]:
    """Return what `new` is with one of the pieces cut out, anywhere it stands."""
    found = set()
    for piece in pieces:
        at = new.find(piece)
        while at >= 0:
            found.add(new[:at] + new[at + len(piece) :])
            at = new.find(piece, at + 1)
    return found


def lines(data: bytes) -> list[bytes]:
    return sorted(line.rstrip(b"\r\n") for line in data.removeprefix(BOM).split(b"\n"))


def headers(layout: Layout) -> list[int]:
    return [block.header + 1 for block in layout.blocks if block.header is not None]


def options(layout: Layout) -> list[int]:
    return [at + 1 for block in layout.blocks for at in block.options]


def one_edit(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    """Make one edit and assert that it is nothing more than that."""
    layout = read_layout(data)
    heads, lows = headers(layout), options(layout)
    name = f"host{chance.randrange(1000)}.example"
    kinds = ["block", "top"] + (["option", "after", "exclude"] if heads else [])
    kinds += ["comment", "lines"] if lows else []
    kinds += ["move"] if len(lows) > 1 else []
    kind = chance.choice(kinds)
    match kind:
        case "block":
            new = config_edit.insert_block(data, [name], OPTIONS, before=chance.choice([None, *heads]))
            assert is_insertion(data, new)
        case "top":
            new = config_edit.insert_block_at_top(data, [name], OPTIONS)
            assert is_insertion(data, new)
        case "option":
            ahead = chance.choice([frozenset(), AHEAD])
            new = config_edit.add_options(data, chance.choice(heads), OPTIONS, ahead_of=ahead)
            assert is_insertion(data, new)
        case "after":
            new = config_edit.add_options_after(data, chance.choice(heads), OPTIONS)
            assert is_insertion(data, new)
        case "exclude":
            new = config_edit.exclude_host(data, chance.choice(heads), name)
            word = name.encode()
            cut = without(new, b" !" + word, b" !originalhost " + word, b"!originalhost " + word)
            assert (
                data in cut or data in {piece.replace(b"  ", b" ") for piece in cut} or b"all" in data.lower()
            )
        case "comment":
            new = config_edit.comment_out(data, chance.choice(lows))
            assert data in without(new, b"# ")
        case "move":
            line, after = chance.sample(lows, 2)
            new = config_edit.move_line(data, line, after=after)
            assert lines(new) == lines(data)
        case _:
            new = config_edit.exclude_lines(data, chance.sample(lows, min(2, len(lows))), name)
            left = lines(new)
            for old in lines(data):
                narrowed = [one for one in left if one.startswith(old.rstrip()[:4]) and name.encode() in one]
                assert old in left or narrowed, old
                left.remove(old if old in left else narrowed[0])
    return kind, new


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_hundred_edits_leave_everything_else_alone(sample: str) -> None:
    chance = random.Random(sample)
    original = SAMPLES[sample]
    data, done = original, []
    for _number in range(EDITS):
        if len(data) > 20_000:
            data = original
        kind, new = one_edit(data, chance)
        done.append(kind)
        assert new.startswith(BOM) == original.startswith(BOM), done
        assert new.endswith(b"\n") == data.endswith(b"\n") or not data.removeprefix(BOM), done
        if b"\n" in original and b"\r" not in original:
            assert b"\r" not in new, done
        if original.count(b"\r\n") == original.count(b"\n") > 0:
            assert new.count(b"\r\n") == new.count(b"\n"), done
        data = new


@pytest.mark.parametrize("sample", SAMPLES)
def test_taking_a_sample_apart_loses_nothing(sample: str) -> None:
    assert b"".join(line.raw for line in read_layout(SAMPLES[sample]).lines) == SAMPLES[sample]
