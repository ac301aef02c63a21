"""An account of the practice host and its API, for steps whose effect is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sshwizard.practice.account_api import AccountApi
from sshwizard.practice.accounts import Accounts


@pytest.fixture
def accounts() -> Accounts:
    return Accounts("joe")


@pytest.fixture
def api(accounts: Accounts) -> Iterator[AccountApi]:
    server = AccountApi(accounts)
    yield server
    server.close()
