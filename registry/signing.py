"""The node's Ed25519 key, kept with mode 0600, and the secrets derived from the first key that the node had.

The file holds PEM blocks: the key, between two steps of a rotation the next one too, and from the first rotation on the
secret that the node's other secrets are derived from. Those stay when the key changes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path

from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, OKPKey

from registry.domain.errors import Corrupt, Misconfigured

_BLOCK = re.compile(r"-----BEGIN ([A-Z ]{1,40})-----\s(.*?)-----END \1-----", re.DOTALL)
_LABEL = "NODE SECRET"
_NO_KEY = "node.key is no Ed25519 private key in PEM form"


class _Verified(jws.JWSRegistry):
    """Which signatures are looked at: the library takes no payload of more than 96 kB, and messages may be longer."""

    max_payload_length = 1 << 20


_VERIFIED = _Verified(algorithms=["Ed25519", "EdDSA"])


class NodeKey:
    """The node's private key."""

    def __init__(self, key: OKPKey, secret: bytes | None = None) -> None:
        """With the secret of the node, which is that of its first key: without one, this is the first."""
        self._key = key
        self._secret = secret or str(key.as_dict(private=True)["d"]).encode()

    @property
    def fingerprint(self) -> str:
        """The RFC 7638 thumbprint of the public key, which operators compare."""
        return self._key.thumbprint()

    @property
    def public(self) -> PublicKey:
        """What others check signatures by."""
        return PublicKey(str(self._key.as_dict(private=False)["x"]))

    @property
    def private_pem(self) -> bytes:
        """The key itself, for libraries that sign; it goes nowhere else."""
        return self._key.as_pem(private=True)

    def sign(self, body: bytes) -> str:
        """A detached JWS (alg Ed25519, RFC 9864) over *body*: header and signature, nothing between the two dots."""
        header = {"alg": "Ed25519", "kid": self.fingerprint}
        head, _, signature = jws.serialize_compact(header, body, self._key, algorithms=["Ed25519"]).split(".")
        return f"{head}..{signature}"

    def derive(self, purpose: str) -> bytes:
        """A secret of 32 bytes for one purpose, such as ``cursors``; the same at every start."""
        return hmac.new(self._secret, purpose.encode(), hashlib.sha256).digest()

    def next(self) -> NodeKey:
        """A new key of the same node: what is derived stays."""
        return NodeKey(OKPKey.generate_key("Ed25519"), self._secret)

    @property
    def secret_pem(self) -> bytes:
        """The secret that others are derived from, as it stands in the file of the key; it goes nowhere else."""
        body = base64.b64encode(self._secret).decode()
        return f"-----BEGIN {_LABEL}-----\n{body}\n-----END {_LABEL}-----\n".encode()


class PublicKey:
    """The public half of a node's key."""

    def __init__(self, x: str) -> None:
        """From the 32 bytes of an Ed25519 public key, as base64url without padding.

        Raises:
            Corrupt: it is none.
        """
        try:
            self._key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})
            self.kid = self._key.thumbprint()
            self.pem = self._key.as_pem(private=False)
        except (ValueError, JoseError) as error:
            raise Corrupt("this is no Ed25519 public key") from error
        self.x = x

    def verify(self, body: bytes, signature: str) -> bool:
        """Whether *signature* is a detached JWS of this key over *body*."""
        head, _, rest = signature.partition(".")
        middle, _, tail = rest.partition(".")
        if middle or not tail:
            return False
        payload = base64.urlsafe_b64encode(body).decode().rstrip("=")
        try:
            found = jws.deserialize_compact(f"{head}.{payload}.{tail}", self._key, registry=_VERIFIED)
        except (JoseError, ValueError):
            return False
        # A header may ask for what this check does not know of.
        return found.headers().keys() <= {"alg", "kid"}


def kid_of(signature: str) -> str:
    """The thumbprint of the key that *signature* says it is by; empty where it says none. Nothing is verified."""
    return _kid_in(signature.partition(".")[0])


