"""One row of a table as a draft: its columns brought into fields, with a note of all that does not fit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from importers.contract import Draft, Mapped, Source, upstream_hash
from importers.entry import Entry
from importers.table.fields import FieldSpec, Form, fields_of
from importers.table.mapping import PLACE, Rule, Skip, TableMapping, filled_in
from importers.table.reading import Cells, Row
from importers.table.values import Value, as_text, converted, key_of
from registry.domain.canonical import JsonValue, canonical_bytes
from registry.domain.content.base import validate
from registry.domain.content.kinds import PUBLIC
from registry.domain.errors import InvalidInput, Problem
from registry.domain.vocabulary import LinkRel, MappingMethod

RULE = "table-mapping@1"
_MAX_LABEL = 120
_MAX_LINE = 300
_MAX_VALUES = 300
_ROUNDS = 4
_NAMES = re.compile(r"\s*(?:[;,/&\n]|\band\b)\s*")
_ADDRESS = re.compile(r"[<(\[]*(?:https?://|www\.)", re.IGNORECASE)
_UNSAFE = re.compile(r"[^\w.:/@+-]+")


def is_skipped(row: Row, skips: Iterable[Skip]) -> bool:
    """Whether the mapping leaves the row out."""
    for skip in skips:
        text = key_of(as_text(_plain(row.cells.get(skip.column))))
        if skip.empty is (not text) or (skip.empty is None and (text in skip.values) is not skip.is_none_of):
            return True
    return False


def id_of(row: Row, columns: Sequence[str]) -> str | None:
    """The row's id: the cell of one column, or a hash of several; ``None`` where there is none that can be used."""
    texts = [as_text(_plain(row.cells.get(name))) for name in columns]
    if len(columns) == 1:
        text = " ".join(texts[0].split())
        return text if 0 < len(text) <= _MAX_LABEL and text.isprintable() else None
    if columns and not any(texts):
        return None
    body = canonical_bytes(texts) if columns else canonical_bytes(row.cells)
    return f"row-{hashlib.sha256(body).hexdigest()[:20]}"


def read_row(row: Row, entry: Entry, mapping: TableMapping, source: Source) -> Draft:
    """The draft of a row, whose id is ``entry.record``."""
    made = _Made(entry, mapping, row.cells)
    for rule in mapping.rules:
        made.take(rule)
    content, restricted, links = made.parts()
    content = _fitted(entry, mapping, content)
    for spec in fields_of(mapping.kind).values():
        if spec.needed and spec.holder is None and "." not in spec.path and spec.path not in content:
            entry.note("MISSING", f"{spec.path}: this field is needed", refused=True)
    if "aliases" not in content:
        content["aliases"] = [_alias(entry.record, source)]
    marking: dict[str, JsonValue] = {
        "provenance": "verbatim",
        **mapping.marking,
        "licence": source.licence,
        "obligations": list(source.obligations),
    }
    try:
        sha256 = upstream_hash(row.cells)
    except InvalidInput:
        sha256 = hashlib.sha256(repr(sorted(row.cells.items())).encode("utf-8", "replace")).hexdigest()
    return Draft(
        entry.record,
        mapping.kind,
        content,
        marking,
        sha256,
        _url(mapping, row.cells, entry),
        links,
        restricted,
        tuple(made.mapped.values())[:100],
        names=tuple(_people(mapping, row.cells)),
    )


