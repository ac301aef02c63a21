"""Making a change happen: ready, journaled, executed step by step, and taken back whole when a step fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sshwizard.apply import agent, elsewhere, journal, outside, place, server, witness
from sshwizard.apply.elsewhere import Login
from sshwizard.apply.prepare import Ready, Write, make_ready
from sshwizard.apply.reverse import take_back
from sshwizard.errors import CannotApply, SshwizardError
from sshwizard.model.change import Change
from sshwizard.model.finding import Fix
from sshwizard.model.steps import (
    AddToAgent,
    Chmod,
    Chown,
    ConvertKey,
    DoByHand,
    GenerateKey,
    InstallKey,
    MakeFolder,
    RemoveFromAgent,
    RemoveKey,
    RunCommand,
    SetRemoteUrl,
    StartAgent,
    TrustHostKey,
    UninstallKey,
    UploadKey,
    WriteFile,
)
from sshwizard.secret import Secret
from sshwizard.text import _

if TYPE_CHECKING:
    from sshwizard.machine.machine import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What the caller hands over beside the steps."""

    passphrase: Secret | None
    login: Login


def apply_fix(
    machine: Machine,
    fix: Fix,
    *,
    passphrase: Secret | None = None,
    token: Secret | None = None,
    otp: Secret | None = None,
    timeout: float = 20.0,
    attached: bool = True,
) -> Change:
    """Execute a fix and return its entry in the journal.

    `passphrase` is for GenerateKey, ConvertKey and AddToAgent, `token` (and `otp`, a second factor's code, and
    `timeout`, seconds for each answer) for UploadKey and RemoveKey; `attached` lets the ssh of InstallKey and
    UninstallKey ask on the terminal. All steps are checked first; the journal is written before the first effect. When a step fails, those before it are taken back and the
    error is raised: CannotApply, or what the provider raised (Refused, CannotCheck) for an upload. A changed
    configuration that the real ssh refuses, though it took the old one, is taken back (exit code 6).
    """
    if not fix.steps:
        raise CannotApply(
            _("This has to be done by hand; nothing was changed."),
            code="by-hand",
            hint=" ".join(fix.instructions),
        )
    make_ready(machine, fix.steps)
    with journal.locked(machine):
        ready = make_ready(machine, fix.steps)
        asked = witness.may_ask(machine, ready) and not witness.refusal(machine)
        others = witness.in_force(machine, fix.unchanged_hosts) if asked else {}
        entry = journal.new_entry(machine, fix.title, fix.command)
        entry.records = [_record(machine, entry, step, number) for number, step in enumerate(ready, 1)]
        login = Login(token=token, otp=otp, timeout=timeout, attached=attached)
        given = _Given(passphrase=passphrase, login=login)
        _execute(machine, entry, ready, given, others if asked else None)
        return journal.to_change(entry)


def _execute(
    machine: Machine,
    entry: journal.Entry,
    ready: tuple[Ready, ...],
    given: _Given,
    others: dict[str, bytes] | None,
) -> None:
    """`others`: what ssh says of the hosts that should stay as they are; None: it is not asked."""
    try:
        for step, record in zip(ready, entry.records, strict=True):
            record["begun"] = True
            entry.save()
            _perform(machine, entry, step, record, given)
            record["done"] = True
        if others is not None:
            words = witness.refusal(machine) or witness.changed_elsewhere(
                others, witness.in_force(machine, others)
            )
            if words:
                raise witness.made_worse(words, machine.user_config or "")
        entry.state = "done"
        entry.save()
    except BaseException as error:
        entry.notes.append(str(error) or type(error).__name__)
        notes, whole = take_back(machine, entry, given.login)
        entry.notes += notes
        if whole:
            entry.state = "failed"
        try:
            entry.save()
        except SshwizardError as late:
            # The first error is the one to tell. That the journal still says "started" is safe: `undo` then
            # finds that there is nothing left to reverse.
            error.add_note(late.message)
        raise


def _record(machine: Machine, entry: journal.Entry, step: Ready, number: int) -> journal.Record:
    match step:
        case Write():
            return place.record_write(machine, entry, step, number)
        case MakeFolder():
            return place.record_folder(machine, step)
        case Chmod():
            return place.record_chmod(machine, step)
        case Chown():
            return place.record_chown(machine, step)
        case GenerateKey() | ConvertKey():
            return place.record_key(machine, entry, step)
        case AddToAgent():
            return agent.record_add(machine, step)
        case RemoveFromAgent():
            return agent.record_remove(machine, step)
        case StartAgent():
            return agent.record_start(machine, step)
        case UploadKey():
            return elsewhere.record_upload(step)
        case RemoveKey():
            return elsewhere.record_removal(step)
        case InstallKey():
            return server.record_install(step)
        case UninstallKey():
            return server.record_uninstall(step)
        case SetRemoteUrl():
            return outside.record_remote(machine, entry, step, number)
        case RunCommand():
            return outside.record_command(machine, entry, step, number)
        case DoByHand():
            return {"kind": "do_by_hand", "sentence": " ".join(step.instructions)}
        case WriteFile() | TrustHostKey():
            raise AssertionError("make_ready turned it into a Write")


def _perform(
    machine: Machine,
    entry: journal.Entry,
    step: Ready,
    record: journal.Record,
    given: _Given,
) -> None:
    match step:
        case Write():
            place.write(step)
        case MakeFolder():
            place.make_folder(step)
        case Chmod():
            place.chmod(step)
        case Chown():
            place.chown(step)
        case GenerateKey():
            place.generate(entry, step, record, given.passphrase)
        case ConvertKey():
            place.convert(entry, step, record, given.passphrase)
        case AddToAgent():
            agent.add(machine, step, record, given.passphrase)
        case RemoveFromAgent():
            agent.remove(machine, step)
        case StartAgent():
            agent.start(machine, step)
        case UploadKey():
            elsewhere.upload(machine, step, record, given.login)
        case RemoveKey():
            elsewhere.remove(machine, step, record, given.login)
        case InstallKey():
            server.install(machine, step, record, given.login)
        case UninstallKey():
            server.uninstall(machine, step, record, given.login)
        case SetRemoteUrl():
            outside.set_remote(machine, entry, step, record)
        case RunCommand():
            outside.run_command(machine, entry, step, record)
        case DoByHand() | WriteFile() | TrustHostKey():
            pass
