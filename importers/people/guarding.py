"""Names of natural persons in what a source says: no imported public part keeps them.

A name that is found in a title or a text is masked, what stood there goes into the restricted part, and the record
waits for a reviewer. Titles and addresses of sources that name somebody are left out or kept in the restricted part;
that alone holds no record. Nobody's name is repeated in a finding.

Findings: PERSON_NAMED (masked, held), PERSON_NAMED_IN_SOURCE (left out of the public part, not held),
PERSON_TEXT_CUT (the restricted part has no room for all that was masked).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from importers.contract import Draft, Mapped, Source
from importers.people.names import names_in
from importers.people.sought import Sought, sought, words_of
from registry.domain.finding import Finding
from registry.domain.screening.plain import plain
from registry.domain.shortening import shortened
from registry.domain.vocabulary import MappingMethod

MASK = "[name withheld]"
RULE = "people@1"

Path = tuple[str | int, ...]

# Longer texts fit into no field; validation refuses them.
_MAX_TEXT = 20_000
_MAX_LEAVES = 5_000
_MAX_DEPTH = 8
_MAX_MAPPED = 100
# Masked, a line or a label may have become longer than such a field may be.
_LIMITS = (120, 300)
# What holds ids, codes and numbers, and no words of the source.
_CODES = frozenset(
    {
        "links", "upstream", "withheld", "sha256", "archived_sha256", "technique", "tactic", "language", "licence",
        "taxonomy", "published_on", "event_kind", "misuse_categories", "scrutiny_domains", "timeline", "sector",
    }
)  # fmt: skip
# An address within a text, and what may stand between two parts of one name.
_URL = re.compile(r"https?://[^\s<>\"')\]]{1,2000}")
_JOINED = re.compile(r"[\s-]{0,2}(?:[^\W\d_]\.)?\s{0,1}")
_FIELD = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One text of the content, and where it stands."""

    path: Path
    text: str

    @property
    def is_url(self) -> bool:
        last = self.path[-1]
        return isinstance(last, str) and last.endswith("url")

    @property
    def named(self) -> str:
        """Its path for a finding: our own names of fields, and places in lists."""
        steps = (str(step) for step in self.path)
        return ".".join(step if step.isdigit() or _FIELD.fullmatch(step) else "a field" for step in steps)


@dataclass(frozen=True, slots=True)
class _Edits:
    """What is changed in the content: texts that are masked, fields and sources that are taken out."""

    masked: dict[Path, str]
    dropped: dict[Path, str]
    moved: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.masked or self.dropped or self.moved)


def guarded(draft: Draft, source: Source) -> tuple[Draft, tuple[Finding, ...]]:
    """*draft* without names of natural persons in its public part, and what was found.

    Content may still be of wrong types: such values are left for validation to refuse.
    """
    leaves = list(_leaves(draft.content))
    if draft.url is not None:
        leaves.append(_Leaf(("upstream", "url"), draft.url))
    found = {leaf.path: _found(leaf.text) for leaf in leaves if not leaf.is_url}
    parties = (words_of(name) for name in draft.names)
    known = sought([*(one for one in parties if one), *(words for one in found.values() for words in one[1])])
    edits = _edits(leaves, {path: spans for path, (spans, _) in found.items()}, known)
    if known and known.is_in_address(draft.upstream_id):
        edits.masked[("upstream", "id")] = draft.upstream_id
    if not edits:
        return draft, ()
    return _applied(draft, source, edits, {leaf.path: leaf.text for leaf in leaves})


def _leaves(content: Any) -> Iterator[_Leaf]:
    """The texts of *content* in order, to a depth that no valid content goes beyond."""
    waiting: list[tuple[Path, Any]] = [((), content)]
    for _ in range(_MAX_LEAVES):
        if not waiting:
            return
        path, value = waiting.pop()
        if isinstance(value, str):
            if path and 2 < len(value) <= _MAX_TEXT:
                yield _Leaf(path, value)
        elif len(path) >= _MAX_DEPTH:
            continue
        elif isinstance(value, Mapping):
            inner = [(key, one) for key, one in value.items() if isinstance(key, str) and key not in _CODES]
            waiting += [((*path, key), one) for key, one in reversed(inner)]
        elif isinstance(value, Sequence) and not isinstance(value, bytes):
            waiting += [((*path, at), value[at]) for at in range(min(len(value), _MAX_LEAVES) - 1, -1, -1)]


def _found(text: str) -> tuple[list[tuple[int, int]], list[tuple[str, ...]]]:
    """Where names stand in *text*, and their words."""
    one = plain(text)
    names = list(names_in(one.text))
    return [one.span(name.start, name.end) for name in names], [name.words for name in names]


def _edits(leaves: Sequence[_Leaf], found: Mapping[Path, list[tuple[int, int]]], known: Sought) -> _Edits:
    edits = _Edits({}, {}, frozenset())
    moved = set()
    for leaf in leaves:
        first = leaf.path[0]
        if leaf.is_url:
            if not known.is_in_address(leaf.text):
                continue
            if first == "sources" and len(leaf.path) > 1 and isinstance(leaf.path[1], int):
                moved.add(leaf.path[1])
            else:
                edits.dropped[leaf.path] = leaf.text
            continue
        spans = _joined(leaf.text, [*found[leaf.path], *(_sought_in(leaf.text, known) if known else ())])
        if spans and first in {"sources", "aliases"}:
            edits.dropped[leaf.path] = leaf.text
        elif spans:
            edits.masked[leaf.path] = _masked(leaf.text, spans)
    return _Edits(edits.masked, edits.dropped, frozenset(moved))


