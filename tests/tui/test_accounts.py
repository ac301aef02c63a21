"""The account's keys on the screen: looking, adding, removing, another account, own instances, servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from providers.services import Request, Service, as_json, github, heroku
from providers.services import gitea as gitea_service
from servers.keychain import Chain
from servers.keys import KeyMaker
from servers.passwords import LINES, PASSWORD, AccountSshd
from textual.events import Event
from textual.message import Message
from textual.pilot import Pilot

from sshwizard import apply
from sshwizard.machine.machine import Machine
from sshwizard.model.plan import Target
from sshwizard.openssh.keys import read_public_line
from sshwizard.practice.ground import Ground
from sshwizard.providers.place import Place
from sshwizard.secret import Secret
from sshwizard.tui import flow
from sshwizard.tui.app import WizardApp
from sshwizard.tui.screens.account import AccountScreen
from sshwizard.tui.screens.elsewhere import ElsewhereScreen
from sshwizard.tui.screens.history import HistoryScreen
from sshwizard.tui.screens.hosts import HostsScreen
from sshwizard.tui.screens.instance import InstanceScreen
from sshwizard.tui.screens.setup_test import SetupTestScreen
from sshwizard.tui.screens.undo import UndoScreen
from sshwizard.tui.start import application
from sshwizard.wizard import service
from sshwizard.wizard.account import Foreign
from sshwizard.wizard.credentials import Login, key_of
from sshwizard.wizard.options import Options
from tui.driving import SIZES, overflowing, practising, press, running, screen_text, shows, until

CANARY = "canary-token-0123456789"


async def to_the_account(pilot: Pilot[int]) -> None:
    """Walk from the first screen to the practice account's keys, with the token that is found."""
    await shows(pilot, "nothing checked yet")
    await press(pilot, "down", "down", "enter")
    await shows(pilot, "fingerprint")
    await press(pilot, "left")
    await shows(pilot, "the practice ground's own host")
    await press(pilot, "enter")
    await shows(pilot, "SSHWIZARD_PRACTICE_TOKEN")
    await press(pilot, "enter")
    await shows(pilot, "keys on the account")


def titles(ground: Ground) -> list[str]:
    return [key.title for key in ground.accounts.keys_of("mia")]


@pytest.mark.parametrize("size", SIZES)
async def test_the_table_says_what_is_where_at_every_size(size: tuple[int, int]) -> None:
    async with practising("old-keys", size=size) as (app, pilot, _ground):
        await to_the_account(pilot)
        await shows(pilot, "4 keys on the account, 1 of them on this machine.")
        await shows(pilot, "practice · mia")

        text = screen_text(app)
        assert "7 years" in text and "(old-laptop?)" in text
        assert "practice_2023" in text
        assert overflowing(app) == []


async def test_a_key_is_added_with_one_key_press_waited_for_and_tested() -> None:
    async with practising("old-keys") as (app, pilot, ground):
        await to_the_account(pilot)
        await press(pilot, "end")
        await shows(pilot, "sends its public half to the account")
        await press(pilot, "a")
        await shows(pilot, "practice takes id_ed25519", 30)
        changes = [change.title for change in app.session.changes]
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, SetupTestScreen), "the test")
        await shows(pilot, "Everything is settled")
        await press(pilot, "escape")
        await shows(pilot, "5 keys on the account, 2 of them on this machine.")

        assert "mia@laptop" in titles(ground)
        assert changes == ["Add the public half to the account at practice, as mia@laptop"]


