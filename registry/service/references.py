"""Documents as one viewer may read them: a reference to a record that the viewer does not see is left out."""

from __future__ import annotations

from registry.domain import policy
from registry.domain.actor import Actor
from registry.domain.canonical import Document
from registry.domain.link import place, references
from registry.domain.record import RecordUid
from registry.ports import Reader, Unit


def as_seen(
    reader: Reader | Unit, actor: Actor, *documents: Document, leaving: Document | None = None
) -> tuple[Document, ...]:
    """Parts without the references to records that *actor* does not see.

    Args:
        leaving: only references that this part makes too are left out, and all others stay.
    """
    targets = {one.target for document in documents for one in references(document)}
    if leaving is not None:
        targets &= {one.target for one in references(leaving)}
    seen = reader.records.many(sorted(targets), visible=policy.visible_to(actor)) if targets else {}
    hidden: set[RecordUid] = targets - seen.keys()
    return tuple(place(document, {}, lambda uid: uid not in hidden)[0] for document in documents)
