"""Taking in records of a source: idempotent, one transaction a batch, each record with where it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from registry.domain import policy
from registry.domain.absence import BACK, Absence
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind
from registry.domain.content.kinds import Content
from registry.domain.errors import InvalidInput, Problem
from registry.domain.importing import Source, Trust, upstream_key
from registry.domain.record import OrganisationId, Record, State
from registry.domain.screening.finding import Code
from registry.domain.taxonomy import Taxonomy, merged
from registry.domain.vocabulary import LinkRel
from registry.domain.workflow import Step
from registry.ports import Reader, Registry, Unit
from registry.service import screening, taxonomies
from registry.service.first_publication import publish_imported
from registry.service.life import restored_record, withdrawn_record
from registry.service.linking import has_hidden_without_need, says_the_same_elsewhere, with_links
from registry.service.publishers import publisher_of
from registry.service.ready import Readings, Ready, made_ready, readings_of
from registry.service.review import put_out
from registry.service.writing import hand_in, log, new_record, new_revision, says_the_same, take_step

_SEALED_BY_SOURCE = "Its source has changed it; it is not shown until somebody has looked at the change."


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record of a source, screened: what ``incoming`` makes of it.

    Attributes:
        ready: the content as it is stored, without the links.
        read: what is read out of that.
        links: relations that the source states to other records of it, by their upstream id.
        held: whether a reviewer looks at it before it is shown, whatever the source's trust.
        codes: what screening found in it.
    """

    upstream_id: str
    content: Content
    ready: Ready
    read: Readings
    links: tuple[tuple[LinkRel, str], ...] = ()
    held: bool = False
    codes: frozenset[Code] = frozenset()


class Outcome(StrEnum):
    """What became of one upstream record."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    HELD = "held"


def incoming(
    source: Source, content: Content, *, links: tuple[tuple[LinkRel, str], ...] = (), held: bool = False
) -> Incoming:
    """*content* without its secrets, ready to be taken in; what holds personal data is held.

    Raises:
        InvalidInput: it has no upstream, or one of another source, or a part is too large.
    """
    clean, codes = screening.of_import(content)
    held, ready = held or Code.PERSONAL_DATA in codes, made_ready(clean)
    return Incoming(_upstream_id(source, content), clean, ready, readings_of(ready), links, held, codes)


def upsert(
    registry: Registry, actor: Actor, source: Source, batch: Sequence[Incoming], *, dry_run: bool = False
) -> tuple[Outcome, ...]:
    """Take in a batch in one transaction.

    What an import withdrew is restored: the source has it again. Relations that the source states become links, as far
    as their targets are here. What was withdrawn or erased here stays so: it is ``HELD``. So is everything of a source
    that is not trusted, or is held for another reason, until somebody reviews it, and what would be sealed: that is not
    stored, and what is out is withdrawn.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
        InvalidInput: a part is too large; then nothing of the batch is kept.
        Misconfigured: as ``publishers.publisher_of``.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    if dry_run:
        with registry.storage.read() as reader:
            given = _Batch.of(reader, source, batch)
            return tuple(given.outcome(one) for one in batch)
    with registry.storage.begin() as unit:
        given = _Batch.of(unit, source, batch)
        owner = publisher_of(registry, unit, actor, source)
        apart = {at for at, one in enumerate(batch) if given.is_new_and_apart(one)}
        _add_all(registry, unit, actor, given, owner, [batch[at] for at in sorted(apart)])
        return tuple(
            Outcome.NEW if at in apart else _take_in(registry, unit, actor, given, owner, one)
            for at, one in enumerate(batch)
        )


