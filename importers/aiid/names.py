"""Names of persons that the AI Incident Database has as parties, sought in all incidents of a document.

``importers.people`` masks what it takes for names, and what a draft tells it to seek. What it cannot know is found
here: a party of one incident in the address or headline of a source of another; names of one word, such as those that
people go by online, in the incident whose party they are; and in addresses of sources, accounts of people, cases in
court, and whole names of a given and a family name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from importers.contract import Draft
from importers.people.addresses import ACCOUNT
from importers.people.guarding import MASK
from importers.people.lists import NOT_NAMES, THING_ENDS
from importers.people.names import is_given, names_in
from importers.people.words import is_english
from registry.domain.canonical import JsonValue
from registry.domain.finding import Finding
from registry.domain.screening.given_names import UNSURE
from registry.domain.screening.word_lists import ORGANISATIONS

_WORD = re.compile(r"[^\W_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
# Addresses that say who wrote something, besides those of accounts, and titles that do.
_WRITTEN = re.compile(
    r"https?://(?:[\w-]+\.)?(?:forbes\.com/sites/|buzzfeed(?:news)?\.com/(?:article/)?\w+/|inc\.com/[a-z]+-[a-z-]+/|"
    r"medium\.com/[a-z]+\d+/|complex\.com/\w+/a/)|https?://(?!www\.)[\w-]+\."
    r"(?:(?:substack|medium|livejournal|typepad|tumblr|blogspot)\.com|(?:files\.)?wordpress\.com)|"
    r"https?://[^?#]+/(?:~\w|(?:authors?|profiles?|users?)/\w)",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"(?<![\w.])@\w|^(?:tweet|toot|thread|tiktok|reddit|instagram(?: post)?|facebook post): ", re.IGNORECASE
)
# Pages on which people show what they have filmed, and titles that end with whose channel it is.
_CHANNELS = re.compile(
    r"https?://(?:[\w-]+\.)?(?:youtube\.com|youtu\.be|vimeo\.com|twitch\.tv|rumble\.com)/", re.IGNORECASE
)
_CHANNEL = re.compile(r" [|\u2013\u2014] \S|#\d")
# Who went to court against whom.
_CASE = re.compile(r"[A-Za-z.)] v\.? [A-Z]")
_CASE_ADDRESS = re.compile(r"[/_-]([a-z]{2,})[_-]v[_-]([a-z]+)", re.IGNORECASE)
# Names before what else stands there, such as the newsroom; none has a word of capitals only.
_WRITER = re.compile(r"(?!.*\b[A-Z]{2,}\b)[^,|(/@]+?(?=\s+(?:[Ff]or|at|of)\s|\s*[,|(/@]|$)")
_SHORTEST = 3
_MAX_WORDS = 8
_MAX_PATH = 2_000
_MAX_TEXT = 20_000
_MESSAGE = "sources: an address or a title names somebody who may be a person; left out of the public part"
_MASKED = "a party of one word that may be a person's name is withheld; a reviewer looks at it before it is shown"

Words = tuple[str, ...]


class Names:
    """Names of several words, to be found as words in order, however they are joined, spelt large or accented."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: defaultdict[str, set[Words]] = defaultdict(set)
        for name in names:
            words = words_of(name)
            if 1 < len(words) <= _MAX_WORDS:
                self._by_first[words[0]].add(words)

    def stand_in(self, text: str) -> bool:
        """Whether one of the names stands in *text*, which may be an address."""
        words = words_of(unquote(text))
        return any(
            words[at : at + len(name)] == name for at, word in enumerate(words) for name in self._by_first.get(word, ())
        )


def words_of(text: str) -> Words:
    """The words of *text* in small letters, without accents."""
    plain = unicodedata.normalize("NFKD", text[:_MAX_TEXT].replace("'s", "").replace("\u2019s", "")).casefold()
    return tuple(_WORD.findall("".join(one for one in plain if not unicodedata.combining(one))))


def is_account(url: str) -> bool:
    """Whether the address is of somebody's account, of somebody's writings, or of a case in court."""
    cases = ((found[1].lower(), found[2].lower()) for found in _CASE_ADDRESS.finditer(url))
    is_named = ACCOUNT.match(url) is not None or _WRITTEN.match(url) is not None
    return is_named or any(not NOT_NAMES.issuperset(parties) for parties in cases)


