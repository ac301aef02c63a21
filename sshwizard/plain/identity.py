"""The road "It pushes as the wrong person": who each remote logs in as, and another key for it."""

from __future__ import annotations

import os

from sshwizard import check, repositories
from sshwizard.errors import UsageError
from sshwizard.model.choices import Choice, Option
from sshwizard.model.events import notes
from sshwizard.plain.visit import Visit
from sshwizard.report.columns import table
from sshwizard.repositories import Proposal, Repository, Row
from sshwizard.text import _
from sshwizard.wizard import choices

KEY, SIGN, LOGIN, FOLDER, DONE = "key", "sign", "login", "folder", "done"


def walk(visit: Visit) -> None:
    """Show the remotes, then do what is wanted until that is nothing more."""
    folder, login = visit.machine.cwd, False
    while True:
        visit.command(visit.ours("identity", *(("--login",) if login else ())))
        try:
            request = visit.request("", login=login)
            found = repositories.look(visit.machine, folder, request, on_event=notes(visit.say))
        except UsageError as error:
            visit.say("", error.message)
            folder = _ask_folder(visit)
            continue
        _show(visit, found, login=login)
        picked = visit.dialogue.choose(_next(found, login=login), back=True)
        login = picked == LOGIN
        if picked == FOLDER:
            folder = _ask_folder(visit)
        elif picked == KEY:
            _another_key(visit, folder, found)
        elif picked == SIGN:
            _sign(visit, found)
        elif picked == DONE:
            return


def _show(visit: Visit, found: tuple[Repository, ...], *, login: bool) -> None:
    head = [
        _("remote"),
        _("leads to"),
        _("logs in as") if login else _("sends first"),
        _("commits as"),
    ]
    rows = [[row.remote.name, row.place, _who(row, login), row.commits or "–"] for row in _rows(found)]
    if len(found) > 1:
        head = [_("folder"), *head]
        rows = [
            [os.path.basename(row.remote.folder), *line] for row, line in zip(_rows(found), rows, strict=True)
        ]
    visit.say("", *table([head, *rows], width=visit.style.width))
    if not rows:
        visit.say(_("No remote is set here: it pushes nowhere."))


def _rows(found: tuple[Repository, ...]) -> list[Row]:
    return [row for one in found for row in one.rows]


def _who(row: Row, login: bool) -> str:
    if row.remote.transport != "ssh":
        return _("no ssh ({kind})").format(kind=row.remote.transport)
    return (row.account or row.problem or "?") if login else (row.key or _("no key"))


def _next(found: tuple[Repository, ...], *, login: bool) -> Choice:
    over_ssh = any(row.remote.transport == "ssh" for row in _rows(found))
    none = "" if over_ssh else _("no remote here uses SSH")
    options = [
        Option(value=KEY, label=_("Push with another key"), disabled=none),
        Option(value=LOGIN, label=_("Log in to each host, to see the account"), disabled=none),
        Option(value=SIGN, label=_("Sign commits with a key")),
        Option(value=FOLDER, label=_("Look at another folder")),
        Option(value=DONE, label=_("Nothing more")),
    ]
    return Choice(
        question=_("What next?"), options=tuple(options), default=DONE if login or not over_ssh else KEY
    )


def _ask_folder(visit: Visit) -> str:
    machine = visit.machine
    typed = visit.dialogue.ask(_("Folder of a repository, or of several (q quits)"))
    path = machine.home + typed[1:] if typed == "~" or typed.startswith("~/") else typed
    return os.path.normpath(os.path.join(machine.cwd, path))


def _another_key(visit: Visit, folder: str, found: tuple[Repository, ...]) -> None:
    row = _pick_row(visit, found)
    key = _pick_key(visit, _("Which key should it push with?"))
    tops = tuple(one.folder for one in found)
    choice = repositories.design_choice(visit.machine.shown, row.remote.folder, folder, tops)
    value = visit.dialogue.choose(choice, back=True)
    design, where = repositories.chosen_design(value, row.remote.folder, folder)
    proposal = repositories.push_with(
        visit.machine, where, key, design, check.Request(), remote=row.remote.name
    )
    _carry_out(visit, proposal)


def _pick_row(visit: Visit, found: tuple[Repository, ...]) -> Row:
    rows = [row for row in _rows(found) if row.remote.transport == "ssh"]
    if len(rows) == 1:
        return rows[0]
    options = tuple(
        Option(
            value=str(number),
            label=f"{os.path.basename(row.remote.folder)} {row.remote.name}",
            note=row.place,
        )
        for number, row in enumerate(rows)
    )
    return rows[
        int(visit.dialogue.choose(Choice(question=_("Which one?"), options=options, default="0"), back=True))
    ]


def _pick_key(visit: Visit, question: str) -> str:
    choice = choices.pick_key(visit.facts().identities, visit.machine.shown, question)
    if not choice.default:
        raise UsageError(_("There is no key here that could be used."), hint=_("“Set up a key” makes one."))
    return visit.dialogue.choose(choice, back=True)


def _sign(visit: Visit, found: tuple[Repository, ...]) -> None:
    folder = found[0].folder if len(found) == 1 else _pick_row(visit, found).remote.folder
    key = _pick_key(visit, _("Which key should sign this repository's commits?"))
    _carry_out(visit, repositories.sign_with(visit.machine, folder, key, check.Request()))


def _carry_out(visit: Visit, proposal: Proposal | None) -> None:
    """Show, ask, apply and prove; take it back where the proof fails."""
    if proposal is None or not (proposal.fix.steps or proposal.fix.instructions):
        visit.say(_("It is set up like this already."))
        return
    visit.show(proposal.fix)
    visit.say(proposal.fix.why)
    if not proposal.fix.steps or not visit.dialogue.yes_no(_("Do this?"), default=True):
        return
    change = visit.apply(proposal.fix)
    if change is None:
        return
    trouble = proposal.prove(visit.machine)
    if trouble:
        visit.say(_("The proof failed, so it is taken back: {why}").format(why=trouble))
        visit.undo(change)
        return
    visit.say(proposal.proved)
    visit.say(_("Taken back with: {command}").format(command=visit.ours("undo", str(change.number))))
