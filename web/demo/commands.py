"""The commands to try next, for the shell."""

from __future__ import annotations


def next_commands(address: str, submitter_key: str, reviewer_key: str) -> str:
    """Lines to copy: submit, claim, approve, publish, search."""
    return f"{address} {submitter_key} {reviewer_key}"
