"""`completion`: a script for the shell, made from the table of commands and each command's own flags."""

from __future__ import annotations

import argparse
from importlib import import_module

from sshwizard.cli import commands, exits, start
from sshwizard.cli.desk import Desk
from sshwizard.report import contract
from sshwizard.text import _

_LIST = "', '"
SHELLS = ("bash", "zsh", "fish", "powershell")


def completion_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument of `completion`."""
    parser.add_argument("shell", choices=SHELLS, help=_("which shell"))


def run_completion(desk: Desk) -> int:
    """Print the script."""
    writer = {"bash": bash, "zsh": zsh, "fish": fish, "powershell": powershell}[desk.args.shell]
    script = writer(words())
    desk.out.object(contract.envelope("completion", shell=desk.args.shell, script=script))
    desk.out.answer(script)
    return exits.DONE


def words() -> dict[str, tuple[str, ...]]:
    """Return what may follow: "" for the first word, a command's name for its second words and flags."""
    found: dict[str, list[str]] = {"": ["help"]}
    for command in commands.COMMANDS:
        first, _space, second = command.name.partition(" ")
        if first not in found[""]:
            found[""].append(first)
        if second:
            found.setdefault(first, []).append(second)
        module = import_module(f"sshwizard.cli.{command.module}")
        parser = start.parser(command, module)
        options = [flag for flag in parser._option_string_actions if flag.startswith("--")]
        found.setdefault(command.name, []).extend(options)
    found["completion"] += SHELLS
    return {name: tuple(follow) for name, follow in found.items()}


def bash(table: dict[str, tuple[str, ...]]) -> str:
    """Write the script for bash."""
    cases = "\n".join(
        f"        {_quoted(name)}) words={_quoted(' '.join(follow))} ;;"
        for name, follow in table.items()
        if name
    )
    return f"""_sshwizard() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} words={_quoted(" ".join(table[""]))}
    local one=${{COMP_WORDS[1]}} two="${{COMP_WORDS[1]}} ${{COMP_WORDS[2]}}"
    if ((COMP_CWORD == 1)); then :; else
        case $one in
{cases}
        esac
        case $two in
{cases}
        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    if ((COMP_CWORD > 1)) && [[ $current != -* ]]; then
        COMPREPLY+=($(compgen -f -- "$current"))
        if [[ -r ~/.ssh/config ]]; then
            COMPREPLY+=($(compgen -W "$(sed -n 's/^[[:space:]]*[Hh]ost[[:space:]=]//p' ~/.ssh/config)" -- "$current"))
        fi
    fi
}}
complete -F _sshwizard sshwizard"""


def zsh(table: dict[str, tuple[str, ...]]) -> str:
    """Write the script for zsh, over its own bash emulation."""
    return f"#compdef sshwizard\nautoload -U +X bashcompinit && bashcompinit\n{bash(table)}"


def fish(table: dict[str, tuple[str, ...]]) -> str:
    """Write the script for fish."""
    lines = [
        f"complete -c sshwizard -n __fish_use_subcommand -f -a {_quoted(' '.join(table['']))}",
    ]
    for name, follow in table.items():
        if not name:
            continue
        condition = " ; and ".join(f"__fish_seen_subcommand_from {word}" for word in name.split())
        plain = " ".join(word for word in follow if not word.startswith("-"))
        if plain:
            lines.append(f"complete -c sshwizard -n {_quoted(condition)} -f -a {_quoted(plain)}")
        lines += [
            f"complete -c sshwizard -n {_quoted(condition)} -l {word.removeprefix('--')}"
            for word in follow
            if word.startswith("--")
        ]
    return "\n".join(lines)


def powershell(table: dict[str, tuple[str, ...]]) -> str:
    """Write the script for PowerShell."""
    rows = "\n".join(f"        '{name}' = @('{_LIST.join(follow)}')" for name, follow in table.items())
    return f"""Register-ArgumentCompleter -Native -CommandName sshwizard -ScriptBlock {{
    param($word, $ast, $position)
    $table = @{{
{rows}
    }}
    $typed = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object {{ $_.ToString() }})
    if ($word -ne '' -and $typed.Count -gt 0) {{ $typed = @($typed | Select-Object -SkipLast 1) }}
    $two = ($typed | Select-Object -First 2) -join ' '
    $one = if ($typed.Count -gt 0) {{ $typed[0] }} else {{ '' }}
    $follow = @($table[$two]) + @($table[$one])
    $follow | Where-Object {{ $_ -like "$word*" }} | Select-Object -Unique |
        ForEach-Object {{ [System.Management.Automation.CompletionResult]::new($_) }}
}}"""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
