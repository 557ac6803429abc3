"""What leaves the node on its own account: requests to other hosts, and mail. Nothing else reaches a network.

A host that somebody names is never trusted: names are resolved once and every address they lead to is checked, what
comes back is limited in time and size, and nothing that the node knows goes along unless the request says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, BinaryIO, Protocol

from registry.domain.errors import FetchFailed
from registry.ports.archives import ArchiveLimits, Member, Spoilt, Wanted

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One request.

    Attributes:
        url: ``https``; ``http`` only where *plain_http* allows it.
        hosts: the hosts that may be reached, redirects included; ``None`` is any public host, and redirects stay on
            the host that was named.
        ports: the ports that may be reached.
        form: sent as an HTML form, with POST, in place of *body*.
        headers, basic: further headers; user and password. Sent to the first address only, never along a redirect.
        types: media types that are read, such as ``application/json``; none is any.
        max_bytes: most bytes of the body, counted after it was unpacked.
        cut: whether of a longer body the beginning is enough.
        timeout_seconds: for all of it, redirects included.
        redirects: most redirects that are followed; only GET follows any.
        etag, last_modified: of the copy at hand; the answer is 304 where it is still the newest.
        resume_from: bytes at hand of a body that broke off, which needs *etag* or *last_modified*.
    """

    url: str
    method: str = "GET"
    hosts: frozenset[str] | None = None
    ports: frozenset[int] = frozenset({443})
    plain_http: bool = False
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    body: bytes | None = None
    form: Mapping[str, str] | None = None
    basic: tuple[str, str] | None = field(default=None, repr=False)
    types: frozenset[str] = frozenset()
    max_bytes: int = 2_000_000
    cut: bool = False
    timeout_seconds: float = 20.0
    redirects: int = 3
    etag: str | None = None
    last_modified: str | None = None
    resume_from: int = 0


@dataclass(frozen=True, slots=True)
class FetchResponse:
    """What came back, whatever its status.

    Attributes:
        url: the address that answered, after redirects.
        headers: by names in lower case.
        body: empty where it was written into a file.
        offset: where *body* begins in the whole, for a body that was resumed; otherwise 0.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    offset: int = 0

    @property
    def is_ok(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status <= 299

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            FetchFailed: it is none, or nested too deeply.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise FetchFailed("the answer is no JSON", reason="BAD_BODY") from None


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one address, in plain text."""

    id: str
    to: str
    subject: str
    body: str
    unsubscribe: str | None = None


class Outbound(Protocol):
    """Requests and mail to others."""

    def fetch(
        self,
        request: FetchRequest,
        *,
        into: BinaryIO | None = None,
        begun: Callable[[FetchResponse], None] | None = None,
    ) -> FetchResponse:
        """Send *request* and read the answer, *into* a file where one is given.

        Args:
            begun: is told status and headers before the body is read, which may break off.

        Raises:
            FetchRefused: the address, or one that it redirects to, may not be reached; nothing was sent to it.
            FetchFailed: there was no answer, or none within the limits.
        """
        ...

    def check(self, request: FetchRequest) -> None:
        """Refuse an address that may not be reached, without sending anything to it.

        A name that leads nowhere and one that leads to a private network are refused alike, and after the same time.

        Raises:
            FetchRefused: it may not be reached.
        """
        ...

    def unpack(
        self, file: BinaryIO, name: str, limits: ArchiveLimits, *, wanted: Wanted | None = None
    ) -> Iterator[Member | Spoilt]:
        """The members of a zip, tar, gzip, bzip2 or xz file, known by its content; one that is none is its own member.

        Never raises for what the file holds: a member that cannot be taken is told by its code and the others are read.
        Office documents, which are zips, are not taken apart.

        Args:
            file: can be sought; read from its start.
            wanted: asked by name which members are taken; all without it. The others are left out without a word.
        """
        ...

    def send(self, mail: Mail) -> None:
        """Hand *mail* to the mail server.

        Raises:
            MailRefused: the server, or the form of the address, rules it out for good.
            MailFailed: it could not be handed over now.
        """
        ...

    @property
    def sends_mail(self) -> bool:
        """Whether a mail server is set."""
        ...
