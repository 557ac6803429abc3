"""The node's key: made once, never overwritten, kept from others; signatures and secrets made with it."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from registry.domain.errors import Misconfigured
from registry.domain.federation.message import MAX_MESSAGE_BYTES
from registry.signing import NodeKey, create, load


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a key may be made."""
    return tmp_path / "node.key"


def b64(body: bytes) -> str:
    """Base64 as JWS writes it."""
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def verify(signature: str, body: bytes, path: Path) -> None:
    """Check a detached signature by the public half of the key in *path*."""
    head, middle, tail = signature.split(".")
    assert middle == ""
    public = OKPKey.import_key(OKPKey.import_key(path.read_text()).as_pem(private=False))
    jws.deserialize_compact(f"{head}.{b64(body)}.{tail}", public, algorithms=["Ed25519"])


def keep(path: Path, body: bytes) -> None:
    """Write a key file that only its owner may read."""
    path.write_bytes(body)
    path.chmod(0o600)


def test_a_key_that_was_made_is_the_same_when_loaded(path: Path) -> None:
    made = create(path)

    loaded = load(path)
    assert (made.fingerprint, made.derive("cursors")) == (loaded.fingerprint, loaded.derive("cursors"))


def test_only_its_owner_may_read_a_new_key_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        create(path)
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_is_never_overwritten(path: Path) -> None:
    create(path)
    before = path.read_bytes()

    with pytest.raises(FileExistsError):
        create(path)

    assert before == path.read_bytes()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o666, 0o601])
def test_a_key_that_others_may_touch_is_refused(path: Path, mode: int) -> None:
    create(path)
    path.chmod(mode)

    with pytest.raises(Misconfigured, match="others may read"):
        load(path)


def test_a_missing_key_is_told_how_to_make_one(path: Path) -> None:
    with pytest.raises(Misconfigured) as raised:
        load(path)

    assert "commons init" in (raised.value.hint or "")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"{}", id="no PEM"),
        pytest.param(OKPKey.generate_key("Ed448").as_pem(private=True), id="Ed448"),
        pytest.param(OKPKey.generate_key("X25519").as_pem(private=True), id="X25519"),
        pytest.param(ECKey.generate_key("P-256").as_pem(private=True), id="elliptic curve"),
        pytest.param(RSAKey.generate_key(2048).as_pem(private=True), id="RSA"),
        pytest.param(OKPKey.generate_key("Ed25519").as_pem(private=False), id="public half only"),
    ],
)
def test_what_is_no_private_ed25519_key_is_refused(path: Path, body: bytes) -> None:
    keep(path, body)

    with pytest.raises(Misconfigured, match="no Ed25519 private key"):
        load(path)


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_any_bytes_are_a_key_or_refused(path: Path, body: bytes) -> None:
    keep(path, body)

    with pytest.raises(Misconfigured):
        load(path)


@given(st.binary())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_a_signature_is_a_detached_jws_that_verifies(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "kept.key"
    key = load(path) if path.exists() else create(path)

    verify(key.sign(body), body, path)


def test_the_header_names_the_algorithm_and_the_key(path: Path) -> None:
    key = create(path)

    head = key.sign(b"{}").split(".")[0]

    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    assert {"alg": "Ed25519", "kid": key.fingerprint} == header


def test_another_body_does_not_verify(path: Path) -> None:
    signature = create(path).sign(b'{"a":1}')

    with pytest.raises(BadSignatureError):
        verify(signature, b'{"a":2}', path)


def test_what_is_as_long_as_a_message_may_be_verifies(path: Path) -> None:
    key, body = create(path), b"a" * MAX_MESSAGE_BYTES

    assert key.public.verify(body, key.sign(body))
    assert not key.public.verify(body[1:], key.sign(body))


def test_another_key_does_not_verify(path: Path, tmp_path: Path) -> None:
    create(path)
    other = create(tmp_path / "other.key")

    with pytest.raises(BadSignatureError):
        verify(other.sign(b"{}"), b"{}", path)


def test_secrets_differ_by_purpose_and_by_key(path: Path, tmp_path: Path) -> None:
    one, other = create(path), create(tmp_path / "other.key")

    secrets = {key.derive(purpose) for key in (one, other) for purpose in ("cursors", "receipts")}

    assert len(secrets) == 4
    assert {32} == {len(secret) for secret in secrets}


def test_the_private_key_does_not_show(path: Path) -> None:
    key = create(path)

    private = str(OKPKey.import_key(path.read_text()).as_dict(private=True)["d"])
    assert private not in repr(key) + key.fingerprint + key.sign(b"{}")
    assert isinstance(key, NodeKey)
