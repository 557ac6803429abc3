"""A server on raw sockets that answers as a test says, and names that lead where a test says."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from registry.outbound.requests import GuardedRequests
from registry.outbound.target import Resolver

Answer: TypeAlias = Callable[[socket.socket, bytes], None]
HERE = (ip_network("127.0.0.1/32"),)
# For a side that is gone; one that is only slow has time enough.
_PATIENCE_SECONDS = 60.0


@dataclass
class Hostile:
    """What a server was asked, and where it is."""

    port: int
    requests: list[bytes] = field(default_factory=list)

    def url(self, path: str = "/", *, host: str = "127.0.0.1", scheme: str = "http") -> str:
        """An address on it."""
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [one.split(b" ", 2)[1].decode() for one in self.requests]


@contextmanager
def serving(*answers: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Hostile]:
    """A server that gives these answers in turn, the last one again and again."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Hostile(listening.getsockname()[1])
        is_over = threading.Event()

        def accept() -> None:
            count = 0
            while not is_over.is_set():
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                answer = answers[min(count, len(answers) - 1)]
                count += 1
                threading.Thread(target=_serve, args=(server, connection, answer, tls), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server
        is_over.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
    thread.join(2)


def _serve(server: Hostile, connection: socket.socket, answer: Answer, tls: ssl.SSLContext | None) -> None:
    # The other side leaves when it has seen enough; that is what the tests are about.
    with suppress(OSError), connection:
        connection.settimeout(_PATIENCE_SECONDS)
        if tls is not None:
            connection = tls.wrap_socket(connection, server_side=True)
        with connection:
            request = _read_request(connection)
            if request:
                server.requests.append(request)
                answer(connection, request)


def _read_request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65_536)
        if not piece:
            return received
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while len(body) < int(line.split(b":")[1]):
                body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def says(body: bytes = b"ok", *, status: int = 200, length: int | None = None, **headers: str) -> Answer:
    """A proper answer; *length* may lie. Names of headers are written with underscores."""

    def answer(connection: socket.socket, _request: bytes) -> None:
        lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body) if length is None else length}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    return answer


def leads_to(url: str, status: int = 302) -> Answer:
    """A redirect."""
    return says(b"", status=status, Location=url)


def hangs(connection: socket.socket, _request: bytes) -> None:
    """No answer at all, until the other side leaves."""
    with suppress(TimeoutError):
        connection.recv(1)


def hangs_in_the_body(connection: socket.socket, _request: bytes) -> None:
    """The head, a little of the body, then nothing."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
    hangs(connection, b"")


def hangs_until(let_go: threading.Event) -> Answer:
    """No answer at all, until a test lets go."""

    def answer(_connection: socket.socket, _request: bytes) -> None:
        let_go.wait(_PATIENCE_SECONDS)

    return answer


def drips(start: bytes, piece: bytes) -> Answer:
    """*start*, then *piece* again and again, slowly enough never to be late for a single read."""

    def answer(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(piece)
            time.sleep(0.02)

    return answer


def pours(start: bytes, piece: bytes) -> Answer:
    """*start*, then *piece* for ever, as fast as it goes."""

    def answer(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(piece)

    return answer


class Names:
    """A resolver that answers as it is told, the last answer again and again, and counts."""

    def __init__(self, answers: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._answers = {host: list(given) for host, given in answers.items()}
        self.asked: list[str] = []

    def resolve(self, host: str, port: int) -> Sequence[str]:  # noqa: ARG002
        """See ``Resolver``."""
        self.asked.append(host)
        given = self._answers.get(host)
        if given is None:
            raise socket.gaierror
        return given.pop(0) if len(given) > 1 else given[0]


def requests(names: Resolver | None = None, *, roots: ssl.SSLContext | None = None) -> GuardedRequests:
    """Requests that may reach 127.0.0.1 and public addresses, and refuse without waiting."""
    return GuardedRequests("Test/1", names or Names({}), allowed=HERE, roots=roots, refusal_seconds=0.0)


@dataclass(frozen=True, slots=True)
class Certificates:
    """A server's certificate, and who trusts it."""

    server: ssl.SSLContext
    trusting: ssl.SSLContext
    strangers: ssl.SSLContext


def certificates(host: str, folder: Path) -> Certificates:
    """A certificate for *host* that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "cert.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)
    return Certificates(server, ssl.create_default_context(cafile=str(public)), ssl.create_default_context())
