"""Reading the file of a mapping: TOML or JSON, checked whole, with every problem at once and what was meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from importers.table.dates import DIRECTIVES
from importers.table.fields import FieldSpec, Form, fields_of
from importers.table.mapping import PLACE, Path, Rule, Skip, TableMapping, needed_fields
from importers.table.reading import ENCODINGS, Reading
from importers.table.values import Forms, key_of, term_of
from registry.domain.canonical import Document, JsonValue
from registry.domain.content.base import validate
from registry.domain.content.marking import Marking
from registry.domain.errors import InvalidInput, Problem, did_you_mean
from registry.domain.vocabulary import Kind

_TOP = frozenset(
    {"source", "kind", "id", "url", "records", "sheet", "header", "encoding", "delimiter", "dates", "dayfirst"}
    | {"decimal", "fill_down", "people", "skip", "fields", "values", "marking"}
)
_SOURCE = frozenset({"id", "title", "licence", "attribution", "home", "obligations", "organisation"})
_RULE = frozenset({"column", "columns", "template", "constant", "separator", "cut"})
_SKIP = frozenset({"column", "is", "not", "empty"})
_MAX_VALUES = 5_000
_MAX_TEMPLATE = 2_000


def read_mapping(document: JsonValue) -> TableMapping:
    """The mapping that *document* holds.

    Raises:
        InvalidInput: with every problem at once; paths begin at the top of the mapping.
    """
    mapping, problems = judged_mapping(document)
    if problems:
        raise InvalidInput(problems)
    return mapping


def judged_mapping(document: JsonValue) -> tuple[TableMapping, tuple[Problem, ...]]:
    """The mapping as far as it can be read, and all that is wrong with it."""
    said = _Said()
    if not isinstance(document, Mapping):
        said.note((), "INVALID_TYPE", "a mapping with [fields] is expected")
        document = {}
    said.known(document, _TOP, ())
    kind = said.kind(document.get("kind"))
    rules = tuple(said.rules(document.get("fields"), kind))
    source = said.object(document, "source")
    said.known(source, _SOURCE, ("source",))
    mapping = TableMapping(
        kind,
        said.names(document, "id"),
        rules,
        said.values(said.object(document, "values"), kind),
        said.marking(said.object(document, "marking")),
        source,
        tuple(said.skips(document.get("skip"))),
        said.names(document, "people"),
        said.text(document, "url"),
        _reading(said, document),
        _forms(said, document),
    )
    for path in needed_fields(mapping) if rules else ():
        said.note(("fields", path), "REQUIRED", f"each record of the kind {kind} needs this field")
    return mapping, tuple(said.problems)


def _reading(said: _Said, document: Document) -> Reading:
    encoding, delimiter = said.text(document, "encoding"), said.text(document, "delimiter")
    header = document.get("header")
    if encoding is not None and encoding.lower() not in ENCODINGS:
        said.note(("encoding",), "UNKNOWN_TERM", f"one of these is expected: {', '.join(ENCODINGS)}")
        encoding = None
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        said.note(("delimiter",), "INVALID_FORMAT", 'one character is expected, such as ";" or "\\t"')
        delimiter = None
    if header is not None and (not isinstance(header, int) or isinstance(header, bool) or not 0 < header <= 1000):
        said.note(("header",), "INVALID_TYPE", "the number of a row is expected, counted from 1")
        header = None
    records, sheet = said.text(document, "records"), said.text(document, "sheet")
    return Reading(
        encoding.lower() if encoding else None, delimiter, records, sheet, header, said.names(document, "fill_down")
    )


def _forms(said: _Said, document: Document) -> Forms:
    dates, dayfirst = said.names(document, "dates"), document.get("dayfirst")
    for form in dates:
        if "%" not in form or "".join(DIRECTIVES.findall(form)) != form or not ("%Y" in form or "%y" in form):
            said.note(("dates",), "INVALID_FORMAT", "a form of dates is expected, such as %d/%m/%Y")
    if not isinstance(dayfirst, bool | None):
        said.note(("dayfirst",), "INVALID_TYPE", "true or false is expected")
        dayfirst = None
    decimal = said.text(document, "decimal") or "."
    if decimal not in {".", ","}:
        said.note(("decimal",), "INVALID_FORMAT", 'write "." or ","')
    return Forms(dates, dayfirst, decimal)


class _Said:
    """What a mapping says, read by type; ``problems`` grows meanwhile."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def note(self, path: Path, code: str, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(path, code, message, hint))

    def known(self, place: Document, names: Collection[str], path: Path) -> None:
        for name in place:
            if name not in names:
                hint = did_you_mean(name, sorted(names))
                self.note((*path, name), "UNKNOWN_FIELD", "a mapping has no such entry", hint)

    def object(self, place: Document, name: str) -> Document:
        value = place.get(name)
        if value is not None and not isinstance(value, Mapping):
            self.note((name,), "INVALID_TYPE", "a table of entries is expected")
        return value if isinstance(value, Mapping) else {}

    def text(self, place: Document, name: str, path: Path = ()) -> str | None:
        value = place.get(name)
        if value is not None and not isinstance(value, str):
            self.note((*path, name), "INVALID_TYPE", "a text is expected")
        return value if isinstance(value, str) and value else None

    def names(self, place: Document, name: str, path: Path = ()) -> tuple[str, ...]:
        """One text or a list of texts."""
        value = place.get(name)
        if isinstance(value, str):
            return (value,) if value else ()
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(str(one) for one in value)
        if value is not None:
            self.note((*path, name), "INVALID_TYPE", "the name of a column, or a list of names is expected")
        return ()

    def kind(self, value: JsonValue) -> Kind:
        if isinstance(value, str) and value in set(Kind):
            return Kind(value)
        if value is not None:
            self.note(("kind",), "UNKNOWN_TERM", f"one of these is expected: {', '.join(Kind)}")
        return Kind.INCIDENT

    def rules(self, value: JsonValue, kind: Kind) -> Iterator[Rule]:
        if not isinstance(value, Mapping) or not value:
            self.note(("fields",), "REQUIRED", "say in [fields] which column fills which field")
            return
        specs = fields_of(kind)
        for path, said in _leaves(value, specs):
            spec = specs.get(path)
            if spec is None:
                hint = did_you_mean(path, specs)
                self.note(("fields", path), "UNKNOWN_FIELD", f"the kind {kind} has no such field to fill", hint)
            else:
                yield from self.rule(spec, said)

    def rule(self, spec: FieldSpec, said: JsonValue) -> Iterator[Rule]:
        path: Path = ("fields", spec.path)
        if isinstance(said, str | list):
            said = {"template" if isinstance(said, str) and PLACE.search(said) else "columns": said}
        if not isinstance(said, Mapping):
            self.note(path, "INVALID_TYPE", "a column, a list of columns or a table of entries is expected")
            return
        self.known(said, _RULE, path)
        columns = self.names(said, "columns", path) or self.names(said, "column", path)
        template, cut = self.text(said, "template", path), said.get("cut")
        if template is not None and len(template) > _MAX_TEMPLATE:
            self.note((*path, "template"), "TOO_LONG", f"at most {_MAX_TEMPLATE:,} characters are allowed")
            template = template[:_MAX_TEMPLATE]
        constant = said.get("constant")
        if sum((bool(columns), template is not None, constant is not None)) != 1:
            self.note(path, "INCONSISTENT", "name columns, a template with {column}s, or a constant: one of them")
        if template is not None:
            columns = tuple(dict.fromkeys(PLACE.findall(template)))
        if cut is not None and (not isinstance(cut, int) or isinstance(cut, bool) or not 20 <= cut <= 20_000):
            self.note((*path, "cut"), "OUT_OF_RANGE", "20 to 20,000 characters")
            cut = None
        if constant is not None and not self._fits(spec, constant, path):
            constant = None
        yield Rule(spec, columns, template, constant, self.text(said, "separator", path), cut)

    def values(self, said: Document, kind: Kind) -> dict[str, dict[str, JsonValue]]:
        specs, found = fields_of(kind), dict[str, dict[str, JsonValue]]()
        for path, words in _leaves(said, specs):
            spec = specs.get(path)
            if spec is None:
                self.note(("values", path), "UNKNOWN_FIELD", "no such field", did_you_mean(path, specs))
            elif not isinstance(words, Mapping) or len(words) > _MAX_VALUES:
                self.note(("values", path), "INVALID_TYPE", "a table of the source's words is expected")
            else:
                found[path] = {
                    key_of(word): value
                    for word, value in words.items()
                    if self._fits(spec, value, ("values", path, word[:80]))
                }
        return found

    def _fits(self, spec: FieldSpec, value: JsonValue, path: Path) -> bool:
        """Whether a value that the mapping itself says is one of the field, "" being none."""
        if spec.form is Form.NUMBER:
            fits = isinstance(value, int) and not isinstance(value, bool)
        elif spec.form is Form.FLAG:
            fits = isinstance(value, bool)
        else:
            fits = isinstance(value, str)
        if not fits and value != "":
            self.note(path, "INVALID_TYPE", f"a value of the form {spec.form} is expected")
            return False
        if spec.form is Form.TERM and value != "" and value not in (codes := [code for code, _ in spec.terms]):
            near = term_of(spec, str(value))
            hint = f"did you mean {near}?" if near else did_you_mean(str(value), codes)
            self.note(path, "UNKNOWN_TERM", "not a term of this field", hint or f"such as {', '.join(codes[:6])}")
            return False
        return True

    def marking(self, said: Document) -> Document:
        try:
            validate(Marking, said, path=("marking",))
        except InvalidInput as error:
            self.problems += error.problems
        return said

    def skips(self, value: JsonValue) -> Iterator[Skip]:
        if not isinstance(value, list | None):
            self.note(("skip",), "INVALID_TYPE", 'a list is expected, such as [{column = "State", is = ["draft"]}]')
            return
        for at, one in enumerate(value or ()):
            path: Path = ("skip", str(at))
            if not isinstance(one, Mapping) or not isinstance(one.get("column"), str):
                self.note(path, "INVALID_TYPE", "a table with column, and is, not or empty, is expected")
                continue
            self.known(one, _SKIP, path)
            is_, not_, empty = self.names(one, "is", path), self.names(one, "not", path), one.get("empty")
            if sum((bool(is_), bool(not_), isinstance(empty, bool))) != 1:
                self.note(path, "INCONSISTENT", "say one of: is, not, empty")
            column = str(one["column"])
            yield Skip(
                column, frozenset(map(key_of, is_ or not_)), bool(not_), empty if isinstance(empty, bool) else None
            )


def _leaves(value: Document, specs: Collection[str], before: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Entries by their whole path, whether it was quoted (``"timeline.started"``) or not (``timeline.started``)."""
    for name, inner in value.items():
        path = f"{before}{name}"
        deeper = any(one.startswith(f"{path}.") for one in specs)
        if isinstance(inner, Mapping) and deeper and path not in specs and path.count(".") < 6:
            yield from _leaves(inner, specs, f"{path}.")
        else:
            yield path, inner
