"""Prints the schema, or writes it to a file: ``python -m schema.sdl [path]``."""

from __future__ import annotations

import sys
from pathlib import Path

from schema.root import build_schema


def main(arguments: list[str]) -> None:
    """Write to the file named first, or to standard output."""
    if arguments:
        Path(arguments[0]).write_text(build_schema().sdl, encoding="utf-8")
    else:
        sys.stdout.write(build_schema().sdl)


if __name__ == "__main__":
    main(sys.argv[1:])
