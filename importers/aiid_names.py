"""Names of persons that the AI Incident Database has as parties, sought in all incidents of a document.

``importers.people`` masks what it takes for names, and what a draft tells it to seek. What it cannot know is found
here: a party of one incident in the address or headline of a source of another, and names of one word, such as those
that people go by online, in the incident whose party they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote

from importers.contract import Draft
from registry.domain.canonical import JsonValue
from registry.domain.finding import Finding

MASK = "[name withheld]"
_WORD = re.compile(r"[^\W_]+")
_MAX_WORDS = 8
_MAX_TEXT = 20_000
_MESSAGE = "sources: an address or a title names a party that may be a person; left out of the public part"
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


def withheld(source: str, drafts: Iterable[Draft], wholes: Mapping[str, tuple[str, ...]]) -> Iterator[Draft | Finding]:
    """The drafts of a document without names of its parties in their sources, and what was found.

    Args:
        wholes: by upstream id, the whole names of an incident's parties that may be persons.
    """
    everybody = Names(name for names in wholes.values() for name in names)
    for draft in drafts:
        own = {words[0] for name in wholes.get(draft.upstream_id, ()) if len(words := words_of(name)) == 1}
        yield from _one(source, draft, everybody, own)


def _one(source_id: str, draft: Draft, everybody: Names, own: set[str]) -> Iterator[Draft | Finding]:
    def is_named(value: JsonValue) -> bool:
        if not isinstance(value, str):
            return False
        return everybody.stand_in(value) or bool(own.intersection(words_of(unquote(value))))

    content, restricted = dict(draft.content), dict(draft.restricted)
    sources = content.get("sources")
    kept: list[JsonValue] = []
    notes = []
    is_less = False
    for source in sources if isinstance(sources, list) else []:
        if not isinstance(source, dict):
            continue
        if is_named(source.get("url")):
            notes.append(f"- {source.get('url')}")
        elif is_named(source.get("title")):
            kept.append({name: value for name, value in source.items() if name != "title"})
            is_less = True
        else:
            kept.append(source)
    if notes or is_less:
        content["sources"] = kept
        yield Finding(source_id, draft.upstream_id, "PERSON_NAMED_IN_SOURCE", _MESSAGE, False)
    if notes:
        restricted["notes"] = "\n".join(["Sources that the public part leaves out:", *notes])[:_MAX_TEXT]
    said = {name: value for name in ("title", "summary") if isinstance(value := content.get(name), str)}
    masked = {name: _masked(text, own) for name, text in said.items()}
    is_held = masked != said
    if is_held:
        content |= masked
        restricted["narrative"] = "\n\n".join(said.values())[:_MAX_TEXT]
        yield Finding(source_id, draft.upstream_id, "PERSON_NAMED", _MASKED, False, held=True)
    yield replace(draft, content=content, restricted=restricted, held=draft.held or is_held)


def _masked(text: str, own: set[str]) -> str:
    return _WORD.sub(lambda word: MASK if own.intersection(words_of(word[0])) else word[0], text) if own else text
