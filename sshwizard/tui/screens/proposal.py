"""A remedy before it is applied: the exact change, why this form, what it does elsewhere, how to take it back."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from sshwizard import apply
from sshwizard.errors import SshwizardError
from sshwizard.model.change import Change
from sshwizard.model.facts import Facts
from sshwizard.model.finding import Diagnosis, Fix
from sshwizard.model.steps import AddToAgent, ConvertKey, GenerateKey, TrustHostKey, WriteFile
from sshwizard.report.contract import instructions
from sshwizard.text import _
from sshwizard.tui import flow, look, words
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.changing import make_change
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, Steps, TitleBar
from sshwizard.tui.widgets.rows import Rows
from sshwizard.tui.widgets.secret_input import SecretInput

GUIDED = ("sshwizard setup", "sshwizard keys add", "sshwizard keys new")
"""Commands that the guided set-up stands for."""


class ProposalScreen(Screen[Change]):
    """Shows one fix; Enter applies it and answers with the `Change`, Esc answers with nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", _("apply and test again")),
        Binding("g", "guide", _("do it step by step")),
        Binding("s", "save", _("save as script")),
    ]
    help_title = _("The proposal")
    help_lines: ClassVar[tuple[str, ...]] = (
        _("Lines with + are added, lines with - go away; everything else in the file stays as it is."),
        _("Before it was shown, it was tried out in thought for every host this machine knows."),
        _("A copy of the file is kept. `sshwizard undo` brings it back, byte for byte."),
    )

    def __init__(
        self,
        fix: Fix,
        diagnosis: Diagnosis | None = None,
        *,
        steps: Steps | None = None,
        facts: Facts | None = None,
    ) -> None:
        super().__init__()
        self._facts = facts or (diagnosis.case.facts if diagnosis else None)
        self._steps = steps
        self._fix = fix
        self._diagnosis = diagnosis
        self._busy = False

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        fix = self._fix
        yield TitleBar(fix.title)
        if self._steps:
            yield self._steps
        with VerticalScroll(id="body"):
            todo = instructions(fix)
            if todo:
                yield Rows([(look.muted(f"{n}."), text) for n, text in enumerate(todo, 1)], classes="lead")
            yield Rows(id="diff", classes="lead")
            if self._needs_passphrase():
                with Horizontal(classes="form-row lead"):
                    yield Static(_("Passphrase"), classes="form-label", markup=False)
                    yield SecretInput(placeholder=_("of the private half"), id="passphrase")
            yield Rows(self._reasons())
        yield CommandStrip(fix.command or self._own_command())
        yield KeyLine()

    def on_mount(self) -> None:
        fields = self.query(SecretInput)
        (fields.first() if fields else self.query_one("#body")).focus()
        if self._fix.steps:
            machine = self.session.look_again()
            in_background(
                self,
                lambda: apply.preview(machine, self._fix),
                self._previewed,
                app_of(self).tell,
                name="preview",
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "guide":
            return self._is_guided
        return bool(self._fix.steps) and not self._busy if action in ("apply", "save") else True

    @property
    def _is_guided(self) -> bool:
        """Whether the guided set-up does what this remedy advises."""
        return not self._fix.steps and self._fix.command.startswith(GUIDED) and self._diagnosis is not None

    def _needs_passphrase(self) -> bool:
        facts = self._facts
        locked = {one.private_path for one in facts.identities if one.encrypted} if facts else set()
        return any(
            (isinstance(step, GenerateKey | ConvertKey) and step.encrypted)
            or (isinstance(step, AddToAgent) and step.path in locked)
            for step in self._fix.steps
        )

    def _own_command(self) -> str:
        if not self._fix.steps or self._diagnosis is None or self._diagnosis.case.plan is None:
            return ""
        return self.session.command("fix", self._diagnosis.case.plan.target.typed or "")

    def _reasons(self) -> list[tuple[Content, Content]]:
        rows = []
        if self._fix.why:
            rows.append((look.muted(_("why so")), Content(self._fix.why)))
        for number, line in enumerate(words.effect_lines(self._fix)):
            rows.append((look.muted(_("then") if number == 0 else ""), Content(line)))
        if self._fix.steps:
            copied = any(isinstance(step, WriteFile | TrustHostKey) for step in self._fix.steps)
            sentence = (
                _("A copy is kept; `{undo}` takes this back.") if copied else _("`{undo}` takes this back.")
            )
            kept = sentence.format(undo=self.session.command("undo"))
            rows.append((look.muted(_("undo")), Content(kept)))
        return rows

    def _previewed(self, text: str) -> None:
        shown = self.session.machine.shown
        lines = []
        for line in text.rstrip("\n").split("\n"):
            named = line.startswith(("--- ", "+++ "))
            lines.append(f"{line[:4]}{shown(line[4:])}" if named else line)
        unchanged = [number for number, line in enumerate(lines) if line.startswith(" ")]
        self.query_one("#diff", Rows).show([(look.diff_line(line),) for line in lines], clipped=unchanged)

    @on(SecretInput.Entered)
    def _entered(self) -> None:
        self.action_apply()

    def action_apply(self) -> None:
        """Do it, and go back with what was done."""
        if self._busy or not self._fix.steps:
            return
        passphrase = self.query_one(SecretInput).take() if self.query(SecretInput) else None
        self._busy = make_change(self, self._fix, self._changed, self._refused, passphrase=passphrase)
        self.refresh_bindings()

    def _changed(self, change: Change) -> None:
        self.dismiss(change)

    def _refused(self, error: SshwizardError) -> None:
        self._busy = False
        self.refresh_bindings()
        app_of(self).tell(error)

    def action_guide(self) -> None:
        """Open the guided set-up for the host that was checked."""
        plan = self._diagnosis.case.plan if self._diagnosis else None
        if plan is not None:
            flow.host_chosen(app_of(self), plan.target.typed or plan.target.host)

    def action_save(self) -> None:
        """Write the change as a shell script instead of making it."""
        from sshwizard.tui.screens.save import SaveScreen

        script = apply.as_script(self.session.machine, self._fix)
        self.app.push_screen(SaveScreen(self._fix.title, script, "sshwizard-fix.sh", mode=0o700))


class ChangeScreen(ProposalScreen):
    """A change about git or an agent: no host is asked for it afterwards."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "apply", _("do it"))]
    help_title = _("What would be done")
    help_lines = (
        _("Lines with $ are commands; lines with + are added to a file, lines with - go away."),
        _("Everything that is changed is noted, and `sshwizard undo` takes it back."),
    )