async def test_a_key_is_removed_after_its_name_and_put_back_by_undo() -> None:
    async with practising("old-keys") as (app, pilot, ground):
        await to_the_account(pilot)
        await press(pilot, "down", "d")
        await shows(pilot, "Type the key's name, mia@old-laptop, to remove it")
        await press(pilot, *"mia", "enter")
        await shows(pilot, "nothing was removed")
        untouched = titles(ground)
        await press(pilot, *"@old-laptop", "enter")
        await shows(pilot, "3 keys on the account")
        removed = titles(ground)
        app.push_screen(HistoryScreen())
        await shows(pilot, "1 Remove mia@old-laptop")
        await press(pilot, "enter")
        await shows(pilot, "take it back")
        await press(pilot, "enter")
        await shows(pilot, "taken back")

        assert "mia@old-laptop" in untouched and "mia@old-laptop" not in removed
        assert "mia@old-laptop" in titles(ground)
        assert app.session.leaving() == ("Nothing was changed.",)


async def test_keys_are_removed_by_a_part_of_their_name() -> None:
    async with practising("old-keys") as (app, pilot, ground):
        await to_the_account(pilot)
        await press(pilot, "f", *"laptop")
        await shows(pilot, "2 keys fit")
        await press(pilot, "enter")
        await shows(pilot, "this machine loses its access")
        await shows(pilot, "Type the account's name, mia, to remove 2 keys")
        await press(pilot, *"mia", "enter")
        await shows(pilot, "2 keys on the account")

        assert titles(ground) == ["ci-runner-3", "mia@tablet"]
        assert len(app.session.changes) == 2


async def test_all_are_removed_only_after_the_accounts_name() -> None:
    async with practising("old-keys") as (app, pilot, ground):
        await to_the_account(pilot)
        await press(pilot, "l")
        await shows(pilot, "all others lose their access")
        await press(pilot, *"mia@tablet", "enter")
        await shows(pilot, "That is not mia")
        before = len(titles(ground))
        await press(pilot, "escape", "l")
        await shows(pilot, "to remove 4 keys")
        await press(pilot, *"mia", "enter")
        await shows(pilot, "0 keys on the account")

        assert (before, titles(ground)) == (4, [])
        assert len(app.session.leaving()) == 6


async def test_a_dry_run_removes_and_adds_nothing() -> None:
    async with practising("old-keys", dry_run=True) as (app, pilot, ground):
        await to_the_account(pilot)
        await press(pilot, "down", "d")
        await shows(pilot, "Type the key's name")
        await press(pilot, *"mia@old-laptop", "enter")
        await until(pilot, lambda: app._notifications, "the remark")
        await press(pilot, "escape", "end", "a")

        assert len(titles(ground)) == 4
        assert app.session.changes == []


async def test_keys_of_another_account_are_shown_and_added() -> None:
    async with practising("old-keys") as (app, pilot, ground):
        await to_the_account(pilot)
        await press(pilot, "o")
        await shows(pilot, "public list")
        await press(pilot, "enter", *"nobody", "enter")
        await shows(pilot, "has no account nobody")
        await press(pilot, *["backspace"] * 6, *"mia-home", "enter")
        await shows(pilot, "elsewhere")
        await shows(pilot, "on practice (mia-home)")
        await press(pilot, "a")
        await shows(pilot, "Use it from the machine that holds its private half", 30)
        await press(pilot, "escape")
        await shows(pilot, "5 keys on the account")

        assert len(titles(ground)) == 5
        assert "elsewhere" not in screen_text(app)


async def test_a_key_of_another_account_is_set_up_from_the_key_step() -> None:
    async with practising("old-keys") as (_app, pilot, ground):
        await shows(pilot, "nothing checked yet")
        await press(pilot, "down", "enter")
        await shows(pilot, "origin")
        await press(pilot, "enter")
        await shows(pilot, "A key on another account of mine")
        await press(pilot, "end", "enter")
        await shows(pilot, "public list")
        await press(pilot, "enter", *"mia-home", "enter")
        await shows(pilot, "on practice (mia-home), not on this machine")
        await press(pilot, "enter")
        await shows(pilot, "Step 3 of 5")
        await shows(pilot, "SSHWIZARD_PRACTICE_TOKEN")
        await press(pilot, "enter")
        await shows(pilot, "Use it from the machine that holds its private half", 30)

        assert len(titles(ground)) == 5


