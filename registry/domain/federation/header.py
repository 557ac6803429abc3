"""The signed header of a published state of a record: what was decided, and hashes of what was written.

A header never contains the parts. Each part travels beside it with its salt, so that it can be withheld without
breaking the signature, and cannot be guessed from its hash. A header is canonical JSON (RFC 8785) and travels as that
text: who relays it hands on the same bytes.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from registry.domain.account import name_problems
from registry.domain.canonical import Document, JsonValue, canonical_bytes, normalise, parse_json
from registry.domain.content.base import Instant, Label, Model, Sha256, Uid, to_document, validate
from registry.domain.content.marking import Marking
from registry.domain.errors import InvalidInput, Problem
from registry.domain.numbering import NUMBER
from registry.domain.record import Record, State
from registry.domain.vocabulary import Kind, Tlp

VERSION = 1
MAX_HEADER_BYTES = 16 * 1024
MAX_HOPS = 16
# Under these markings a node hands on what began at another.
RELAYED = frozenset({Tlp.CLEAR, Tlp.GREEN})
# In place of the number of nodes that relayed a header: whoever gave it took it back, and it goes no further.
TAKEN_BACK = MAX_HOPS + 1

Dns = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,253}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$")]
ShortName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,7}$")]

# What of a marking is between an author and the reviewers of the own node.
_AT_HOME = frozenset({"restricted_for_review", "names_person_reason"})
_CLOSED = frozenset({Tlp.AMBER, Tlp.AMBER_STRICT})
_STATES = frozenset({State.PUBLISHED, State.WITHDRAWN, State.MERGED, State.ERASED})


def _check_name(value: str) -> str:
    if name_problems(value):
        raise PydanticCustomError("invalid_text", "use 1 to 120 printable characters")
    return value


# What pages show as a name: no sign that turns the text around or is not seen.
DisplayName = Annotated[Label, AfterValidator(_check_name)]


class FederatedChange(StrEnum):
    """What a header says happened."""

    UPSERT = "upsert"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    MERGE = "merge"
    SPLIT = "split"
    ERASE = "erase"
    VISIBILITY = "visibility"


_CHANGES = frozenset(one.value for one in FederatedChange)


class OwnerName(Model):
    """Whose record it is, at its origin."""

    slug: Slug
    name: DisplayName


class Header(Model):
    """One signed state of a record.

    Attributes:
        origin: DNS name of the node that the record began at, and that signs.
        rev: how many headers of this record there are with this one, from 1; each is signed once.
        revision: which published revision of the content it stands for; what readers see.
        prev_hash: SHA-256 of the header before, as hexadecimal; none of the first.
        schema_version: of the parts.
        blocked: out of sight while somebody judges whether it must go.
        max_hops: how many nodes may relay it, one after another.
        reason_hash: of the words that a tombstone shows, which travel as a part.
    """

    v: Annotated[StrictInt, Field(ge=1, le=VERSION)] = VERSION
    uid: Uid
    number: Annotated[str, StringConstraints(pattern=f"^{NUMBER.pattern}$")]
    kind: Kind
    change: FederatedChange
    state: State
    origin: Dns
    owner: OwnerName
    rev: Annotated[StrictInt, Field(ge=1, le=10**9)]
    revision: Annotated[StrictInt, Field(ge=1, le=10**9)]
    prev_hash: Sha256 | None = None
    signed_at: Instant
    published_at: Instant
    schema_version: Label
    marking: Marking
    embargoed: StrictBool = False
    blocked: StrictBool = False
    imported: StrictBool = False
    merged_into: Uid | None = None
    max_hops: Annotated[StrictInt, Field(ge=0, le=MAX_HOPS)]
    public_hash: Sha256
    restricted_hash: Sha256
    reason_hash: Sha256 | None = None

    @property
    def is_open(self) -> bool:
        """Whether it says itself that everybody may know of it."""
        return self.marking.tlp is Tlp.CLEAR and not self.embargoed

    @property
    def has_content(self) -> bool:
        """Whether its public part belongs to it: what is gone has none."""
        return self.state is State.PUBLISHED and not self.blocked


def header_bytes(header: Header) -> bytes:
    """The header as it is signed, hashed and sent."""
    return canonical_bytes(to_document(header))


def header_hash(body: bytes) -> str:
    """What names a header: SHA-256 of its bytes, as hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def read_header(body: bytes) -> Header:
    """The header that *body* is.

    Raises:
        InvalidInput: it is too large, is not written as RFC 8785 says, or a field is not what it must be;
            ``UNKNOWN_VERSION`` where only a later version of the protocol knows what it means.
    """
    if len(body) > MAX_HEADER_BYTES:
        raise InvalidInput([Problem(("header",), "TOO_LONG", f"a header has at most {MAX_HEADER_BYTES} bytes")])
    document = parsed(body, path="header")
    if not isinstance(document, dict):
        raise InvalidInput([Problem(("header",), "INVALID_TYPE", "an object is expected")])
    version, change = document.get("v"), document.get("change")
    is_later = isinstance(version, int) and version > VERSION
    if is_later or (isinstance(change, str) and change not in _CHANGES):
        raise InvalidInput([Problem(("header", "v"), "UNKNOWN_VERSION", "a later version of the protocol says what")])
    if normalise(document) != document:
        # What is read would say something else than what was signed.
        raise InvalidInput([Problem(("header",), "NOT_CANONICAL", "text is NFC without white space around it")])
    header = _header(document)
    if header.state not in _STATES:
        raise InvalidInput([Problem(("header", "state"), "NOT_ALLOWED", "no record is given out in this state")])
    return header


