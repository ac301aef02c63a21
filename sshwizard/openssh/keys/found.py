"""What one reader of a key format found; `inspect` makes a `KeyFile` of it."""

from __future__ import annotations

from typing import NamedTuple

from sshwizard.model.identity import KeyFormat, PublicKey


class Found(NamedTuple):
    """The content of a file, as far as one format explains it. A tuple, because thousands are made."""

    format: KeyFormat | None
    public: PublicKey | None = None
    ssh_reads_public: bool = False
    has_private: bool = False
    encrypted: bool | None = None
    usable_private: bool = False
    comment: str = ""
    problems: tuple[str, ...] = ()
    """Ids of `problems.SENTENCES`."""
