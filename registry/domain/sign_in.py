"""Rules of signing in: where one may be sent afterwards, and how refused attempts are counted."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import unquote

HOME = "/me"
BUCKETS = 256

# No empty segment and no backslash: browsers read such paths as another host.
_PATH = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@%-]+/?)*")
_QUERY = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")
_MAX_PATH = 500


def own_path(text: str) -> str:
    """*text* if it is a path of this node, else where one starts: nobody is sent elsewhere by a link to us."""
    path, mark, query = text.partition("?")
    plain = unquote(unquote(path))
    is_own = (
        len(text) <= _MAX_PATH
        and _PATH.fullmatch(path) is not None
        and _QUERY.fullmatch(query) is not None
        and "//" not in plain
        and plain.isprintable()
        and not set(plain) & set("\\?#")
    )
    return path + mark + query if is_own else HOME


def hour_of(at: datetime) -> int:
    """The hour in which refused attempts are counted together."""
    return int(at.timestamp()) // 3600


def is_told(count: int) -> bool:
    """Whether the attempt that made *count* is told of in an event: the first, second, fourth, eighth and so on.

    Ten thousand attempts are fourteen events an hour; the last one says how many there were.
    """
    return count & (count - 1) == 0
