"""A mail server on this machine that keeps what it was sent, or refuses it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from registry.outbound.sending import MailServer


@dataclass
class Mailbox:
    """What arrived, and what is said to the next ones."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    at_recipient: str = "250 OK"
    at_data: str = "250 OK"

    def server(self, security: str = "none", **more: Any) -> MailServer:
        """How to reach it."""
        return MailServer(
            "localhost", self.port, security, "node@node.example", "Incident Commons", "node.example", **more
        )

    async def handle_RCPT(  # noqa: N802  # a name of aiosmtpd's
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002
    ) -> str:
        """Take or refuse a recipient."""
        if self.at_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Keep or refuse a message."""
        if self.at_data.startswith("250"):
            body = envelope.original_content or b""
            self.raw.append(body)
            self.recipients += envelope.rcpt_tos
            found = message_from_bytes(body, policy=default)
            assert isinstance(found, EmailMessage)
            self.messages.append(found)
        return self.at_data


@contextmanager
def mailbox(
    *, tls: ssl.SSLContext | None = None, from_the_start: bool = False, password: str | None = None
) -> Iterator[Mailbox]:
    """A server, with TLS where a context is given."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    box = Mailbox(port)
    options: dict[str, Any] = {"hostname": "127.0.0.1", "port": port, "enable_SMTPUTF8": True}
    if tls is not None:
        options |= {"ssl_context": tls} if from_the_start else {"tls_context": tls, "require_starttls": True}
    if password is not None:

        def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
            return AuthResult(success=given.password == password.encode(), handled=False)

        options |= {
            "authenticator": authenticate,
            "auth_required": True,
            "auth_require_tls": tls is not None and not from_the_start,
        }
    controller = Controller(box, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
