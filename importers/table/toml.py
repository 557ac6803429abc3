"""A proposed mapping written as TOML, with a comment at each line that says why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from importers.table.suggesting import Proposal, Suggestion

# The id that stands in a proposal until somebody says whose data it is.
# What every record would carry is never taken from here.
EXAMPLES = {"id": "my-source", "title": "My source", "attribution": "Name of the publisher"}

_BARE = re.compile(r"[A-Za-z0-9_.-]+")
_WIDTH = 76


def as_toml(suggestion: Suggestion, file_name: str) -> str:
    """The file that somebody edits; it can be imported as soon as ``[source]`` is filled in."""
    return "\n".join(_lines(suggestion, file_name)) + "\n"


def _lines(suggestion: Suggestion, file_name: str) -> Iterator[str]:
    yield f"# A mapping proposed for {_comment(file_name)}. Edit it, then:"
    yield "#   commons import table --from FILE --mapping THIS"
    yield f'kind = "{suggestion.kind.value}"'
    name = f"  # {_comment(suggestion.id_why)}" if suggestion.id_why else ""
    if suggestion.id:
        yield f"id = {_names(suggestion.id)}{name}"
    else:
        yield "# id = a column, if one tells the records apart; without it a hash of the whole row does"
    yield '# url = "https://example.org/cases/{id column}"   # where a record can be read'
    yield from _reading(suggestion)
    yield from ("", "# Whose data it is. Needed; every record carries it.", "[source]")
    yield f'id = "{EXAMPLES["id"]}"  # short and lower-case'
    yield from (f'title = "{EXAMPLES["title"]}"', 'licence = "CC-BY-4.0"  # SPDX')
    yield from (
        f'attribution = "{EXAMPLES["attribution"]}"',
        'home = "https://example.org/"',
        'obligations = ["attribution"]',
    )
    yield from ("", "[marking]", 'tlp = "CLEAR"  # public; AMBER or RED if it is not')
    yield from ('language = "en"', 'provenance = "verbatim"', "")
    yield "# Our field = column. Or a list of columns, a template over columns, { constant = ... }; see separator, cut."
    yield "[fields]"
    for one in suggestion.proposals:
        yield f"{_key(one.spec.path)} = {_rule(one)}  # {_comment(one.why)}"
    if suggestion.unmapped:
        yield from ("", "# Left out; nothing told what they are:")
        yield from (f"#   {_text(name)}: {_comment(looks)}" for name, looks in suggestion.unmapped)
    for one in suggestion.proposals:
        if one.words:
            yield from (
                "",
                '# The table\'s words and our terms; "" leaves a word out.',
                f"[values.{_text(one.spec.path)}]",
            )
            yield from (f"{_text(word)} = {_text(term)}" for word, term in one.words)


def _reading(suggestion: Suggestion) -> Iterator[str]:
    read = suggestion.table.as_read
    for name, value in (("records", read.records), ("sheet", read.sheet), ("delimiter", read.delimiter)):
        if value is not None and value != ",":
            yield f"{name} = {_text(value)}"
    if read.header is not None and read.header != 1:
        yield f"header = {read.header}  # the row that names the columns"
    if read.encoding not in {None, "utf-8"}:
        hint = "" if read.encoding == "utf-16" else "  # a guess: look whether accents and currencies are right below"
        yield f"encoding = {_text(read.encoding or '')}{hint}"
    if suggestion.dayfirst is not None:
        yield f"dayfirst = {str(suggestion.dayfirst).lower()}  # some dates can be read in this way only"
    elif suggestion.unsure_dates:
        yield "# dayfirst = true   # 03/04/2026 is the third of April; say it, or such dates are left out"
    yield from _hints(suggestion)


def _hints(suggestion: Suggestion) -> Iterator[str]:
    if suggestion.decimal is not None:
        yield f"decimal = {_text(suggestion.decimal)}"
    if suggestion.people:
        yield f"people = {_names(suggestion.people)}  # may name people: sought in all texts, kept nowhere"
    for name in suggestion.fill_down:
        yield f"# fill_down = [{_text(name)}]   # if an empty cell means the same as the one above"
    skips = [
        f"{{ column = {_text(name)}, is = [{', '.join(map(_text, said))}] }}" for name, said in suggestion.no_records
    ]
    if skips:
        yield f"# skip = [{', '.join(skips)}]   # if such rows are no records"


def _rule(one: Proposal) -> str:
    if one.separator is None and one.cut is None:
        return _names(one.columns)
    more = f", separator = {_text(one.separator)}" if one.separator is not None else ""
    more += f", cut = {one.cut}" if one.cut is not None else ""
    return f"{{ column = {_names(one.columns)}{more} }}"


def _names(names: Sequence[str]) -> str:
    return _text(names[0]) if len(names) == 1 else f"[{', '.join(map(_text, names))}]"


def _key(path: str) -> str:
    return path if _BARE.fullmatch(path) else _text(path)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    plain = "".join(one if one.isprintable() else " " for one in text)
    return plain if len(plain) <= _WIDTH else f"{plain[: _WIDTH - 1]}\u2026"
