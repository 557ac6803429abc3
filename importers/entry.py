"""One upstream record while it is read: access to its fields by type, and a note of all that is wrong with it.

Codes noted here: ``MISSING`` (a field that is needed), ``WRONG_TYPE`` (a field or list item of another type than
expected, left out), ``UNKNOWN_FIELD`` (a field this version does not read).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from registry.domain.canonical import Document, JsonValue
from registry.domain.errors import InvalidInput
from registry.domain.finding import Finding

_MAX_UNKNOWN = 20
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_&.-]{0,39}")


def refusals(source: str, record: str, error: InvalidInput) -> Iterator[Finding]:
    """Every problem of *error* as a finding that leaves out *record*, or the document of this name."""
    return (Finding(source, record, problem.code, problem.message) for problem in error.problems)


class Entry:
    """The fields of one record of *source*; ``findings`` grows while it is read."""

    def __init__(self, source: str, record: str, fields: Document) -> None:
        self.source = source
        self.record = record
        self.fields = fields
        self.findings: list[Finding] = []

    @property
    def refused(self) -> bool:
        """Whether something was found that leaves the record out."""
        return any(finding.refused for finding in self.findings)

    @property
    def held(self) -> bool:
        """Whether something was found for which somebody has to look at the record first."""
        return any(finding.held for finding in self.findings)

    def note(self, code: str, message: str, *, refused: bool = False, held: bool = False) -> None:
        """Keep a finding, once however often it is noted; the message must not repeat what the source wrote."""
        finding = Finding(self.source, self.record, code, message, refused, held)
        if finding not in self.findings:
            self.findings.append(finding)

    def text(self, name: str, *, needed: bool = False) -> str | None:
        """The field as text without white space around it; ``None`` where it is empty or of another type."""
        value = self.fields.get(name)
        text = value.strip() if isinstance(value, str) else ""
        if value is not None and not isinstance(value, str):
            self.note("WRONG_TYPE", f"{name}: a text is expected", refused=needed)
        elif needed and not text:
            self.note("MISSING", f"{name}: this field is needed", refused=True)
        return text or None

    def line(self, name: str, *, needed: bool = False) -> str | None:
        """The field as text on one line."""
        text = self.text(name, needed=needed)
        return " ".join(text.split()) if text else None

    def items(self, name: str) -> tuple[JsonValue, ...]:
        """The items of a list field; none where it is empty or of another type."""
        value = self.fields.get(name)
        if isinstance(value, list):
            return tuple(value)
        if value is not None:
            self.note("WRONG_TYPE", f"{name}: a list is expected")
        return ()

    def objects(self, name: str, *, text_as: str | None = None) -> Iterator[Entry]:
        """The objects of a list field, as entries that note into this one; a mere text stands for its *text_as*."""
        for item in self.items(name):
            fields = {text_as: item} if text_as and isinstance(item, str) else item
            if isinstance(fields, Mapping):
                yield self.inner(fields)
            else:
                self.note("WRONG_TYPE", f"{name}: an object is expected in this list")

    def part(self, name: str) -> Entry:
        """The object in the field, as an entry that notes into this one; empty where there is none."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, Mapping):
            self.note("WRONG_TYPE", f"{name}: an object is expected")
        return self.inner(value if isinstance(value, Mapping) else {})

    def inner(self, fields: Document) -> Entry:
        """*fields* of the same record, as an entry that notes into this one."""
        inner = Entry(self.source, self.record, fields)
        inner.findings = self.findings
        return inner

    def expect(self, known: Collection[str]) -> None:
        """Note the fields that are not among *known*, at most 20 of them."""
        for name in sorted(self.fields.keys() - known)[:_MAX_UNKNOWN]:
            shown = name if _FIELD_NAME.fullmatch(name) else "a field"
            self.note("UNKNOWN_FIELD", f"{shown}: not read by this version")
