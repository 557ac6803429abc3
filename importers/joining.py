"""Records put together: what one document of a run holds of them, and what its other documents add.

Pure, and the same in whatever order the documents come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from importers.contract import Draft, Fragment, Importer, upstream_hash
from registry.domain.canonical import JsonValue
from registry.domain.content.base import limit_of
from registry.domain.content.kinds import PUBLIC
from registry.domain.content.parts import PublicPart, Upstream
from registry.domain.finding import Finding

_T = TypeVar("_T")
_MAX_MAPPED = limit_of(Upstream, "mapped")


class Joining:
    """Puts drafts together with the fragments of a run, one by one, and knows then what was left over.

    Findings, none of which leaves a record out: MISSING_PART (a sort of document that the run does not have; or what a
    record refers to), NO_RECORD (a fragment of a record that the run does not have), TOO_MANY (what is beyond the
    limit of a list was left out).
    """

    def __init__(self, importer: Importer, fragments: Sequence[Fragment]) -> None:
        self._importer = importer
        self._fragments = fragments
        self._by_key: defaultdict[str, dict[str, Fragment]] = defaultdict(dict)
        for fragment in fragments:
            self._by_key[fragment.key][fragment.sha256] = fragment
        self._taken: set[str] = set()
        self._has_drafts = False

    def complete(self, draft: Draft) -> tuple[Draft, tuple[Finding, ...]]:
        """The draft with its fragments, and what is wrong with them."""
        self._has_drafts = True
        self._taken.update((draft.upstream_id, *draft.joins) if self._by_key else ())
        findings: list[Finding] = []
        return _complete(self._importer.source.id, draft, self._by_key, findings), tuple(findings)

    def left(self) -> Iterator[Finding]:
        """What no draft has taken, and which sorts of documents were missing; once all drafts are complete."""
        source, taken = self._importer.source.id, self._taken
        left = {one.key: one for one in self._fragments if one.is_needed and one.key not in taken}
        for key, one in left.items():
            yield Finding(source, key, "NO_RECORD", f"{one.part}: this run has no record of this id; left out", False)
        found = {fragment.part for fragment in self._fragments}
        for part in self._importer.parts:
            if self._has_drafts and part not in found:
                yield Finding(source, source, "MISSING_PART", f"{part}: this run had none of them", False)


def joined(
    importer: Importer, drafts: Mapping[str, Draft], fragments: Sequence[Fragment]
) -> tuple[dict[str, Draft], tuple[Finding, ...]]:
    """The drafts by upstream id, each with its fragments, and all findings about them."""
    joining = Joining(importer, fragments)
    complete: dict[str, Draft] = {}
    findings: list[Finding] = []
    for id_, draft in drafts.items():
        complete[id_], found = joining.complete(draft)
        findings += found
    return complete, (*findings, *joining.left())


def _complete(
    source: str, draft: Draft, by_key: Mapping[str, Mapping[str, Fragment]], findings: list[Finding]
) -> Draft:
    fragments = [
        one
        for key in dict.fromkeys((draft.upstream_id, *draft.joins))
        for one in sorted(by_key.get(key, {}).values(), key=lambda one: (one.part, one.sha256))
    ]
    if any(key not in by_key for key in draft.joins):
        message = "something that it refers to is not among the documents of this run"
        findings.append(Finding(source, draft.upstream_id, "MISSING_PART", message, False))
    if not fragments:
        return draft
    model = PUBLIC[draft.kind]
    content, too_long = _added(model, draft.content, fragments)
    for name in too_long:
        message = f"{name}: more than {limit_of(model, name)} of them; those beyond were left out"
        findings.append(Finding(source, draft.upstream_id, "TOO_MANY", message, False))
    read: list[JsonValue] = [*sorted({one.sha256 for one in fragments})]
    return replace(
        draft,
        content=content,
        sha256=upstream_hash({"record": draft.sha256, "fragments": read}),
        mapped=_once((*draft.mapped, *(one for each in fragments for one in each.mapped)))[:_MAX_MAPPED],
        names=_once((*draft.names, *(name for each in fragments for name in each.names))),
    )


def _added(
    model: type[PublicPart], content: Mapping[str, JsonValue], fragments: Iterable[Fragment]
) -> tuple[dict[str, JsonValue], tuple[str, ...]]:
    lists: dict[str, list[JsonValue]] = {}
    complete = dict(content)
    for fragment in fragments:
        for name, value in fragment.content.items():
            if isinstance(value, list):
                before = complete.get(name, [])
                lists.setdefault(name, list(before) if isinstance(before, list) else []).extend(value)
            else:
                complete.setdefault(name, value)
    too_long = []
    for name, items in lists.items():
        different = list({repr(item): item for item in items}.values())
        limit = limit_of(model, name)
        if limit is not None and len(different) > limit:
            too_long.append(name)
        complete[name] = different[:limit]
    return complete, tuple(too_long)


def _once(values: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))
