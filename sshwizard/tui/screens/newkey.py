"""Making a key: kind, file, comment, passphrase twice. Every field has a good answer in it already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from sshwizard.errors import SshwizardError
from sshwizard.model.change import Change
from sshwizard.model.facts import Facts
from sshwizard.model.finding import Fix
from sshwizard.model.plan import Target
from sshwizard.model.steps import AddToAgent
from sshwizard.secret import Secret
from sshwizard.text import _
from sshwizard.tui import look
from sshwizard.tui.app import app_of
from sshwizard.tui.background import in_background
from sshwizard.tui.changing import make_change
from sshwizard.tui.session import Session
from sshwizard.tui.widgets.cycle import Cycle
from sshwizard.tui.widgets.frame import CommandStrip, KeyLine, Steps, TitleBar
from sshwizard.tui.widgets.secret_input import SecretInput
from sshwizard.wizard import answers, choices, newkey, strip

Made = Callable[[Change, newkey.NewKey], None]


class NewKeyScreen(Screen[None]):
    """The form for a new pair; `made` is told when it exists."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "make", _("make it"), key_display="^s"),
        Binding("ctrl+r", "reveal", _("show"), key_display="^r", priority=True),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]
    help_title = _("A new key")
    help_lines = (
        _(
            "The private half is written to the file you name, the public half beside it with .pub at its end."
        ),
        _(
            "The passphrase locks the private half on this disk. Whoever steals the file cannot use it without."
        ),
        _(
            "A terminal ssh-keygen would show nothing while you type a passphrase; here you see dots and a count."
        ),
    )

    def __init__(
        self, target: Target | None = None, made: Made | None = None, steps: Steps | None = None
    ) -> None:
        super().__init__()
        self._target = target
        self._made = made
        self._steps = steps
        self._facts: Facts | None = None
        self._new: newkey.NewKey | None = None
        self._empty_agreed = False
        self._busy = False

    @property
    def session(self) -> Session:
        return app_of(self).session

    def compose(self) -> ComposeResult:
        about = _("for {host}").format(host=self._target.host) if self._target else ""
        yield TitleBar(_("Make a key"), about)
        if self._steps:
            yield self._steps
        yield VerticalScroll(id="body")
        yield CommandStrip()
        yield KeyLine(("tab", _("next field")), ("←→", _("other kind")))

    def on_mount(self) -> None:
        in_background(self, self.session.look, self._found, app_of(self).tell, name="look")

    async def _found(self, facts: Facts) -> None:
        self._facts = facts
        self._new = newkey.suggest(facts, self._target)
        await self.query_one("#body").mount_all(self._form(facts, self._new))
        self._redraw()
        self.query_one("#passphrase").focus()

    def _form(self, facts: Facts, new: newkey.NewKey) -> list[Widget]:
        rows = [
            row(_("Kind"), Cycle(choices.type_choice(new), id="kind")),
            row(_("File"), Input(value=self.session.machine.shown(new.path), id="file", compact=True)),
            row(_("Comment"), Input(value=new.comment, id="comment", compact=True)),
            row(_("Passphrase"), SecretInput(id="passphrase"), "strength"),
            row(_("Again"), SecretInput(id="again"), "same"),
        ]
        if any(agent.reachable for agent in facts.agents):
            question = choices.yes_no(
                "",
                default=True,
                yes=_("yes: type the passphrase once until you log out"),
                no=_("no: ssh asks each time"),
            )
            rows.append(row(_("To the agent"), Cycle(question, id="agent")))
        text = _(
            "The passphrase locks the private half on this disk; an empty one leaves it open. "
            "A terminal ssh-keygen would show nothing while you type."
        )
        problem = Static(markup=False, id="problem", classes="gap")
        return [*rows, Static(Content(text), markup=False, classes="gap quiet"), problem]

    @on(Input.Changed)
    @on(Cycle.Changed)
    @on(SecretInput.Typed)
    def _redraw(self) -> None:
        if self._facts is None or not self.query("#kind"):
            return
        new = self._answer()
        first, again = self._field("passphrase"), self._field("again")
        self._empty_agreed = False
        strength = answers.passphrase_strength(first.peek()) if first.length else _("none")
        self.query_one("#strength", Static).update(Content(strength))
        same = "" if not again.length else _("same") if first.peek() == again.peek() else _("differs")
        self.query_one("#same", Static).update(Content(same))
        shown = self.session.machine.shown(new.path)
        self.query_one(CommandStrip).say(strip.keygen(new.type, new.bits, shown, new.comment))
        self._say("")

    def _field(self, id: str) -> SecretInput:
        return self.query_one(f"#{id}", SecretInput)

    def _answer(self) -> newkey.NewKey:
        machine = self.session.machine
        kind, _colon, bits = self.query_one("#kind", Cycle).value.partition(":")
        path = answers.absolute(self.query_one("#file", Input).value, machine.home, machine.cwd)
        return newkey.NewKey(
            type=cast(newkey.KeyType, kind),
            bits=int(bits) if bits else None,
            path=path,
            comment=self.query_one("#comment", Input).value.strip(),
            encrypted=self._field("passphrase").length > 0,
        )

    def _say(self, text: str) -> None:
        self.query_one("#problem", Static).update(look.amber(text))

    @on(SecretInput.Entered, "#again")
    def _last_entered(self) -> None:
        self.action_make()

    @on(Input.Submitted)
    @on(SecretInput.Entered, "#passphrase")
    def _entered(self) -> None:
        self.focus_next()

    def action_reveal(self) -> None:
        """Show both passphrases instead of dots, or hide them."""
        for field in self.query(SecretInput):
            field.action_reveal()

    def _problem(self) -> tuple[str, str]:
        """Return what is wrong and the field where it is; ("", "") when all is well."""
        machine = self.session.machine
        path = self.query_one("#file", Input).value
        wrong = answers.check_key_path(path, home=machine.home, cwd=machine.cwd, files=machine.fresh().files)
        if wrong:
            return wrong, "file"
        wrong = answers.check_comment(self.query_one("#comment", Input).value)
        if wrong:
            return wrong, "comment"
        first, again = self._field("passphrase"), self._field("again")
        wrong = answers.check_passphrase(first.peek(), again.peek())
        return (wrong, "again" if first.length and again.length else "passphrase") if wrong else ("", "")

    def action_make(self) -> None:
        """Make the pair, unless something is wrong with an answer."""
        if self._busy or self._facts is None:
            return
        problem, where = self._problem()
        if problem:
            self._say(problem)
            self.query_one(f"#{where}").focus()
            return
        if not self._field("passphrase").length and not self._empty_agreed:
            self._empty_agreed = True
            self._say(
                _(
                    "Without a passphrase, whoever can read the file can use the key. ^s makes it all the same."
                )
            )
            return
        self._start(self._answer())

    def _start(self, new: newkey.NewKey) -> None:
        self._new = new
        passphrase: Secret | None = self._field("passphrase").take() if new.encrypted else None
        self._field("again").clear()
        self._busy = make_change(self, self._fix(new), self._done, self._refused, passphrase=passphrase)
        self._say(_("Making the key…") if self._busy else "")

    def _fix(self, new: newkey.NewKey) -> Fix:
        fix = newkey.fix(new, self.session.machine.shown(new.path))
        agents = [agent for agent in self._facts.agents if agent.reachable] if self._facts else []
        if agents and self.query("#agent") and self.query_one("#agent", Cycle).value == choices.YES:
            fix = replace(fix, steps=(*fix.steps, AddToAgent(path=new.path, agent=agents[0].where)))
        return fix

    def _done(self, change: Change) -> None:
        assert self._new is not None
        if self._made:
            self._made(change, self._new)
            return
        self.app.notify(
            _("Made: {path}").format(path=self.session.machine.shown(self._new.path)), markup=False
        )
        self.dismiss(None)

    def _refused(self, error: SshwizardError) -> None:
        self._busy = False
        self._say(error.message)
        app_of(self).tell(error)


def row(label: str, field: Widget, note: str = "") -> Horizontal:
    """Return one line of a form: label, field, and room for a remark of the given id."""
    parts: list[Widget] = [Static(Content(label), classes="form-label", markup=False), field]
    if note:
        parts.append(Static(id=note, classes="form-note", markup=False))
    return Horizontal(*parts, classes="form-row")


def named(id: str, line: Horizontal) -> Horizontal:
    """Give a line of a form an id, for showing and hiding it."""
    line.id = id
    return line