def account_at(name: str, service_url: str) -> Place:
    return Place(kind="api", name=name, title=name, provider=name, api_url=service_url)


async def pasted(app: WizardApp, pilot: Pilot[int], place: Place, token: str = CANARY) -> None:
    """Open an account whose token is pasted."""
    app.push_screen(AccountScreen(place))
    await shows(pilot, "No token for")
    await press(pilot, *token, "enter")


async def test_a_pasted_token_never_shows_and_is_in_no_message(machine: Machine) -> None:
    messages: list[Message] = []
    app = application(machine, Options())
    with Service(github, token=CANARY) as api:
        async with app.run_test(message_hook=messages.append) as pilot:
            await pasted(app, pilot, account_at("github", api.url))
            await shows(pilot, "0 keys on the account")
            text = screen_text(app)

    told = [repr(message) for message in messages if not isinstance(message, Event)]
    assert CANARY not in text + repr(app.session)
    assert [words for words in told if CANARY in words] == []
    assert "github · anna" in text


async def test_a_missing_right_names_it_and_its_page(machine: Machine) -> None:
    with Service(github, token=CANARY) as api:
        api.override = lambda request: (
            as_json(404, {"message": "Not Found"}) if request.path == "/user/keys" else None
        )
        async with running(machine) as (app, pilot):
            await pasted(app, pilot, account_at("github", api.url))
            await shows(pilot, "read:public_key")

            assert "settings/tokens" in screen_text(app)
            assert app.session.logins == {}


async def test_a_second_factor_is_asked_for_and_used(machine: Machine) -> None:
    def guarded(request: Request) -> tuple[int, str, bytes] | None:
        if request.headers.get("heroku-two-factor-code") == "123456":
            return None
        return as_json(403, {"id": "two_factor", "message": "A second authentication factor is required."})

    with Service(heroku, token=CANARY) as api:
        api.override = guarded
        async with running(machine) as (app, pilot):
            await pasted(app, pilot, account_at("heroku", api.url))
            await shows(pilot, "asks for a second factor")
            await press(pilot, *"123456", "enter")
            await shows(pilot, "0 keys on the account")

            assert "123456" not in screen_text(app)


async def test_undo_asks_for_a_second_factor_and_goes_on(
    home: Path, keys: KeyMaker, make_machine: Callable[..., Machine]
) -> None:
    def guarded(request: Request) -> tuple[int, str, bytes] | None:
        if request.method != "DELETE" or request.headers.get("heroku-two-factor-code") == "123456":
            return None
        return as_json(403, {"id": "two_factor", "message": "A second authentication factor is required."})

    pair = keys.make(home / ".ssh", "id_ed25519")
    with Service(heroku, token=CANARY, override=guarded) as api:
        place = account_at("heroku", api.url)
        fix = service.upload_fix(place, read_public_line(pair.line), "mia@laptop")
        change = apply.apply_fix(make_machine(), fix, token=Secret(CANARY))
        async with running(make_machine()) as (app, pilot):
            app.session.logins[key_of(place)] = Login(token=Secret(CANARY))
            app.push_screen(UndoScreen(change))
            await shows(pilot, "take it back")
            await press(pilot, "enter")
            await shows(pilot, "asks for a second factor")
            await press(pilot, *"123456", "enter")
            await until(pilot, lambda: not isinstance(app.screen, UndoScreen), "the end of the undo")

            assert ["undone"] == [one.state for one in apply.history(make_machine())]
            assert [] == api.keys


