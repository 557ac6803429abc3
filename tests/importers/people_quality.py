"""How well the rule on people finds names in the publishers' real files, and what it costs.

python -m tests.importers.people_quality FOLDER [--sample N]

Prints for each source how many names were found, with each of them, for a person to judge; with ``--sample`` so many
texts in which nothing was found, chosen with a fixed seed, to be read for what was missed.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from importers.people.names import names_in
from registry.domain.screening.plain import plain

_SHORTEST = 3
_SEED = 20261121


def atlas_texts(folder: Path) -> Iterator[str]:
    """Every text of the newest release."""
    release = max((folder / "atlas").glob("*.yaml"))
    yield from _texts(yaml.load(release.read_bytes(), Loader=yaml.CSafeLoader), without=("actor", "reporter"))


def avid_texts(folder: Path) -> Iterator[str]:
    """Every text of reports and vulnerabilities but the credits."""
    for file in sorted((folder / "avid").rglob("*.json")):
        yield from _texts(json.loads(file.read_text(encoding="utf-8")), without=("credit", "url"))


def aiid_texts(folder: Path) -> Iterator[str]:
    """Titles of incidents and of their reports."""
    for one in json.loads((folder / "aiid" / "incidents-1.json").read_text(encoding="utf-8"))["data"]["incidents"]:
        yield from (one["title"], *(report["title"] or "" for report in one["reports"]))


SOURCES = {"atlas": atlas_texts, "avid": avid_texts, "aiid": aiid_texts}


def found_in(texts: list[str]) -> Counter[str]:
    """Each name that is found, and how often."""
    plains = (plain(text).text for text in texts)
    return Counter(text[one.start : one.end] for text in plains for one in names_in(text))


def _texts(value: Any, without: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in without:
                yield from _texts(inner, without)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, without)
    elif isinstance(value, str) and len(value) >= _SHORTEST:
        yield value


def main() -> None:
    """Print what was found, source by source."""
    folder = Path(sys.argv[1])
    count = int(sys.argv[sys.argv.index("--sample") + 1]) if "--sample" in sys.argv else 0
    for source, read in SOURCES.items():
        texts = list(read(folder))
        started = time.process_time()
        found = found_in(texts)
        spent = time.process_time() - started
        size = sum(map(len, texts))
        each = spent / max(size, 1) * 1024 * 1000
        sys.stdout.write(f"\n{source}: {len(texts)} texts, {found.total()} found, {each:.3f} ms for 1 KB\n")
        sys.stdout.writelines(f"  {times:4} {name}\n" for name, times in sorted(found.items()))
        silent = sorted({text for text in texts if not found_in([text])}) if count else []
        chosen = random.Random(_SEED).sample(silent, min(count, len(silent)))
        sys.stdout.writelines(f"  - {' '.join(text.split())[:600]}\n" for text in chosen)


if __name__ == "__main__":
    main()
