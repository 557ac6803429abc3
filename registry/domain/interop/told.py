"""A record as one viewer of one channel is told it: what STIX and MISP are written from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from registry.domain.content.base import earliest
from registry.domain.record import Record
from registry.domain.vocabulary import Kind, Tlp

# The name of a technique by its code, where it is known here.
NameOf: TypeAlias = Callable[[str], str | None]

# When what never changes, such as a technique, is said to be of.
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
_NO_LINKS: Mapping[str, Kind] = {}


@dataclass(frozen=True, slots=True)
class Told:
    """What is told.

    Attributes:
        record: as the viewer may see it, also where it is gone.
        is_told: whether its public part is told here.
        tells_indicators: whether its indicators are.
        is_left: its public part is not told here, and nobody is told that it is gone: the viewer has it elsewhere, or
            it was never told here.
        keeps_indicators: the same for the indicators.
        level: how it is marked; ``restricted_level``: how its indicators are.
        modified_at: since when it is as it is.
        url: of its page.
        owner: the name of the organisation that it is of.
        sources: how many it ever told here; ``indicators`` and, as patterns of STIX, ``patterns``: the same. What is
            beyond those of now is gone.
        linked: the kinds of those of its links that the viewer sees too, by uid.
    """

    record: Record
    is_told: bool
    tells_indicators: bool
    level: Tlp
    restricted_level: Tlp
    modified_at: datetime
    url: str
    owner: str | None = None
    is_left: bool = False
    keeps_indicators: bool = False
    sources: int = 0
    indicators: int = 0
    patterns: int = 0
    linked: Mapping[str, Kind] = field(default_factory=lambda: _NO_LINKS)

    @property
    def number(self) -> str:
        """Its number; every record that was published has one."""
        return self.record.number or self.record.uid

    @property
    def created_at(self) -> datetime:
        """When it was first published."""
        return self.record.published_at or self.record.created_at

    @property
    def content(self) -> Mapping[str, Any]:
        """The public part; nothing where it is not told."""
        public = self.record.head.public
        document: Any = public.document if public is not None and self.is_told else {}
        return {name: value for name, value in document.items() if name != "sources" or not self.record.hides_sources}

    @property
    def traces(self) -> list[Mapping[str, Any]]:
        """The indicators; nothing where they are not told."""
        restricted = self.record.head.restricted
        document: Any = restricted.document if restricted is not None and self.tells_indicators else {}
        return list(document.get("indicators", []))

    @property
    def name_when_gone(self) -> str:
        """What is left of its title."""
        return f"{self.number} (withdrawn)"


def codes_in(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The techniques that a public part names, as the source and the code, each once."""
    found: dict[tuple[str, str], None] = {}
    for field_ in ("procedure", "addresses"):
        for one in content.get(field_, []):
            code = one.get("technique")
            if code:
                found[source_of(code), code] = None
    for name, of, by in (("classes", "scheme", "code"), ("classifications", "taxonomy", "value")):
        for one in content.get(name, []):
            source = _SOURCES.get(str(one.get(of, "")).casefold().removeprefix("mitre-").removeprefix("misp-"))
            if source is not None:
                found[source, str(one[by])] = None
    yield from found


def source_of(code: str) -> str:
    """The name that STIX gives to the source of a technique, by the form of its code."""
    if code.startswith("AML."):
        return "mitre-atlas"
    if code.startswith("LLM"):
        return "owasp"
    is_disarm = code.startswith("T0") or (code.startswith("TA") and len(code) <= 4)
    return "disarm" if is_disarm else "mitre-attack"


_SOURCES = {"atlas": "mitre-atlas", "attack": "mitre-attack", "disarm": "disarm", "owasp": "owasp"}


def instant_of(when: str) -> datetime:
    """The first instant (UTC) that a date written as in ``content.base.When`` can mean."""
    if "T" in when:
        return datetime.fromisoformat(when).astimezone(UTC)
    day = earliest(when)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
