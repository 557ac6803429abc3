"""Taking in records of a source: idempotent, one transaction a batch, each record with where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from registry.domain import policy
from registry.domain.account import Organisation
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind
from registry.domain.content.kinds import Content
from registry.domain.errors import InvalidInput, Problem
from registry.domain.finding import Finding, FindingFilter, KeptFinding
from registry.domain.importing import Source, Trust
from registry.domain.pages import MAX_PAGE, PageRequest
from registry.domain.record import OrganisationId, Record, State
from registry.domain.screening.finding import Code
from registry.domain.sealed import is_sealed
from registry.domain.taxonomy import Taxonomy, merged
from registry.domain.vocabulary import LinkRel
from registry.domain.workflow import Step
from registry.ports import Reader, Registry, Unit
from registry.service import screening, taxonomies
from registry.service.accounts import put_organisation
from registry.service.life import withdrawn_record
from registry.service.review import put_out
from registry.service.writing import hand_in, log, new_record, new_revision, says_the_same, take_step

_SEALED_BY_SOURCE = "Its source has changed it; it is not shown until somebody has looked at the change."


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record of a source, screened: what ``incoming`` makes of it.

    Attributes:
        links: relations that the source states to other records of it, by their upstream id.
        held: whether a reviewer looks at it before it is shown, whatever the source's trust.
        codes: what screening found in it.
    """

    upstream_id: str
    content: Content
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
        InvalidInput: it has no upstream, or one of another source.
    """
    clean, codes = screening.of_import(content)
    return Incoming(_upstream_id(source, content), clean, links, held or Code.PERSONAL_DATA in codes, codes)


def upsert(
    registry: Registry, actor: Actor, source: Source, batch: Sequence[Incoming], *, dry_run: bool = False
) -> tuple[Outcome, ...]:
    """Take in a batch in one transaction.

    What was withdrawn or erased here stays so: it is ``HELD``. So is everything of a source that is not
    trusted, or is held for another reason, until somebody reviews it, and what would be sealed: that is not stored, and
    what is out is withdrawn.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
        InvalidInput: a part is too large; then nothing of the batch is kept.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    if dry_run:
        with registry.storage.read() as reader:
            known = [reader.records.by_upstream(source.id, one.upstream_id) for one in batch]
        return tuple(_outcome(_as(source, one), record, one.content) for record, one in zip(known, batch, strict=True))
    outcomes = []
    with registry.storage.begin() as unit:
        owner = _owner(registry, unit, actor, source)
        for one in batch:
            as_, content = _as(source, one), one.content
            record = unit.records.by_upstream(source.id, one.upstream_id)
            outcome = _outcome(as_, record, content)
            outcomes.append(outcome)
            if is_sealed(content):
                _take_down(registry, unit, actor, record)
            elif record is None:
                _add(registry, unit, actor, owner, as_, content)
            elif outcome is Outcome.CHANGED or (outcome is Outcome.HELD and _may_revise(record, content)):
                _change(registry, unit, actor, record, as_, content)
    return tuple(outcomes)


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


def keep_findings(registry: Registry, actor: Actor, source: str, findings: Sequence[Finding]) -> None:
    """Keep the findings of a finished run; those it no longer has are cleared."""
    policy.require(actor, Permission.RECORD_IMPORT)
    run, now = registry.ids.uid(), registry.clock.now()
    with registry.storage.begin() as unit:
        unit.findings.keep(source, run, findings, now=now)
        unit.findings.clear(source, run, None, now=now)


def findings(registry: Registry, actor: Actor, source: str) -> tuple[KeptFinding, ...]:
    """Every finding of a source, open ones first."""
    policy.require(actor, Permission.RECORD_IMPORT)
    with registry.storage.read() as reader:
        found = reader.findings.page(source, FindingFilter(), PageRequest(limit=MAX_PAGE))
        kept = list(found.items)
        while found.has_next:
            request = PageRequest(limit=MAX_PAGE, position=found.positions[-1])
            found = reader.findings.page(source, FindingFilter(), request)
            kept += found.items
    return tuple(kept)


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


def _outcome(source: Source, record: Record | None, content: Content) -> Outcome:
    if is_sealed(content):
        return Outcome.HELD
    if record is None:
        return Outcome.NEW if source.is_trusted else Outcome.HELD
    if record.stage not in {State.SUBMITTED, State.PUBLISHED}:
        return Outcome.HELD
    if says_the_same(record.newest, content):
        return Outcome.UNCHANGED
    return Outcome.CHANGED if source.is_trusted else Outcome.HELD


def _may_revise(record: Record, content: Content) -> bool:
    return record.stage in {State.SUBMITTED, State.PUBLISHED} and not says_the_same(record.newest, content)


def _owner(registry: Registry, unit: Unit, actor: Actor, source: Source) -> OrganisationId:
    """The organisation that stands for the source, made at its first import."""
    found = unit.accounts.organisation_by_slug(source.id)
    if found is not None:
        return found.id
    now = registry.clock.now()
    organisation = Organisation(OrganisationId(registry.ids.uid()), source.id, source.title, source.organisation, now)
    put_organisation(unit, actor, organisation)
    return organisation.id


def _add(registry: Registry, unit: Unit, actor: Actor, owner: OrganisationId, source: Source, content: Content) -> None:
    record = new_record(registry, content, owner=owner, author=None, now=registry.clock.now())
    record = replace(record, imported=source.is_trusted, terms=None)
    if source.is_trusted:
        put_out(registry, unit, actor, record, Step.PUBLISH_IMPORT, is_new=True)
    else:
        hand_in(unit, actor, record)


def _take_down(registry: Registry, unit: Unit, actor: Actor, record: Record | None) -> None:
    """Withdraw what is out of a record that its source now says is of a sealed sort; nobody here answers for it."""
    if record is not None and record.state is State.PUBLISHED:
        withdrawn_record(registry, unit, actor, record, _SEALED_BY_SOURCE)


def _change(registry: Registry, unit: Unit, actor: Actor, record: Record, source: Source, content: Content) -> None:
    now = registry.clock.now()
    number = record.draft_revision + 1
    revision = new_revision(registry, content, author=None, draft_revision=number, now=now)
    record = take_step(record, Step.REVISE, now, draft_revision=number, approved_by=None)
    published = record.state is State.PUBLISHED
    record = replace(record, work=revision) if published else replace(record, head=revision)
    if source.is_trusted:
        put_out(registry, unit, actor, record, Step.PUBLISH_IMPORT)
    else:
        unit.records.save(record)
        log(unit, actor, record, ChangeKind.REVISE)
