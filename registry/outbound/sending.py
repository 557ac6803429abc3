"""Mail through one mail server by SMTP, always over TLS unless the server is on this machine."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, Policy
from email.utils import format_datetime

from registry.domain.errors import MailFailed, MailRefused
from registry.domain.letter import is_address, one_line
from registry.ports.outbound import Mail

TIMEOUT_SECONDS = 20.0
_MAX_SUBJECT = 200
_LINE_END = re.compile(r"\r\n?|\n")


class _AddressHeader(UnstructuredHeader, BaseHeader):
    """A header that is one address in ASCII: it is read as it stands, so it is never encoded, however long."""

    def fold(self, *, policy: Policy) -> str:
        """The whole header on one line."""
        return f"{self.name}: {self}{policy.linesep}"


@dataclass(frozen=True, slots=True)
class MailServer:
    """How mail leaves.

    Attributes:
        security: ``tls`` from the first byte, ``starttls``, or ``none``.
        sender: the address that letters come from.
        node: the node's DNS name, in which Message-IDs are made.
        roots: the certificates that are trusted.
    """

    host: str
    port: int
    security: str
    sender: str
    sender_name: str
    node: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    roots: ssl.SSLContext | None = None


def send(server: MailServer, mail: Mail) -> None:
    """Hand one message to the server.

    Raises:
        MailRefused: it will never be taken.
        MailFailed: it was not taken now.
    """
    if not is_address(mail.to):
        raise MailRefused("this is no mail address")
    message = message_of(server, mail)
    with _told(), _session(server) as session:
        is_plain = mail.to.isascii()
        session.ehlo_or_helo_if_needed()
        if not is_plain and not session.has_extn("smtputf8"):
            raise MailRefused("the mail server does not know such addresses")
        options = () if is_plain else ("SMTPUTF8", "BODY=8BITMIME")
        session.sendmail(server.sender, [mail.to], message.as_bytes(), mail_options=options)


def message_of(server: MailServer, mail: Mail) -> EmailMessage:
    """The message as it travels. Its Message-ID is made of the letter's id: a repeated one can be recognised."""
    headers = HeaderRegistry()
    headers.map_to_type("list-unsubscribe", _AddressHeader)
    message = EmailMessage(policy=(SMTP if mail.to.isascii() else SMTPUTF8).clone(header_factory=headers))
    message["From"] = f'"{_quotable(server.sender_name)}" <{server.sender}>'
    message["To"] = mail.to
    message["Subject"] = one_line(mail.subject)[:_MAX_SUBJECT]
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{mail.id}@{server.node}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
    message.set_content(_LINE_END.sub("\n", mail.body), cte="quoted-printable")
    return message


def _quotable(name: str) -> str:
    return one_line(name).replace("\\", "").replace('"', "")


@contextmanager
def _session(server: MailServer) -> Iterator[smtplib.SMTP]:
    roots = server.roots or ssl.create_default_context()
    if server.security == "tls":
        made: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=roots)
    else:
        made = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    # Closed at once rather than said goodbye to: after a failure nobody may answer, and what was taken stays taken.
    with closing(made) as session:
        if server.security == "starttls":
            session.starttls(context=roots)
        if server.user is not None:
            session.login(server.user, server.password or "")
        yield session


@contextmanager
def _told() -> Iterator[None]:
    """The server's answers in the registry's words; what it wrote is not repeated, for it may name the recipient."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise _refusal(max(codes, default=0)) from None
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code) from None
    except (smtplib.SMTPException, OSError):
        raise MailFailed("the mail server could not be used now") from None


def _refusal(code: int) -> MailRefused | MailFailed:
    # RFC 5321: 5yz is permanent.
    if code >= 500:
        return MailRefused("the mail server refused the letter for good")
    return MailFailed("the mail server asked to try later")
