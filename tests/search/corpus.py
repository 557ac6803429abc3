"""Documents for search tests, made from a seed: the same seed gives the same documents."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from registry.domain.record import RecordUid
from registry.domain.search import IndexEntry, SearchDocument

PROVIDERS = ("OpenAI", "openai", "Anthropic", "Mistral", "Meta")
MISUSES = ("fraud", "fraud/scam", "cyber", "cyber/phishing", "jailbreak", "spam")
COUNTRIES = ("DE", "FR", "US", "IN", "BR")
_SYLLABLES = [consonant + vowel for consonant in "bdklm" for vowel in "aeiou"]
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def words(count: int) -> list[str]:
    """*count* made-up words, the commonest first."""
    chooser = random.Random(7)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(chooser.choices(_SYLLABLES, k=chooser.choice((2, 3, 4))))] = None
    return list(found)


def uid(number: int) -> RecordUid:
    """A uid that rises with *number*."""
    return RecordUid(f"0190{number:04x}-0000-7000-8000-{number:012x}")


def document(title: str, body: str = "", **changes: object) -> SearchDocument:
    """A document with this text; *changes* replace what it says otherwise."""
    values: dict[str, object] = {
        "kind": "incident",
        "number": None,
        "title": title,
        "text": f"{title}\n\n{title}\n\n{body}",
        "facets": (),
        "severity": None,
        "occurred_on": None,
        "published_at": _BEGIN,
        **changes,
    }
    return SearchDocument(**values)  # type: ignore[arg-type]  # checked by the tests that read them back


def public(ordinal: int, title: str, body: str = "", **changes: object) -> IndexEntry:
    """A public record."""
    return IndexEntry(uid(ordinal), document(title, body, **changes), None)


def hidden(ordinal: int, title: str, body: str = "", **changes: object) -> IndexEntry:
    """A record that is not public."""
    return IndexEntry(uid(ordinal), None, document(title, body, **changes))


def removed(number: int) -> IndexEntry:
    """A record that was erased."""
    return IndexEntry(uid(number), None, None)


def documents(count: int, *, seed: int = 1, length: int = 40, vocabulary: int = 300) -> list[SearchDocument]:
    """*count* documents of about *length* words of a Zipf-like vocabulary, with facets, dates and severities."""
    chooser = random.Random(seed)
    known = words(vocabulary)
    weights = [1 / (rank + 3) for rank in range(len(known))]
    made = []
    for number in range(count):
        text = chooser.choices(known, weights, k=length)
        occurred = date(2024, 1, 1) + timedelta(days=chooser.randrange(700)) if chooser.random() < 0.8 else None
        facets = {("provider", chooser.choice(PROVIDERS)), ("country", chooser.choice(COUNTRIES))}
        facets |= {("misuse", value) for value in chooser.sample(MISUSES, k=chooser.randrange(3))}
        if occurred is not None:
            facets.add(("year", str(occurred.year)))
        made.append(
            document(
                " ".join(text[:8]),
                " ".join(text[8:]),
                number=f"LOCAL-INC-{number:05d}" if chooser.random() < 0.9 else None,
                kind=chooser.choice(("incident", "mitigation", "lesson")),
                facets=tuple(sorted(facets)),
                severity=chooser.choice((None, 0, 1, 2, 3, 4, 5)),
                occurred_on=occurred,
                published_at=_BEGIN + timedelta(hours=number // 2),
                measures=() if number % 3 else (("duration", float(number % 40)), ("other", 1.0)),
            )
        )
    return made


def entries(count: int, *, seed: int = 1) -> list[IndexEntry]:
    """*count* public records."""
    return [IndexEntry(uid(number), made, None) for number, made in enumerate(documents(count, seed=seed), start=1)]
