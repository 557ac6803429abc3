"""Ids of objects in STIX and MISP: the same for the same thing, whichever node writes it, and whenever.

They are UUIDs of version 5 within a namespace of our own, which is itself one of ``incident-commons`` within that of
DNS names. What is named is written down in each function, so that others can make the same ids.
"""

from __future__ import annotations

from uuid import NAMESPACE_DNS, UUID, uuid5

from registry.domain.record import RecordUid
from registry.domain.vocabulary import Tlp

NAMESPACE = uuid5(NAMESPACE_DNS, "incident-commons")


def record_id(uid: RecordUid) -> str:
    """The UUID of a record in STIX: of ``record <uid>``. Its report has it, and its course of action or fault too."""
    return _id("record", uid)


def part_id(uid: RecordUid, part: str, position: int) -> str:
    """The UUID of one of the sources or indicators of a record: of ``<part> <uid> <position from 0>``."""
    return _id(part, uid, str(position))


def technique_id(source: str, code: str) -> str:
    """The UUID of a technique: of ``technique <source> <code>``."""
    return _id("technique", source, code)


def node_id(dns: str) -> str:
    """The UUID of a node: of ``node <DNS name>``."""
    return _id("node", dns)


def organisation_id(name: str, level: Tlp) -> str:
    """The UUID of an organisation that a record names: of ``organisation <level> <name>``. In each level it is another
    one, since that somebody is named is as closed as what names them."""
    return _id("organisation", level.value, name)


def relationship_id(source: str, kind: str, target: str) -> str:
    """The UUID of a relationship: of ``relationship <source id> <type> <target id>``."""
    return _id("relationship", source, kind, target)


def collection_id(dns: str, channel: str) -> str:
    """The UUID of a collection of a node: of ``collection <DNS name> <channel>``."""
    return _id("collection", dns, channel)


def is_uuid(text: str) -> bool:
    """Whether *text* is a UUID, written as usual."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _id(*said: str) -> str:
    return str(uuid5(NAMESPACE, " ".join(said)))
