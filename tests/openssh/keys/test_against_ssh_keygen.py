"""Every form in which ssh-keygen, puttygen and openssl write keys, inspected as `ssh-keygen -l` does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from servers.keys import KeyMaker

from sshwizard.machine.files import look_at
from sshwizard.model.identity import KeyFile
from sshwizard.openssh.keys import read_key_file, shown_type

PASSPHRASE = "correct horse"
SIZES = (
    ("ed25519", None),
    ("ecdsa", 256),
    ("ecdsa", 384),
    ("ecdsa", 521),
    ("rsa", 2048),
    ("rsa", 1024),
    ("dsa", None),
)
_LINE = re.compile(r"(\d+) (SHA256:\S+) (.*) \(([A-Z0-9-]+)\)")


def by_ssh_keygen(path: Path) -> tuple[int, str, str, str] | None:
    """Return bits, fingerprint, comment, type; None where ssh-keygen cannot read the file."""
    done = subprocess.run(["ssh-keygen", "-l", "-f", path], capture_output=True, text=True, timeout=10)
    match = _LINE.match(done.stdout.strip())
    return (int(match[1]), match[2], match[3], match[4]) if match else None


def by_us(path: Path) -> tuple[int | None, str, str, str] | None:
    file = inspected(path)
    if file.public is None:
        return None
    comment = file.comment or file.public.comment or "no comment"
    return file.public.bits, file.public.fingerprint, comment, shown_type(file.public.type)


def inspected(path: Path) -> KeyFile:
    return read_key_file(look_at(str(path)))


def run(*argv: str | Path) -> None:
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


@pytest.mark.parametrize(("kind", "bits"), SIZES)
@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_openssh_pairs(kind: str, bits: int | None, passphrase: str, keys: KeyMaker, tmp_path: Path) -> None:
    pair = keys.make(tmp_path, "key", type=kind, bits=bits, comment="joe's key", passphrase=passphrase)
    alone = tmp_path / "alone"
    alone.write_bytes(pair.path.read_bytes())
    alone.chmod(0o600)

    assert by_us(pair.public_path) == by_ssh_keygen(pair.public_path)
    assert by_us(alone) == by_ssh_keygen(alone)
    assert inspected(alone).encrypted == bool(passphrase)
    assert inspected(alone).usable_private and inspected(alone).ssh_reads_public


@pytest.mark.parametrize(("kind", "bits"), [size for size in SIZES if size[0] != "ed25519"])
@pytest.mark.parametrize("form", ["PEM", "PKCS8"])
def test_plain_pem_private_keys(
    kind: str, bits: int | None, form: str, keys: KeyMaker, tmp_path: Path
) -> None:
    pair = keys.make(tmp_path, "key", type=kind, bits=bits, form=form)
    pair.public_path.unlink()
    file = inspected(pair.path)

    assert by_us(pair.path) == by_ssh_keygen(pair.path)
    assert (file.format, file.encrypted, file.ssh_reads_public) == (form.lower(), False, False)
    assert file.usable_private


@pytest.mark.parametrize("form", ["PEM", "PKCS8"])
def test_encrypted_pem_hides_its_public_half(form: str, keys: KeyMaker, tmp_path: Path) -> None:
    pair = keys.make(tmp_path, "key", type="rsa", bits=2048, form=form, passphrase=PASSPHRASE)

    file = inspected(pair.path)

    assert (file.public, file.encrypted, file.has_private, file.usable_private) == (None, True, True, True)


@pytest.mark.parametrize("algorithm", ["ed25519", "ed448"])
def test_pkcs8_without_a_public_half_is_computed(algorithm: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    run("openssl", "genpkey", "-algorithm", algorithm, "-out", path)

    file = inspected(path)

    assert file.public is not None
    assert file.public.type == f"ssh-{algorithm}"
    assert file.usable_private == (algorithm == "ed25519")


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa", "dsa"])
@pytest.mark.parametrize("version", ["2", "3"])
@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_putty_files(kind: str, version: str, passphrase: str, keys: KeyMaker, tmp_path: Path) -> None:
    pair = keys.make(tmp_path, "key", type=kind, bits=2048 if kind == "rsa" else None, comment="from putty")
    secret = tmp_path / "passphrase"
    secret.write_text(passphrase)
    ppk = tmp_path / "key.ppk"
    protect = ["--new-passphrase", secret] if passphrase else []
    fast = ["--ppk-param", f"version={version},memory=8,passes=1"]
    run("puttygen", pair.path, "-o", ppk, "-O", "private", *fast, *protect)

    file = inspected(ppk)

    assert file.public is not None
    assert file.public.blob == pair.blob
    assert (file.format, file.encrypted, file.comment) == (f"ppk{version}", bool(passphrase), "from putty")
    assert (file.has_private, file.usable_private, file.ssh_reads_public) == (True, False, False)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa", "dsa"])
def test_rfc4716_public_keys(kind: str, keys: KeyMaker, tmp_path: Path) -> None:
    pair = keys.make(tmp_path, "key", type=kind, comment="a comment", bits=2048 if kind == "rsa" else None)
    text = subprocess.run(["ssh-keygen", "-e", "-f", pair.path], capture_output=True, check=True).stdout
    path = tmp_path / "key.rfc4716"
    path.write_bytes(text)

    file = inspected(path)

    assert file.public is not None
    assert (file.format, file.public.blob, file.ssh_reads_public) == ("ssh2", pair.blob, False)


@pytest.mark.parametrize("kind", ["rsa", "dsa"])
def test_ssh_com_private_keys(kind: str, keys: KeyMaker, tmp_path: Path) -> None:
    pair = keys.make(tmp_path, "key", type=kind, bits=2048 if kind == "rsa" else None)
    path = tmp_path / "key.sshcom"
    run("puttygen", pair.path, "-o", path, "-O", "private-sshcom")

    file = inspected(path)

    assert file.public is not None
    assert (file.format, file.public.blob, file.encrypted) == ("sshcom", pair.blob, False)


@pytest.mark.parametrize(("kind", "bits"), SIZES)
@pytest.mark.parametrize("authority", ["ed25519", "ecdsa", "rsa"])
def test_certificates(kind: str, bits: int | None, authority: str, keys: KeyMaker, tmp_path: Path) -> None:
    ca = keys.make(tmp_path, "ca", type=authority, bits=2048 if authority == "rsa" else None, key="ca")
    pair = keys.make(tmp_path, "key", type=kind, bits=bits)
    flags = ["-I", "joe's id", "-n", "joe,root", "-V", "20240101000000Z:20250101000000Z", "-z", "7"]
    flags += ["-O", "force-command=/bin/true", "-O", "no-pty"]
    run("ssh-keygen", "-q", "-s", ca.path, *flags, pair.public_path)
    path = tmp_path / "key-cert.pub"

    file = inspected(path)

    assert by_us(path) == by_ssh_keygen(path)
    assert file.public is not None
    certificate = file.public.certificate
    assert certificate is not None
    assert (certificate.kind, certificate.key_id, certificate.serial) == ("user", "joe's id", 7)
    assert certificate.principals == ("joe", "root")
    assert (certificate.valid_after, certificate.valid_before) == (1704067200, 1735689600)
    assert certificate.critical_options == ("force-command=/bin/true",)
    assert "permit-pty" not in certificate.extensions
    assert certificate.ca_fingerprint == ca.fingerprint
    assert file.public.fingerprint == pair.fingerprint


def test_a_certificate_with_a_wrong_signature_is_none_to_ssh(keys: KeyMaker, tmp_path: Path) -> None:
    import base64

    ca = keys.make(tmp_path, "ca")
    pair = keys.make(tmp_path, "key")
    run("ssh-keygen", "-q", "-s", ca.path, "-I", "id", pair.public_path)
    path = tmp_path / "key-cert.pub"
    name, text, *_rest = path.read_text().split()
    blob = bytearray(base64.b64decode(text))
    blob[-1] ^= 1
    path.write_text(f"{name} {base64.b64encode(blob).decode()}\n")

    file = inspected(path)

    assert by_ssh_keygen(path) is None
    assert not file.ssh_reads_public
    assert [problem.id for problem in file.problems] == ["certificate-signature"]


@pytest.mark.parametrize("label", ["rsa", "ed25519", "ec"])
def test_pem_public_keys(label: str, tmp_path: Path) -> None:
    private, public = tmp_path / "key", tmp_path / "public.pem"
    arguments = {
        "rsa": ["rsa", "-pkeyopt", "rsa_keygen_bits:2048"],
        "ed25519": ["ed25519"],
        "ec": ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    }
    run("openssl", "genpkey", "-out", private, "-algorithm", *arguments[label])
    run("openssl", "pkey", "-in", private, "-pubout", "-out", public)

    file, whole = inspected(public), inspected(private)

    assert file.public is not None and whole.public is not None
    assert file.public.blob == whole.public.blob
    assert [problem.id for problem in file.problems] == ["public-pem"]
