"""What the formats of advisories (AVID, OSV, GitHub, CSAF) have in common: severity, sources, aliases, exploit detail.

Codes noted here: ``SCORE_DIFFERS`` (a score that its vector does not give; the vector counts), ``BAD_VECTOR``,
``EXPLOIT_KEPT_BACK`` (a part of the text that shows how it is exploited stands in the restricted part).
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Mapping
from itertools import islice
from urllib.parse import urlsplit

from importers import fitting
from importers.contract import Mapped
from importers.cvss import base_score, severity_of_score
from importers.entry import Entry
from importers.organisations import ORGANISATIONS
from importers.party import read_party
from registry.domain.canonical import JsonValue
from registry.domain.shortening import shortened
from registry.domain.vocabulary import MappingMethod

CVE = re.compile(r"\bCVE-\d{4}-\d{4,12}\b")
GHSA = re.compile(r"\bGHSA(?:-[23456789cfghjmpqrvwx]{4}){3}\b")
CWE = re.compile(r"CWE-\d{1,5}")
MAX_SOURCES = 100
MAX_ALIASES = 50
_MAX_HEADINGS = 200
_MAX_BEGINNING = 100
_MAX_NAMES = 50
_MAX_NAME = 200

_KIND_BY_HOST = {
    "arxiv.org": "research",
    "doi.org": "research",
    "aclanthology.org": "research",
    "openreview.net": "research",
    "paperswithcode.com": "research",
    "dl.acm.org": "research",
    "ieeexplore.ieee.org": "research",
    "incidentdatabase.ai": "dataset",
    "atlas.mitre.org": "dataset",
    "cve.org": "advisory",
    "www.cve.org": "advisory",
    "nvd.nist.gov": "advisory",
    "huntr.com": "advisory",
    "huntr.dev": "advisory",
    "vuldb.com": "advisory",
    "0din.ai": "advisory",
    "osv.dev": "advisory",
    "nvidia.custhelp.com": "advisory",
    "security.snyk.io": "advisory",
    "msrc.microsoft.com": "advisory",
    "www.zerodayinitiative.com": "advisory",
    "access.redhat.com": "advisory",
    "huggingface.co": "artefact",
    "gist.github.com": "artefact",
    "www.reddit.com": "blog",
    "medium.com": "blog",
}
_KIND_BY_PATH = (
    (re.compile(r"/advisor(?:y|ies)/|/disclosures/|/security[-/]?(?:advisor|bulletin|cve)", re.IGNORECASE), "advisory"),
    (re.compile(r"/commit/|/pull/|/blob/|/releases?/|/tree/", re.IGNORECASE), "artefact"),
    (re.compile(r"/blog/", re.IGNORECASE), "blog"),
)
# A heading of Markdown that announces how to do it, and all below it up to the next one as high.
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.{1,200}?)[ \t#]*$", re.MULTILINE)
_SHOWS_EXPLOIT = re.compile(
    r"\b(?:poc|proofs? of concept|proof-of-concept|exploit(?:ation)?(?: (?:code|steps|script|scenario))?|"
    r"steps to reproduce|reproduction(?: steps)?|how to reproduce|reproducer|payload|attack (?:script|code))\b",
    re.IGNORECASE,
)
_FOUND_BY = re.compile(
    r"\b(?:(?:discovered|reported|found|identified|disclosed|researched)(?: \w+)? by|[Tt]hanks?(?: to)?|[Cc]redits? to)"
    r" ((?:[A-Z][\w'\u2019.-]{1,30})(?: [A-Z][\w'\u2019-]{1,30}){1,3})"
)
# As entries of CVE tell the maker of a product, who may be a person.
_MADE_BY = re.compile(r"\b[Aa]n issue in ([A-Z][a-z]{1,30} (?!Open\b)[A-Z][a-z]{1,30}) [a-z]")
_SENTENCE = re.compile(r"[.!?](?:\s|$)")
_FENCE = re.compile(r"^(?:```|~~~)", re.MULTILINE)


def by_rule(rules: str, fields: Iterable[tuple[str, str]]) -> tuple[Mapped, ...]:
    """Each field with what it was made from, mapped by *rules*."""
    return tuple(Mapped(field, MappingMethod.RULE, rules, basis) for field, basis in fields)


def severity_of(entry: Entry, name: str, vectors: Iterable[tuple[str, float | None]]) -> int | None:
    """The severity of the newest of *vectors*, each with the score that is told for it."""
    best: tuple[str, int] | None = None
    for vector, told in vectors:
        score = base_score(vector)
        if score is None:
            entry.note("BAD_VECTOR", f"{name}: no vector of CVSS 2, 3 or 4")
        elif told is not None and abs(told - score) > 0.05:
            entry.note("SCORE_DIFFERS", f"{name}: the score told is not that of the vector; the vector counts")
        score = told if score is None else score
        if score is not None and 0 <= score <= 10 and (best is None or vector[:8] > best[0]):
            best = vector[:8], severity_of_score(score)
    return best[1] if best else None


def kind_of(url: str) -> str | None:
    """The term of source_kind that the address shows by itself."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    by_path = next((kind for pattern, kind in _KIND_BY_PATH if pattern.search(parts.path)), None)
    return _KIND_BY_HOST.get((parts.hostname or "").lower()) or by_path


