"""Tokens already on the machine: found where each tool keeps them, named, never shown."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from servers.keychain import Chain

from sshwizard.machine.machine import Machine
from sshwizard.providers.token_files import netrc_entry
from sshwizard.providers.tokens import FoundToken, find_tokens, forget_token, keep_token, service_name
from sshwizard.secret import Secret

Make = Callable[..., Machine]
CANARY = "canary-token"


def write(home: Path, relative: str, text: str) -> None:
    path = home / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


PLACES: dict[str, tuple[str, str, str, str | None]] = {
    "heroku netrc": (
        "heroku",
        ".netrc",
        f"machine api.heroku.com\n  login me@example.org\n  password {CANARY}\n",
        "me@example.org",
    ),
    "clever profiles": (
        "clevercloud",
        ".config/clever-cloud/clever-tools.json",
        json.dumps({"version": 1, "profiles": [{"token": "t", "secret": CANARY, "email": "me@x.org"}]}),
        "me@x.org",
    ),
    "clever old": (
        "clevercloud",
        ".config/clever-cloud/clever-tools.json",
        json.dumps({"token": "t", "secret": CANARY}),
        None,
    ),
    "scalingo": (
        "scalingo",
        ".config/scalingo/auth",
        json.dumps(
            {
                "auth_config_data": {
                    "auth.scalingo.com": {"tokens": {"token": CANARY}, "user": {"username": "anna"}}
                }
            }
        ),
        "anna",
    ),
    "gh": (
        "github",
        ".config/gh/hosts.yml",
        f"github.com:\n    user: anna\n    oauth_token: {CANARY}\n    git_protocol: ssh\n",
        "anna",
    ),
    "glab": (
        "gitlab",
        ".config/glab-cli/config.yml",
        f"hosts:\n    gitlab.com:\n        token: {CANARY}\n        user: anna\n",
        "anna",
    ),
    "aws": (
        "codecommit",
        ".aws/credentials",
        f"[default]\naws_access_key_id = AKID\naws_secret_access_key = {CANARY}\n",
        None,
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_token_is_found_with_its_place_and_account(place: str, home: Path, make_machine: Make) -> None:
    provider, path, text, account = PLACES[place]
    write(home, path, text)
    (found,) = find_tokens(make_machine(), provider)

    assert CANARY in found.token.reveal()
    assert account == found.account
    assert "~/" + path.split("/")[0] in found.where


@pytest.mark.parametrize(
    ("provider", "variable"),
    [("heroku", "HEROKU_API_KEY"), ("github", "GH_TOKEN"), ("gitlab", "GITLAB_TOKEN"),
     ("scalingo", "SCALINGO_API_TOKEN"), ("clevercloud", "CC_API_TOKEN")],
)  # fmt: skip
def test_the_environment_comes_first(provider: str, variable: str, home: Path, make_machine: Make) -> None:
    write(home, ".netrc", "machine api.heroku.com login a password later\n")
    first = find_tokens(make_machine(env={variable: CANARY}), provider)[0]

    assert first.token.reveal() == CANARY
    assert variable in first.where


def test_a_found_token_never_shows_itself(home: Path, make_machine: Make) -> None:
    found = find_tokens(make_machine(env={"GH_TOKEN": CANARY}), "github")

    assert CANARY not in repr(found)
    assert CANARY not in f"{found[0].token} {found[0].where}"


def test_git_s_own_helper_is_asked_without_a_prompt(home: Path, make_machine: Make) -> None:
    write(home, ".git-credentials", f"https://anna:{CANARY}@github.com\n")
    write(home, ".gitconfig", "[credential]\n  helper = store\n")
    (found,) = find_tokens(make_machine(), "github")

    assert (
        FoundToken(token=found.token, where="git's credential helper for github.com", account="anna") == found
    )


def test_git_s_helper_for_windows_is_asked_the_same_way(home: Path, make_machine: Make) -> None:
    """git-credential-manager as data: what it answers, and that it was told not to open a window."""
    helper = (
        "#!/bin/sh\ncat >/dev/null\n"
        f'[ "$1 $GCM_INTERACTIVE $GIT_TERMINAL_PROMPT" = "get never 0" ] && printf "username=anna\\npassword={CANARY}\\n"\n'
    )
    path = program(home, "git-credential-manager", helper)
    write(home, ".gitconfig", "[credential]\n  helper = manager\n")
    (found,) = find_tokens(make_machine(env={"PATH": path}, platform="windows"), "github")

    assert (CANARY, "anna") == (found.token.reveal(), found.account)


def program(home: Path, name: str, text: str) -> str:
    """Put a program on the path and return that path."""
    write(home, f"bin/{name}", text)
    (home / "bin" / name).chmod(0o755)
    return f"{home / 'bin'}:/usr/bin:/bin"


VAULT = """#!/bin/sh
script=$(cat)
case "$*" in *@*|*canary*) exit 1;; esac
case "$script" in *"Retrieve('heroku-cli', 'o''hara@example.org').Password"*) printf '%s\r\n' TOKEN;; *) exit 1;; esac
"""


@pytest.mark.parametrize("platform", ["windows", "gitbash"])
def test_windows_vault_of_web_credentials_is_asked_through_powershell(
    platform: str, home: Path, make_machine: Make
) -> None:
    """Simulated: a program in PowerShell's place that answers the vendor's own question, asked on its input."""
    path = program(home, "powershell.exe", VAULT.replace("TOKEN", CANARY))
    write(home, "AppData/Local/heroku/login.json", '{"account": "o\'hara@example.org"}')
    env = {"PATH": path, "LOCALAPPDATA": str(home / "AppData" / "Local")}
    (found,) = find_tokens(make_machine(env=env, platform=platform), "heroku")

    assert (CANARY, "o'hara@example.org") == (found.token.reveal(), found.account)
    assert "keychain" in found.where


@pytest.mark.parametrize(
    ("platform", "name"), [("linux", "secret-tool"), ("darwin", "security"), ("windows", "powershell.exe")]
)
@pytest.mark.parametrize(("only", "found"), [("true", 0), ("TRUE", 0), ("1", 1), ("", 1)])
def test_heroku_s_store_is_left_alone_where_its_cli_was_told_netrc_only(
    only: str, found: int, platform: str, name: str, home: Path, make_machine: Make
) -> None:
    path = program(home, name, f"#!/bin/sh\necho {CANARY}\n")
    write(home, "data/login.json", '{"account": "kim@example.org"}')
    env = {"PATH": path, "HEROKU_DATA_DIR": str(home / "data"), "HEROKU_NETRC_WRITE": only}

    assert found == len(find_tokens(make_machine(env=env, platform=platform), "heroku"))


@pytest.mark.parametrize(
    ("env", "path"),
    [
        ({}, ".local/share/heroku/login.json"),
        ({"XDG_DATA_HOME": "{home}/xdg"}, "xdg/heroku/login.json"),
        ({"HEROKU_DATA_DIR": "{home}/d", "XDG_DATA_HOME": "{home}/xdg"}, "d/login.json"),
    ],
)
def test_heroku_s_account_is_read_where_its_cli_writes_it(
    env: dict[str, str], path: str, home: Path, make_machine: Make
) -> None:
    tool = program(home, "secret-tool", f'#!/bin/sh\n[ "$5" = kim@example.org ] && echo {CANARY}\n')
    write(home, path, '{"account": "kim@example.org"}')
    places = {name: value.format(home=home) for name, value in env.items()}

    assert 1 == len(find_tokens(make_machine(env={"PATH": tool, **places}), "heroku"))


def test_an_encrypted_netrc_comes_before_a_plain_one(home: Path, make_machine: Make) -> None:
    write(home, ".netrc", "machine api.heroku.com login kim@example.org password old\n")
    write(home, ".netrc.gpg", "not read by us")
    path = program(
        home, "gpg", f"#!/bin/sh\necho machine api.heroku.com login kim@example.org password {CANARY}\n"
    )

    (found,) = find_tokens(make_machine(env={"PATH": path}), "heroku")
    assert (CANARY, "kim@example.org") == (found.token.reveal(), found.account)


GH_HOSTS = f"""github.com:
    git_protocol: https
    users:
        anna:
            oauth_token: annas
        "work-bot":
            oauth_token: {CANARY}
    user: work-bot
    oauth_token: {CANARY}
