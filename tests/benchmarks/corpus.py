"""A realistic corpus of any size, made from a seed: invented records with the shape of real ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate

from registry.domain import terms
from registry.domain.canonical import JsonValue
from registry.domain.content.kinds import Content, parse
from registry.domain.content.parts import Upstream
from registry.domain.sealed import SEALED_CATEGORY
from registry.domain.vocabulary import Kind

SOURCE = "bench"
_ROOTS = """
account agent alert answer attack audit bank bias breach call campaign caution chat claim clone code control
court credit data deep delay detect device document draft email error evade event exploit fake false feed
filter flag fraud guard harm health hidden identity image inject intent key leak learn legal limit link list
loan login malware market media message misuse model monitor network notice number offer online order output
page patient payment person phish phone photo platform policy poison press price profile prompt proof public
quota record refuse release report request review risk robot rule safety scam scan school score script search
secret sell server service signal site spam speech spread steal student system target teach text token tool
trace trade train travel trust update upload user vendor video virus voice vote warn watch weapon web work
worm write
"""
_ENDINGS = ("", "s", "ed", "ing", "er", "able", "less", "ment")
WORDS = tuple(root + ending for ending in _ENDINGS for root in _ROOTS.split())
_FREQUENCIES = tuple(accumulate(1 / (at + 3) for at in range(len(WORDS))))
PROVIDERS = ("Northwind AI", "Example Labs", "Acme Models", "Blue River", "Open Meadow", "Tall Tower", "Quiet Sea")
TECHNIQUES = tuple(f"AML.T{number:04d}" for number in range(60))


def sentence(source: random.Random, words: int) -> str:
    """Words with frequencies as in natural text: the n-th most frequent about 1/n as often as the first."""
    return " ".join(source.choices(WORDS, cum_weights=_FREQUENCIES, k=words)).capitalize() + "."


def contents(records: int, *, seed: int = 1) -> Iterator[Content]:
    """*records* public records: nine in ten incidents, the others mitigations and lessons."""
    source = random.Random(seed)
    for number in range(records):
        kind = source.choices((Kind.INCIDENT, Kind.MITIGATION, Kind.LESSON), (90, 7, 3))[0]
        yield _imported(kind, _DOCUMENTS[kind](source), f"B-{number}")


def one_lesson(word: str) -> Content:
    """A public lesson of its own, in which *word* stands."""
    return _imported(Kind.LESSON, _lesson(random.Random(word)) | {"statement": f"Look for {word}."}, word)


def _imported(kind: Kind, document: dict[str, JsonValue], upstream_id: str) -> Content:
    content = parse(kind, content=document, marking={"tlp": "CLEAR"})
    upstream = Upstream(source=SOURCE, id=upstream_id, sha256="0" * 64)
    return Content(kind, content.public.model_copy(update={"upstream": upstream}), content.restricted, content.marking)


def submission(source: random.Random) -> dict[str, JsonValue]:
    """The content of one new incident, as a client would send it."""
    return _incident(source)


def _incident(source: random.Random) -> dict[str, JsonValue]:
    # Sealed records are never public.
    misuse = [term.code for term in terms.MISUSE.terms if term.code.partition("/")[0] != SEALED_CATEGORY]
    harms = [term.code for term in terms.HARM.terms]
    return {
        "title": sentence(source, 9)[:300],
        "summary": sentence(source, 55),
        "narrative": "\n\n".join(sentence(source, 60) for _ in range(4)),
        "severity": source.randint(0, 5),
        "intent": source.choice(("misuse", "unintended", "unknown")),
        "misuse_categories": source.sample(misuse, source.randint(1, 3)),
        "systems": [
            {"provider": source.choice(PROVIDERS), "model": f"model-{source.randint(1, 40)}", "role": "abused"}
        ],
        "procedure": [{"technique": source.choice(TECHNIQUES), "text": sentence(source, 12)} for _ in range(3)],
        "harms": [{"type": source.choice(harms), "severity": source.randint(0, 5)}],
        "targets": [
            {"sector": source.choice(terms.SECTOR.terms).code, "country": source.choice(("US", "DE", "KE", "BR"))}
        ],
        "timeline": {"started": f"20{source.randint(20, 26)}-{source.randint(1, 12):02d}-{source.randint(1, 28):02d}"},
        "sources": [{"url": f"https://example.org/{source.getrandbits(40):x}", "title": sentence(source, 6)}],
    }


def _mitigation(source: random.Random) -> dict[str, JsonValue]:
    return {
        "name": sentence(source, 6)[:300],
        "description": sentence(source, 120),
        "type": source.choice(terms.MITIGATION_TYPE.terms).code,
        "addresses": [{"technique": source.choice(TECHNIQUES)} for _ in range(3)],
        "evidence": [{"setting": "production", "outcome": "partial", "metric": sentence(source, 5)[:300]}],
    }


def _lesson(source: random.Random) -> dict[str, JsonValue]:
    return {
        "statement": sentence(source, 12)[:300],
        "context": sentence(source, 80),
        "recommendation": sentence(source, 40),
        "contributing_factors": [sentence(source, 6)[:300]],
    }


_DOCUMENTS = {Kind.INCIDENT: _incident, Kind.MITIGATION: _mitigation, Kind.LESSON: _lesson}
