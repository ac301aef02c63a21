"""The borders of the design, kept by machine: who imports whom, and what a cheap command may load."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "sshwizard"

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"errors", "text", "secret", "disguise"}),
    frozenset({"model"}),
    frozenset({"openssh"}),
    frozenset({"machine", "hosts", "providers"}),
    frozenset({"gather", "plan", "propose", "probe", "rules", "logs", "apply", "wizard", "report"}),
    frozenset({"check"}),
    frozenset({"acquaintances", "mending", "repositories", "witness"}),
    frozenset({"plain", "tui", "practice", "cli"}),
)
FREE_WITHIN_LAYER = (0, 3)
ONLY_IN = {
    "textual": ("tui/",),
    "rich": ("tui/", "plain/", "cli/"),
    "paramiko": ("probe/", "practice/"),
    "cryptography": ("openssh/keys",),
    "httpx": ("machine/", "providers/"),
    "truststore": ("machine/", "providers/"),
    "keyring": ("machine/", "providers/"),
    "platformdirs": ("machine/",),
    "subprocess": ("machine/", "practice/"),
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text())


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            if node.module == "sshwizard":
                yield from (f"sshwizard.{name.name}" for name in node.names)


def part_of(relative: str) -> str:
    return relative.split("/", 1)[0].removesuffix(".py")


def layer_of(part: str) -> int | None:
    return next((number for number, parts in enumerate(LAYERS) if part in parts), None)


def test_every_part_has_its_layer() -> None:
    parts = {part_of(relative) for relative, _ in modules()} - {"__init__", "__main__"}

    assert {part for part in parts if layer_of(part) is None} == set()


def test_imports_point_downwards() -> None:
    wrong = []
    for relative, tree in modules():
        own = layer_of(part_of(relative))
        if own is None:
            continue
        for name in imports(tree):
            pieces = name.split(".")
            if pieces[0] != "sshwizard" or len(pieces) < 2 or pieces[1] == part_of(relative):
                continue
            other = layer_of(pieces[1])
            started_by_cli = part_of(relative) == "cli" and other == own
            if other is None or started_by_cli or other < own or (other == own and own in FREE_WITHIN_LAYER):
                continue
            wrong.append(f"{relative} imports {name}")

    assert wrong == []


def test_libraries_stay_in_their_parts() -> None:
    wrong = [
        f"{relative} imports {name}"
        for relative, tree in modules()
        for name in imports(tree)
        for library, places in ONLY_IN.items()
        if name.split(".")[0] == library and not relative.startswith(places)
    ]

    assert wrong == []


def test_only_machine_asks_for_the_platform_and_the_environment() -> None:
    wrong = []
    for relative, tree in modules():
        if relative.startswith(("machine/", "practice/")):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                word = f"{node.value.id}.{node.attr}"
                if word in {"sys.platform", "os.environ", "os.getenv", "Path.home", "os.name"}:
                    wrong.append(f"{relative}:{node.lineno} {word}")

    assert wrong == []


def test_only_machine_opens_files() -> None:
    wrong = [
        f"{relative}:{node.lineno}"
        for relative, tree in modules()
        if not relative.startswith(("machine/", "practice/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
    ]

    assert wrong == []


def test_only_the_rules_and_the_entry_point_catch_everything() -> None:
    wrong = [
        f"{relative}:{node.lineno}"
        for relative, tree in modules()
        if not relative.startswith("rules/") and relative != "cli/main.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
    ]

    assert wrong == []


def loaded_by(*arguments: str, home: Path) -> set[str]:
    """Run sshwizard in a fresh interpreter and return the top-level modules it loaded."""
    program = (
        "import sys, json, io\n"
        "sys.argv = ['sshwizard', *json.loads(sys.argv[1])]\n"
        "real, sys.stdout = sys.stdout, io.StringIO()\n"
        "from sshwizard.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), file=real)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "SSHWIZARD_HOME": str(home)},
        check=True,
    )
    return set(json.loads(done.stdout))


HEAVY = {"textual", "paramiko", "cryptography", "httpx", "rich", "keyring", "platformdirs", "nacl", "bcrypt"}


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("--help",), ("why", "--help"), ("why", "host.invalid", "--json"), ("keys", "list", "--json"),
     ("config", "show", "host.invalid"), ("practice", "--list")],
    ids=" ".join,
)  # fmt: skip
def test_local_commands_load_no_third_party_library(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert loaded_by(*arguments, home=tmp_path) & HEAVY == set()


def test_the_wheel_takes_every_file_that_is_not_python() -> None:
    with (PACKAGE.parent / "pyproject.toml").open("rb") as file:
        patterns = tomllib.load(file)["tool"]["setuptools"]["package-data"]["sshwizard"]
    taken = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    there = {
        path
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and "__pycache__" not in path.parts
    }

    assert there <= taken
    assert any(path.suffix == ".tcss" for path in taken)
