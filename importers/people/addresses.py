"""Addresses that name somebody by themselves: accounts, persons' own sites, and names in paths."""

from __future__ import annotations

import re
from functools import lru_cache

from importers.people.lists import KNOWN_ALONE, NOT_NAMES, OWN_SITES, SURNAME_WORDS
from importers.people.names import FAMILIES, is_given
from importers.people.things import is_thing
from importers.people.words import is_english
from registry.domain.screening.given_names import GIVEN

# Addresses that say whose account something stands in.
ACCOUNT = re.compile(
    r"https?://(?:[\w-]+\.)?(?:(?:twitter|x)\.com/(?!i/)\w+/status|medium\.com/@|tiktok\.com/@|youtube\.com/@|"
    r"threads\.(?:net|com)/@|linkedin\.com/(?:in|posts)/|facebook\.com/[\w.]+/posts|reddit\.com/u(?:ser)?/|"
    r"instagram\.com/(?!p/|reel/)\w|bsky\.app/profile/)",
    re.IGNORECASE,
)
_SHORTEST = 4
_PATH_WORD = re.compile(r"[^\W\d_]+")
_PATH_FAMILIES = (FAMILIES | SURNAME_WORDS) - GIVEN
_SHORTEST_JOINED, _LONGEST_LABEL = 8, 63
# Words that begin like a given name, as in theatlantic and christiantoday.
_NO_GIVEN = ("the", "christ")
# Words in the path of an address behind which the name of a person stands; ``of`` comes between in the second.
_SAID_BEFORE = frozenset({"streamer", "tiktoker", "youtube", "youtuber"})
_SAID_OF = frozenset({"arrest", "death", "killing", "murder", "suicide", "voice", "widow"})


def names_somebody(address: str) -> bool:
    """Whether an address, folded and with its escapes read, names a person without anything else being known."""
    host, _, path = address.partition("://")[2].partition("/")
    return ACCOUNT.match(address) is not None or _is_own_site(host) or _is_in_path(path)


def _is_own_site(host: str) -> bool:
    """Whether a folded host is that of one person's own writings: listed, or a given and a family name in one word."""
    return host.removeprefix("www.") in OWN_SITES or any(_is_joined_name(one) for one in host.split(".")[:-1])


@lru_cache(maxsize=4096)
def _is_joined_name(label: str) -> bool:
    if not _SHORTEST_JOINED <= len(label) <= _LONGEST_LABEL or not label.isalpha() or label.startswith(_NO_GIVEN):
        return "-" in label and len(label) <= _LONGEST_LABEL and _is_in_path(label)
    if _is_of_words(label):
        return False
    for end in range(3, len(label) - 3):
        given, family = label[:end], label[end:]
        # An initial may stand between the two.
        if is_given(given) and (family in _PATH_FAMILIES or (len(family) > _SHORTEST and family[1:] in _PATH_FAMILIES)):
            return True
        if is_given(given) and end > 3 and not _is_of_words(family):
            return True
    return False


def _is_of_words(label: str) -> bool:
    """Whether words that are no names, of three letters or more, make up *label*."""
    ends = [0]
    for end in range(3, len(label) + 1):
        if any(end - start >= 3 and _is_word(label[start:end]) for start in ends):
            ends.append(end)
    return ends[-1] == len(label)


def _is_word(word: str) -> bool:
    return word in NOT_NAMES or is_english(word)


def _is_in_path(path: str) -> bool:
    """Whether a folded path names somebody: one known to all, a given and a family name, or a name behind a role."""
    words = _PATH_WORD.findall(path)
    for at, word in enumerate(words):
        if word in KNOWN_ALONE or word.removesuffix("s") in KNOWN_ALONE:
            return True
        following = words[at + 1] if at + 1 < len(words) else ""
        if is_given(word) and following in _PATH_FAMILIES and not is_thing(words[at : at + 3]):
            return True
        if word in _SAID_BEFORE or (following == "of" and word in _SAID_OF):
            behind = words[at + 1 + (word in _SAID_OF) : at + 2 + (word in _SAID_OF)]
            if behind and len(behind[0]) >= _SHORTEST and not _is_word(behind[0]):
                return True
    return False
