"""In which order records are stored: those that others refer to come first, as far as that is possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def targets_first(links: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Every id of *links* once, behind those it refers to; where ids refer to one another in a circle, one is first.

    The same for the same mapping in the same order. What an id refers to and is none of the ids is passed over.
    """
    ordered: dict[str, None] = {}
    begun: set[str] = set()
    for first in links:
        waiting = [first]
        while waiting:
            current = waiting[-1]
            if current in ordered:
                waiting.pop()
                continue
            ahead = [] if current in begun else [one for one in links[current] if one in links and one not in begun]
            begun.add(current)
            if not ahead:
                ordered[waiting.pop()] = None
            waiting.extend(reversed(ahead))
    return tuple(ordered)
