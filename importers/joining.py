"""Records put together: what one document of a run holds of them, and what its other documents add.

Pure, and the same in whatever order the documents come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from importers.contract import Draft, Fragment, Importer, upstream_hash
from registry.domain.canonical import JsonValue
from registry.domain.content.base import limit_of
from registry.domain.content.parts import PublicPart, Upstream
from registry.domain.finding import Finding

_T = TypeVar("_T")
_MAX_MAPPED = limit_of(Upstream, "mapped")


def joined(
    importer: Importer, drafts: Mapping[str, Draft], fragments: Sequence[Fragment]
) -> tuple[dict[str, Draft], tuple[Finding, ...]]:
    """The drafts by upstream id, each with its fragments, and what was found missing or left over.

    Findings, none of which leaves a record out: MISSING_PART (a sort of document that the run does not have; or what a
    record refers to), NO_RECORD (a fragment of a record that the run does not have), TOO_MANY (what is beyond the
    limit of a list was left out).
    """
    by_key: defaultdict[str, dict[str, Fragment]] = defaultdict(dict)
    for fragment in fragments:
        by_key[fragment.key][fragment.sha256] = fragment
    findings: list[Finding] = []
    complete = {id_: _complete(importer.source.id, draft, by_key, findings) for id_, draft in drafts.items()}
    taken = {key for draft in drafts.values() for key in (draft.upstream_id, *draft.joins)}
    left = {fragment.key: fragment for fragment in fragments if fragment.is_needed and fragment.key not in taken}
    findings += [
        Finding(importer.source.id, key, "NO_RECORD", f"{one.part}: this run has no record of this id; left out", False)
        for key, one in left.items()
    ]
    found = {fragment.part for fragment in fragments}
    findings += [
        Finding(importer.source.id, importer.source.id, "MISSING_PART", f"{part}: this run had none of them", False)
        for part in importer.parts
        if drafts and part not in found
    ]
    return complete, tuple(findings)


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
    content, too_long = _added(draft.content, fragments)
    for name in too_long:
        message = f"{name}: more than {limit_of(PublicPart, name)} of them; those beyond were left out"
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
    content: Mapping[str, JsonValue], fragments: Iterable[Fragment]
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
        limit = limit_of(PublicPart, name)
        if limit is not None and len(different) > limit:
            too_long.append(name)
        complete[name] = different[:limit]
    return complete, tuple(too_long)


def _once(values: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))
