"""Web addresses as programs of others take them."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

# What stands for itself in each part, by RFC 3986.
_SEGMENTS = "/:@!$&'()*+,;=~%"
_FURTHER = _SEGMENTS + "?"
_AUTHORITY = "[]:!$&'()*+,;=~%"
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")


def uri_of(url: str) -> str:
    """A web address as a URI by RFC 3986: what may not stand in one is written by its bytes, and names of hosts in the
    letters of the whole world as the name system has them."""
    parts = urlsplit(url)
    said = f"{parts.scheme}://{_escaped(_host(parts.netloc), _AUTHORITY)}{_escaped(parts.path, _SEGMENTS)}"
    query = f"?{_escaped(parts.query, _FURTHER)}" if parts.query else ""
    return said + query + (f"#{_escaped(parts.fragment, _FURTHER)}" if parts.fragment else "")


def _host(netloc: str) -> str:
    if netloc.isascii():
        return netloc
    try:
        return netloc.encode("idna").decode()
    except UnicodeError:
        return netloc


def _escaped(text: str, safe: str) -> str:
    return quote(_STRAY.sub("%25", text), safe=safe, errors="replace")
