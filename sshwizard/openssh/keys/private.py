"""Private keys opened for use: only for a login that the user wanted, and for public halves that must be computed.

Everything here loads `cryptography`. No other module of the diagnosis may call it for a key that ssh would
not have opened either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from sshwizard.openssh.keys import openssh_format
from sshwizard.openssh.keys.blob import NotAKey, public_from_blob
from sshwizard.openssh.keys.inspect import read_content
from sshwizard.openssh.keys.public import read_public_line
from sshwizard.openssh.wire import Cursor, WireError, mpint, string

if TYPE_CHECKING:
    from sshwizard.model.identity import PublicKey
    from sshwizard.secret import Secret

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

_RSA_HASHES: dict[str, hashes.HashAlgorithm] = {
    "rsa-sha2-256": hashes.SHA256(),
    "rsa-sha2-512": hashes.SHA512(),
    "ssh-rsa": hashes.SHA1(),
}
_EC_HASHES: dict[int, hashes.HashAlgorithm] = {
    256: hashes.SHA256(),
    384: hashes.SHA384(),
    521: hashes.SHA512(),
}


class PassphraseNeeded(ValueError):
    """The key is encrypted and no passphrase, or a wrong one, was given."""


class Signer:
    """A private key that can sign for a login."""

    key: PrivateKey
    """The loaded key itself; never shown, never kept."""
    public: PublicKey

    def __init__(self, key: PrivateKey) -> None:
        self.key = key
        self.public = public_of(key)

    def sign(self, data: bytes, algorithm: str) -> bytes:
        """Sign `data`; returns the signature in SSH's encoding (RFC 4253 §6.6). `algorithm` is the name of
        the signature algorithm, e.g. `rsa-sha2-512`; raises NotAKey when the key cannot make such."""
        return string(algorithm.encode()) + string(self._raw(data, algorithm))

    def _raw(self, data: bytes, algorithm: str) -> bytes:
        key = self.key
        if isinstance(key, rsa.RSAPrivateKey) and algorithm in _RSA_HASHES:
            return key.sign(data, padding.PKCS1v15(), _RSA_HASHES[algorithm])
        if algorithm != self.public.type:
            raise NotAKey(f"a {self.public.type} key makes no {algorithm} signature")
        if isinstance(key, ec.EllipticCurvePrivateKey):
            r, s = decode_dss_signature(key.sign(data, ec.ECDSA(_EC_HASHES[key.curve.key_size])))
            return mpint(r) + mpint(s)
        assert isinstance(key, ed25519.Ed25519PrivateKey)
        return key.sign(data)


def load_signer(data: bytes, passphrase: Secret | None) -> Signer:
    """Open a private key file's content. Raises PassphraseNeeded, NotAKey (also for keys that live on
    hardware, which only their own agent can use)."""
    try:
        key = _load(data, passphrase.reveal().encode() if passphrase else None)
    except TypeError as error:
        raise PassphraseNeeded("the key is encrypted") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        if passphrase and read_content(data).encrypted:
            raise PassphraseNeeded("the passphrase does not open the key") from error
        raise NotAKey("the private key cannot be read") from error
    if not isinstance(key, PrivateKey):
        raise NotAKey("a private key of this type cannot be used here")
    return Signer(key)


def public_of(key: PrivateKey) -> PublicKey:
    """Return the public half of a loaded key."""
    encoded = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return read_public_line(encoded)


def public_of_der(body: bytes) -> PublicKey | None:
    """Compute the public half of an unencrypted key in DER that does not hold it. Raises NotAKey."""
    try:
        key = serialization.load_der_private_key(body, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NotAKey("the private key is damaged") from error
    if isinstance(key, ed448.Ed448PrivateKey):
        raw = key.public_key().public_bytes_raw()
        return public_from_blob(string(b"ssh-ed448") + string(raw))
    return public_of(key) if isinstance(key, PrivateKey) else None


def _load(data: bytes, passphrase: bytes | None) -> object:
    if data.startswith(openssh_format.BEGIN[:-1]):
        return serialization.load_ssh_private_key(data, passphrase)
    if passphrase is not None and not read_content(data).encrypted:
        passphrase = None
    return serialization.load_pem_private_key(data, passphrase)


def agent_form(data: bytes, passphrase: Secret | None, comment: str = "") -> bytes:
    """Return a private key file's key as an agent takes it: type, private fields, comment (PROTOCOL.agent).

    Raises PassphraseNeeded, NotAKey.
    """
    from sshwizard.openssh.keys.generate import private_fields

    body = openssh_format.body_of(data)
    try:
        envelope = openssh_format.open_envelope(body) if body is not None else None
        part = _opened(envelope, passphrase) if envelope is not None else None
    except WireError as error:
        raise NotAKey("the private key is damaged") from error
    if envelope is not None and part is not None:
        if openssh_format.comment_in(part, envelope.public) is None:
            raise PassphraseNeeded("the passphrase does not open the key")
        return openssh_format.unpadded(part, envelope.public)
    signer = load_signer(data, passphrase)
    return private_fields(signer.key) + string((comment or signer.public.comment).encode())


def _opened(envelope: openssh_format.Envelope, passphrase: Secret | None) -> bytes | None:
    """Return the decrypted private part; None for a cipher other than ssh-keygen's usual one."""
    if not envelope.encrypted:
        return envelope.sealed
    if envelope.cipher != b"aes256-ctr" or not passphrase:
        return None
    from sshwizard.openssh.keys.generate import stream

    options = Cursor(envelope.kdf_options)
    salt, rounds = options.string(), options.uint32()
    return stream(envelope.sealed, passphrase, salt, rounds)
