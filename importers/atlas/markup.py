"""ATLAS's Markdown as ours: links made absolute, and HTML that only shapes the text put into Markdown or left out.

What is quoted in a box becomes a block quotation; colours, raised text and line breaks go. Code stays as it is.
"""

from __future__ import annotations

import re

_RELATIVE_LINK = re.compile(r"\]\(/(?!/)")
_SHAPING = re.compile(
    r"(?P<code>```.*?```|`[^`\n]+`)"
    r"|[ \t]*<div style=\"[^\"<>]*\">(?P<box>.*?)</div>"
    r"|(?P<line></?br ?/?>)"
    r"|</?(?:span(?: style=\"[^\"<>]*\")?|sup)>",
    re.DOTALL,
)


def as_markdown(text: str, site: str) -> str:
    """*text* in plain Markdown; *site* is where its relative links begin."""
    return _RELATIVE_LINK.sub(f"]({site}/", _shaped(text)).strip()


def _shaped(text: str) -> str:
    return _SHAPING.sub(_replaced, text)


def _replaced(found: re.Match[str]) -> str:
    if found["code"] is not None:
        return found["code"]
    if found["box"] is None:
        return "\n" if found["line"] is not None else ""
    lines = _shaped(found["box"]).strip().splitlines()
    return "\n\n" + "\n".join(f"> {line.strip()}".rstrip() for line in lines) + "\n\n"