async def test_heroku_says_before_that_an_e_mail_will_come_and_after_that_the_list_is_the_proof(
    home: Path, keys: KeyMaker, make_machine: Callable[..., Machine]
) -> None:
    keys.make(home / ".ssh", "id_ed25519", comment="mia@laptop")
    with Service(heroku, token=CANARY) as api:
        async with running(make_machine()) as (app, pilot):
            await pasted(app, pilot, replace(service.place_named(make_machine(), "heroku"), api_url=api.url))
            await shows(pilot, "will send an e-mail")
            await press(pilot, "a")
            await shows(pilot, "has no git over SSH; its list is the proof")

            assert [key["key"].split()[-1] for key in api.keys] == ["mia@laptop"]


async def test_an_instance_says_what_it_is_and_is_remembered_on_request(home: Path, machine: Machine) -> None:
    target = Target(typed="x", host="git.box", hostname="git.box", port=2222, user="git")
    answers: list[Place | None] = []
    with Service(gitea_service) as api:
        api.override = lambda request: (
            as_json(200, {"version": "1.22.0"}) if request.path == "/api/v1/version" else None
        )
        async with running(machine) as (app, pilot):
            app.push_screen(InstanceScreen(target), answers.append)
            await shows(pilot, "git.box could not be asked")
            field = app.screen.query_one("Input")
            field.value = api.url  # type: ignore[attr-defined]
            await press(pilot, "enter")
            await shows(pilot, "It is Gitea 1.22.0.")
            await press(pilot, "right", "enter")
            await until(pilot, lambda: answers, "the answer")
            changes = [change.title for change in app.session.changes]

    file = home / ".config" / "sshwizard" / "providers.toml"
    assert answers[0] is not None and ("gitea", api.url) == (answers[0].provider, answers[0].api_url)
    assert 'ssh_host = "git.box"' in file.read_text() and "port = 2222" in file.read_text()
    assert changes == ["Remember git in ~/.config/sshwizard/providers.toml"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AccountSshd]:
    with AccountSshd(tmp_path / "sshd", users=("kim",), extra=LINES) as running_server:
        yield running_server


@pytest.fixture
def near(server: AccountSshd, home: Path, keys: KeyMaker, make_machine: Callable[..., Machine]) -> Machine:
    """A machine that knows the server and has one key, which the server does not."""
    keys.make(home / ".ssh", "id_ed25519", comment="kim@laptop")
    (home / ".ssh" / "known_hosts").write_text(server.known_hosts_line)
    (home / ".ssh" / "config").write_text(
        server.config_block("box", known_hosts=home / ".ssh" / "known_hosts")
    )
    (home / ".ssh" / "config").chmod(0o600)
    return make_machine()


async def to_the_server(app: WizardApp, pilot: Pilot[int], server: AccountSshd) -> None:
    """Walk through the set-up of the server with the key of `near`, until ssh has begun."""
    flow.begin(app, f"ssh://kim@127.0.0.1:{server.port}")
    await shows(pilot, "Make a new key")
    await press(pilot, "home", "enter")
    await shows(pilot, "Log in to 127.0.0.1")
    await press(pilot, "enter")
    await shows(pilot, "Enter begins")
    await press(pilot, "enter")


async def test_a_server_gets_the_key_by_a_hidden_password_and_is_tested(
    server: AccountSshd, near: Machine, home: Path
) -> None:
    async with running(near) as (app, pilot):
        await to_the_server(app, pilot, server)
        await shows(pilot, "password:")
        await press(pilot, *PASSWORD)
        typed = screen_text(app)
        await press(pilot, "enter")
        await shows(pilot, "let this key in", 30)
        await press(pilot, "enter")
        await shows(pilot, "takes id_ed25519", 30)
        told = app.session.leaving()

    line = (home / ".ssh" / "id_ed25519.pub").read_text()
    assert PASSWORD not in typed
    assert server.file.read_text() == line
    assert "authorized_keys of kim@127.0.0.1" in " ".join(told)
    assert apply.undo(near.fresh()).state == "undone"
    assert server.file.read_text() == ""