@dataclass(slots=True)
class _Made:
    entry: Entry
    mapping: TableMapping
    cells: Cells
    singles: dict[str, JsonValue] = field(default_factory=dict)
    lists: dict[str, list[JsonValue]] = field(default_factory=dict)
    held: dict[str, list[tuple[Rule, list[JsonValue]]]] = field(default_factory=dict)
    mapped: dict[str, Mapped] = field(default_factory=dict)

    def take(self, rule: Rule) -> None:
        values = list(self._values(rule))
        path = rule.spec.path
        if rule.spec.holder is not None:
            self.held.setdefault(rule.spec.holder, []).append((rule, values))
        elif rule.spec.most is not None:
            unique: list[JsonValue] = list(dict.fromkeys(value for value in values if value is not None))
            if len(unique) > rule.spec.most:
                self.entry.note("TOO_MANY", f"{path}: more than {rule.spec.most} values; the rest was left out")
            self.lists[path] = unique[: rule.spec.most]
        else:
            self.singles[path] = next((value for value in values if value is not None), None)

    def _values(self, rule: Rule) -> Iterator[JsonValue]:
        """What the rule gives: one value a cell, or a part of a cell; ``None`` keeps the place of an empty one."""
        if rule.constant is not None:
            self._note_mapped(rule, "constant")
            yield rule.constant
            return
        if rule.template is not None:
            if any(name in self.cells for name in rule.columns):
                self._note_mapped(rule, ", ".join(rule.columns))
                yield self._converted(rule, self._filled(rule.template))
            return
        many = rule.spec.most is not None
        for name in rule.columns:
            for cell in _split(self.cells.get(name), rule.separator if many else None, rule.spec):
                value = self._converted(rule, cell) if cell is not None else None
                if value is not None or many:
                    yield value

    def _converted(self, rule: Rule, cell: JsonValue) -> JsonValue:
        words = self.mapping.values.get(rule.spec.path, {})
        text = _cut(as_text(cell), rule.cut) if rule.cut is not None else None
        found: Value = converted(rule.spec, cell if text is None else text, words, self.mapping.forms)
        if found.code is not None:
            self.entry.note(found.code, f"{rule.spec.path}: {found.message}", refused=rule.spec.needed)
        if found.is_mapped or (text is not None and text != as_text(cell)):
            self._note_mapped(rule, ", ".join(rule.columns))
        return found.value

    def _filled(self, template: str) -> str:
        return filled_in(template, lambda name: as_text(_plain(self.cells.get(name)))).strip(" \n\t:;,-|")

    def _note_mapped(self, rule: Rule, basis: str) -> None:
        # The list, where the field is in one: its objects are told apart by nothing.
        path = rule.spec.path
        plain = "".join(one for one in basis if one.isprintable())[:_MAX_LINE]
        if not path.startswith(("restricted.", "links.")):
            self.mapped[path] = Mapped(path, MappingMethod.RULE, RULE, plain or None)

    def parts(self) -> tuple[dict[str, JsonValue], dict[str, JsonValue], tuple[tuple[LinkRel, str], ...]]:
        """The public part, the restricted part, and the links to other rows."""
        content: dict[str, JsonValue] = {}
        restricted: dict[str, JsonValue] = {}
        links: list[tuple[LinkRel, str]] = []
        for path, value in {**self.singles, **self.lists}.items():
            if value is None or value == []:
                continue
            if path.startswith("links."):
                links += ((LinkRel(path[6:]), str(one)) for one in self.lists[path])
            elif path.startswith("restricted."):
                restricted[path.removeprefix("restricted.")] = value
            else:
                _put(content, path.split("."), value)
        for holder, rules in self.held.items():
            objects = list(self._objects(holder, rules))
            if objects:
                _put(content, holder.split("."), objects)
        return content, restricted, tuple(links)

    def _objects(self, holder: str, rules: list[tuple[Rule, list[JsonValue]]]) -> Iterator[JsonValue]:
        told = [len(values) for rule, values in rules if rule.constant is None]
        count = max(told, default=1 if rules else 0)
        item, most = rules[0][0].spec.item, rules[0][0].spec.most or 0
        if count > most:
            self.entry.note("TOO_MANY", f"{holder}: more than {most} entries; the rest was left out")
        for at in range(min(count, most)):
            made: dict[str, JsonValue] = {}
            is_said = not told
            for rule, values in rules:
                value = values[0] if len(values) == 1 else values[at] if at < len(values) else None
                if value is not None:
                    _put(made, list(rule.spec.inner), value)
                    is_said |= rule.constant is None and (len(values) > 1 or count == 1 or len(rules) == 1)
            if not is_said or item is None:
                continue
            try:
                validate(item, made)
            except InvalidInput as error:
                problem = error.problems[0]
                self.entry.note(problem.code, f"{'.'.join((holder, *problem.path))}: {problem.message}; left out")
            else:
                yield made


