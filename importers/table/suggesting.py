"""A mapping proposed for a table that nobody prepared, from the names and values of its columns, to be edited.

Everything proposed says why; nothing of it is used before somebody has taken it over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from importers.table import words
from importers.table.columns import (
    Column,
    columns_of,
    day_first,
    decimal_of,
    fits,
    is_prose,
    separator_of,
    split,
    words_of,
)
from importers.table.dates import Ambiguous, read_date
from importers.table.fields import FieldSpec, Form, fields_of
from importers.table.reading import Table
from importers.table.values import Forms, as_text, key_of, term_of
from registry.domain.content.kinds import PUBLIC
from registry.domain.vocabulary import Kind

_ENOUGH = 0.5
_BY_VALUES = 0.8
_MAX_WORDS = 60
_CUT = 140
_SHORTEST_TITLE = 12
_STRICT = frozenset({Form.WHEN, Form.URL, Form.COUNTRY, Form.NUMBER, Form.CODE, Form.LANGUAGE})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A field and the columns that may fill it.

    Attributes:
        words: the table's words for a field of terms, the most frequent first, with the term proposed or "".
        why: what spoke for it, for whoever edits the mapping.
    """

    spec: FieldSpec
    columns: tuple[str, ...]
    why: str
    separator: str | None = None
    cut: int | None = None
    words: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Suggestion:
    """All that is proposed for a table.

    Attributes:
        unmapped: columns that nothing was proposed for, with what they look like.
        no_records: columns whose value may tell that a row is no record, with those values.
        dayfirst: ``None`` where dates are read without; ``"?"`` in ``unsure_dates`` where somebody has to say.
    """

    kind: Kind
    table: Table
    proposals: list[Proposal] = field(default_factory=list)
    id: tuple[str, ...] = ()
    id_why: str = ""
    people: tuple[str, ...] = ()
    unmapped: list[tuple[str, str]] = field(default_factory=list)
    no_records: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    dayfirst: bool | None = None
    unsure_dates: bool = False
    decimal: str | None = None
    fill_down: tuple[str, ...] = ()


def suggest(table: Table, kind: Kind) -> Suggestion:
    """Propose a mapping of *table* to records of *kind*."""
    columns = columns_of(table)
    return _Suggesting(Suggestion(kind, table), columns).made()


