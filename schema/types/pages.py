"""Connections: pages by keyset, with cursors bound to the list, its filter and the viewer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from registry.domain import policy
from registry.domain.errors import BadCursor, InvalidInput, Problem
from registry.domain.pages import DEFAULT_PAGE, Keyset, Page, PageRequest
from schema.context import Context, Info
from schema.fields import resolved

Node = TypeVar("Node")

First = Annotated[
    int | None, strawberry.argument(description="How many, from the beginning or after `after`: 1 to 100.")
]
After = Annotated[str | None, strawberry.argument(description="Cursor to continue after.")]
Last = Annotated[int | None, strawberry.argument(description="How many, from the end or before `before`: 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="Cursor to read backwards from.")]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Whether there is more, and the cursors at both ends."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


def page_info(cursors: Sequence[str | None], *, has_next: bool, has_previous: bool) -> PageInfo:
    """Where a page lies, by the cursors of its items in order."""
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


@strawberry.type(description="One place in a list.")
class Edge(Generic[Node]):
    """A node and the cursor of its place."""

    cursor: str
    node: Node


@strawberry.type(description="A page of a list.")
class Connection(Generic[Node]):
    """A page; what a request does not select is not computed."""

    nodes: list[Node]
    page: strawberry.Private[Page[Any]]
    seal: strawberry.Private[Callable[[Keyset], str]]
    total: strawberry.Private[Callable[[], int] | None] = None

    @resolved("The nodes with their cursors.")
    def edges(self) -> list[Edge[Node]]:
        return [Edge(cursor=cursor, node=node) for cursor, node in zip(self._cursors(), self.nodes, strict=True)]

    @resolved("Where the page lies in the list.")
    def page_info(self) -> PageInfo:
        return page_info(self._cursors(), has_next=self.page.has_next, has_previous=self.page.has_previous)

    @resolved("How many there are in all that you may see; counted only if you ask.")
    async def total_count(self, info: Info) -> int | None:
        return None if self.total is None else await info.context.read(self.total)

    def _cursors(self) -> list[str]:
        return [self.seal(position) for position in self.page.positions]


@dataclass(frozen=True, slots=True)
class List:
    """One list for one viewer: what its cursors are bound to."""

    context: Context
    name: str
    binding: tuple[object, ...] = ()

    def seal(self, position: Keyset) -> str:
        """A cursor of this list."""
        return self.context.registry.cursors.seal(position, *self._bound())

    def request(
        self, first: int | None, after: str | None, last: int | None = None, before: str | None = None
    ) -> PageRequest:
        """The page that the arguments ask for; the first 20 where they say nothing.

        Raises:
            InvalidInput: they contradict one another, or ask for none or too many.
            BadCursor: a cursor is not of this list.
        """
        if last is None and before is None:
            position = None if after is None else self.open(after, "after")
            return PageRequest(DEFAULT_PAGE if first is None else first, position)
        if first is not None or after is not None:
            message = "use first with after, or last with before"
            raise InvalidInput([Problem(("last",), "NOT_ALLOWED", message)])
        position = None if before is None else self.open(before, "before")
        return PageRequest(DEFAULT_PAGE if last is None else last, position, backwards=True)

    def open(self, cursor: str, argument: str) -> Keyset:
        """The position in a cursor of this list.

        Raises:
            BadCursor: it is none; the error names *argument*.
        """
        try:
            return self.context.registry.cursors.open(cursor, *self._bound())
        except BadCursor:
            raise BadCursor(path=(argument,)) from None

    def _bound(self) -> tuple[object, ...]:
        return (self.name, *self.binding, policy.visible_to(self.context.actor))
