"""A set-up that was left half-way, as bytes to keep, and taken up again with fresh facts. No I/O.

Only what cannot be found out again is kept: where to, which key, how it was uploaded. No secret is part of it.
"""

from __future__ import annotations

import json

from sshwizard.model.facts import Facts
from sshwizard.wizard.road import SetUp

NAME = "setup.json"
"""Under which it is kept (`machine.runtime`)."""


def kept(setup: SetUp, home: str) -> bytes:
    """Return what to keep of a set-up in this home."""
    fields = {
        "home": home,
        "typed": setup.typed,
        "fingerprint": setup.public.fingerprint if setup.public else None,
        "upload": setup.upload,
        "uploaded": setup.uploaded,
    }
    return json.dumps(fields).encode()


def taken_up(data: bytes | None, facts: Facts) -> SetUp | None:
    """Return the set-up that was kept, its key looked up among the facts; None when there is none to go on with."""
    try:
        fields = json.loads(data or b"null")
    except ValueError:
        return None
    if not isinstance(fields, dict) or fields.get("home") != facts.environment.home:
        return None
    wanted = fields.get("fingerprint")
    one = next((one for one in facts.identities if one.public.fingerprint == wanted), None)
    if not isinstance(fields.get("typed"), str) or not fields["typed"] or one is None:
        return None
    upload = fields.get("upload")
    return SetUp(
        typed=fields["typed"],
        public=one.public,
        private_path=one.private_path,
        upload=upload if upload in ("api", "hand", "there", "server") else "",
        uploaded=fields.get("uploaded") is True,
    )
