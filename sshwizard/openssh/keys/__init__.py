"""Keys in every form that people have them: read without a passphrase, written in OpenSSH's form.

`inspect` says what a file holds, `public` reads lines, `blob` wire blobs, `join` makes identities; one module
for each private format. `generate` and `private` alone load `cryptography`, and only when called.
"""

from sshwizard.disguise import looks_like_key_material, shown_comment
from sshwizard.openssh.keys.blob import (
    NotAKey,
    UnknownKeyType,
    fingerprints,
    public_from_blob,
    refused_by_ssh,
)
from sshwizard.openssh.keys.inspect import read_key_file
from sshwizard.openssh.keys.join import join, mismatched
from sshwizard.openssh.keys.problems import problem
from sshwizard.openssh.keys.public import first_public, public_line, read_public_line
from sshwizard.openssh.keys.types import known_to, shown_type

__all__ = [
    "NotAKey",
    "UnknownKeyType",
    "fingerprints",
    "first_public",
    "join",
    "known_to",
    "looks_like_key_material",
    "mismatched",
    "problem",
    "public_from_blob",
    "public_line",
    "read_key_file",
    "read_public_line",
    "refused_by_ssh",
    "shown_comment",
    "shown_type",
]