def put_taxonomy(registry: Registry, actor: Actor, taxonomy: Taxonomy, *, dry_run: bool = False) -> Outcome:
    """Keep a release of a taxonomy beside its others; it is public, so a change moves ``public_seq``.

    ``CHANGED`` is a new release of a known taxonomy, too. What is known of the same release already, such as our own
    definitions, is kept.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    if dry_run:
        with registry.storage.read() as reader:
            return _release_outcome(reader, taxonomy)
    with registry.storage.begin() as unit:
        outcome = _release_outcome(unit, taxonomy)
        if outcome is not Outcome.UNCHANGED:
            taxonomies.put(unit, taxonomy, by=actor, at=registry.clock.now())
    return outcome


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the store holds of the records of a batch, and of what they refer to, by upstream id.

    Attributes:
        repeated: ids that the batch has several times.
        gone: those of them that an import withdrew, because the source did not have them any more.
        targets: ids that some of the batch refer to.
    """

    source: Source
    known: dict[str, Record]
    repeated: frozenset[str]
    gone: Mapping[bytes, Absence]
    targets: frozenset[str]

    @staticmethod
    def of(view: Reader | Unit, source: Source, batch: Sequence[Incoming]) -> _Batch:
        targets = frozenset(target for one in batch for _, target in one.links)
        known = view.records.by_upstreams(source.id, targets.union(one.upstream_id for one in batch))
        away = [id_ for id_, record in known.items() if record.state in {State.WITHDRAWN, State.RETRACTED}]
        gone = view.absences.of_keys(source.id, [upstream_key(source.id, id_) for id_ in away])
        times = Counter(one.upstream_id for one in batch)
        return _Batch(source, known, frozenset(id_ for id_, count in times.items() if count > 1), gone, targets)

    def content(self, one: Incoming) -> tuple[Content, Ready]:
        """With the relations that the source states, where their targets are here."""
        linked = with_links(one.content, one.links, self.known) if one.links else one.content
        return linked, one.ready if linked is one.content else made_ready(linked)

    def is_new_and_apart(self, one: Incoming) -> bool:
        """Whether it is published here for the first time, and has nothing to do with the others of the batch."""
        is_first = one.upstream_id not in self.known and one.upstream_id not in self.repeated
        return is_first and not (one.links or one.held or one.ready.sealed) and self.source.is_trusted

    def absence(self, one: Incoming) -> Absence | None:
        """Why the record is withdrawn, where it is to be restored because the source has it again."""
        record = self.known.get(one.upstream_id)
        found = self.gone.get(upstream_key(self.source.id, one.upstream_id)) if self.gone else None
        return found if record is not None and found is not None and found.undone_by_return(record) else None

    def outcome(self, one: Incoming) -> Outcome:
        """What becomes of it."""
        as_, record = _as(self.source, one), self.known.get(one.upstream_id)
        if record is None or self.absence(one) is None or one.ready.sealed:
            return self._outcome(as_, record, one)
        state = State.PUBLISHED if record.state is State.WITHDRAWN else State.SUBMITTED
        found = self._outcome(as_, replace(record, state=state), one)
        return Outcome.CHANGED if found is Outcome.UNCHANGED else found

    def _outcome(self, source: Source, record: Record | None, one: Incoming) -> Outcome:
        if one.ready.sealed:
            return Outcome.HELD
        if record is None:
            return Outcome.NEW if source.is_trusted else Outcome.HELD
        if record.stage not in {State.SUBMITTED, State.PUBLISHED}:
            return Outcome.HELD
        if self.says_the_same(source, record, one):
            return Outcome.UNCHANGED
        return Outcome.CHANGED if source.is_trusted else Outcome.HELD

    def says_the_same(self, source: Source, record: Record, one: Incoming) -> bool:
        """Whether it would change nothing, wherever references stand that not everybody may follow."""
        content, ready = self.content(one)
        if says_the_same(record.newest, ready) or _was_judged(record, one):
            return True
        if not says_the_same_elsewhere(record.newest, content):
            return False
        by_uid = {known.uid: known for known in self.known.values()}
        return not (source.is_trusted and has_hidden_without_need(record, content, by_uid))


def _take_in(
    registry: Registry, unit: Unit, actor: Actor, given: _Batch, owner: OrganisationId, one: Incoming
) -> Outcome:
    as_, outcome = _as(given.source, one), given.outcome(one)
    record = given.known.get(one.upstream_id)
    if one.ready.sealed:
        after = _taken_down(registry, unit, actor, record)
    elif record is None:
        after = _add(registry, unit, actor, owner, as_, given.content(one)[1])
    else:
        absence = given.absence(one)
        after = record if absence is None else returned(registry, unit, actor, given.source, record, absence)
        may_revise = after.stage in {State.SUBMITTED, State.PUBLISHED}
        if outcome in {Outcome.CHANGED, Outcome.HELD} and may_revise and not given.says_the_same(as_, after, one):
            after = _change(registry, unit, actor, after, as_, given.content(one)[1])
    if after is not None:
        given.known[one.upstream_id] = after
    return outcome


