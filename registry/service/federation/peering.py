"""Trusting other nodes: an operator reads a fingerprint, compares it, and confirms. Nothing is synced before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from registry.domain import actor as actors
from registry.domain import policy
from registry.domain.account import SLUG
from registry.domain.actor import Actor, Permission
from registry.domain.errors import AlreadyExists, Conflict, Corrupt, FetchFailed, InvalidInput, NotFound, Problem
from registry.domain.event import EventName
from registry.domain.federation import discovery as documents
from registry.domain.federation.discovery import Discovery, keys_of, read_discovery, require_fresh
from registry.domain.federation.filtering import LogFilter, filter_of
from registry.domain.federation.peer import KeyStatus, NodeKeyEntry, Peer, PeerState
from registry.domain.record import GroupSlug
from registry.ports import Registry, Unit
from registry.ports.outbound import FetchRequest
from registry.service.events import note
from registry.service.federation.owning import node_here
from registry.service.federation.parting import part, spent_keys
from registry.service.federation.standing import known, require_asked
from registry.signing import PublicKey, kid_of
from registry.signing_requests import Signed

_JSON = frozenset({"application/json"})
_TIMEOUT_SECONDS = 20.0
_SHORTEST, _LONGEST = 10, 86_400
_WRONG = Problem(("fingerprint",), "WRONG_FINGERPRINT", "the node signs with another key")


def add(registry: Registry, actor: Actor, url: str) -> Peer:
    """Ask the node at *url* who it is, and keep what it says until an operator confirms its fingerprint.

    Raises:
        Forbidden: *actor* lacks ``sync:manage``.
        InvalidInput: the address or what it answers is no node's, its signature is wrong, or it is this node.
        FetchFailed: it does not answer.
        AlreadyExists: it is known, or its short name is: of that one, or of this node.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    said, signer = ask(registry, _address(url))
    own = registry.settings
    if said.dns == own.node_name:
        raise InvalidInput([Problem(("url",), "NOT_ALLOWED", "this is the node itself")])
    with registry.storage.begin() as unit:
        if said.short_name == own.short_name:
            raise AlreadyExists("its short name is this node's own", hint="numbers of the two could not be told apart")
        keys = keys_of(said, spent_keys(unit, said.dns), now=registry.clock.now())
        if signer not in {one.kid for one in keys if one.status is KeyStatus.ACTIVE}:
            raise InvalidInput([Problem(("url",), "NOT_ALLOWED", "it signs with a key that it gave up before")])
        peer = Peer(
            dns=said.dns,
            short_name=said.short_name,
            title=said.title,
            base_url=_address(url),
            state=PeerState.ASKED,
            organisation=node_here(registry, unit, said.dns, said.short_name, said.title, by=actor.id),
            keys=keys,
            added_at=registry.clock.now(),
            log_id=said.log_id,
            heard_at=registry.clock.now(),
        )
        unit.peers.add(peer)
        note(registry, unit, actor, EventName.PEER_ADDED, subject=f"node:{peer.dns}")
    return peer


