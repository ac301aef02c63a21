"""Which signature algorithm a key is offered with, and in which order host keys are asked for."""

from __future__ import annotations

import pytest

from sshwizard.openssh.algorithms import (
    CERT,
    DEFAULT_ACCEPTED,
    host_key_order,
    is_exact,
    plain_key_type,
    signature_algorithm,
    why_not,
)

SHA2 = ("ssh-ed25519", "rsa-sha2-256", "rsa-sha2-512")


@pytest.mark.parametrize(
    ("key_type", "accepted", "server", "expected"),
    [
        ("ssh-ed25519", DEFAULT_ACCEPTED, None, "ssh-ed25519"),
        ("ssh-ed25519", DEFAULT_ACCEPTED, ("rsa-sha2-512",), "ssh-ed25519"),
        ("ssh-dss", DEFAULT_ACCEPTED, None, None),
        ("ssh-rsa", DEFAULT_ACCEPTED, SHA2, "rsa-sha2-512"),
        ("ssh-rsa", ("rsa-sha2-256", "rsa-sha2-512"), SHA2, "rsa-sha2-256"),
        ("ssh-rsa", DEFAULT_ACCEPTED, ("ssh-rsa",), None),
        ("ssh-rsa", DEFAULT_ACCEPTED, None, None),
        ("ssh-rsa", (*DEFAULT_ACCEPTED, "ssh-rsa"), None, "ssh-rsa"),
        ("ssh-rsa", (*DEFAULT_ACCEPTED, "ssh-rsa"), ("ssh-rsa",), "ssh-rsa"),
        (f"ssh-rsa{CERT}", DEFAULT_ACCEPTED, SHA2, f"rsa-sha2-512{CERT}"),
        (f"ssh-ed25519{CERT}", DEFAULT_ACCEPTED, None, f"ssh-ed25519{CERT}"),
        ("sk-ssh-ed25519@openssh.com", DEFAULT_ACCEPTED, SHA2, "sk-ssh-ed25519@openssh.com"),
    ],
)
def test_the_algorithm_is_the_one_that_ssh_names(
    key_type: str, accepted: tuple[str, ...], server: tuple[str, ...] | None, expected: str | None
) -> None:
    assert signature_algorithm(key_type, accepted, server) == expected


def test_a_server_of_7_4_is_trusted_with_sha2_although_it_does_not_say_so() -> None:
    found = signature_algorithm("ssh-rsa", DEFAULT_ACCEPTED, None, "SSH-2.0-OpenSSH_7.4")

    assert found == "rsa-sha2-512"


def test_the_reason_names_the_side_that_lacks_something() -> None:
    assert "SHA-1" in why_not("ssh-rsa", DEFAULT_ACCEPTED, None)
    assert "ssh-rsa" in why_not("ssh-rsa", DEFAULT_ACCEPTED, ("ssh-rsa", "ssh-ed25519"))
    assert "PubkeyAcceptedAlgorithms" in why_not("ssh-dss", DEFAULT_ACCEPTED, None)


def test_known_types_are_asked_for_first() -> None:
    order = host_key_order(DEFAULT_ACCEPTED, ("ssh-rsa",))

    assert order[:4] == (f"rsa-sha2-512{CERT}", f"rsa-sha2-256{CERT}", "rsa-sha2-512", "rsa-sha2-256")
    assert sorted(order) == sorted(DEFAULT_ACCEPTED)


def test_the_best_known_type_leaves_the_order_alone() -> None:
    assert host_key_order(DEFAULT_ACCEPTED, ("ssh-ed25519", "ssh-rsa")) == DEFAULT_ACCEPTED


def test_a_certificate_authority_puts_certificates_first() -> None:
    order = host_key_order(("ecdsa-sha2-nistp256", f"ssh-ed25519{CERT}", "ssh-ed25519"), ("cert-authority",))

    assert order[0] == f"ssh-ed25519{CERT}"


def test_a_list_written_out_is_told_from_an_addition() -> None:
    assert not is_exact(DEFAULT_ACCEPTED)
    assert not is_exact((*DEFAULT_ACCEPTED, "ssh-rsa"))
    assert not is_exact(DEFAULT_ACCEPTED[3:])
    assert is_exact(("rsa-sha2-512", "ssh-ed25519"))


@pytest.mark.parametrize(
    ("algorithm", "key_type"),
    [
        ("rsa-sha2-512", "ssh-rsa"),
        (f"rsa-sha2-256{CERT}", "ssh-rsa"),
        (f"sk-ssh-ed25519{CERT}", "sk-ssh-ed25519@openssh.com"),
        ("sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com"),
        (f"ecdsa-sha2-nistp256{CERT}", "ecdsa-sha2-nistp256"),
    ],
)
def test_an_algorithm_speaks_of_a_plain_key_type(algorithm: str, key_type: str) -> None:
    assert plain_key_type(algorithm) == key_type