async def test_a_wrong_password_is_said_and_can_be_tried_again(server: AccountSshd, near: Machine) -> None:
    async with running(near) as (app, pilot):
        await to_the_server(app, pilot, server)
        await shows(pilot, "password:")
        for words in ("question 2", "question 3", "ssh could not log in"):
            await press(pilot, *"wrong", "enter")
            await shows(pilot, words)

        assert "Enter tries again" in screen_text(app)
        assert app.session.leaving() == ("Nothing was changed.",)
        assert not server.file.exists()


async def test_an_unknown_host_key_is_asked_about_with_its_fingerprint_and_no_is_no(
    server: AccountSshd, near: Machine, home: Path
) -> None:
    (home / ".ssh" / "known_hosts").write_text("")
    async with running(near) as (app, pilot):
        await to_the_server(app, pilot, server)
        await shows(pilot, "ED25519 key fingerprint is SHA256:")
        await press(pilot, *"no", "enter")
        await shows(pilot, "ssh could not log in")

    assert not server.file.exists()
    assert (home / ".ssh" / "known_hosts").read_text() == ""


async def test_a_forge_that_does_not_say_what_it_is_is_asked_for(machine: Machine) -> None:
    target = Target(typed="x", host="git.box", hostname="git.box", port=22, user="git")
    answers: list[Place | None] = []
    with Service(lambda _service, _request: (200, "text/html", b"<html/>")) as api:
        async with running(machine) as (app, pilot):
            app.push_screen(InstanceScreen(target), answers.append)
            await shows(pilot, "git.box could not be asked")
            app.screen.query_one("Input").value = api.url  # type: ignore[attr-defined]
            await press(pilot, "enter")
            await shows(pilot, "does not say what it is")
            await press(pilot, "down", "enter")
            await until(pilot, lambda: answers, "the answer")

    assert answers[0] is not None and ("gitea", None) == (answers[0].provider, answers[0].rsa_min)
    assert app.session.changes == []


async def test_leaving_in_the_middle_of_a_question_ends_ssh(server: AccountSshd, near: Machine) -> None:
    async with running(near) as (app, pilot):
        await to_the_server(app, pilot, server)
        await shows(pilot, "password:")
        await press(pilot, "escape")
        await app.workers.wait_for_complete()

        assert not server.file.exists()


async def test_several_credentials_are_named_and_one_is_chosen(
    home: Path, make_machine: Callable[..., Machine]
) -> None:
    (home / ".netrc").write_text("machine api.heroku.com login mia@example.org password canary-two\n")
    with Service(heroku, token="canary-two") as api:
        machine = make_machine(env={"HEROKU_API_KEY": "canary-one"})
        place = Place(kind="api", name="heroku", title="Heroku", provider="heroku", api_url=api.url)
        async with running(machine) as (app, pilot):
            app.push_screen(AccountScreen(place))
            await shows(pilot, "the variable HEROKU_API_KEY")
            text, sent = screen_text(app), len(api.requests)
            await press(pilot, "down", "enter")
            await shows(pilot, "0 keys on the account")

    assert "~/.netrc, machine api.heroku.com of mia@example.org" in text
    assert "canary" not in text
    assert sent == 0


async def test_a_token_is_kept_on_request_found_again_and_forgotten(chain: Chain, machine: Machine) -> None:
    own = replace(machine, account_home=machine.home)
    with Service(github, token=CANARY) as api:
        place = account_at("github", api.url)
        async with running(own) as (app, pilot):
            app.push_screen(AccountScreen(place))
            await shows(pilot, "No token for")
            await press(pilot, *CANARY, "tab", "right", "shift+tab", "enter")
            await shows(pilot, "The token is now in the system's keychain. 0 keys")
            kept = dict(chain.kept)
        async with running(own) as (app, pilot):
            app.push_screen(AccountScreen(place))
            await shows(pilot, "the system's keychain of anna")
            await press(pilot, "f")
            await shows(pilot, "The token is no longer in the system's keychain.")

    assert CANARY in kept.values()
    assert chain.kept == {}


