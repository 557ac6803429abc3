"""What is due when for an organisation's own incidents, and drafts of the reports; clocks are shown to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import Document
from registry.domain.deadline import Deadline, Regime, stated, suggested
from registry.domain.errors import InvalidInput, NotFound, Problem, Unauthenticated
from registry.domain.filing import Subject, draft
from registry.domain.pages import DEFAULT_PAGE, MAX_PAGE, PageRequest, RecordFilter, RecordOrder
from registry.domain.record import OrganisationId, Record, RecordUid, State
from registry.domain.report_form import Form
from registry.domain.vocabulary import Kind
from registry.ports import Reader, Registry

MOST_INCIDENTS = 5000

# For what was rejected, taken back or taken down, only what the incident itself states is still shown.
_UNDER_WAY = frozenset(
    {State.DRAFT, State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED, State.PUBLISHED}
)


@dataclass(frozen=True, slots=True)
class OwnDeadline:
    """A deadline and the incident that it is about, as its owner sees it."""

    record: Record
    deadline: Deadline
    is_overdue: bool


def clocks(registry: Registry, actor: Actor) -> tuple[Regime, ...]:
    """Every regime that this node knows, with its clocks and their sources."""
    policy.require(actor, Permission.RECORD_READ)
    return registry.clocks.regimes


def due(registry: Registry, actor: Actor, *, first: int = DEFAULT_PAGE) -> tuple[OwnDeadline, ...]:
    """What is due when for incidents of the actor's own organisation: what is due first comes first, then what has no
    date, then what was filed.

    Reads the 5,000 incidents that changed last. Besides what incidents state, it holds what the regimes in the node's
    settings may ask for.

    Raises:
        Unauthenticated: *actor* acts for no organisation.
        Forbidden: the key may not read records.
        InvalidInput: *first* is not 1 to 100.
    """
    policy.require(actor, Permission.RECORD_READ)
    if actor.organisation is None:
        raise Unauthenticated("this needs an API key", hint="send it as: Authorization: Bearer <key>")
    limit = PageRequest(first).limit
    now = registry.clock.now()
    with registry.storage.read() as reader:
        own = (redaction.for_actor(one, actor) for one in _incidents(reader, actor, actor.organisation))
        found = [
            OwnDeadline(record, one, one.is_overdue(now)) for record in own for one in _deadlines(registry, record)
        ]
    return tuple(sorted(found, key=lambda one: one.deadline.order)[:limit])


def report_draft(registry: Registry, actor: Actor, uid: RecordUid, form: Form) -> str:
    """A report drafted from an incident of the actor's own organisation, as Markdown; nothing is filed or stored.

    Raises:
        NotFound: no such record, or none that *actor* may see.
        Forbidden: it is another organisation's.
        InvalidInput: it is no incident, or its content is gone.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found = reader.records.get(uid, visible=policy.visible_to(actor))
        if found is None:
            raise NotFound("no such record", path=("uid",))
        policy.require_own(actor, found)
        owner = reader.accounts.organisation(found.owner)
    record = redaction.for_actor(found, actor)
    public, restricted = _documents(record)
    if record.kind is not Kind.INCIDENT or not public:
        message = "reports are drafted from incidents only" if public else "the content of this record is gone"
        raise InvalidInput([Problem(("uid",), "KIND_DIFFERS" if public else "NOT_FOUND", message)])
    subject = Subject(record.label, owner.name if owner else None, public, restricted)
    return draft(form, subject, clocks=registry.clocks, now=registry.clock.now())


def _incidents(reader: Reader, actor: Actor, owner: OrganisationId) -> Iterator[Record]:
    """The incidents of *owner*, the one that changed last first."""
    wanted, visible = RecordFilter(kinds=(Kind.INCIDENT,), owner=owner), policy.visible_to(actor)
    request = PageRequest(MAX_PAGE)
    for _ in range(MOST_INCIDENTS // MAX_PAGE):
        found = reader.records.page(wanted, RecordOrder.CHANGED, request, visible=visible)
        yield from found.items
        if not found.has_next:
            return
        request = PageRequest(MAX_PAGE, found.positions[-1])


def _deadlines(registry: Registry, record: Record) -> Iterator[Deadline]:
    public, restricted = _documents(record)
    yield from stated(restricted, registry.clocks)
    if record.stage in _UNDER_WAY:
        yield from suggested(public, restricted, registry.clocks, registry.settings.regimes)


def _documents(record: Record) -> tuple[Document, Document]:
    """Both parts of the newest work; empty where there is nothing that may be read."""
    public, restricted = record.newest.public, record.newest.restricted
    return (public.document if public else {}), (restricted.document if restricted else {})
