"""What a source lets us in by: a user and a password, or a header."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from registry.domain.errors import InvalidInput, Problem
from registry.domain.importing import Source

_MAX_SECRET = 4000
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,59}")
# What carries the request itself is no credential.
_NO_CREDENTIAL = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "user-agent", "range", "if-range"}
)


@dataclass(frozen=True, slots=True)
class SourceCredential:
    """One of the two; sent to *host* only, which is the one that the source's first address names.

    Attributes:
        basic: user and password.
        header: name and value of a header, such as ``Authorization``.
    """

    host: str
    basic: tuple[str, str] | None = field(default=None, repr=False)
    header: tuple[str, str] | None = field(default=None, repr=False)

    def as_bytes(self) -> bytes:
        """To be sealed."""
        return json.dumps({"basic": self.basic, "header": self.header}).encode()


def first_host(source: Source) -> str | None:
    """The host that the source's documents begin at."""
    try:
        return urlsplit(source.urls[0]).hostname if source.urls else None
    except ValueError:
        return None


def credential_from(host: str, body: bytes) -> SourceCredential:
    """What ``as_bytes`` made."""
    said: Mapping[str, list[str] | None] = json.loads(body)
    basic, header = said["basic"], said["header"]
    return SourceCredential(host, (basic[0], basic[1]) if basic else None, (header[0], header[1]) if header else None)


def require_credential(credential: SourceCredential) -> None:
    """Refuse one that cannot be sent.

    Raises:
        InvalidInput: with everything that is wrong with it.
    """
    problems = tuple(_problems(credential))
    if problems:
        raise InvalidInput(problems)


def _problems(credential: SourceCredential) -> Iterator[Problem]:
    if (credential.basic is None) == (credential.header is None):
        yield Problem((), "REQUIRED", "a user with a password or a header is expected, and not both")
    for name, value in filter(None, (credential.basic, credential.header)):
        if not value or len(value) > _MAX_SECRET or not (name + value).isprintable():
            yield Problem(("secret",), "INVALID_TEXT", "one line of 1 to 4,000 characters is expected")
    if credential.basic is not None and (not credential.basic[0] or ":" in credential.basic[0]):
        yield Problem(("basic",), "INVALID_FORMAT", "a user without a colon is expected")
    if credential.header is not None:
        name, value = credential.header
        if not _HEADER.fullmatch(name) or name.lower() in _NO_CREDENTIAL or not value.isascii():
            yield Problem(("header",), "INVALID_FORMAT", "a header such as Authorization, in ASCII, is expected")
