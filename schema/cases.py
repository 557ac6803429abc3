"""Cases: opened and followed without an account by a receipt code, and handled by those who may.

A receipt code stands in the input of a mutation, also where it only reads: so it is in no address and no log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import strawberry

from registry.domain import case as domain
from registry.domain.actor import Actor
from registry.domain.case import CaseId, CaseOutcome, CaseState, Ground, Wish
from registry.domain.errors import NotFound
from registry.domain.record import RecordUid
from registry.ports import Registry
from registry.service import cases, casework
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import answered
from schema.types.case import Case, case_type
from schema.types.pages import After, Connection, First, List


@strawberry.type(description="The answer to a step of a case.")
class CasePayload:
    """Either the case, or why not."""

    case: Case | None = None
    receipt_code: str | None = strawberry.field(
        default=None, description="What leads back to the case, shown this once and never kept."
    )
    blocked: str | None = strawberry.field(default=None, description="uid of the record that is hidden now.")
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.input(description="What somebody concerned asks for. No account is needed.")
class OpenCaseInput:
    """A new case; fields may be left out here, so that all that is missing is told at once."""

    wish: Wish | None = None
    ground: Ground | None = None
    about: str = strawberry.field(default="", description="The record, by number, address or in words.")
    words: str = strawberry.field(default="", description="Required, at most 10,000 characters.")
    contact: str = strawberry.field(default="", description="How to reach you, if you wish.")
    client_mutation_id: str | None = None


@strawberry.input(description="One's own case.")
class ReadCaseInput:
    """Which case."""

    receipt_code: str
    client_mutation_id: str | None = None


@strawberry.input(description="Something to add to one's own case, or an appeal with its reasons.")
class CaseTextInput:
    """Which case, and what to say."""

    receipt_code: str
    text: str = strawberry.field(default="", description="Required.")
    client_mutation_id: str | None = None


@strawberry.input(description="A message to the person concerned.")
class AnswerCaseInput:
    """Which case, and what to say."""

    id: strawberry.ID
    text: str = strawberry.field(default="", description="Required.")
    client_mutation_id: str | None = None


@strawberry.input(description="An urgent case whose record is to be hidden at once.")
class BlockForCaseInput:
    """Which case, and why."""

    id: strawberry.ID
    reason: str = strawberry.field(default="", description="Required; of a record that was public everybody reads it.")
    uid: str | None = strawberry.field(default=None, description="The record meant, if the case does not name it.")
    client_mutation_id: str | None = None


@strawberry.input(description="A decision of a case, or of its appeal.")
class DecideCaseInput:
    """What is decided, and why."""

    id: strawberry.ID
    outcome: CaseOutcome
    reasons: str = strawberry.field(default="", description="Required; the person concerned reads them.")
    reply: str = strawberry.field(default="", description="With REPLY_SHOWN: what is shown beside the record.")
    client_mutation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a service did, before it is shown."""

    case: domain.Case
    code: str | None = None
    blocked: RecordUid | None = None


async def _payload(info: Info, said_id: str | None, work: Callable[[], Done], *, handling: bool = False) -> CasePayload:
    def shown(done: Done) -> CasePayload:
        now = info.context.registry.clock.now() if handling else None
        return CasePayload(
            case=case_type(done.case, now),
            receipt_code=done.code,
            blocked=done.blocked,
            client_mutation_id=said_id,
        )

    return await answered(info, work, shown, lambda errors: CasePayload(user_errors=errors, client_mutation_id=said_id))


def _open(registry: Registry, actor: Actor, said: OpenCaseInput) -> Done:
    opened = cases.open_case(
        registry,
        actor,
        wish=said.wish or "",
        ground=said.ground or "",
        about=said.about,
        words=said.words,
        contact=said.contact,
    )
    return Done(opened.case, opened.code)


def _block(registry: Registry, actor: Actor, said: BlockForCaseInput) -> Done:
    uid = None if said.uid is None else RecordUid(said.uid)
    case, blocked = casework.block_record(registry, actor, CaseId(said.id), reason=said.reason, uid=uid)
    return Done(case, blocked=blocked)


@strawberry.type(description="Reading cases.")
class CaseQueries:
    """Reads of those who handle cases."""

    @resolved("Cases, what is due first; for those who handle them.")
    def cases(
        self, info: Info, states: list[CaseState] | None = None, first: First = None, after: After = None
    ) -> Connection[Case] | None:
        registry, actor, wanted = info.context.registry, info.context.actor, tuple(states or ())
        listing = List(info.context, "cases", tuple(state.value for state in wanted))
        page = casework.page(registry, actor, states=wanted, request=listing.request(first, after))
        now = registry.clock.now()
        return Connection(nodes=[case_type(one, now) for one in page.items], page=page, seal=listing.seal)

    @resolved("The case with this id; for those who handle them. Null if there is none, or its texts are deleted.")
    def case(self, info: Info, id: strawberry.ID) -> Case | None:  # noqa: A002
        registry = info.context.registry
        try:
            return case_type(casework.case(registry, info.context.actor, CaseId(id)), registry.clock.now())
        except NotFound:
            return None


@strawberry.type(description="Changes of cases.")
class CaseMutations:
    """Writes of cases. A field is null where an error stands in ``errors``."""

    @resolved("Ask for a correction, a removal or a reply. No account is needed; keep the receipt code.")
    async def open_case(
        self, info: Info, said: Annotated[OpenCaseInput, strawberry.argument(name="input")]
    ) -> CasePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(info, said.client_mutation_id, lambda: _open(registry, actor, said))

    @resolved("Your case, by its receipt code. It changes nothing; a mutation keeps the code out of addresses.")
    async def read_case(
        self, info: Info, said: Annotated[ReadCaseInput, strawberry.argument(name="input")]
    ) -> CasePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info, said.client_mutation_id, lambda: Done(cases.read_case(registry, actor, said.receipt_code))
        )

    @resolved("Add something to your case.")
    async def add_to_case(
        self, info: Info, said: Annotated[CaseTextInput, strawberry.argument(name="input")]
    ) -> CasePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: Done(cases.add_to_case(registry, actor, said.receipt_code, text=said.text)),
        )

    @resolved("Appeal once against the decision of your case; another person decides then.")
    async def appeal_case(
        self, info: Info, said: Annotated[CaseTextInput, strawberry.argument(name="input")]
    ) -> CasePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: Done(cases.appeal_case(registry, actor, said.receipt_code, text=said.text)),
        )

    @resolved("Write to the person concerned; for those who handle cases.")
    async def answer_case(
        self, info: Info, said: Annotated[AnswerCaseInput, strawberry.argument(name="input")]
    ) -> CasePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: Done(casework.answer_case(registry, actor, CaseId(said.id), text=said.text)),
            handling=True,
        )

    @resolved("Hide at once what an urgent case concerns, before it is judged; one person is enough.")
    async def block_for_case(
        self, info: Info, said: Annotated[BlockForCaseInput, strawberry.argument(name="input")]
    ) -> CasePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(info, said.client_mutation_id, lambda: _block(registry, actor, said), handling=True)

    @resolved("Decide a case or its appeal, with reasons; for those who handle cases.")
    async def decide_case(
        self, info: Info, said: Annotated[DecideCaseInput, strawberry.argument(name="input")]
    ) -> CasePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _payload(
            info,
            said.client_mutation_id,
            lambda: Done(
                casework.decide(
                    registry, actor, CaseId(said.id), outcome=said.outcome, reasons=said.reasons, reply=said.reply
                )
            ),
            handling=True,
        )
