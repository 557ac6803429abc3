"""An envelope: a signed header, and beside it the parts that whoever gets it may read."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from registry.domain.canonical import Document, JsonValue, parse_json, part_hash
from registry.domain.content.base import MAX_PART_BYTES
from registry.domain.errors import InvalidInput, Problem
from registry.domain.federation.header import MAX_HEADER_BYTES, MAX_HOPS, Header, header_hash, parsed, read_header

SALT_BYTES = 16
MAX_SIGNATURE = 1000
_MOST_UID = 64
PARTS = ("public", "restricted", "reason")
# As long as a reason here with its legal basis, which an erasure adds.
MAX_REASON = 4100


@dataclass(frozen=True, slots=True)
class Part:
    """A part with its salt; ``body`` is canonical JSON, of a reason its words."""

    salt: bytes
    body: bytes

    @property
    def hash(self) -> str:
        """SHA-256 over salt and body, as hexadecimal."""
        return part_hash(self.salt, self.body).hex()


@dataclass(frozen=True, slots=True)
class Envelope:
    """A header as it was signed, and the parts that came with it.

    Attributes:
        body: the header's bytes.
        signature: a detached JWS over them, by a key of the origin.
        hops: how many nodes have relayed it.
    """

    header: Header
    body: bytes
    signature: str
    parts: Mapping[str, Part]
    hops: int = 0

    @property
    def hash(self) -> str:
        """The hash of the header, which names the envelope."""
        return header_hash(self.body)


@dataclass(frozen=True, slots=True)
class Revocation:
    """A message of the sender to one peer: it may not see the record any more, and lets go of its parts."""

    uid: str
    number: str
    hash: str


def envelope_document(envelope: Envelope) -> dict[str, JsonValue]:
    """The envelope as an item of a page."""
    document: dict[str, JsonValue] = {
        "type": "envelope",
        "header": envelope.body.decode(),
        "signature": envelope.signature,
        "hops": envelope.hops,
    }
    for name, part in envelope.parts.items():
        document[name] = {"salt": _write(part.salt), "body": part.body.decode()}
    return document


def revocation_document(one: Revocation) -> dict[str, JsonValue]:
    """The revocation as an item of a page."""
    return {"type": "revoke", "uid": one.uid, "number": one.number, "hash": one.hash}


def read_item(item: JsonValue) -> Envelope | Revocation:
    """An item of a page, as far as its form goes: its signature is not looked at, nor what its parts say.

    Raises:
        InvalidInput: it is none, a part is too large or not canonical, or does not fit its hash.
    """
    if not isinstance(item, Mapping):
        raise _refused((), "INVALID_TYPE", "an object is expected")
    match item.get("type"):
        case "envelope":
            return _envelope(item)
        case "revoke":
            said = [item.get(name) for name in ("uid", "number", "hash")]
            uid, number, hash_ = (one if isinstance(one, str) and _is_word(one) else "" for one in said)
            if not (uid and number and hash_):
                raise _refused((), "REQUIRED", "a revocation names uid, number and hash")
            return Revocation(uid, number, hash_)
        case _:
            raise _refused(("type",), "UNKNOWN_VERSION", "a later version of the protocol says what this is")


def uid_said(item: JsonValue) -> str | None:
    """Which record an item says that it is about, in its header or beside it, where no more of it can be read."""
    if not isinstance(item, Mapping):
        return None
    try:
        header = parse_json(str(item.get("header", "")).encode())
    except (ValueError, InvalidInput):
        header = None
    uid = header.get("uid") if isinstance(header, Mapping) else item.get("uid")
    return uid if isinstance(uid, str) and _is_word(uid) else None


def _is_word(said: str) -> bool:
    return 0 < len(said) <= _MOST_UID and said.isascii() and said.isprintable()


def _envelope(item: Document) -> Envelope:
    text, signature, hops = item.get("header"), item.get("signature"), item.get("hops", 0)
    if not isinstance(text, str) or len(text) > MAX_HEADER_BYTES:
        raise _refused(("header",), "INVALID_TYPE", "a header is a text of canonical JSON")
    if not isinstance(signature, str) or len(signature) > MAX_SIGNATURE:
        raise _refused(("signature",), "INVALID_TYPE", "a signature is a detached JWS")
    if not isinstance(hops, int) or isinstance(hops, bool) or hops < 0:
        raise _refused(("hops",), "INVALID_TYPE", "hops are counted from 0")
    if hops > MAX_HOPS:
        raise _refused(("hops",), "TOO_MANY_HOPS", f"no header allows more than {MAX_HOPS} hops")
    body = _bytes(text, "header")
    header = read_header(body)
    parts = {name: _part(name, item[name], header) for name in PARTS if item.get(name) is not None}
    return Envelope(header, body, signature, parts, hops)


def _part(name: str, said: JsonValue, header: Header) -> Part:
    salt = said.get("salt") if isinstance(said, Mapping) else None
    text = said.get("body") if isinstance(said, Mapping) else None
    if not isinstance(salt, str) or not isinstance(text, str) or len(salt) > 2 * SALT_BYTES:
        raise _refused((name,), "INVALID_TYPE", "a part has a salt and a body, both text")
    if len(text) > MAX_PART_BYTES:
        raise _refused((name,), "TOO_LONG", f"a part has at most {MAX_PART_BYTES} bytes")
    part = Part(_read(name, salt), _bytes(text, name))
    if len(part.body) > MAX_PART_BYTES:
        raise _refused((name,), "TOO_LONG", f"a part has at most {MAX_PART_BYTES} bytes")
    if part.hash != getattr(header, f"{name}_hash"):
        raise _refused((name,), "WRONG_HASH", "the part does not fit the hash that was signed")
    if name != "reason":
        parsed(part.body, path=name)
    elif problems := reason_problems(text, path=name):
        raise InvalidInput(problems)
    return part


def reason_problems(text: str, *, path: str) -> list[Problem]:
    """What of the words of a tombstone is not as the words of a reason here are."""
    if not text.strip():
        return [Problem((path,), "REQUIRED", "a reason says why")]
    if len(text) > MAX_REASON:
        return [Problem((path,), "TOO_LONG", f"at most {MAX_REASON} characters are allowed")]
    if any(not character.isprintable() and character != "\n" for character in text):
        return [Problem((path,), "INVALID_TEXT", "control characters are not allowed here")]
    return []


def _bytes(text: str, name: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise _refused((name,), "NOT_CANONICAL", "a text holds half a surrogate pair") from None


def _write(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(name: str, text: str) -> bytes:
    try:
        raw = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raw = b""
    if len(raw) != SALT_BYTES or _write(raw) != text:
        raise _refused((name, "salt"), "INVALID_FORMAT", "a salt is 16 bytes as base64url without padding")
    return raw


def _refused(path: tuple[str, ...], code: str, message: str) -> InvalidInput:
    return InvalidInput([Problem(path, code, message)])
