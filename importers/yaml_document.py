"""Foreign YAML, read without trusting it: texts, lists and maps only, within limits.

Scalars stay texts as they were written (an empty or ``null`` one becomes ``None``), tags are ignored and nothing
is constructed. Built from the parser's events, so that no nesting recurses; an alias counts with all it stands for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import yaml

from registry.domain.errors import InvalidInput, Problem

YamlValue: TypeAlias = "str | list[YamlValue] | dict[str, YamlValue] | None"

MAX_BYTES = 20 * 1024 * 1024
MAX_NODES = 1_000_000
MAX_DEPTH = 24

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def read_yaml(body: bytes, *, max_nodes: int = MAX_NODES) -> YamlValue:
    """Read one YAML document; of a repeated key the last value stands.

    Raises:
        InvalidInput: with one problem BROKEN_DOCUMENT that says what is wrong and, where it can, line and column,
            both counted from 1.
    """
    if len(body) > MAX_BYTES:
        raise _broken(f"a document is limited to {MAX_BYTES // 1024 // 1024} MiB")
    tree = _Tree(max_nodes)
    try:
        for event in yaml.parse(body, Loader=_LOADER):
            tree.take(event)
    except yaml.reader.ReaderError as error:
        line = body.count(b"\n", 0, error.position) + 1
        raise _broken(f"line {line}: {error.reason}") from None
    except yaml.MarkedYAMLError as error:
        raise _broken(error.problem or "not YAML", error.problem_mark) from None
    return tree.root


class _Mark(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


def _broken(message: str, mark: _Mark | None = None) -> InvalidInput:
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
    return InvalidInput([Problem((), "BROKEN_DOCUMENT", where + message)])


@dataclass(slots=True)
class _Open:
    """A list or map whose end has not come yet; ``key`` is the map's key that waits for its value."""

    value: list[YamlValue] | dict[str, YamlValue]
    anchor: str | None
    first_node: int
    key: str | None = None
    height: int = 1


@dataclass(slots=True)
class _Anchored:
    value: YamlValue
    nodes: int
    height: int


@dataclass(slots=True)
class _Tree:
    max_nodes: int
    root: YamlValue = None
    documents: int = 0
    nodes: int = 0
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Anchored] = field(default_factory=dict)

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0] and event.value in _NULLS
            value = None if plain else event.value
            self._count(1, event)
            self._check_text(event)
            self._keep(event.anchor, _Anchored(value, 1, 0))
            self._place(value, 0, event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._count(1, event)
            opened: list[YamlValue] | dict[str, YamlValue] = {} if isinstance(event, yaml.MappingStartEvent) else []
            self.stack.append(_Open(opened, event.anchor, self.nodes))
            self._bound(len(self.stack), event)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self.stack.pop()
            self._keep(done.anchor, _Anchored(done.value, self.nodes - done.first_node + 1, done.height))
            self._place(done.value, done.height, event)
        elif isinstance(event, yaml.AliasEvent):
            self._repeat(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _broken("one document is expected, here begins another", event.start_mark)

    def _repeat(self, event: yaml.AliasEvent) -> None:
        anchored = self.anchors.get(event.anchor or "")
        if anchored is None:
            raise _broken("an alias without an anchor before it", event.start_mark)
        self._count(anchored.nodes, event)
        self._bound(len(self.stack) + anchored.height, event)
        self._place(anchored.value, anchored.height, event)

    def _count(self, nodes: int, event: yaml.Event) -> None:
        self.nodes += nodes
        if self.nodes > self.max_nodes:
            raise _broken(f"more than {self.max_nodes} values, aliases counted in full", event.start_mark)

    def _bound(self, depth: int, event: yaml.Event) -> None:
        if depth > MAX_DEPTH:
            raise _broken(f"nesting is limited to {MAX_DEPTH} levels", event.start_mark)

    def _check_text(self, event: yaml.ScalarEvent) -> None:
        try:
            event.value.encode()
        except UnicodeEncodeError:
            raise _broken("a text holds half a surrogate pair", event.start_mark) from None

    def _keep(self, anchor: str | None, anchored: _Anchored) -> None:
        if anchor is not None:
            self.anchors[anchor] = anchored

    def _place(self, value: YamlValue, height: int, event: yaml.Event) -> None:
        if not self.stack:
            self.root = value
            return
        parent = self.stack[-1]
        parent.height = max(parent.height, height + 1)
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.key is not None:
            parent.value[parent.key] = value
            parent.key = None
        elif isinstance(value, list | dict):
            raise _broken("a key must be a text", event.start_mark)
        else:
            parent.key = value or ""