def confirm(registry: Registry, actor: Actor, dns: str, fingerprint: str) -> Peer:
    """Trust a node whose fingerprint an operator has compared with what the other operator says.

    A node that is known may have lost its key: it is asked which one it has now, and what was its key before counts for
    what it signed until now.

    Raises:
        NotFound: no such node.
        InvalidInput: its fingerprint is another.
        FetchFailed: it is asked for its new key, and does not answer.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.read() as reader:
        before = known(reader, dns)
    is_other = fingerprint.strip() != before.fingerprint
    said, signer = ask(registry, before.base_url) if is_other else (None, before.fingerprint)
    if fingerprint.strip() != signer or (said is not None and said.dns != dns):
        raise InvalidInput([_WRONG])
    with registry.storage.begin() as unit:
        peer = known(unit, dns)
        keys = peer.keys if said is None else keys_of(said, peer.keys, now=registry.clock.now())
        after = replace(peer, state=PeerState.ACTIVE, keys=keys)
        if after.fingerprint != signer:
            # A key that was given up once never comes back.
            raise InvalidInput([_WRONG])
        unit.peers.save(after)
        note(registry, unit, actor, EventName.PEER_CONFIRMED, subject=f"node:{dns}")
    return after


def change(
    registry: Registry,
    actor: Actor,
    dns: str,
    *,
    paused: bool | None = None,
    pulls: bool | None = None,
    serves: bool | None = None,
    imports: bool | None = None,
    groups: Mapping[str, str] | None = None,
    wanted: LogFilter | None = None,
    poll_seconds: int | None = None,
) -> Peer:
    """Change how this node stands to another; what is ``None`` stays.

    Args:
        wanted: what it is asked for from now on; what it gave before is followed nevertheless.
        poll_seconds: how long this node waits before it asks again, 10 to 86,400; 0 for what the settings say.
        groups: by the slug of a group there, that of the group here which sees what is shared with it.

    Raises:
        NotFound: no such node, or no such group here.
        Conflict: it was never confirmed.
        InvalidInput: the pause is out of range.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    if poll_seconds is not None and poll_seconds != 0 and not _SHORTEST <= poll_seconds <= _LONGEST:
        message = f"wait {_SHORTEST} to {_LONGEST:,} seconds"
        raise InvalidInput([Problem(("every",), "OUT_OF_RANGE", message)])
    with registry.storage.begin() as unit:
        peer = known(unit, dns)
        if peer.state is PeerState.ASKED:
            raise Conflict("confirm its fingerprint first")
        after = replace(
            peer,
            state=peer.state if paused is None else PeerState.PAUSED if paused else PeerState.ACTIVE,
            pulls=peer.pulls if pulls is None else pulls,
            serves=peer.serves if serves is None else serves,
            imports=peer.imports if imports is None else imports,
            groups=peer.groups if groups is None else _groups(unit, groups),
            poll_seconds=peer.poll_seconds if poll_seconds is None else poll_seconds or None,
        )
        if wanted is not None and wanted != filter_of(peer):
            # Its log is read from the beginning: a cursor belongs to the question.
            after = replace(after, kinds=wanted.kinds, tlp_max=wanted.tlp_max, cursor=None)
        unit.peers.save(after)
        note(registry, unit, actor, EventName.PEER_CHANGED, subject=f"node:{dns}")
    return after


