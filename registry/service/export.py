"""All matches of a search, to be taken along: read in portions, so that memory stays flat and nothing is held open.

What strangers may take is the same for everybody: a public export is what a stranger sees, whoever asks. What only the
viewer sees is an export of its own. Which records match is decided once, at the beginning; each is read when its turn
comes, and one that is gone by then is left out and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.domain import policy, redaction
from registry.domain.account import Organisation
from registry.domain.actor import ANONYMOUS, Actor, Permission
from registry.domain.errors import Unauthenticated
from registry.domain.explaining import explanation
from registry.domain.export.manifest import Manifest, Tally
from registry.domain.export.row import Row, row_of
from registry.domain.export.writing import ExportFormat
from registry.domain.ordering import order_of
from registry.domain.policy import PUBLIC_ONLY, Visibility
from registry.domain.query import parse
from registry.domain.record import OrganisationId, Record, RecordUid
from registry.domain.search import Query, SearchRequest, SearchSort
from registry.ports import Registry
from registry.service import welfare
from registry.service.index_state import state_of_index

_PORTION = 200
_MOST_HIDDEN = 10**9


@dataclass(frozen=True, slots=True)
class Export:
    """What was found, and the rows, which are read as they are asked for; ``tally`` is whole once they are."""

    query: Query
    sort: SearchSort
    own: bool
    at: datetime
    log_id: str
    public_seq: int
    count: int
    rows: Iterator[Row]
    tally: Tally


def begin(
    registry: Registry, actor: Actor, text: str, *, sort: SearchSort = SearchSort.RELEVANCE, own: bool = False
) -> Export:
    """Find what matches *text*, in the order of *sort*.

    Args:
        own: what the viewer sees and strangers do not, newest first, instead of what is public. Sealed records, and
            work of others that waits for review, are never taken along.

    Raises:
        BadQuery: the text cannot be read; carries the column and the nearest valid query.
        Unauthenticated: a stranger asks for what only he sees.
        SearchUnavailable: the index is being rebuilt.
    """
    policy.require(actor, Permission.RECORD_READ)
    if own and actor.person is None:
        raise Unauthenticated("what only you see is exported with your own key")
    query = parse(text)
    order = order_of(query, sort)
    # Before the matches: an index that goes on meanwhile then holds what the manifest tells, and more.
    log_id, public_seq = state_of_index(registry)
    tally = Tally()
    if own:
        visible = policy.visible_to(actor)
        uids: Sequence[RecordUid] = [
            one.uid for one in _hidden(registry, actor, registry.index.hidden_matches(query, limit=_MOST_HIDDEN))
        ]
        rows = _rows(registry, actor, uids, visible, tally)
    else:
        uids = registry.index.uids(query, order)
        rows = _rows(registry, ANONYMOUS, uids, PUBLIC_ONLY, tally)
    return Export(query, order, own, registry.clock.now(), log_id, public_seq, len(uids), rows, tally)


def manifest(
    registry: Registry,
    found: Export,
    *,
    text: str,
    form: ExportFormat,
    columns: tuple[str, ...] = (),
    url: str | None = None,
) -> Manifest:
    """What is known of an export before its first row."""
    settings = registry.settings
    return Manifest(
        node=settings.node_name,
        registry=settings.title,
        base_url=settings.base_url,
        url=url,
        query=text,
        explanation=explanation(found.query),
        own=found.own,
        form=form,
        columns=columns,
        sort=found.sort,
        made_at=found.at,
        log_id=found.log_id,
        public_seq=found.public_seq,
        count=found.count,
    )


def licences(registry: Registry, actor: Actor, text: str) -> dict[str, int]:
    """How many public matches of *text* are under which licence.

    Raises:
        BadQuery, SearchUnavailable: as ``begin``.
    """
    policy.require(actor, Permission.RECORD_READ)
    asked = SearchRequest(parse(text), SearchSort.PUBLISHED, 1, facets=("licence",), snippets=False)
    counted = registry.index.search(asked).facets.get("licence", ())
    matched = {one.value: one.count - one.adds for one in counted}
    return {licence: count for licence, count in matched.items() if count}


def _rows(
    registry: Registry, actor: Actor, uids: Sequence[RecordUid], visible: Visibility, tally: Tally
) -> Iterator[Row]:
    owners: dict[OrganisationId, Organisation] = {}
    settings = registry.settings
    for portion in _portions(uids):
        with registry.storage.read() as reader:
            found = reader.records.many(portion, visible=visible)
            wanted = sorted({one.owner for one in found.values()} - owners.keys())
            owners |= reader.accounts.organisations_by_id(wanted) if wanted else {}
        for uid in portion:
            shown = _shown(found.get(uid), actor, visible)
            if shown is None:
                tally.left_out += 1
                continue
            tally.rows += 1
            tally.licences[shown.head.marking.licence] += 1
            yield row_of(shown, owners.get(shown.owner), base_url=settings.base_url, registry=settings.title)


def _shown(record: Record | None, actor: Actor, visible: Visibility) -> Record | None:
    """The record as *actor* takes it along, if it still is what the export is of."""
    if record is None:
        return None
    is_wanted = record.is_public if visible == PUBLIC_ONLY else _is_own(record, actor, visible)
    shown = redaction.for_actor(record, actor) if is_wanted else None
    return shown if shown is not None and shown.head.public is not None else None


def _hidden(registry: Registry, actor: Actor, uids: Sequence[RecordUid]) -> Iterator[Record]:
    """Those of *uids* that *actor* sees, and strangers do not."""
    visible = policy.visible_to(actor)
    for portion in _portions(uids):
        with registry.storage.read() as reader:
            found = reader.records.many(portion, visible=visible)
        shown = (_shown(found.get(uid), actor, visible) for uid in portion)
        yield from (one for one in shown if one is not None)


def _is_own(record: Record, actor: Actor, visible: Visibility) -> bool:
    if record.is_public or record.sealed or not visible.lists(record):
        return False
    return not welfare.is_reviewing(actor, record, record.head)


def _portions(uids: Sequence[RecordUid]) -> Iterator[Sequence[RecordUid]]:
    for at in range(0, len(uids), _PORTION):
        yield uids[at : at + _PORTION]
