"""Whether ssh could sign once the host has accepted (sshconnect2.c `sign_and_send_pubkey`, `load_identity_file`).

Looks at files only; opens no private key.
"""

from __future__ import annotations

from collections.abc import Sequence

from sshwizard.model.files import FileView
from sshwizard.model.identity import KeyFile
from sshwizard.openssh.keys import read_key_file
from sshwizard.plan.draft import Draft
from sshwizard.plan.loading import Release, is_short

PKCS8_ED25519_SINCE = (9, 6)
FILE_NAME_MATCH_SINCE = (7, 5)


class Signing:
    """Answers for the identities of one plan."""

    def __init__(
        self, tried: Sequence[Draft], files: FileView, release: Release, uid: int, shortest_rsa: int = 0
    ) -> None:
        self._tried = tried
        self._files = files
        self._release = release
        self._uid = uid
        self._shortest_rsa = shortest_rsa
        self._read: dict[str, KeyFile] = {}

    def private_path(self, draft: Draft) -> str | None:
        """Return the file in which ssh looks for the private half; None when the agent signs."""
        signer = self._signer(draft)
        return None if signer.agent else signer.place

    def needs_passphrase(self, draft: Draft) -> bool:
        signer = self._signer(draft)
        return not signer.agent and self._file(signer.place).encrypted is True

    def usable(self, draft: Draft) -> bool | None:
        """Tell whether a signature is possible; None when only the passphrase would tell."""
        signer = self._signer(draft)
        if signer.agent:
            return True
        file = self._file(signer.place)
        if not file.usable_private or self._too_open(file) or self._too_new(file):
            return False
        if file.public is not None and is_short(file.public, self._shortest_rsa):
            return False
        wanted = signer.public if signer is not draft else draft.public
        if wanted is None or wanted.certificate is not None:
            return True
        if file.public is None:
            return None
        return file.public.blob == wanted.blob

    def _signer(self, draft: Draft) -> Draft:
        """Return the identity that makes the signature: for a certificate not in the agent, its plain key."""
        if not draft.certificate or draft.agent:
            return draft
        public = draft.public
        for other in self._tried:
            if other.public is not None and public is not None and not other.certificate:
                same = other.public.fingerprint == public.fingerprint
                if same:
                    return other
        for other in self._tried:
            if other.public is None and _names_match(draft.place, other.place):
                return other
        return draft

    def _file(self, path: str) -> KeyFile:
        if path not in self._read:
            self._read[path] = read_key_file(self._files.look(path), uid=self._uid)
        return self._read[path]

    def _too_open(self, file: KeyFile) -> bool:
        return any(problem.id == "key-perms-open" for problem in file.problems)

    def _too_new(self, file: KeyFile) -> bool:
        ids = {problem.id for problem in file.problems}
        return "pkcs8-ed25519" in ids and self._release < PKCS8_ED25519_SINCE


def _names_match(certificate: str, private: str) -> bool:
    """Compare a certificate's path without `-cert.pub` or `.pub` with a private key's path."""
    return any(certificate == private + suffix for suffix in ("-cert.pub", "-cert", ".pub", ""))