def sources_of(
    entry: Entry, name: str, references: Iterable[tuple[JsonValue, str | None, str | None]]
) -> list[JsonValue]:
    """The usable ones of *references* (address, title, kind), each address once, at most 100."""
    found: dict[str, JsonValue] = {}
    for url, title, kind in references:
        said_kind = kind or (kind_of(url) if isinstance(url, str) else None)
        said_title = None if title == url else fitting.line(entry, name, title)
        source = fitting.source(entry, name, url, title=said_title, kind=said_kind)
        if source is not None:
            found.setdefault(str(source["url"]), source)
    return fitting.first(entry, name, list(found.values()), MAX_SOURCES)


def without_exploit(entry: Entry, name: str, text: str) -> tuple[str, str | None]:
    """*text* without its sections on how it is exploited, and these, if any; what is in fenced code heads nothing."""
    fences = [found.start() for found in _FENCE.finditer(text)]
    outside = (found for found in _HEADING.finditer(text) if bisect(fences, found.start()) % 2 == 0)
    headings = list(islice(outside, _MAX_HEADINGS))
    public, kept_back, at = [], [], 0
    for position, heading in enumerate(headings):
        if heading.start() < at or not _SHOWS_EXPLOIT.search(heading[2]):
            continue
        behind = (later for later in headings[position + 1 :] if len(later[1]) <= len(heading[1]))
        end = next((later.start() for later in behind), len(text))
        public.append(text[at : heading.start()])
        kept_back.append(text[heading.start() : end].strip())
        at = end
    if not kept_back:
        return text, None
    entry.note("EXPLOIT_KEPT_BACK", f"{name}: sections on how it is exploited stand in the restricted part")
    return "".join((*public, text[at:])).strip(), "\n\n".join(kept_back)


def people(names: Iterable[str | None]) -> tuple[str, ...]:
    """Those of *names* that are not clearly organisations, at most 50; they are sought in texts, and kept nowhere."""
    told = dict.fromkeys(name.strip()[:_MAX_NAME] for name in islice(names, _MAX_NAMES) if name and name.strip())
    parties = {name: read_party(name, organisations=ORGANISATIONS) for name in told}
    return tuple(name for name, party in parties.items() if party.left_out or party.label is None)


def finders(text: str | None) -> tuple[str, ...]:
    """Names of those whom *text* thanks or says to have found or made it, unless clearly organisations."""
    found = (*islice(_FOUND_BY.finditer(text or ""), _MAX_NAMES), *islice(_MADE_BY.finditer(text or ""), _MAX_NAMES))
    return people(one[1] for one in found)


def beginning(text: str) -> str:
    """The first sentence of *text*, without marks of Markdown, at most 100 characters."""
    plain = " ".join(text[:2000].replace("*", "").replace("#", "").replace("`", "").split())
    end = _SENTENCE.search(plain)
    first = plain[: end.start()] if end else plain
    return shortened(first, _MAX_BEGINNING)


def first_of_each(values: Iterable[str]) -> list[JsonValue]:
    return [*dict.fromkeys(values)]


def said(content: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """*content* without what is empty."""
    return {name: value for name, value in content.items() if value not in (None, "", [], {})}


def number(value: JsonValue) -> float | None:
    """*value* where it is a number, or a short text of one."""
    if isinstance(value, str) and len(value) < 20 and re.fullmatch(r"\d+(?:\.\d+)?", value.strip(), re.ASCII):
        return float(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
