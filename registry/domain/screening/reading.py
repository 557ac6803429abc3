"""Reading one text by all the rules that hold for its sort. Loading it takes the fifth of a second: see ``text``."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace

from registry.domain.screening.commercial import commercial_in
from registry.domain.screening.finding import Code, Match, Sort
from registry.domain.screening.names import names_in
from registry.domain.screening.operational import operational_in
from registry.domain.screening.personal import addresses_of_hosts, emails, personal_in
from registry.domain.screening.places import places_in, positions_in
from registry.domain.screening.plain import Plain, joined, plain, unbroken
from registry.domain.screening.secrets import formats_in, may_hold_keys, may_hold_passwords, secrets_in

# Fields hold 20,000 characters at most; longer texts are read in portions that overlap.
_PORTION = 32_000
_OVERLAP = 1000
# What one rule finds in one text; whoever hides one key behind many false ones loses the rest of the text.
_MAX_OF_RULE = 200
# Without any of these no text holds personal data, nor hides anything: digits, signs, and what stands for signs.
_STIRRING = re.compile(r"[0-9@!#$%&*+?^~\\]|[\[({<][ ]?(?:at|dot|\.)|[ ]dot[ ]", re.IGNORECASE)
_QUICK = frozenset({Code.SECRET_DETECTED, Code.PERSONAL_DATA})
_SINGLE = frozenset({Sort.NAME, Sort.URL, Sort.TRACE, Sort.VERSION})


def read(text: str, sort: Sort, *, public: bool, codes: frozenset[Code]) -> tuple[Match, ...]:
    """As ``text.matches_in``."""
    if codes <= _QUICK and _is_plainly_clean(text):
        return ()
    found: list[Match] = []
    for start in range(0, max(len(text) - _OVERLAP, 1), _PORTION - _OVERLAP):
        portion = text[start : start + _PORTION]
        wanted = _capped(_read_portion(plain(portion), sort, public=public, codes=codes), len(portion))
        found += [replace(one, start=one.start + start, end=one.end + start) for one in wanted]
    return _merged(found)


def _is_plainly_clean(text: str) -> bool:
    """Whether neither a secret nor personal data can stand in *text*, as it is of most texts, and quick to tell."""
    return (
        text.isascii()
        and not _STIRRING.search(text)
        and not may_hold_passwords(text)
        and not may_hold_keys(unbroken(text) if "\n" in text else text)
    )


def _read_portion(one: Plain, sort: Sort, *, public: bool, codes: frozenset[Code]) -> Iterator[Match]:
    text = one.text
    secrets = list(secrets_in(text)) if Code.SECRET_DETECTED in codes else []
    yield from _placed(one, secrets)
    if secrets or "\n" in text:
        yield from _broken(one, secrets)
    rest: list[Match] = []
    if Code.PERSONAL_DATA in codes and sort is not Sort.TRACE:
        rest += _personal(text, sort)
    if Code.PERSON_NAME in codes and sort not in {Sort.URL, Sort.TRACE}:
        rest += names_in(text)
    hidden = [(match.start, match.end) for match in secrets]
    yield from _placed(one, _outside(rest, hidden))
    if public and sort not in _SINGLE and Code.OPERATIONAL_DETAIL in codes:
        yield from _placed(one, _outside(list(operational_in(text)), hidden))
    if sort not in _SINGLE and Code.COMMERCIALLY_SENSITIVE in codes:
        yield from _placed(one, commercial_in(text))


def _personal(text: str, sort: Sort) -> Iterator[Match]:
    if sort is Sort.URL and not text.startswith("tel:"):
        # Addresses are full of numbers that mean nothing.
        yield from (Match(*span, Code.PERSONAL_DATA, "email") for span in emails(text))
        yield from addresses_of_hosts(text)
        yield from positions_in(text)
        return
    if sort is Sort.VERSION:
        # A version of four parts looks like the address of a host.
        yield from (match for match in personal_in(text) if match.rule != "ip-address")
        return
    yield from personal_in(text)
    yield from places_in(text)


def _broken(one: Plain, known: Iterable[Match]) -> Iterator[Match]:
    """Keys that a break of lines divides, whole: they are found only once it is taken out."""
    if "\n" not in one.text:
        return
    if not may_hold_keys(unbroken(one.text)):
        return
    ends = sorted(match.end for match in known)
    flat = joined(Plain(one.text))
    for match in formats_in(flat.text):
        start, end = flat.span(match.start, match.end)
        at = bisect_left(ends, end)
        # Where a key ends with its line, the next one begins with a word.
        if at == 0 or ends[at - 1] <= start or not one.text[ends[at - 1] : end].strip().isalpha():
            yield from _placed(one, [replace(match, start=start, end=end)])


def _placed(one: Plain, matches: Iterable[Match]) -> Iterator[Match]:
    for match in matches:
        start, end = one.span(match.start, match.end)
        yield replace(match, start=start, end=end)


def _outside(matches: list[Match], spans: list[tuple[int, int]]) -> Iterator[Match]:
    yield from (one for one in matches if not any(start < one.end and one.start < end for start, end in spans))


def _capped(matches: Iterable[Match], length: int) -> Iterator[Match]:
    count: dict[str, int] = {}
    for match in matches:
        count[match.rule] = count.get(match.rule, 0) + 1
        if count[match.rule] < _MAX_OF_RULE:
            yield match
        elif count[match.rule] == _MAX_OF_RULE:
            yield replace(match, end=length)


def _merged(matches: list[Match]) -> tuple[Match, ...]:
    """Those of one code that overlap, as one, under the rule of the one that begins first and is longest."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda one: (one.code, one.start, -one.end)):
        before = kept[-1] if kept else None
        if before is not None and before.code is match.code and match.start < before.end:
            kept[-1] = replace(before, end=max(before.end, match.end))
        else:
            kept.append(match)
    return tuple(sorted(kept))