class _Suggesting:
    def __init__(self, suggestion: Suggestion, columns: list[Column]) -> None:
        self.made_up = suggestion
        self.columns = columns
        self.free = {column.name: column for column in columns}
        self.specs = fields_of(suggestion.kind)
        self.forms = Forms(dayfirst=day_first(columns), decimal=decimal_of(columns) or ".")
        model = PUBLIC[suggestion.kind]
        self.roles = {words.TITLE: model.TITLE, words.SUMMARY: model.SUMMARY}

    def made(self) -> Suggestion:
        found = self.made_up
        found.dayfirst = self.forms.dayfirst
        found.decimal = decimal_of(self.columns)
        self._people()
        self._id()
        self._by_names()
        self._title_and_summary()
        self._beside()
        self._by_values()
        found.unsure_dates = self.forms.dayfirst is None and any(
            _is_unsure(self.columns, one.columns) for one in found.proposals if one.spec.form is Form.WHEN
        )
        order = list(self.specs)
        found.proposals.sort(key=lambda one: (not one.spec.needed, order.index(one.spec.path)))
        for column in self.columns:
            marks = {key_of(text) for text in column.texts if len(text) < 20} & words.NO_RECORDS
            if marks and words.STATE.search(column.key):
                found.no_records.append((column.name, tuple(sorted(marks))))
        found.fill_down = tuple(column.name for column in self.columns if self._is_merged(column))
        found.unmapped = [(column.name, _looks(column)) for column in self.free.values()]
        return found

    def _people(self) -> None:
        named = [one for one in self.columns if words.PEOPLE.search(one.key) and not _is_counted(one)]
        # Long texts tell the case; the names in them are sought by themselves.
        self.made_up.people = tuple(one.name for one in named if one.length < _CUT and not one.key.endswith("url"))
        for name in self.made_up.people:
            del self.free[name]

    def _id(self) -> None:
        pattern = dict(words.COLUMNS)[words.ID]
        named = [one for one in self.free.values() if pattern.search(one.key) and not one.is_list]
        unique = [one for one in named if one.is_unique and one.length <= 120]
        short = [one for one in self.free.values() if one.is_unique and one.length <= 40 and not is_prose(one)]
        if unique:
            self._take_id((unique[0],), "by its name; every row has one of its own")
        elif short and not named:
            self._take_id((short[0],), "every row has one of its own")
        else:
            steady = [one for one in self.free.values() if one.filled > 0.9 and not one.is_list][:3]
            self.made_up.id = tuple(one.name for one in steady) if len(steady) > 1 else ()
            self.made_up.id_why = "no column has a value of its own in every row; a hash of these stands for it"

    def _take_id(self, columns: Sequence[Column], why: str) -> None:
        self.made_up.id, self.made_up.id_why = tuple(one.name for one in columns), why
        for one in columns:
            del self.free[one.name]

    def _by_names(self) -> None:
        """Columns whose name says a field and whose values do not speak against it, the surest first."""
        scored: list[tuple[float, int, str, Column]] = []
        for column in self.free.values():
            for rank, (role, pattern) in enumerate(words.COLUMNS):
                path = self.roles.get(role, role)
                spec = self.specs.get(path)
                found = pattern.search(column.key)
                if spec is None or found is None or not self._may_fill(column, spec):
                    continue
                # How much of the name it says, and that it stands at its end, where the noun is.
                score = len(found[0]) / len(column.key) + 0.3 * (found.end() == len(column.key))
                scored.append((score, -rank, path, column))
        for _, _, path, column in sorted(scored, key=lambda one: one[:2], reverse=True):
            if column.name in self.free and not self._is_filled(path):
                self._propose(self.specs[path], column, "by its name")

    def _may_fill(self, column: Column, spec: FieldSpec) -> bool:
        if spec.form in _STRICT:
            return fits(column, spec, self.forms, separator_of(column, spec)) >= _ENOUGH
        if spec.form is Form.TERM:
            count = len(words_of(column, separator_of(column, spec)))
            return column.length < 80 and count <= max(40, len(column.texts) // 2)
        if spec.form is Form.LINE and not spec.needed:
            return column.length < (spec.longest or 120)
        return column.length > _SHORTEST_TITLE and not self._is_strict(column)

    def _is_line(self, column: Column) -> bool:
        """Whether it may be titles: a few words each, and no dates or addresses."""
        is_short = _SHORTEST_TITLE < column.length <= _CUT and " " in column.texts[0]
        return is_short and not column.is_list and not self._is_strict(column)

    def _is_strict(self, column: Column) -> bool:
        """Whether it holds dates, addresses or countries rather than texts."""
        specs = {spec.form: spec for spec in self.specs.values() if spec.form in {Form.WHEN, Form.URL, Form.COUNTRY}}
        return any(fits(column, spec, self.forms) > _ENOUGH and column.length < _CUT for spec in specs.values())

    def _propose(self, spec: FieldSpec, column: Column, why: str) -> None:
        separator = separator_of(column, spec) if spec.most is not None else None
        longest = max(map(len, column.texts))
        cut = spec.longest if spec.form is Form.LINE and spec.longest and longest > spec.longest else None
        found = tuple(self._words(spec, column, separator)) if spec.form is Form.TERM else ()
        self.made_up.proposals.append(Proposal(spec, (column.name,), f"{why}; {_looks(column)}", separator, cut, found))
        del self.free[column.name]

    def _words(self, spec: FieldSpec, column: Column, separator: str | None) -> Iterator[tuple[str, str]]:
        for word, _ in words_of(column, separator).most_common(_MAX_WORDS):
            if term_of(spec, word) is None:
                yield word, meaning_of(spec, word)

    def _is_filled(self, path: str) -> bool:
        return any(one.spec.path == path for one in self.made_up.proposals)

    def _title_and_summary(self) -> None:
        """The two that every record needs: if no name says them, the longest texts do."""
        title, summary = self.specs[self.roles[words.TITLE]], self.specs[self.roles[words.SUMMARY]]
        prose = sorted((one for one in self.free.values() if is_prose(one)), key=lambda one: -one.length * one.filled)
        if not self._is_filled(summary.path) and prose:
            self._propose(summary, prose[0], "the longest text")
        lines = [one for one in self.free.values() if one.filled > 0.8 and self._is_line(one)]
        if not self._is_filled(title.path) and lines:
            self._propose(title, max(lines, key=lambda one: len(set(one.texts))), "a short text in every row")
        self._from_other(title, summary, "the beginning of what fills the summary", _CUT)
        self._from_other(summary, title, "the same as the title; better name a longer text", None)

    def _from_other(self, spec: FieldSpec, other: FieldSpec, why: str, cut: int | None) -> None:
        source = next((one for one in self.made_up.proposals if one.spec.path == other.path), None)
        if not self._is_filled(spec.path) and source is not None:
            self.made_up.proposals.append(Proposal(spec, source.columns, why, cut=cut))

    def _by_values(self) -> None:
        """Columns without a telling name, by what stands in them: addresses, countries, terms."""
        wanted = [self.specs[path] for path in ("sources.url", "targets.country") if path in self.specs]
        terms = [one for one in self.specs.values() if one.form is Form.TERM and len(one.terms) > 4]
        terms = [one for one in terms if one.holder in {None, "targets"}]
        for column in list(self.free.values()):
            for spec in (*wanted, *terms):
                separator = separator_of(column, spec)
                is_open = not self._is_filled(spec.path)
                if is_open and column.length < 300 and fits(column, spec, self.forms, separator) >= _BY_VALUES:
                    if spec.form is Form.TERM and len(words_of(column, separator)) < 2:
                        continue
                    self._propose(spec, column, "by its values")
                    break

    def _beside(self) -> None:
        """What belongs to a column that is taken: further ones of its name, and the title beside an address."""
        for at, proposal in enumerate(self.made_up.proposals):
            name = _without_number(proposal.columns[0])
            more = tuple(one for one in self.free if proposal.spec.most and name and _without_number(one) == name)
            for one in more:
                del self.free[one]
            self.made_up.proposals[at] = replace(proposal, columns=(*proposal.columns, *more))
        address = next((one.columns[0] for one in self.made_up.proposals if one.spec.path == "sources.url"), "")
        before, is_nested, _ = address.rpartition("[].")
        for column in list(self.free.values()) if is_nested and not self._is_filled("sources.title") else ():
            if re.fullmatch(re.escape(before) + r"\[\]\.(?:title|text|name|label)", column.name):
                self._propose(self.specs["sources.title"], column, "beside the address")
                break

    def _is_merged(self, column: Column) -> bool:
        rows = [row.cells for row in self.made_up.table.rows if row.problem is None]
        if self.made_up.table.as_read.header is None or not rows or column.name not in rows[0]:
            return False
        is_grouping = column is self.columns[0] or column is self.columns[min(1, len(self.columns) - 1)]
        return is_grouping and column.filled < 0.8 and column.length < 80


def meaning_of(spec: FieldSpec, word: str) -> str:
    """The term that a word of a table may mean, or "" where nothing is near."""
    key = key_of(word)
    deeper = [code for code, _ in spec.terms if code.rpartition("/")[2].replace("_", " ") == key]
    for code, pattern in words.MEANINGS.get(spec.path, ()):
        if re.search(pattern, key):
            return code
    if deeper:
        return deeper[0]
    told = {part for part in re.split(r"[\W_]+", key) if len(part) > 3}
    near = [(len(told & set(re.split(r"[\W_]+", key_of(f"{code} {label}")))), code) for code, label in spec.terms]
    best = max(near, default=(0, ""))
    return best[1] if best[0] * 2 > len(told) else ""


def _without_number(name: str) -> str:
    return re.sub(r"[\W_]*\d+[\W_]*$", "", name).casefold()


def _is_counted(column: Column) -> bool:
    texts = column.texts
    return sum(text.replace(".", "").isdigit() for text in texts) > len(texts) / 2


def _is_unsure(columns: Iterable[Column], names: Sequence[str]) -> bool:
    for text in (text for one in columns if one.name in names for text in one.texts):
        try:
            read_date(text)
        except Ambiguous:
            return True
    return False


def _looks(column: Column) -> str:
    """What is seen of a column at first sight, for a comment."""
    first = " ".join(as_text(next(iter(split(column, None)), "")).split())
    shown = first if len(first) <= 40 else f"{first[:39]}\u2026"
    return f"{len(column.cells)} of {column.rows} filled, such as {shown}"
