"""Which state of the registry the answers of the index are of."""

from __future__ import annotations

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import LOG_ID
from registry.ports import Reader, Registry


def state_of_index(registry: Registry) -> tuple[str, int]:
    """The log, and up to which public row of it the index has taken in everything."""
    seq = registry.index.position()
    with registry.storage.read() as reader:
        return reader.meta.get(LOG_ID) or "", _public_seq_at(reader, seq)


def version(registry: Registry, actor: Actor) -> str:
    """What everything depends on that is made of public records and of the index, such as feeds: as long as it stays,
    the same address is answered the same."""
    policy.require(actor, Permission.RECORD_READ)
    log_id, indexed = state_of_index(registry)
    with registry.storage.read() as reader:
        return f"{log_id}.{reader.changes.head().public_seq}.{indexed}"


def _public_seq_at(reader: Reader, seq: int) -> int:
    """The last public row up to row *seq*; by halving, since many rows that are not public may lie behind it."""
    head = reader.changes.head()
    if seq >= head.seq:
        return head.public_seq
    least, most = 0, head.public_seq
    while least < most:
        middle = (least + most + 1) // 2
        (row,) = reader.changes.public_after(middle - 1, limit=1)
        least, most = (middle, most) if row.seq <= seq else (least, middle - 1)
    return least