"""


def test_gh_s_accounts_are_told_apart(home: Path, make_machine: Make) -> None:
    write(home, ".config/gh/hosts.yml", GH_HOSTS)
    found = find_tokens(make_machine(), "github")

    assert [("work-bot", CANARY), ("anna", "annas")] == [(one.account, one.token.reveal()) for one in found]


def test_gh_s_accounts_without_a_token_in_the_file_are_asked_of_gh(home: Path, make_machine: Make) -> None:
    write(home, ".config/gh/hosts.yml", "github.com:\n    users:\n        anna:\n    user: anna\n")
    path = program(home, "gh", f'#!/bin/sh\n[ "$*" = "auth token --hostname github.com" ] && echo {CANARY}\n')
    (found,) = find_tokens(make_machine(env={"PATH": path}), "github")

    assert (CANARY, "anna", "`gh auth token`") == (found.token.reveal(), found.account, found.where)


@pytest.mark.parametrize("service", ["glab:gitlab.com:token", "glab:gitlab.com"])
@pytest.mark.parametrize("form", ["{}", "go-keyring-base64:{b64}", "go-keyring-encoded:{hex}"])
def test_glab_s_entry_in_the_keychain_is_read(
    form: str, service: str, chain: Chain, home: Path, make_machine: Make
) -> None:
    text = form.format(CANARY, b64=base64.b64encode(CANARY.encode()).decode(), hex=CANARY.encode().hex())
    chain.kept[service, ""] = text
    write(
        home,
        ".config/glab-cli/config.yml",
        "hosts:\n    gitlab.com:\n        use_keyring: true\n        user: anna\n",
    )
    machine = make_machine()
    machine = dataclasses.replace(machine, account_home=machine.home)
    (found,) = find_tokens(machine, "gitlab")

    assert (CANARY, "anna") == (found.token.reveal(), found.account)
    assert () == find_tokens(make_machine(), "gitlab")


def test_clever_s_file_lies_in_appdata_on_windows(home: Path, make_machine: Make) -> None:
    write(home, "Roaming/clever-cloud/clever-tools.json", json.dumps({"token": "t", "secret": CANARY}))
    env = {"APPDATA": str(home / "Roaming"), "XDG_CONFIG_HOME": str(home / "xdg")}

    assert 1 == len(find_tokens(make_machine(env=env, platform="windows"), "clevercloud"))
    assert () == find_tokens(make_machine(env=env), "clevercloud")


def test_scalingo_s_configuration_folder_does_not_move_its_tokens(home: Path, make_machine: Make) -> None:
    """As in its CLI: the default place was settled before CONFIG_DIR is read; AUTH_FILE moves it."""
    path, text = PLACES["scalingo"][1:3]
    write(home, path, text)
    elsewhere = {"AUTH_FILE": str(home / "elsewhere")}

    assert 1 == len(find_tokens(make_machine(env={"CONFIG_DIR": str(home / "other")}), "scalingo"))
    assert () == find_tokens(make_machine(env=elsewhere), "scalingo")


HUSH = "ghp_" + "canarytoken" * 3


@pytest.mark.parametrize("password", ["x-oauth-basic", ""])
@pytest.mark.parametrize("place", ["helper", "netrc"])
def test_a_token_in_the_name_s_place_is_not_taken_for_a_name(
    place: str, password: str, home: Path, make_machine: Make
) -> None:
    write(home, ".gitconfig", "[credential]\n  helper = store\n")
    if place == "helper":
        write(home, ".git-credentials", f"https://{HUSH}:{password}@github.com\n")
    else:
        write(home, ".netrc", f'machine gitlab.com login {HUSH} password "{password}"\n')
    (found,) = find_tokens(make_machine(), "github" if place == "helper" else "gitlab")

    assert (HUSH, None) == (found.token.reveal(), found.account)
    assert HUSH not in found.place


def test_a_name_that_could_be_a_token_is_not_shown(home: Path, make_machine: Make) -> None:
    write(home, ".netrc", f"machine gitlab.com login {HUSH} password {CANARY}\n")
    (found,) = find_tokens(make_machine(), "gitlab")

    assert (CANARY, None) == (found.token.reveal(), found.account)


def test_nothing_there_is_no_error(make_machine: Make) -> None:
    assert {()} == {
        find_tokens(make_machine(), name) for name in ("heroku", "github", "gitlab", "codecommit")
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"profiles": [3]}',
        '{"auth_config_data": []}',
        "\x00\xff",
        "machine",
        "a: b: c",
    ],
)
def test_damaged_files_are_no_error(text: str, home: Path, make_machine: Make) -> None:
    for _provider, path, _text, _account in PLACES.values():
        write(home, path, text)

    for provider in ("heroku", "clevercloud", "scalingo", "github", "gitlab", "codecommit"):
        assert find_tokens(make_machine(), provider) == ()


def test_only_the_first_netrc_entry_of_a_host_counts() -> None:
    text = "# c\nmachine other login x password y\nmachine h login a password one\nmachine h login b password two\n"

    assert netrc_entry(text, "h") == ("a", "one")


@pytest.mark.parametrize("account", ["anna", ""])
def test_a_kept_token_is_found_again_and_forgotten(account: str, chain: Chain, make_machine: Make) -> None:
    machine = make_machine()
    machine = dataclasses.replace(machine, account_home=machine.home)
    for api_url in (None, "https://git.example.org"):
        name = service_name("gitlab", api_url)
        assert keep_token(name, account, Secret(CANARY))
        (found,) = find_tokens(machine, "gitlab", api_url=api_url)
        assert (CANARY, account or None) == (found.token.reveal(), found.account)
        assert forget_token(name)
        assert not forget_token(name)

    assert {} == chain.kept


def test_a_token_kept_for_one_instance_is_not_another_s(chain: Chain, make_machine: Make) -> None:
    machine = make_machine()
    machine = dataclasses.replace(machine, account_home=machine.home)
    keep_token(service_name("gitlab", "https://git.example.org"), "anna", Secret(CANARY))

    assert () == find_tokens(machine, "gitlab")
    assert () == find_tokens(machine, "gitlab", api_url="https://other.example.org")


def found_for(machine: Machine, provider: str, api_url: str) -> list[str]:
    return [one.token.reveal() for one in find_tokens(machine, provider, api_url=api_url)]


OWN_PLACES = {
    "gh": (
        "github-enterprise",
        ".config/gh/hosts.yml",
        f"github.com:\n    oauth_token: other\ngit.example.org:\n    user: anna\n    oauth_token: {CANARY}\n",
    ),
    "glab": (
        "gitlab",
        ".config/glab-cli/config.yml",
        f"hosts:\n    gitlab.com:\n        token: other\n    git.example.org:\n        token: {CANARY}\n",
    ),
    "tea": (
        "gitea",
        ".config/tea/config.yml",
        "logins:\n- name: a\n  url: https://codeberg.org\n  token: other\n"
        f"- name: b\n  url: https://git.example.org\n  token: {CANARY}\n  user: anna\n",
    ),
    "netrc": ("gitea", ".netrc", f"machine git.example.org login anna password {CANARY}\n"),
}


@pytest.mark.parametrize("place", OWN_PLACES)
def test_an_own_instance_gets_its_own_token_only(place: str, home: Path, make_machine: Make) -> None:
    provider, path, text = OWN_PLACES[place]
    write(home, path, text)

    assert [CANARY] == found_for(make_machine(), provider, "https://git.example.org")
    assert [] == found_for(make_machine(), provider, "https://evil.example.net")


@pytest.mark.parametrize(
    ("provider", "env", "api_url", "found"),
    [
        ("gitlab", {"GITLAB_TOKEN": CANARY}, "https://git.example.org", False),
        (
            "gitlab",
            {"GITLAB_TOKEN": CANARY, "GITLAB_HOST": "git.example.org"},
            "https://git.example.org",
            True,
        ),
        ("gitlab", {"GITLAB_TOKEN": CANARY}, "https://gitlab.com/api/v4", True),
        ("github", {"GH_TOKEN": CANARY}, "https://api.acme.ghe.com", True),
        ("github", {"GH_TOKEN": CANARY}, "https://api.github.com.evil.test", False),
        ("github-enterprise", {"GH_ENTERPRISE_TOKEN": CANARY, "GH_HOST": "a.test"}, "https://b.test", False),
        ("github-enterprise", {"GH_ENTERPRISE_TOKEN": CANARY, "GH_HOST": "b.test"}, "https://b.test", True),
        ("heroku", {"HEROKU_API_KEY": CANARY}, "http://127.0.0.1:4711", True),
        ("clevercloud", {"CC_API_TOKEN": CANARY}, "https://api.clever-cloud.com.evil.test", False),
    ],
)
def test_a_variable_is_for_the_host_that_it_is_for(
    provider: str, env: dict[str, str], api_url: str, found: bool, make_machine: Make
) -> None:
    assert ([CANARY] if found else []) == found_for(make_machine(env=env), provider, api_url)


def test_sourcehut_s_own_tool_is_read(home: Path, make_machine: Make) -> None:
    write(home, ".config/hut/config", f'instance "sr.ht" {{\n    access-token "{CANARY}"\n}}\n')

    assert [CANARY] == [one.token.reveal() for one in find_tokens(make_machine(), "sourcehut")]


def test_clever_cloud_s_profile_for_another_installation_is_left_alone(
    home: Path, make_machine: Make
) -> None:
    profile = {"token": "t", "secret": CANARY, "overrides": {"API_HOST": "https://other.test"}}
    write(home, ".config/clever-cloud/clever-tools.json", json.dumps({"version": 1, "profiles": [profile]}))

    assert () == find_tokens(make_machine(), "clevercloud")


def test_aws_s_own_tool_is_asked_where_the_files_hold_no_key(home: Path, make_machine: Make) -> None:
    write(home, ".aws/config", "[profile work]\nsso_session = corp\n")
    program = home / "bin" / "aws"
    reply = json.dumps({"AccessKeyId": "AKID", "SecretAccessKey": CANARY, "SessionToken": "s"})
    write(home, "bin/aws", f"#!/bin/sh\n[ \"$4\" = work ] && echo '{reply}'\n")
    program.chmod(0o755)
    machine = make_machine(env={"AWS_PROFILE": "work", "PATH": f"{program.parent}:/usr/bin:/bin"})

    assert [f"AKID:{CANARY}:s"] == [one.token.reveal() for one in find_tokens(machine, "codecommit")]
