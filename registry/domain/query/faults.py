"""What cannot be read, and what would be read in its place."""

from __future__ import annotations


class Fault(Exception):
    """Something in the text cannot be read.

    Attributes:
        begin: the place it is told for, from 0.
        end: the place behind it.
        instead: what put there makes it readable; ``None`` where nothing does.
    """

    def __init__(self, message: str, begin: int, end: int, *, instead: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.begin = begin
        self.end = end
        self.instead = instead
