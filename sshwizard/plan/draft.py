"""An identity while the order is being made: OpenSSH's `struct identity`."""

from __future__ import annotations

from dataclasses import dataclass

from sshwizard.model.config import Environment, NamedFile
from sshwizard.model.identity import PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One identity that ssh may try."""

    public: PublicKey | None
    path: str
    """As ssh prints it: the named file (a relative one as written), or the agent's comment."""
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

    @property
    def place(self) -> str:
        """The absolute path of the named file; "" for a key that only the agent brings."""
        return self.named.path if self.named is not None else ""


def printed(named: NamedFile, environment: Environment) -> str:
    """Return the path as ssh prints it: relative to the current folder where it was written so."""
    text = named.text
    if text.startswith("${"):
        absolute = environment.env.get(text[2:].partition("}")[0], "").startswith("/")
    else:
        absolute = text.startswith(("/", "~", "%d"))
    return named.path if absolute else named.path.removeprefix(environment.cwd.rstrip("/") + "/")
