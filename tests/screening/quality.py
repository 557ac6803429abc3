"""How well screening finds what it should: precision and recall on the labelled texts.

python -m tests.screening.quality [--misses]
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from registry.domain.screening.finding import Code, Sort
from registry.domain.screening.text import matches_in

LABELLED = Path(__file__).parent / "labelled"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text, and the codes that a right screening gives."""

    group: str
    text: str
    expect: frozenset[Code]
    sort: Sort
    public: bool
    note: str

    @property
    def found(self) -> frozenset[Code]:
        """The codes that screening gives."""
        return frozenset(one.code for one in matches_in(self.text, self.sort, public=self.public))


@dataclass(frozen=True, slots=True)
class Score:
    """How often screening was right about one code."""

    right: int
    missed: int
    wrong: int

    @property
    def precision(self) -> float:
        """The share of what was found that is there."""
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        """The share of what is there that was found."""
        return self.right / max(self.right + self.missed, 1)


def labelled() -> tuple[Labelled, ...]:
    """Every text of every file."""
    return tuple(one for path in sorted(LABELLED.glob("*.jsonl")) for one in _of_file(path))


def scores(texts: Iterable[Labelled]) -> dict[Code | None, Score]:
    """The score of each code, and under ``None`` of all together."""
    right: Counter[Code] = Counter()
    missed: Counter[Code] = Counter()
    wrong: Counter[Code] = Counter()
    for one in texts:
        found = one.found
        right.update(found & one.expect)
        missed.update(one.expect - found)
        wrong.update(found - one.expect)
    each: dict[Code | None, Score] = {code: Score(right[code], missed[code], wrong[code]) for code in Code}
    each[None] = Score(right.total(), missed.total(), wrong.total())
    return each


def _of_file(path: Path) -> Iterator[Labelled]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            said = json.loads(line)
            yield Labelled(
                group=path.name[0],
                text=said["text"] if "text" in said else "".join(said["parts"]),
                expect=frozenset(map(Code, said["expect"])),
                sort=Sort(said.get("field", "text")),
                public=said.get("part", "public") == "public",
                note=said.get("note", ""),
            )


def main() -> None:
    """Print the table for each group and for both, and what was missed or found wrongly if asked."""
    texts = labelled()
    for group in (*sorted({one.group for one in texts}), None):
        chosen = [one for one in texts if group in {None, one.group}]
        positives = sum(bool(one.expect) for one in chosen)
        sys.stdout.write(f"\n{group or 'all'}: {positives} positives, {len(chosen) - positives} negatives\n")
        for code, score in scores(chosen).items():
            counts = f"right {score.right:3} missed {score.missed:3} wrong {score.wrong:3}"
            sys.stdout.write(
                f"  {code or 'ALL':24} precision {score.precision:.3f} recall {score.recall:.3f}  {counts}\n"
            )
    if "--misses" in sys.argv:
        for one in texts:
            if one.found != one.expect:
                told = f"missed {sorted(one.expect - one.found)} wrong {sorted(one.found - one.expect)}"
                sys.stdout.write(f"{one.group} {told}: {one.note}: {one.text[:160]!r}\n")


if __name__ == "__main__":
    main()
