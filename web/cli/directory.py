"""Data directories: making a new one whole or not at all, and opening the node in one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from registry.domain.errors import AlreadyExists, Corrupt, NotFound
from registry.ports import Registry
from registry.settings import FILE_NAME, Settings, load


@contextmanager
def new_directory(target: Path) -> Iterator[Path]:
    """An empty directory, mode 0700, whose content stands at *target* once the block ends without an error.

    Raises:
        AlreadyExists: *target* is a file, or a directory with something in it.
    """
    if target.exists() and not is_empty(target):
        what = "is not empty" if target.is_dir() else "is a file"
        raise AlreadyExists(f"{target} {what}", hint="name a new or an empty directory")
    target.parent.mkdir(parents=True, exist_ok=True)
    # An empty directory that is there already may be a mount, which nothing can be renamed to.
    place = target if target.exists() else target.parent
    making = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=place))
    try:
        yield making
        _put_in_place(making, target)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def is_empty(path: Path) -> bool:
    """Whether *path* is a directory with nothing in it."""
    return path.is_dir() and not any(path.iterdir())


def settings_of(data_dir: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the node in *data_dir*, which has a store.

    Raises:
        NotFound: there is no node.
        Corrupt: its store is missing.
        Misconfigured: a setting is bad.
    """
    from registry.storage.migrations.upgrade import stored_revision

    settings = found_settings(data_dir, environ)
    if stored_revision(settings.database_path) is None:
        raise Corrupt("the store of this node is missing or empty", hint="restore a backup with: commons restore")
    return settings


def found_settings(data_dir: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the node in *data_dir*, whatever the version of its tables.

    Raises:
        NotFound: there is no node.
        Misconfigured: a setting is bad.
    """
    place = data_dir.expanduser().resolve()
    if not (place / FILE_NAME).exists():
        raise NotFound(f"there is no node in {data_dir}", hint="make one with: commons init, or name its --data-dir")
    return load(place, environ)


@contextmanager
def opened(data_dir: Path) -> Iterator[Registry]:
    """The registry over *data_dir*, closed at the end.

    Raises:
        NotFound, Corrupt, Misconfigured: as ``settings_of``.
    """
    with opened_with(settings_of(data_dir, os.environ)) as registry:
        yield registry


@contextmanager
def opened_with(settings: Settings) -> Iterator[Registry]:
    """The registry of *settings*, closed at the end."""
    from registry.bootstrap import close_registry, open_registry
    from web.cli.built_in import with_sources

    registry = with_sources(open_registry(settings))
    try:
        yield registry
    finally:
        close_registry(registry)


def _put_in_place(making: Path, target: Path) -> None:
    for path in making.rglob("*"):
        _sync(path)
    if making.parent == target:
        for child in making.iterdir():
            child.rename(target / child.name)
        target.chmod(0o700)
        _sync(target)
    else:
        making.rename(target)
        _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
