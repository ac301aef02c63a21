"""AWS's signature, against what botocore 1.44.5's own signer gives for the same requests."""

from __future__ import annotations

import datetime

import pytest

from sshwizard.providers.codecommit import region_of, sign
from sshwizard.secret import Secret

BODY = b"Action=ListSSHPublicKeys&Version=2010-05-08&UserName=a+b%2F"
WHEN = datetime.datetime(2026, 11, 21, 12, 0, 0, tzinfo=datetime.UTC)
SIGNED = (
    ("https://iam.amazonaws.com/", "", "418bbfbac409263777e465fb5df91d31db22861e82502ab7cc6f260dc8169c5a"),
    (
        "http://127.0.0.1:4711/",
        "SESSION/tok=+",
        "a6cefe66b08b5f0a2867fc5e6c1885893d057acca1a866bff9afe588d0b1399d",
    ),
    (
        "https://iam.us-gov.amazonaws.com/",
        "",
        "f6e290796c0358bc4dd27a7dbfe52a3bb7e524b6987ed1718a84db06868819eb",
    ),
)


@pytest.mark.parametrize(("url", "session", "signature"), SIGNED)
def test_the_signature_is_the_vendor_s(url: str, session: str, signature: str) -> None:
    token = Secret(session) if session else None
    request = sign(url, BODY, "AKIDEXAMPLE", Secret("wJalr/secret"), token, now=WHEN, region=region_of(url))

    names = "content-type;host;x-amz-date" + (";x-amz-security-token" if session else "")
    region = region_of(url)
    expected = (
        f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/{region}/iam/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    assert expected == request.secret_headers["Authorization"].reveal()
    assert "20261121T120000Z" == request.headers["X-Amz-Date"]


@pytest.mark.parametrize(
    ("base", "region"),
    [
        ("https://iam.amazonaws.com", "us-east-1"),
        ("https://iam.us-gov.amazonaws.com", "us-gov-west-1"),
        ("https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("http://127.0.0.1:8080", "us-east-1"),
        ("http://localhost", "us-east-1"),
    ],
)
def test_each_iam_signs_for_its_own_region(base: str, region: str) -> None:
    assert region == region_of(base)