def has_whole_name(url: str) -> bool:
    """Whether a part of the path has a given name with a family name behind it."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return False
    return any(_has_whole_name(part) for part in path[:_MAX_PATH].split("/"))


def names_writer(text: str, writers: Iterable[str]) -> bool:
    """Whether the address or the title of a source names a person who wrote it; newsrooms are none."""
    said = frozenset(words_of(unquote(text)))
    return any(said.intersection(_telling_words(writer)) for writer in writers)


def _telling_words(writer: str) -> Words:
    """The given and the family name of a person, as far as they are no words of English."""
    named = _WRITER.match(writer)
    words = words_of(named[0]) if named else ()
    if not 1 < len(words) <= _MAX_WORDS or words[-1] in THING_ENDS | ORGANISATIONS | NOT_NAMES:
        return ()
    if is_english(words[-1]) or not (is_given(words[0]) or words[0] in UNSURE):
        return ()
    return tuple(word for word in (words[0], words[-1]) if len(word) > _SHORTEST and not is_english(word))


def _has_whole_name(part: str) -> bool:
    """Words are written with capitals, so that names are found; hexadecimal numbers and short words tell nothing."""
    words = [word.capitalize() for word in _LETTERS.findall(part) if len(word) >= _SHORTEST]
    pairs = (name.words[:2] for name in names_in(" ".join(words)) if len(name.words) > 1)
    return any(is_given(given) and not (is_english(given) or is_english(family)) for given, family in pairs)


def withheld(source: str, drafts: Iterable[Draft], wholes: Mapping[str, Words]) -> Iterator[Draft | Finding]:
    """The drafts of a document without names of its parties in their sources, and what was found.

    Args:
        wholes: by upstream id, the whole names of an incident's parties that may be persons.
    """
    everybody = Names(name for names in wholes.values() for name in names)
    for draft in drafts:
        own = (words_of(name) for name in wholes.get(draft.upstream_id, ()))
        seen = _Seen(everybody, frozenset(words[0] for words in own if len(words) == 1))
        yield from _one(source, draft, seen)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Who is sought: *everybody* of the document, and of one incident its own parties of one word."""

    everybody: Names
    own: frozenset[str]

    def in_text(self, text: str) -> bool:
        return self.everybody.stand_in(text) or bool(self.own.intersection(words_of(unquote(text))))

    def in_address(self, url: str) -> bool:
        return is_account(url) or has_whole_name(url) or self.in_text(url)

    def masked(self, text: str) -> str:
        if not self.own:
            return text
        return _WORD.sub(lambda word: MASK if self.own.intersection(words_of(word[0])) else word[0], text)


def _one(source: str, draft: Draft, seen: _Seen) -> Iterator[Draft | Finding]:
    content, restricted = dict(draft.content), dict(draft.restricted)
    before = content.get("sources")
    sources = [one for one in before if isinstance(one, dict)] if isinstance(before, list) else []
    named = [one for one in sources if seen.in_address(str(one.get("url")))]
    kept: list[JsonValue] = [_without_title(one, seen) for one in sources if one not in named]
    if kept != sources:
        content["sources"] = kept
        yield Finding(source, draft.upstream_id, "PERSON_NAMED_IN_SOURCE", _MESSAGE, refused=False)
    if named:
        lines = ["Sources that the public part leaves out:", *(f"- {one.get('url')}" for one in named)]
        restricted["notes"] = "\n".join(lines)[:_MAX_TEXT]
    said = {name: value for name in ("title", "summary") if isinstance(value := content.get(name), str)}
    masked = {name: seen.masked(text) for name, text in said.items()}
    if masked != said:
        content |= masked
        restricted["narrative"] = "\n\n".join(said.values())[:_MAX_TEXT]
        yield Finding(source, draft.upstream_id, "PERSON_NAMED", _MASKED, refused=False, held=True)
    yield replace(draft, content=content, restricted=restricted, held=draft.held or masked != said)


def _without_title(source: dict[str, JsonValue], seen: _Seen) -> dict[str, JsonValue]:
    """*source*; without its title where that names somebody."""
    title = source.get("title")
    if isinstance(title, str) and (
        seen.in_text(title) or _HANDLE.search(title) or _CASE.search(title) or _names_channel(title, source.get("url"))
    ):
        return {name: value for name, value in source.items() if name != "title"}
    return source


def _names_channel(title: str, url: JsonValue) -> bool:
    return isinstance(url, str) and _CHANNELS.match(url) is not None and _CHANNEL.search(title) is not None
