"""The bytes that another implementation must agree with: hashes, signatures, envelopes, keys."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from registry.domain.canonical import canonical_bytes, part_hash
from registry.domain.errors import InvalidInput
from registry.domain.federation.comparing import Entry, bucket_hash, bucket_of
from registry.domain.federation.discovery import endorsed_bytes, read_discovery
from registry.domain.federation.envelope import (
    Envelope,
    Revocation,
    envelope_document,
    read_item,
    revocation_document,
)
from registry.domain.federation.header import header_bytes, header_hash, read_header
from registry.domain.federation.judging import Held, Verdict, judge
from registry.domain.federation.message import message_bytes, read_signed, signed_document
from registry.domain.federation.proposing import read_decision, read_proposal
from registry.domain.record import RecordUid
from registry.signing import PublicKey, kid_of
from registry.signing_requests import Signed, verify_request

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


def test_each_header_of_a_record_follows_the_one_before() -> None:
    said = vectors("chain")
    key, held = PublicKey(said["key"]["x"]), None

    for one in said["chain"]:
        read = read_item(one["item"])
        assert isinstance(read, Envelope)
        assert (one["hash"], one["rev"]) == (read.hash, read.header.rev)
        assert key.verify(read.body, read.signature)
        assert Verdict.APPLY is judge(read.header, held, own="alpha.example", is_known=False)
        assert one["item"] == envelope_document(read)
        held = Held(read.header.origin, read.header.rev, read.hash)


def test_a_revocation_is_read_and_written_the_same() -> None:
    item = vectors("chain")["revocation"]

    read = read_item(item)

    assert isinstance(read, Revocation)
    assert item == revocation_document(read)


@pytest.mark.parametrize("one", vectors("requests")["requests"], ids=lambda one: one["name"])
def test_a_signed_request_is_verified_and_its_answer_too(one: Any) -> None:
    said = vectors("requests")
    key, body = PublicKey(said["key"]["x"]), one["body"].encode()
    now = datetime.fromtimestamp(one["created"], UTC)

    signed = verify_request(
        {said["key"]["kid"]: key}.get, method=one["method"], url=one["url"], headers=one["headers"], body=body, now=now
    )

    assert isinstance(signed, Signed)
    assert (said["key"]["kid"], one["nonce"]) == (signed.kid, signed.nonce)
    answer = said["answer"]
    assert answer["signed_sha256"] == hashlib.sha256(answer["body"].encode()).hexdigest()
    assert key.verify(bytes.fromhex(answer["signed_sha256"]), answer["incident-commons-signature"])