def _sought_in(text: str, known: Sought) -> Iterator[tuple[int, int]]:
    one = plain(text)
    for start, end in known.spans(one.text):
        yield one.span(start, end)


def _joined(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """*spans* in order; those that overlap or are parts of one name as one, and the whole address around each."""
    if not spans:
        return []
    if "://" in text:
        addresses = [found.span() for found in _URL.finditer(text)]
        spans = spans + [(a, b) for a, b in addresses if any(a < end and start < b for start, end in spans)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if kept and (start <= kept[-1][1] or _JOINED.fullmatch(text[kept[-1][1] : min(start, kept[-1][1] + 8)])):
            kept[-1] = kept[-1][0], max(end, kept[-1][1])
        else:
            kept.append((start, end))
    return kept


def _masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], MASK]
        at = end
    masked = "".join([*parts, text[at:]])
    for limit in (*_LIMITS, _MAX_TEXT):
        if len(text) <= limit < len(masked) <= limit + len(MASK) * len(spans):
            return shortened(masked, limit)
    return masked


def _applied(
    draft: Draft, source: Source, edits: _Edits, texts: Mapping[Path, str]
) -> tuple[Draft, tuple[Finding, ...]]:
    findings = [
        Finding(source.id, draft.upstream_id, "PERSON_NAMED", f"{_Leaf(path, '').named}: {_HELD}", False, held=True)
        for path in edits.masked
    ]
    findings += [
        Finding(source.id, draft.upstream_id, "PERSON_NAMED_IN_SOURCE", message, refused=False)
        for message in dict.fromkeys(_left_out(path) for path in edits.dropped)
    ]
    if edits.moved:
        findings.append(Finding(source.id, draft.upstream_id, "PERSON_NAMED_IN_SOURCE", _MOVED, refused=False))
    restricted, is_whole = _restricted(draft, edits, texts)
    if not is_whole:
        findings.append(Finding(source.id, draft.upstream_id, "PERSON_TEXT_CUT", _CUT, refused=False))
    marking = dict(draft.marking)
    if edits.masked and marking.get("provenance") == "verbatim":
        marking["provenance"] = "summary"
    return replace(
        draft,
        content=_edited(draft.content, (), edits),
        restricted=restricted,
        marking=marking,
        url=None if ("upstream", "url") in edits.dropped else draft.url,
        mapped=_mapped(draft.mapped, edits),
        held=draft.held or bool(edits.masked),
    ), tuple(findings)


_HELD = "a person may be named here; the name is withheld, and a reviewer looks at it before it is shown"
_MOVED = "sources: an address names a person; the source is kept in the restricted part"
_CUT = "restricted: not all that names a person found room in it; the source has it"


def _left_out(path: Path) -> str:
    field = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    shown = field if _FIELD.fullmatch(field) else "a field"
    place = f"sources: a {shown}" if path[0] == "sources" else f"{shown}: what"
    return f"{place} that names a person was left out"


def _edited(value: Any, path: Path, edits: _Edits) -> Any:
    """*value* with the edits that lie below *path*; parts without any stay the same objects."""
    if path in edits.masked:
        return edits.masked[path]
    if len(path) >= _MAX_DEPTH:
        return value
    if isinstance(value, Mapping):
        kept = ((key, one) for key, one in value.items() if (*path, key) not in edits.dropped)
        return {key: _edited(one, (*path, key), edits) for key, one in kept}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        gone = edits.moved if path == ("sources",) else frozenset()
        places = (at for at in range(len(value)) if at not in gone and (*path, at) not in edits.dropped)
        return [_edited(value[at], (*path, at), edits) for at in places]
    return value


def _restricted(draft: Draft, edits: _Edits, texts: Mapping[Path, str]) -> tuple[dict[str, Any], bool]:
    """The restricted part with what stood there before, and whether all of it found room."""
    said = "\n\n".join(f"{_Leaf(path, '').named}: {texts.get(path, draft.upstream_id)}" for path in edits.masked)
    sources = [f"- {texts.get(('sources', at, 'url'), '')}" for at in sorted(edits.moved)]
    sources += [f"- {text}" for path, text in edits.dropped.items() if path[0] != "sources"]
    notes = "\n".join(["Sources and names that the public part leaves out:", *sources]) if sources else ""
    part: dict[str, Any] = dict(draft.restricted)
    is_whole = True
    for name, text in (("narrative", said), ("notes", notes)):
        before = part.get(name)
        if not text or not (before is None or isinstance(before, str)):
            continue
        whole = f"{before}\n\n{text}" if before else text
        is_whole = is_whole and len(whole) <= _MAX_TEXT
        part[name] = before if before and len(before) > _MAX_TEXT else whole[:_MAX_TEXT].rstrip()
    return part, is_whole


def _mapped(mapped: tuple[Mapped, ...], edits: _Edits) -> tuple[Mapped, ...]:
    room = max(_MAX_MAPPED - len(mapped), 0)
    fields = [_Leaf(path, "").named for path in edits.masked if path[0] != "upstream"]
    basis = "the text of the source, in which a person may be named"
    return mapped + tuple(Mapped(one[: _LIMITS[0]], MappingMethod.RULE, RULE, basis) for one in fields[:room])
