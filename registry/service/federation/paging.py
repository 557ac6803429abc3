"""Asking another node for pages of its log; where many stand behind one, the next is asked for while it is taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self, TypeGuard
from urllib.parse import urlencode

from registry.domain.canonical import JsonValue
from registry.domain.errors import FetchFailed
from registry.domain.federation.filtering import filter_of
from registry.domain.federation.peer import Peer
from registry.ports import Registry
from registry.service.federation.exchange import answer_to
from registry.service.federation.identity import LOG_PATH

LIMIT = 200
# Longest cursor and name of a log, and most that a node may say it still has.
_MOST_WORD = 2000
_MOST_REMAINING = 10**9
_RESYNC = "STATUS_409"


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of another node's log, as it was told: of its items nothing is known but how many there are.

    Attributes:
        remaining: how many items stand behind it; 0 where nothing sensible was told.
    """

    items: Sequence[JsonValue]
    cursor: str
    remaining: int
    log_id: str
    messages: JsonValue


class Pages:
    """The pages of one node, in order. At most one is asked for ahead: two are in memory at a time."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._asking = ThreadPoolExecutor(1, thread_name_prefix="next page")
        self._ahead: tuple[str, Future[LogPage]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._asking.shutdown(cancel_futures=True)

    def behind(self, peer: Peer) -> LogPage:
        """The page behind the cursor of *peer*.

        Raises:
            FetchFailed, FetchRefused: it did not answer, or not as a node answers.
        """
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] == peer.cursor:
            return ahead[1].result()
        return _page(self._registry, peer)

    def ask_ahead(self, peer: Peer, page: LogPage) -> None:
        """Ask *peer* for what stands behind *page*, which is about to be taken in, if that is a whole page at least.

        Nothing is lost where the page is not taken in: whoever asks with its cursor again gets the same again. Messages
        are told again until it is known what became of them, so that those of the page come first.
        """
        if page.remaining >= LIMIT and not page.messages:
            asked = self._asking.submit(_page, self._registry, replace(peer, cursor=page.cursor))
            self._ahead = page.cursor, asked


def _page(registry: Registry, peer: Peer) -> LogPage:
    """The next page, signed by the peer for this very request."""
    try:
        said = _asked(registry, peer, peer.cursor)
    except FetchFailed as error:
        if error.reason != _RESYNC or peer.cursor is None:
            raise
        said = _asked(registry, peer, None)
    items, cursor = said.get("items"), said.get("next")
    remaining, log_id = said.get("remaining"), said.get("log_id")
    if not isinstance(items, list) or len(items) > LIMIT or not _is_word(cursor) or not _is_word(log_id):
        raise FetchFailed("the answer is no page of a log", reason="BAD_BODY")
    count = remaining if type(remaining) is int and 0 <= remaining <= _MOST_REMAINING else 0
    return LogPage(items, cursor, count, log_id, said.get("messages"))


def _is_word(said: JsonValue) -> TypeGuard[str]:
    return isinstance(said, str) and 0 < len(said) <= _MOST_WORD and said.isascii() and said.isprintable()


def _asked(registry: Registry, peer: Peer, cursor: str | None) -> Mapping[str, JsonValue]:
    wanted = {"limit": str(LIMIT)} | filter_of(peer).query | ({} if cursor is None else {"after": cursor})
    return answer_to(registry, peer, f"{LOG_PATH}?{urlencode(wanted)}")