@lru_cache(256)
def _kid_in(head: str) -> str:
    try:
        said = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        return ""
    kid = said.get("kid") if isinstance(said, dict) else None
    return kid if isinstance(kid, str) else ""


class Vault:
    """Keeps what the store must not tell by itself: whoever has a copy of its file alone can neither read what is
    sealed here nor try out guesses."""

    def __init__(self, secret: bytes) -> None:
        """With a secret of 32 bytes that is not in the store."""
        self._secret = secret

    def mac(self, purpose: str, body: bytes) -> bytes:
        """32 bytes that stand for *body* and can be made by this node only; other ones for each *purpose*."""
        return hmac.new(self._secret, purpose.encode() + b"\0" + body, hashlib.sha256).digest()

    def seal(self, purpose: str, body: bytes) -> str:
        """*body* as a JWE (dir, A256GCM) that is opened for the same *purpose* only."""
        return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, body, self._key(purpose))

    def open(self, purpose: str, sealed: str) -> bytes:
        """What was sealed for *purpose*.

        Raises:
            Corrupt: it was not sealed by this node, or for something else, or was altered.
        """
        try:
            body = jwe.decrypt_compact(sealed, self._key(purpose), algorithms=["dir", "A256GCM"]).plaintext
        except (JoseError, ValueError) as error:
            raise Corrupt("this was not sealed by this node for this purpose") from error
        return body or b""

    def _key(self, purpose: str) -> OctKey:
        return OctKey.import_key(self.mac(f"seal {purpose}", b""))


def create(path: Path) -> NodeKey:
    """Make a new key in *path*.

    Raises:
        FileExistsError: there is one already; a node's key is never overwritten.
    """
    key = OKPKey.generate_key("Ed25519")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.as_pem(private=True))
        file.flush()
        os.fsync(file.fileno())
    return NodeKey(key)


def load(path: Path, *, retired: Collection[str] = ()) -> NodeKey:
    """Read the key in *path*; of two, between steps of a rotation, the first that is not *retired*.

    Raises:
        Misconfigured: there is none, others may read it, or it is no Ed25519 key.
    """
    return chosen(load_all(path), retired)


def chosen(keys: Sequence[NodeKey], retired: Collection[str]) -> NodeKey:
    """The first key whose fingerprint is not *retired*; the last where all are."""
    return next((one for one in keys if one.fingerprint not in retired), keys[-1])


def load_all(path: Path) -> tuple[NodeKey, ...]:
    """Every key in *path*, at least one, as ``load`` reads them."""
    try:
        mode = path.stat().st_mode
        body = path.read_bytes()
    except FileNotFoundError:
        hint = "put node.key back from where it is kept; a new node gets one by: commons init"
        raise Misconfigured("this data directory has no node key", hint=hint) from None
    if mode & 0o077:
        raise Misconfigured("others may read the node key", hint="chmod 600 the file node.key in the data directory")
    keys: list[OKPKey] = []
    secret: bytes | None = None
    try:
        for found in _BLOCK.finditer(body.decode()):
            if found[1] == _LABEL:
                secret = _decoded(found[2])
            else:
                keys.append(_imported(found[0]))
    except (ValueError, JoseError) as error:
        raise Misconfigured(_NO_KEY) from error
    if not keys:
        raise Misconfigured(_NO_KEY)
    return tuple(NodeKey(one, secret) for one in keys)


def put(path: Path, keys: Sequence[NodeKey]) -> None:
    """Put these keys, all of one node, with their secret in the place of what *path* holds: at every moment the file is
    the old one or the new one, whole."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"".join(one.private_pem for one in keys) + keys[0].secret_pem)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _decoded(text: str) -> bytes:
    secret = base64.b64decode("".join(text.split()), validate=True)
    if not secret:
        raise ValueError(_NO_KEY)
    return secret


def _imported(text: str) -> OKPKey:
    key = OKPKey.import_key(text)
    if not key.is_private or key.curve_name != "Ed25519":
        raise ValueError(_NO_KEY)
    return key
