"""The fenced blocks of a Markdown document, with what HTML comments before them ask for.

<!-- expect: CODE -->    the block is refused, and its answer names this code
<!-- as: submitter -->   who sends a graphql block: submitter, reviewer, or nobody where nothing is said
<!-- run -->             in README.md only blocks marked so are run
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENTS = re.compile(r"((?:<!--[^>]*-->\s*)+)\Z")
_COMMENT = re.compile(r"<!--\s*([a-z]+)(?::\s*(.*?))?\s*-->")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block. ``line`` is where it begins; ``asked`` holds the comments before it."""

    language: str
    text: str
    line: int
    asked: dict[str, str]


def documents() -> list[Path]:
    """The documents whose examples are run."""
    return [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


def every_markdown_file() -> list[Path]:
    """Every Markdown file of the project that people read."""
    return sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def blocks(document: Path) -> Iterator[Block]:
    """The fenced blocks of *document*, in order."""
    text = document.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        before = _COMMENTS.search(text[: found.start()])
        asked = {name: value or "" for name, value in _COMMENT.findall(before[1])} if before else {}
        yield Block(found[1], found[2], text.count("\n", 0, found.start()) + 1, asked)


def without_blocks(document: Path) -> str:
    """The text of *document* outside its fenced blocks."""
    return _FENCE.sub("", document.read_text(encoding="utf-8"))
