"""Our plan against the real ssh: random homes, a refusing sshd, and what `ssh -v` says it will try.

A counterexample becomes a named test below the generated ones.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from servers.sshd import Sshd

from differential import homes, key_pool, offers
from differential.ssh_g import programs

QUICK = range(40)
LONG = range(1000, 2500)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> tuple[key_pool.PooledKey, ...]:
    return key_pool.make_pool(tmp_path_factory.mktemp("pool"))


@pytest.fixture(scope="module", params=programs())
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[offers.Stage]:
    folder = tmp_path_factory.mktemp("homes")
    with Sshd(folder / "sshd", {}, max_auth_tries=200, extra=("MaxStartups 100",)) as server:
        ground = offers.Stage(folder, server.port, request.param)
        with ground.agents[0], ground.agents[1]:
            yield ground


def disagreements(stage: offers.Stage, home: homes.Home) -> list[str]:
    place = stage.set_up(home)
    seen = stage.ask_ssh(home, place)
    plan = stage.ask_us(home, place)
    shutil.rmtree(place)
    return offers.differences(plan, seen)


def test_random_homes_are_planned_as_ssh_does(
    stage: offers.Stage, pool: tuple[key_pool.PooledKey, ...]
) -> None:
    for seed in QUICK:
        home = homes.make_home(seed, pool, stage.account_home)

        found = disagreements(stage, home)

        assert found == [], f"seed {seed}\n{home.config}\n" + "\n".join(home.about)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_many_random_homes_are_planned_as_ssh_does(
    stage: offers.Stage, pool: tuple[key_pool.PooledKey, ...]
) -> None:
    for seed in LONG:
        home = homes.make_home(seed, pool, stage.account_home)

        found = disagreements(stage, home)

        assert found == [], f"seed {seed}\n{home.config}\n" + "\n".join(home.about)


Pool = tuple[key_pool.PooledKey, ...]


def of(pool: Pool, name: str) -> key_pool.PooledKey:
    return next(key for key in pool if key.name == name)


def home_with(config: str, *, env: dict[str, str] | None = None, **files: bytes | None) -> homes.Home:
    """Make a home by hand: `work_pub=…` is `.ssh/work.pub`, None a folder."""
    home = homes.Home(env=env or {}, agents=[[], []])
    home.files[".ssh/config"] = (config.encode(), 0o600)
    for name, content in files.items():
        home.files[".ssh/" + name.replace("_", ".")] = (content, 0o600)
    return home


def named_cases(pool: Pool) -> dict[str, homes.Home]:
    one, two, touch = of(pool, "ed25519-0"), of(pool, "ed25519-1"), of(pool, "sk-ecdsa")
    doubled = one.private[:340] + one.private[339:]
    agent = {"SSH_AUTH_SOCK": "@0"}
    cases = {
        "a relative path is shown as written": home_with("IdentityFile .ssh/work\n", work=one.private),
        "a variable may hold a tilde, which stays one": home_with(
            "IdentityFile ${KEYS}/work\n", env={"KEYS": "~/.ssh"}, work=one.private
        ),
        "security keys need a provider": home_with(
            "SecurityKeyProvider none\nIdentityFile ~/.ssh/work\n", work=touch.private
        ),
        "a surplus base64 character": home_with("IdentityFile ~/.ssh/work\n", work=doubled),
        "a zero byte ends the base64 text": home_with(
            "IdentityFile ~/.ssh/work\n", work=one.private[:-60] + b"\0" + one.private[-60:]
        ),
        "a second spelling is a second identity": home_with(
            "IdentityFile ~/.ssh/work\nIdentityFile %d/.ssh/work\n", env=agent, work=one.private
        ),
        "a certificate that the agent holds too": home_with(
            "CertificateFile ~/.ssh/work-cert.pub\nIdentityFile ~/.ssh/work\n", env=agent, work=one.private
        ),
        "one damaged key spoils the whole agent": home_with("", env=agent),
        "an unknown key does not": home_with("", env=agent),
        "a hundred identities are all": home_with(
            "".join(f"IdentityFile ~/.ssh/key{number}\n" for number in range(100)), work=one.private
        ),
    }
    held = [(one.blob, b"one"), (two.blob, b"two")]
    cases["a second spelling is a second identity"].agents[0] = held
    certified = cases["a certificate that the agent holds too"]
    certified.files[".ssh/work-cert.pub"] = (one.certificate, 0o644)
    certified.agents[0] = [(one.certificate_blob, b"certificate"), *held]
    cases["one damaged key spoils the whole agent"].agents[0] = [*held, (two.blob + b"x", b"damaged")]
    cases["an unknown key does not"].agents[0] = [(b"\0\0\0\x03new\0", b"new"), *held]
    return cases


def test_what_once_was_or_could_be_wrong(stage: offers.Stage, pool: Pool) -> None:
    found = {name: disagreements(stage, home) for name, home in named_cases(pool).items()}

    assert {name: lines for name, lines in found.items() if lines} == {}
