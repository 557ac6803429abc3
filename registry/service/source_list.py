"""All sources there are, built in and added, as operators want them here; and what strangers may know of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from registry.domain import policy, redaction
from registry.domain.account import Organisation
from registry.domain.actor import ANONYMOUS, Actor, Permission
from registry.domain.errors import NotFound, did_you_mean
from registry.domain.importing import Run, Source, SourceState
from registry.domain.pages import MAX_PAGE, PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import PUBLIC_ONLY
from registry.ports import Reader, Registry


@dataclass(frozen=True, slots=True)
class Known:
    """One source.

    Attributes:
        source: as operators want it here: with the trust and the pause that they chose.
        is_added: whether an operator added it; the others come with the software.
    """

    source: Source
    state: SourceState
    is_added: bool
    last_run: Run | None = None
    open_findings: int = 0


def known(registry: Registry, actor: Actor) -> tuple[Known, ...]:
    """Every source, by id.

    Raises:
        Forbidden: *actor* lacks ``source:read``.
    """
    policy.require(actor, Permission.SOURCE_READ)
    with registry.storage.read() as reader:
        added = {one.id: one for one in reader.import_sources.all()}
        states = reader.import_sources.states()
        every = {**registry.built_in(), **added}
        return tuple(
            _known(registry, reader, one, states.get(one.id, SourceState(one.id)), is_added=one.id in added)
            for one in sorted(every.values(), key=lambda one: one.id)
        )


def known_source(registry: Registry, actor: Actor, source_id: str) -> Known:
    """The source with this id.

    Raises:
        Forbidden: *actor* lacks ``source:read``.
        NotFound: there is none; a hint names one that is written alike.
    """
    policy.require(actor, Permission.SOURCE_READ)
    with registry.storage.read() as reader:
        added = reader.import_sources.get(source_id)
        found = added or registry.built_in().get(source_id)
        if found is None:
            names = (*registry.built_in(), *(one.id for one in reader.import_sources.all()))
            raise NotFound("there is no such source", path=("source",), hint=did_you_mean(source_id, names))
        state = reader.import_sources.state(source_id)
        return _known(registry, reader, found, state, is_added=added is not None)


def _known(registry: Registry, reader: Reader, source: Source, state: SourceState, *, is_added: bool) -> Known:
    runs = reader.import_runs.page(source.id, PageRequest(1)).items
    last = runs[0] if runs else None
    if last is not None and last.is_dead(registry.clock.now()):
        last = last.ended_dead()
    return Known(state.of(source), state, is_added, last, sum(reader.findings.counts(source.id).values()))


@dataclass(frozen=True, slots=True)
class PublicSource:
    """What everybody may know of a source: what its public records say, and where its publisher is found.

    Attributes:
        organisation: it stands for the publisher, and owns the records.
        home: the publisher's page, where the source is one that this node still takes in.
        licences: of its newest public records, the most frequent first; and so ``attributions`` and ``obligations``.
        records: how many are public; ``unreviewed`` of them are as the source tells them, not reviewed here.
    """

    organisation: Organisation
    home: str | None
    licences: tuple[str, ...]
    attributions: tuple[str, ...]
    obligations: tuple[str, ...]
    records: int
    unreviewed: int


def public_sources(registry: Registry, actor: Actor) -> tuple[PublicSource, ...]:
    """Every source of which a record is public, by the name of its publisher; the same for everybody."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        counted = reader.import_sources.published()
        owners = reader.accounts.organisations_by_id(sorted(counted))
        homes = {one.id: one.home for one in (*registry.built_in().values(), *reader.import_sources.all())}
        found = []
        for one, organisation in owners.items():
            records, unreviewed = counted[one]
            licences, attributions, obligations = _terms(reader, organisation)
            home = homes.get(organisation.slug)
            found.append(PublicSource(organisation, home, licences, attributions, obligations, records, unreviewed))
    return tuple(sorted(found, key=lambda one: (one.organisation.name.casefold(), one.organisation.slug)))


def _terms(reader: Reader, owner: Organisation) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    newest = reader.records.page(
        RecordFilter(owner=owner.id), RecordOrder.PUBLISHED, PageRequest(MAX_PAGE), visible=PUBLIC_ONLY
    )
    licences: Counter[str] = Counter()
    attributions: Counter[str] = Counter()
    obligations: Counter[str] = Counter()
    for record in newest.items:
        shown = redaction.for_actor(record, ANONYMOUS)
        upstream = shown.head.public.document.get("upstream") if shown.head.public else None
        if isinstance(upstream, Mapping):
            licences[shown.head.marking.licence] += 1
            obligations.update(shown.head.marking.obligations)
            said = upstream.get("attribution")
            attributions.update([said] if isinstance(said, str) else [])
    return _most(licences), _most(attributions), _most(obligations)


def _most(counted: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(counted, key=lambda one: (-counted[one], one)))
