"""The files of dumps on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from registry.domain.dump.made import NAME
from registry.domain.errors import StoreUnavailable


class DumpDirectory:
    """``ports.DumpFiles``: a directory a dump, in one that need not exist."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> frozenset[str]:
        """See the port."""
        if not self._path.is_dir():
            return frozenset()
        return frozenset(one.name for one in self._path.iterdir() if NAME.fullmatch(one.name))

    def remove(self, name: str) -> None:
        """See the port."""
        try:
            shutil.rmtree(self._path / name)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreUnavailable(f"a dump that had to go cannot be deleted: {error.strerror}") from error
