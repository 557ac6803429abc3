"""Where few records match: those that have some of the words, apart from the matches and never among them."""

from __future__ import annotations

from registry.domain import policy, widening
from registry.domain.actor import Actor, Permission
from registry.domain.query import parse
from registry.domain.search import Query
from registry.ports import Registry
from registry.service.search import count


def widened(registry: Registry, actor: Actor, text: str) -> Query | None:
    """The query for what comes behind the matches of *text*, best by relevance; see ``registry.domain.widening``.

    Raises:
        BadQuery, SearchUnavailable: as ``search``.
    """
    policy.require(actor, Permission.RECORD_READ)
    return widening.widened(parse(text), lambda query: count(registry, actor, query))
