"""The one adapter behind ``ports.Outbound``, made from the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from registry.domain.errors import MailFailed, Misconfigured
from registry.outbound.addresses import networks
from registry.outbound.archives import everything, unpack
from registry.outbound.requests import GuardedRequests
from registry.outbound.sending import MailServer, send
from registry.outbound.target import Resolver, SystemResolver
from registry.ports.archives import ArchiveLimits, Member, Spoilt, Wanted
from registry.ports.outbound import FetchRequest, FetchResponse, Mail
from registry.settings import Settings


class NodeOutbound:
    """``ports.Outbound``: requests and mail of this node."""

    def __init__(self, requests: GuardedRequests, mail_server: MailServer | None) -> None:
        self._requests = requests
        self._mail_server = mail_server

    def fetch(
        self,
        request: FetchRequest,
        *,
        into: BinaryIO | None = None,
        begun: Callable[[FetchResponse], None] | None = None,
    ) -> FetchResponse:
        """See the port."""
        return self._requests.fetch(request, into=into, begun=begun)

    def check(self, request: FetchRequest) -> None:
        """See the port."""
        self._requests.check(request)

    def unpack(
        self, file: BinaryIO, name: str, limits: ArchiveLimits, *, wanted: Wanted | None = None
    ) -> Iterator[Member | Spoilt]:
        """See the port."""
        return unpack(file, name, limits, wanted=wanted or everything)

    def send(self, mail: Mail) -> None:
        """See the port."""
        if self._mail_server is None:
            raise MailFailed("this node has no mail server", hint="set smtp_host and mail_from")
        send(self._mail_server, mail)

    @property
    def sends_mail(self) -> bool:
        """See the port."""
        return self._mail_server is not None


def open_outbound(settings: Settings, resolver: Resolver | None = None) -> NodeOutbound:
    """What *settings* say of requests and mail.

    Raises:
        Misconfigured: the file with the password of the mail server cannot be read.
    """
    agent = f"IncidentCommons/1 (+{settings.contact or settings.base_url})"
    allowed = networks(settings.outbound_allow_networks)
    return NodeOutbound(GuardedRequests(agent, resolver or SystemResolver(), allowed=allowed), _mail_server(settings))


def _mail_server(settings: Settings) -> MailServer | None:
    if not settings.smtp_host or not settings.mail_from:
        return None
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=settings.mail_from,
        sender_name=settings.title,
        node=settings.node_name,
        user=settings.smtp_user or None,
        password=_password(settings),
    )


def _password(settings: Settings) -> str | None:
    if settings.smtp_password is not None:
        return settings.smtp_password.get_secret_value()
    if settings.smtp_password_file is None:
        return None
    try:
        return settings.smtp_password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Misconfigured("smtp_password_file cannot be read") from None