def remove(registry: Registry, actor: Actor, dns: str) -> None:
    """Forget a node, what it was sent and what was refused. Records that came from it stay, and are no longer followed;
    what was erased, blocked or frozen of them stays so, and keys that it gave up never count again.

    Raises:
        NotFound: no such node.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.begin() as unit:
        part(registry, unit, known(unit, dns))
        note(registry, unit, actor, EventName.PEER_REMOVED, subject=f"node:{dns}")


def peers(registry: Registry, actor: Actor) -> tuple[Peer, ...]:
    """Every other node that is known, by DNS name."""
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.read() as reader:
        return reader.peers.all()


def ask_soon(registry: Registry, actor: Actor, dns: str) -> None:
    """Have a node asked as soon as a process that serves comes to it, however often that failed.

    Raises:
        NotFound: no such node.
        Conflict: it is not confirmed, paused, or not to be asked.
    """
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.begin() as unit:
        peer = known(unit, dns)
        require_asked(peer)
        unit.peers.save(replace(peer, last_asked_at=None))
        note(registry, unit, actor, EventName.PEER_ASKED, subject=f"node:{dns}")


def asking(registry: Registry, kid: str, *, is_told: bool = False) -> tuple[Actor, PublicKey] | None:
    """Who asks with this key, if it is the active key of a node that is answered; for the door of the node, which
    verifies the signature.

    Args:
        is_told: whether it only tells something: then a node is heard too that is asked and not answered.
    """
    with registry.storage.read() as reader:
        for peer in reader.peers.all():
            key = _active(peer, kid)
            if key is not None and peer.state is PeerState.ACTIVE and (peer.serves or (is_told and peer.pulls)):
                groups = reader.groups.of(peer.organisation)
                return actors.peer(peer.dns, peer.organisation, groups), PublicKey(key.x)
    return None


def spend(registry: Registry, actor: Actor, signed: Signed) -> bool:
    """Whether a request that *actor* signed comes for the first time; a second one like it is a replay."""
    policy.require(actor, Permission.SYNC_PULL)
    with registry.storage.begin() as unit:
        return unit.peers.spend_nonce(signed.kid, signed.nonce, expires_at=signed.expires_at, now=registry.clock.now())


def ask(registry: Registry, base_url: str) -> tuple[Discovery, str]:
    """What the node at *base_url* says of itself now, and which of the keys that it names has signed that; of active
    keys that one alone.

    Raises:
        FetchFailed: it does not answer, or not with JSON.
        FetchRefused: its address may not be reached.
        InvalidInput: the document is none, is old, or its signature is wrong.
    """
    answer = registry.outbound.fetch(
        request_to(base_url + documents.PATH, max_bytes=documents.MAX_BYTES),
    )
    if not answer.is_ok:
        raise FetchFailed("there is no discovery document", reason="NOT_FOUND")
    said, body, signature = read_discovery(answer.json())
    require_fresh(said, registry.clock.now())
    _require_own_keys(said)
    kid = kid_of(signature)
    key = next((one for one in said.node_keys if one.kid == kid and one.status is KeyStatus.ACTIVE), None)
    if key is None or not PublicKey(key.x).verify(body, signature):
        raise InvalidInput(
            [Problem(("signature",), "BAD_SIGNATURE", "the discovery document is not signed by its key")]
        )
    return _with_proven_keys(said, kid), kid


def request_to(url: str, **more: object) -> FetchRequest:
    """A request to another node; over TLS, unless it is in a network that the settings name."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return FetchRequest(
        url,
        hosts=frozenset({parts.hostname or ""}),
        ports=frozenset({port}),
        types=_JSON,
        timeout_seconds=_TIMEOUT_SECONDS,
        redirects=0,
        **more,  # type: ignore[arg-type]  # by the fields of a request
    )


def _require_own_keys(said: Discovery) -> None:
    """Refuse a document with a key under the name of another: requests of that other's node would be told wrong.

    Raises:
        InvalidInput: a key is no Ed25519 key, or is not named by its thumbprint.
    """
    for one in said.node_keys:
        try:
            kid = PublicKey(one.x).kid
        except Corrupt:
            kid = ""
        if kid != one.kid:
            message = "a key is no Ed25519 key, or is not named by its thumbprint"
            raise InvalidInput([Problem(("keys",), "INVALID_FORMAT", message)])


def _with_proven_keys(said: Discovery, signer: str) -> Discovery:
    """The document without active keys that have not signed it: anybody can name the key of another node as its own,
    and that one's requests would be taken for this one's."""
    keys = tuple(one for one in said.keys if one.status is not KeyStatus.ACTIVE or one.kid == signer)
    return said.model_copy(update={"keys": keys})


def _active(peer: Peer, kid: str) -> NodeKeyEntry | None:
    return next((one for one in peer.keys if one.kid == kid and one.status is KeyStatus.ACTIVE), None)


def _address(url: str) -> str:
    """The address of a node, without a path."""
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/", documents.PATH}:
        message = "write the address of the node, such as https://registry.example"
        raise InvalidInput([Problem(("url",), "INVALID_FORMAT", message)])
    return f"{parts.scheme}://{parts.netloc}"


def _groups(unit: Unit, groups: Mapping[str, str]) -> dict[str, GroupSlug]:
    for there, here in groups.items():
        if not (SLUG.fullmatch(there) and SLUG.fullmatch(here)):
            message = "name the group there and the group here by their slugs, such as banks=partners"
            raise InvalidInput([Problem(("groups",), "INVALID_FORMAT", message)])
        if unit.groups.get(GroupSlug(here)) is None:
            raise NotFound("no such group", path=("groups",))
    return {there: GroupSlug(here) for there, here in groups.items()}
