"""A record as bibliographies hold it, bound to the version that was read: as BibTeX, RIS and CSL-JSON.

Nothing of the record's text but its title is in them. Whatever white space a text has, line breaks of every script
included, becomes one space: each field of BibTeX and RIS is one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.domain.canonical import JsonValue

_SPECIAL = re.compile(r"[\\{}%&#$_~^]")
# Braces by name: BibTeX counts every one of them, also one behind a backslash.
_WRITTEN = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """What a bibliography tells of a record.

    Attributes:
        key: its number, or what it is called before it has one.
        author: the organisation that it is of.
        registry: the title of the node.
        version: the published revision, counted from 1; 0 before the first.
        notes: whom to name and what to mind, in sentences without a full stop.
    """

    key: str
    author: str
    title: str
    registry: str
    version: int
    published_on: date | None
    url: str
    licence: str = ""
    notes: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """The notes in one line."""
        return _line(". ".join(one.rstrip(".") for one in self.notes))


def bibtex(reference: Reference) -> str:
    """An entry of BibTeX."""
    fields = {
        "author": f"{{{_tex(reference.author)}}}",
        "title": f"{{{_tex(reference.title)}}}",
        "howpublished": _tex(reference.registry),
        "number": reference.key,
        "version": str(reference.version),
        "year": str(reference.published_on.year) if reference.published_on else "",
        "url": re.sub(r"[{}\\]", "", _line(reference.url)),
        "copyright": _tex(reference.licence),
        "note": _tex(reference.note),
    }
    lines = "".join(f"  {key} = {{{value}}},\n" for key, value in fields.items() if value)
    return f"@misc{{{reference.key},\n{lines}}}"


def ris(reference: Reference) -> str:
    """A reference of RIS, with its line ends."""
    return "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in _ris_fields(reference))


def _ris_fields(reference: Reference) -> Iterator[tuple[str, str]]:
    day = reference.published_on
    yield "TY", "RPRT"
    yield "ID", reference.key
    yield "AU", reference.author
    yield "TI", reference.title
    yield "PB", reference.registry
    yield "SN", reference.key
    yield "ET", str(reference.version)
    if day is not None:
        yield "PY", f"{day:%Y}"
        yield "DA", f"{day:%Y/%m/%d}/"
    yield "UR", reference.url
    said = [f"Licence {reference.licence}"] if reference.licence else []
    for one in (*said, *reference.notes):
        yield "N1", one
    # The format ends a reference by this tag with nothing behind it.
    yield "ER", ""


def csl(reference: Reference) -> dict[str, JsonValue]:
    """An item of CSL-JSON (citeproc), version 1.0.2."""
    day = reference.published_on
    item: dict[str, JsonValue] = {
        "id": reference.key,
        "type": "report",
        "title": _line(reference.title),
        "author": [{"literal": _line(reference.author)}],
        "publisher": _line(reference.registry),
        "number": reference.key,
        "version": str(reference.version),
        "URL": _line(reference.url),
    }
    if day is not None:
        item["issued"] = {"date-parts": [[day.year, day.month, day.day]]}
    if reference.licence:
        item["license"] = reference.licence
    if reference.note:
        item["note"] = reference.note
    return item


def _line(text: str) -> str:
    return " ".join(text.split())


def _tex(text: str) -> str:
    return _SPECIAL.sub(lambda match: _WRITTEN.get(match[0], f"\\{match[0]}"), _line(text))
