"""Our plan against the real ssh: random homes, a refusing sshd, and what `ssh -v` says it will try.

A counterexample becomes a named test below the generated ones.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from servers.sshd import Sshd

from differential import homes, key_pool, offers

QUICK = range(40)
LONG = range(1000, 2500)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> tuple[key_pool.PooledKey, ...]:
    return key_pool.make_pool(tmp_path_factory.mktemp("pool"))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[offers.Stage]:
    folder = tmp_path_factory.mktemp("homes")
    with Sshd(folder / "sshd", {}, max_auth_tries=200, extra=("MaxStartups 100",)) as server:
        ground = offers.Stage(folder, server.port)
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
