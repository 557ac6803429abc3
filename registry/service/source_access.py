"""Credentials for sources that let nobody in without: sealed in the store, told to nobody, used by fetches."""

from __future__ import annotations

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.errors import Corrupt, InvalidInput, Problem
from registry.domain.event import EventName
from registry.domain.importing import Source
from registry.domain.source_credential import SourceCredential, credential_from, first_host, require_credential
from registry.ports import Registry, Unit
from registry.service.events import note


def set_credential(
    registry: Registry,
    actor: Actor,
    source: Source,
    *,
    basic: tuple[str, str] | None = None,
    header: tuple[str, str] | None = None,
) -> SourceCredential:
    """Keep what *source* lets us in by, for the host of its first address; it is never shown again.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
        Reauthenticate: *actor* has signed in too long ago.
        InvalidInput: the source names no address, or the credential cannot be sent.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    policy.require_confirmed(actor)
    host = first_host(source)
    if host is None:
        raise InvalidInput([Problem(("source",), "INVALID_FORMAT", "this source is read from files only")])
    credential = SourceCredential(host, basic, header)
    require_credential(credential)
    sealed = registry.vault.seal(_purpose(source, host), credential.as_bytes())
    _keep(registry, actor, source, sealed, "set")
    return credential


def remove_credential(registry: Registry, actor: Actor, source: Source) -> None:
    """Forget what *source* lets us in by, if there is anything.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    _keep(registry, actor, source, "", "removed")


def credential_of(registry: Registry, actor: Actor, source: Source) -> SourceCredential | None:
    """What *source* lets us in by, for a fetch; nothing once its first address names another host.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    with registry.storage.read() as reader:
        sealed = reader.meta.get(_name(source.id))
    host = first_host(source)
    if not sealed or host is None:
        return None
    try:
        return credential_from(host, registry.vault.open(_purpose(source, host), sealed))
    except Corrupt:
        # It was sealed for another host: whoever changes an address must not be sent what was meant for another.
        return None


def forget(unit: Unit, source_id: str) -> None:
    """Forget a credential within a unit of the caller, who has asked for permission."""
    unit.meta.put(_name(source_id), "")


def _keep(registry: Registry, actor: Actor, source: Source, sealed: str, said: str) -> None:
    with registry.storage.begin() as unit:
        unit.meta.put(_name(source.id), sealed)
        note(registry, unit, actor, EventName.SOURCE_CHOSEN, subject=f"source:{source.id}", credential=said)


def _name(source_id: str) -> str:
    return f"import_credential:{source_id}"


def _purpose(source: Source, host: str) -> str:
    return f"credential of source {source.id} at {host}"