def _fitted(entry: Entry, mapping: TableMapping, content: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """*content* without those values of fields that need not be filled which the kind does not take."""
    for _ in range(_ROUNDS):
        try:
            validate(PUBLIC[mapping.kind], content)
        except InvalidInput as error:
            dropped = [problem for problem in error.problems if _drop(content, problem, PUBLIC[mapping.kind])]
            for problem in dropped:
                place = ".".join(step for step in problem.path if not step.isdigit())
                entry.note(problem.code, f"{place}: {problem.message}; left out")
            for name, value in content.items():
                if isinstance(value, list):
                    content[name] = [one for one in value if one is not None]
            if dropped:
                continue
        break
    return content


def _drop(content: dict[str, JsonValue], problem: Problem, model: type) -> bool:
    name, *deeper = problem.path or ("",)
    info = getattr(model, "model_fields", {}).get(name)
    if name not in content or info is None or info.is_required():
        return False
    value = content[name]
    if isinstance(value, list) and deeper and deeper[0].isdigit() and int(deeper[0]) < len(value):
        # The place of the others stays, so that every problem of a round still names its own.
        value[int(deeper[0])] = None
    elif isinstance(value, dict) and deeper and deeper[0] in value:
        del value[deeper[0]]
    else:
        del content[name]
    return True


def _put(place: dict[str, JsonValue], steps: Sequence[str], value: JsonValue) -> None:
    for step in steps[:-1]:
        inner = place.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        place = inner
    place[steps[-1]] = value


def _split(cell: JsonValue, separator: str | None, spec: FieldSpec) -> Iterator[JsonValue]:
    """The values of a cell: the entries of a list, the parts of a text, or the one that it is."""
    if isinstance(cell, list):
        if spec.most is None:
            yield _plain(cell)
        else:
            items: Sequence[JsonValue] = cell[:_MAX_VALUES]
            yield from (None if one == "" else one for one in items)
    elif isinstance(cell, str) and separator is not None:
        parts = [part.strip() for part in cell.split(separator, _MAX_VALUES)[:_MAX_VALUES]]
        yield from (part or None for part in parts)
    elif isinstance(cell, str) and spec.form is Form.URL and spec.most is not None:
        # Words may stand before an address, as in "see https://...".
        addresses = [one for one in cell.split(maxsplit=_MAX_VALUES)[:_MAX_VALUES] if _ADDRESS.match(one)]
        yield from addresses or [cell]
    else:
        yield cell


def _plain(cell: JsonValue) -> JsonValue:
    return ", ".join(as_text(one) for one in cell if one is not None) if isinstance(cell, list) else cell


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return f"{head[: head.rfind(' ')] if ' ' in head[most // 2 :] else head}\u2026"


def _url(mapping: TableMapping, cells: Cells, entry: Entry) -> str | None:
    if mapping.url is None:
        return None
    names = PLACE.findall(mapping.url)
    parts = {name: as_text(_plain(cells.get(name))) for name in names}
    if not all(parts.values()):
        return None
    # A template that is a column and nothing else holds the whole address.
    whole = mapping.url == f"{{{names[0]}}}" if names else False
    url = PLACE.sub(lambda found: parts[found[1]] if whole else _UNSAFE.sub("-", parts[found[1]]), mapping.url)
    if not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", url) or len(url) > 2000:
        entry.note("BAD_URL", "url: this gives no web address; left out")
        return None
    return url


def _people(mapping: TableMapping, cells: Cells) -> Iterator[str]:
    for column in mapping.people:
        text = as_text(_plain(cells.get(column)))[:2000]
        yield from (part for part in _NAMES.split(text) if 1 < len(part) <= _MAX_LABEL)


def _alias(record: str, source: Source) -> str:
    """A mere number is no id to anybody but the source."""
    return record if re.search(r"[^\W\d_]", record) else f"{source.id}-{record}"[:_MAX_LABEL]
