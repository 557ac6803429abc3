"""Untrusted text within Markdown that we write: it can be read as it was, and marks nothing up."""

from __future__ import annotations

import re
from itertools import pairwise

# Whatever opens emphasis, code, links, images, HTML, entities, tables, headings, quotes or formulas.
_MARKUP = re.compile(r"[\\`*_\[\]<>&|~#$!^]")
# What makes a list, a heading's underline, a rule or a definition of a line that begins with it.
_LINE_START = re.compile(r"^(?:([-+=:])|(\d{1,9})([.)]))")
# What readers of Markdown make links of by themselves.
_LINK = re.compile(r"(?<=[A-Za-z]):(?=//)|(?<=[Ww]{3})\.|@|(?i:(?<=mailto)|(?<=xmpp)):")


def escaped(text: str) -> str:
    """*text* on one line, fit to stand anywhere within a line of Markdown or at its beginning."""
    line = " ".join(text.split())
    line = _MARKUP.sub(r"\\\g<0>", line)
    line = _LINK.sub(r"\\\g<0>", line)
    return _LINE_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", line)


def quoted(text: str) -> str:
    """*text* as a quotation, line by line; an empty line parts paragraphs."""
    lines = [escaped(line) for line in text.splitlines()]
    pairs = pairwise([*lines, ""])
    return "\n".join(f"> {line}\\" if line and below else f"> {line}".rstrip() for line, below in pairs)