def kept_header(body: bytes) -> Header:
    """A header that was made here, or read and judged before: how it is written is not looked at once more, which takes
    half of the time.

    Raises:
        InvalidInput: it is none.
    """
    document = parse_json(body)
    return _header(document if isinstance(document, dict) else {})


def _header(document: Document) -> Header:
    # A minor version adds fields; what is not known is kept in the bytes and means nothing here.
    fields = Header.model_fields
    known = {name: value for name, value in document.items() if name in fields}
    return validate(Header, known, path=("header",))


def parsed(body: bytes, *, path: str) -> JsonValue:
    """The JSON that *body* is, if it is written as RFC 8785 says.

    Raises:
        InvalidInput: it is not.
    """
    try:
        value = parse_json(body)
        is_canonical = canonical_bytes(value) == body
    except (ValueError, InvalidInput):
        is_canonical = False
    if not is_canonical:
        raise InvalidInput([Problem((path,), "NOT_CANONICAL", "this is not canonical JSON as RFC 8785 has it")])
    return value


def marking_for_others(record: Record) -> Marking:
    """The marking of a record's head as a header has it: without what stays at home, and with the group only while
    something is kept to it."""
    marking = record.head.marking
    is_closed = record.is_under_embargo or not _CLOSED.isdisjoint({record.tlp, marking.restricted_tlp})
    kept = marking.audience if is_closed and record.tlp is not Tlp.RED else None
    # What a statement is about may be less visible than the statement's own marking says.
    restricted = max(record.tlp, marking.restricted_tlp, key=lambda one: one.strictness)
    return marking.model_copy(
        update={
            "tlp": record.tlp,
            "restricted_tlp": restricted,
            "audience": kept,
            "embargo_until": marking.embargo_until if record.is_under_embargo else None,
            **{name: Marking.model_fields[name].default for name in _AT_HOME},
        }
    )


def says_the_same(one: Header, other: Header) -> bool:
    """Whether two headers differ in nothing but their place in the chain, the time and what they call the change."""
    return _said(one) == _said(other)


def _said(header: Header) -> Document:
    beside = {"rev", "prev_hash", "signed_at", "change"}
    return {name: value for name, value in to_document(header).items() if name not in beside}
