"""An identity while the order is being made: OpenSSH's `struct identity`."""

from __future__ import annotations

from dataclasses import dataclass

from sshwizard.model.config import NamedFile
from sshwizard.model.identity import PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One identity that ssh may try."""

    public: PublicKey | None
    path: str
    """As ssh prints it: the named file, or the agent's comment."""
    named: NamedFile | None = None
    """The configured or default file it comes from; None for a key that only the agent brings."""
    agent: bool = False
    shown_in: str | None = None
    beside: bool = False
    """A `-cert.pub` that ssh found beside the named file."""
    listed_certificate: bool = False
    """Named by CertificateFile."""
    dropped: str = ""
    """Why ssh forgot the public half it had read."""

    @property
    def explicit(self) -> bool:
        return self.named is not None and self.named.explicit

    @property
    def certificate(self) -> bool:
        return self.public is not None and self.public.certificate is not None
