"""Cutting a text that is too long for its place: everywhere alike."""

from __future__ import annotations

ELLIPSIS = "…"


def shortened(text: str, longest: int) -> str:
    """*text*, or its beginning with an ellipsis, at most *longest* characters with that. It ends behind a whole word,
    unless less than half of that would be left."""
    if len(text) <= longest:
        return text
    fitting = text[:longest]
    at = max(fitting.rfind(" "), fitting.rfind("\n"))
    return fitting[: at if 2 * at > longest else longest - 1].rstrip() + ELLIPSIS
