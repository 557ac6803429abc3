"""A search document as the fields of tantivy, and back."""

from __future__ import annotations

from datetime import date, datetime

import orjson
import tantivy

from registry.domain.record import RecordUid
from registry.domain.search import SearchDocument
from registry.domain.search_fields import COUNTED
from registry.search import analysis
from registry.search.snippets import body_of
from registry.search.tantivy.engine import SCHEMA

NOT_KNOWN = -1
# Between a field and its value in ``having``, where neither of them can hold it.
_OF = "\x1f"
_EPOCH = date(1970, 1, 1).toordinal()
_DAY_MICROSECONDS = 86_400_000_000


def document_of(uid: RecordUid, document: SearchDocument) -> tantivy.Document:
    """What tantivy is given of a record."""
    high, low = halves(uid)
    text = analysis.of_document(document)
    severity = NOT_KNOWN if document.severity is None else document.severity
    occurred = NOT_KNOWN if document.occurred_on is None else document.occurred_on.toordinal()
    published = NOT_KNOWN if document.published_at is None else int(document.published_at.timestamp() * 1_000_000)
    day = occurred if occurred != NOT_KNOWN else 0 if published < 0 else _EPOCH + published // _DAY_MICROSECONDS
    spelled = _spellings(document)
    having = [having_of(field, value) for field, values in spelled.items() for value in values]
    if document.number is not None:
        having.append(having_of("number", document.number))
    facets: dict[str, list[str]] = {field: list(spelled[field].values()) for field in COUNTED if field in spelled}
    if document.occurred_on is not None:
        facets |= {f"time_{name}": [value] for name, value in times_of(document.occurred_on).items()}
    return tantivy.Document.from_dict(
        {
            "uid": uid,
            # tantivy leaves out one place between values, so that no phrase reaches from one passage into the next.
            "text": text.sequence.split("\n"),
            "words": " ".join(text.spellings),
            "having": having,
            "facets": facets,
            "measures": {name: float(days) for name, days in document.measures},
            "source": packed(uid, document),
            "length": text.counts.total(),
            "severity": severity,
            "occurred": occurred,
            "published": published,
            "day": day,
            "high": high,
            "low": low,
            "by_severity": severity_order(severity, high),
            "by_occurred": day_order(occurred, high),
            "by_published": published_order(published, high),
            "by_day": day_order(day, high),
        },
        SCHEMA,
    )


def halves(uid: str) -> tuple[int, int]:
    """A uid as two numbers of 64 bits, which compare as the text does."""
    number = int(uid.replace("-", ""), 16)
    return number >> 64, number & (1 << 64) - 1


def number_of(high: int, low: int) -> int:
    """A uid of these ``halves`` as one number."""
    return high << 64 | low


def uid_of(high: int, low: int) -> RecordUid:
    """The uid of its ``halves``."""
    text = f"{high:016x}{low:016x}"
    return RecordUid(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")


def severity_order(severity: int, high: int) -> int:
    """Severity, then as much of the uid as there is room for; so are the three below."""
    return (severity + 1) << 60 | high >> 4


def day_order(day: int, high: int) -> int:
    return (day + 1) << 42 | high >> 22


def published_order(published: int, high: int) -> int:
    return (max(published, NOT_KNOWN) + 1) << 11 | high >> 53


def having_of(field: str, value: str) -> str:
    """The term of a document in which *field* has *value*, whatever its case."""
    return f"{field}{_OF}{value.casefold()}"


def times_of(day: date) -> dict[str, str]:
    """The values of *day* on the axes that are times."""
    year = f"{day.year:04}"
    return {"month": f"{year}-{day.month:02}", "quarter": f"{year}-Q{(day.month + 2) // 3}", "year": year}


def packed(uid: RecordUid, document: SearchDocument) -> bytes:
    """All of a document, for snippets and to write a shelf anew."""
    return orjson.dumps(
        [
            uid,
            document.kind,
            document.number,
            document.title,
            document.text,
            document.facets,
            document.severity,
            document.occurred_on,
            document.published_at,
            document.labels,
            document.measures,
            body_of(document.title, document.text, document.labels),
        ]
    )


def body(source: bytes) -> str:
    """What snippets are made from, of ``packed``. It is kept beside the text: to make it anew is a tenth of a page."""
    made: str = orjson.loads(source)[-1]
    return made


def unpacked(source: bytes) -> tuple[RecordUid, SearchDocument]:
    """The document of ``packed``."""
    uid, kind, number, title, text, facets, severity, occurred, published, labels, measures, _ = orjson.loads(source)
    return RecordUid(uid), SearchDocument(
        kind=kind,
        number=number,
        title=title,
        text=text,
        facets=tuple((field, value) for field, value in facets),
        severity=severity,
        occurred_on=None if occurred is None else date.fromisoformat(occurred),
        published_at=None if published is None else datetime.fromisoformat(published),
        labels=tuple(labels),
        measures=tuple((name, days) for name, days in measures),
    )


def _spellings(document: SearchDocument) -> dict[str, dict[str, str]]:
    """By counted field, each value once, however often and in whatever case it stands there."""
    found: dict[str, dict[str, str]] = {"kind": {document.kind: document.kind}}
    if document.severity is not None:
        found["severity"] = {str(document.severity): str(document.severity)}
    for field, value in document.facets:
        found.setdefault(field, {}).setdefault(value.casefold(), value)
    return found