async def test_a_token_is_not_kept_unless_asked_for(chain: Chain, machine: Machine) -> None:
    with Service(github, token=CANARY) as api:
        async with running(replace(machine, account_home=machine.home)) as (app, pilot):
            await pasted(app, pilot, account_at("github", api.url))
            await shows(pilot, "0 keys on the account")

    assert chain.kept == {}


async def test_a_hostile_title_is_text_and_nothing_to_click(machine: Machine) -> None:
    title = "[red]x[/] [@click=bell]y[/] \x1b]0;owned\x07"
    with Service(github, token=CANARY) as api:
        api.put("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGkq5xqmz2cYMYpLbpQ5jmEFvH2LbDfCkMRMRyFYy0Ut", title)
        async with running(machine, size=(120, 40)) as (app, pilot):
            await pasted(app, pilot, account_at("github", api.url))
            await shows(pilot, "1 key on the account")
            strips = app.screen._compositor.render_strips()
            shown = "".join(segment.text for strip in strips for segment in strip)

    assert "[red]x[/] [@click=bell]y[/] \\x1b]0;owned\\x07" in shown
    assert not any(ord(char) < 32 for char in shown)


async def test_keys_of_another_account_come_by_its_api_too(
    home: Path, keys: KeyMaker, make_machine: Callable[..., Machine]
) -> None:
    mine = keys.make(home / ".ssh", "id_ed25519", comment="mia@laptop")
    file = home / ".config" / "sshwizard" / "providers.toml"
    file.parent.mkdir(parents=True)
    answers: list[tuple[Foreign, ...] | None] = []
    with Service(heroku, token=CANARY) as api:
        api.put(mine.line, "")
        file.write_text(f'[[provider]]\nname = "work"\nkind = "heroku"\napi_url = "{api.url}"\n')
        async with running(make_machine()) as (app, pilot):
            app.push_screen(ElsewhereScreen(None, app.session.look().identities), answers.append)
            await shows(pilot, "work with a token")
            await press(pilot, *["down"] * 3, "enter")
            await shows(pilot, "No token for work")
            await press(pilot, *CANARY, "enter")
            await until(pilot, lambda: answers, "the answer")

    assert answers[0] is not None
    assert [("work (anna)", "id_ed25519")] == [
        (one.source, one.local and one.local.name) for one in answers[0]
    ]


async def test_choosing_no_credential_leaves_the_account(home: Path, machine: Machine) -> None:
    async with running(machine) as (app, pilot):
        await shows(pilot, "nothing checked yet")
        app.push_screen(AccountScreen(account_at("github", "http://127.0.0.1:1")))
        await shows(pilot, "No token for")
        await press(pilot, "escape")

        await shows(pilot, "nothing checked yet")


async def test_own_instances_stand_among_the_hosts(home: Path, machine: Machine) -> None:
    file = home / ".config" / "sshwizard" / "providers.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[[provider]]\nname = "work"\nkind = "gitlab"\napi_url = "https://git.example.org"\n')
    async with running(machine) as (app, pilot):
        app.push_screen(HostsScreen(setting_up=True))
        await shows(pilot, "your own instance, git@git.example.org")

        assert "work" in screen_text(app)


async def test_the_palette_leads_to_the_accounts() -> None:
    async with practising("old-keys") as (_app, pilot, _ground):
        await shows(pilot, "nothing checked yet")
        await press(pilot, "ctrl+p", *"on an account")
        await shows(pilot, "list, add and remove them at a service")
        await press(pilot, "enter")

        await shows(pilot, "the practice ground's own host")


async def test_esc_from_the_other_account_changes_nothing() -> None:
    answers: list[tuple[Foreign, ...] | None] = []
    async with practising("old-keys") as (app, pilot, _ground):
        app.push_screen(ElsewhereScreen(None, ()), answers.append)
        await shows(pilot, "public list")
        await press(pilot, "escape")

        assert answers == [None]
