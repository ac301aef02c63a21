"""The pictures in screenshots/: each can be made anew, and none shows where it was made."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[2] / "screenshots"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_pictures", FOLDER / "make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_picture_has_its_recipe(maker: ModuleType) -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(maker.PICTURES)


def test_no_picture_shows_the_machine_it_was_made_on() -> None:
    for path in FOLDER.glob("*.svg"):
        text = path.read_text()
        assert not any(word in text for word in ("/root", "/work/", "@font-face", "url(http")), path.name


def test_a_picture_is_the_same_when_only_numbers_and_keys_differ(maker: ModuleType) -> None:
    first = "<text x='1'>SHA256:abc/d+e in 12 ms</text>"
    second = "<text x='1'>SHA256:xyz in 340 ms</text>"

    assert maker.masked(first) == maker.masked(second)