def _add_all(
    registry: Registry, unit: Unit, actor: Actor, given: _Batch, owner: OrganisationId, new: Sequence[Incoming]
) -> None:
    publish_imported(registry, unit, actor, owner, [(one.ready, one.read) for one in new])
    referred_to = given.targets & {one.upstream_id for one in new}
    given.known.update(unit.records.by_upstreams(given.source.id, referred_to))


def returned(registry: Registry, unit: Unit, actor: Actor, source: Source, record: Record, absence: Absence) -> Record:
    """Restore, within a unit of the caller, a record that an import withdrew and that its source has again."""
    unit.absences.forget(source.id, [absence.key])
    if record.state is State.WITHDRAWN:
        return restored_record(registry, unit, actor, record, BACK)
    record = take_step(record, Step.REVISE, registry.clock.now(), reason=None)
    unit.records.save(record)
    log(unit, actor, record, ChangeKind.REVISE)
    return record


def _was_judged(record: Record, one: Incoming) -> bool:
    """Whether somebody reviewed here what its source has not changed since: what they took out stays out."""
    public, upstream = record.head.public, one.content.public.upstream
    if record.state is not State.PUBLISHED or record.imported or record.work is not None or public is None:
        return False
    known: Any = public.document.get("upstream", {})
    return upstream is not None and known.get("sha256") == upstream.sha256


def _as(source: Source, one: Incoming) -> Source:
    """As if of which source it is taken in: what is held is looked at by a reviewer first."""
    return replace(source, trust=Trust.REVIEW) if one.held else source


def _release_outcome(reader: Reader | Unit, taxonomy: Taxonomy) -> Outcome:
    kept = reader.taxonomies.get(taxonomy.namespace, taxonomy.version)
    if kept is not None and merged(kept, taxonomy) == kept:
        return Outcome.UNCHANGED
    return Outcome.CHANGED if reader.taxonomies.versions(taxonomy.namespace) else Outcome.NEW


def _upstream_id(source: Source, content: Content) -> str:
    upstream = content.public.upstream
    if upstream is None or upstream.source != source.id:
        raise InvalidInput([Problem(("content", "upstream"), "REQUIRED", f"an upstream of {source.id} is expected")])
    return upstream.id


def _add(registry: Registry, unit: Unit, actor: Actor, owner: OrganisationId, source: Source, ready: Ready) -> Record:
    record = new_record(registry, ready, owner=owner, author=None, now=registry.clock.now())
    record = replace(record, imported=source.is_trusted, terms=None)
    if source.is_trusted:
        return put_out(registry, unit, actor, record, Step.PUBLISH_IMPORT, is_new=True)
    hand_in(unit, actor, record)
    return record


def _taken_down(registry: Registry, unit: Unit, actor: Actor, record: Record | None) -> Record | None:
    """Withdraw what is out of a record that its source now says is of a sealed sort; nobody here answers for it."""
    if record is not None and record.state is State.PUBLISHED:
        return withdrawn_record(registry, unit, actor, record, _SEALED_BY_SOURCE)
    return record


def _change(registry: Registry, unit: Unit, actor: Actor, record: Record, source: Source, ready: Ready) -> Record:
    now = registry.clock.now()
    number = record.draft_revision + 1
    revision = new_revision(registry, ready, author=None, draft_revision=number, now=now)
    record = take_step(record, Step.REVISE, now, draft_revision=number, approved_by=None)
    published = record.state is State.PUBLISHED
    record = replace(record, work=revision) if published else replace(record, head=revision)
    if source.is_trusted:
        return put_out(registry, unit, actor, record, Step.PUBLISH_IMPORT, is_stored=False)
    unit.records.save(record)
    log(unit, actor, record, ChangeKind.REVISE)
    return record
