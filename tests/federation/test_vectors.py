"""The bytes that another implementation must agree with: hashes, signatures, envelopes, keys."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from registry.domain.canonical import canonical_bytes, part_hash
from registry.domain.errors import InvalidInput
from registry.domain.federation.comparing import Entry, bucket_hash, bucket_of
from registry.domain.federation.discovery import endorsed_bytes, read_discovery
from registry.domain.federation.envelope import Envelope, envelope_document, read_item
from registry.domain.federation.header import header_bytes, header_hash, read_header
from registry.domain.federation.message import message_bytes, read_signed, signed_document
from registry.domain.federation.proposing import read_decision, read_proposal
from registry.domain.record import RecordUid
from registry.signing import PublicKey, kid_of

VECTORS = Path(__file__).parent / "vectors"


def vectors(name: str) -> Any:
    """The examples in one file."""
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def raw(text: str) -> bytes:
    """Bytes that are written as base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("one", vectors("canonical"), ids=lambda one: one["name"])
def test_canonical_json_and_its_hash(one: Any) -> None:
    body = canonical_bytes(one["value"])

    assert (one["text"], one["sha256"]) == (body.decode(), hashlib.sha256(body).hexdigest())


def test_a_part_is_hashed_with_its_salt() -> None:
    for one in vectors("parts"):
        assert one["hash"] == part_hash(raw(one["salt"]), one["body"].encode()).hex()


def test_a_header_is_read_hashed_and_verified() -> None:
    one = vectors("envelope")
    body = one["item"]["header"].encode()
    key = PublicKey(one["key"]["x"])

    assert (body, one["hash"]) == (header_bytes(read_header(body)), header_hash(body))
    assert one["key"]["kid"] == key.kid == kid_of(one["item"]["signature"])
    assert key.verify(body, one["item"]["signature"])


@pytest.mark.parametrize(
    "fields",
    [
        {"origin": " north.example"},
        {"owner": {"name": "North Lab", "slug": "north-lab "}},
        {"owner": {"name": "Cafe\u0301", "slug": "cafe"}},
        {"later": [" a field of a later version"]},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_header_whose_text_is_not_brought_to_its_form_is_refused(fields: dict[str, Any]) -> None:
    header = json.loads(vectors("envelope")["item"]["header"])

    with pytest.raises(InvalidInput) as refused:
        read_header(canonical_bytes(header | fields))

    assert ["NOT_CANONICAL"] == [problem.code for problem in refused.value.problems]


def test_an_envelope_is_read_and_written_the_same() -> None:
    item = vectors("envelope")["item"]

    read = read_item(item)

    assert isinstance(read, Envelope)
    assert item == envelope_document(read)


@pytest.mark.parametrize("one", vectors("refused"), ids=lambda one: one["name"])
def test_what_is_wrong_is_refused_with_its_code(one: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_item(one["item"])

    assert one["code"] == caught.value.problems[0].code


def test_a_discovery_document_is_signed_without_its_signature() -> None:
    one = vectors("discovery")

    said, body, signature = read_discovery(one["document"])

    assert one["signed"] == body.decode()
    assert PublicKey(said.keys[0].x).verify(body, signature)
    second = said.keys[1]
    assert second.endorsement is not None
    assert PublicKey(said.keys[0].x).verify(endorsed_bytes(said.dns, second.kid, second.x), second.endorsement)


@pytest.mark.parametrize("one", vectors("messages")["messages"], ids=lambda one: one["name"])
def test_a_message_is_read_verified_and_written_the_same(one: Any) -> None:
    said = vectors("messages")
    key = PublicKey(said["key"]["x"])

    message, signed = read_signed(one["item"])

    assert (said["from"], said["to"]) == (message.sender, message.recipient)
    assert said["key"]["kid"] == key.kid == kid_of(signed.signature)
    assert key.verify(signed.text, signed.signature)
    assert signed.text == message_bytes(message)
    assert one["item"] == signed_document(signed)
    read = read_decision(message.body) if message.type == "decision" else read_proposal(message.body)
    assert message.body["proposal"] == read.proposal


def test_a_record_has_its_bucket_and_a_bucket_its_hash() -> None:
    one = vectors("buckets")

    assert [said["bucket"] for said in one["buckets"]] == [bucket_of(said["uid"]) for said in one["buckets"]]
    for said in one["hashes"]:
        entries = [Entry(RecordUid(uid), rev, hash_) for uid, rev, hash_ in said["entries"]]
        assert said["hash"] == bucket_hash(entries) == hashlib.sha256(said["text"].encode()).hexdigest()
