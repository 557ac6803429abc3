"""What a backup is: a directory with the store, the settings, perhaps the key, and a manifest of their hashes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from registry import signing
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.canonical import JsonValue
from registry.domain.errors import Conflict, Corrupt, Misconfigured, NotFound
from registry.ports import Registry
from registry.service.federation.rotating import have_signed_anew
from registry.service.node import after_restore
from registry.settings import FILE_NAME, Settings, load
from registry.storage.erasures import ErasureFile
from registry.storage.migrations.upgrade import upgrade
from web.cli.directory import new_directory, opened_with
from web.cli.founding import start_erasures

MANIFEST = "manifest.json"
FORMAT = "incident-commons backup 1"
_STORE, _KEY = "registry.db", "node.key"
_FILES = {_STORE, FILE_NAME, _KEY}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: file name → SHA-256, hexadecimal. ``erasures`` is where the node kept its erasures."""

    node_name: str
    made_at: str
    erasures: str
    files: dict[str, str]

    def as_dict(self) -> dict[str, JsonValue]:
        """The manifest as JSON values."""
        return {
            "format": FORMAT,
            "node_name": self.node_name,
            "made_at": self.made_at,
            "erasures": self.erasures,
            "files": self.files,
        }


@dataclass(frozen=True, slots=True)
class Restored:
    """A node made of a backup. ``has_new_key``: neither the backup nor the caller had the old one."""

    data_dir: Path
    erased_again: int
    fingerprint: str
    has_new_key: bool


def write_backup(registry: Registry, target: Path, *, with_key: bool) -> Manifest:
    """Write a backup to the directory *target*, whole or not at all, while others read and write.

    Raises:
        AlreadyExists: *target* is not empty.
        Misconfigured: *target* is within the data directory.
        Conflict: the key was changed meanwhile.
        StoreUnavailable: the copy could not be written.
    """
    settings = registry.settings
    place = target.expanduser().resolve()
    if place.is_relative_to(settings.data_dir):
        raise Misconfigured("a backup must lie outside the data directory")
    with new_directory(place) as making:
        key = settings.node_key_path.read_bytes() if with_key else b""
        registry.storage.backup(making / _STORE)
        shutil.copyfile(settings.data_dir / FILE_NAME, making / FILE_NAME)
        if with_key:
            _copy_secret(settings.node_key_path, making / _KEY)
            if (making / _KEY).read_bytes() != key:
                # The store would tell of another key than the file beside it.
                raise Conflict("the node's key was changed meanwhile", hint="make the backup again")
        files = {path.name: _hash(path) for path in sorted(making.iterdir())}
        made_at = registry.clock.now().isoformat()
        manifest = Manifest(settings.node_name, made_at, str(settings.erasures_path), files)
        (making / MANIFEST).write_text(json.dumps(manifest.as_dict(), indent=2) + "\n", encoding="utf-8")
    return manifest


def restore_backup(
    source: Path, data_dir: Path, *, erasures: Path | None, apply_erasures: bool, node_key: Path | None
) -> Restored:
    """Make a node of a backup in the new directory *data_dir*, whole or not at all.

    Args:
        erasures: the file of erasures, where it is neither at the new node's place for it nor at the old one's.

    Raises:
        NotFound: *source* is no backup, or the file of erasures or the key is missing.
        Corrupt: a file of the backup does not fit its hash.
        AlreadyExists: *data_dir* is not empty.
        Misconfigured: a setting in the backup is bad, or it was written by a newer version.
    """
    manifest = _read_manifest(source)
    place = data_dir.expanduser().resolve()
    with new_directory(place) as making:
        for name, expected in manifest.files.items():
            _copy_secret(source / name, making / name)
            if _hash(making / name) != expected:
                raise Corrupt(f"{name} does not fit its hash in the manifest of the backup")
        settings = load(making, dict(os.environ))
        final = settings.model_copy(update={"data_dir": place})
        known = _known_erasures(final, manifest, erasures) if apply_erasures else []
        key, is_new = _take_key(settings, node_key)
        upgrade(settings.database_path)
        start_erasures(final)
        for path in known:
            _carry_over(path, final.erasures_path)
        with opened_with(settings.model_copy(update={"erasures": final.erasures_path})) as registry:
            count = after_restore(registry, LOCAL_OPERATOR, apply_erasures=apply_erasures)
            if is_new:
                have_signed_anew(registry, LOCAL_OPERATOR)
        shutil.rmtree(settings.index_dir, ignore_errors=True)
    return Restored(place, count, key.fingerprint, is_new)


def _read_manifest(source: Path) -> Manifest:
    try:
        body = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"there is no backup in {source}", hint="name a directory that `commons backup` wrote") from None
    except ValueError:
        raise Corrupt("the manifest of the backup cannot be read") from None
    files = body.get("files") if isinstance(body, dict) and body.get("format") == FORMAT else None
    if not isinstance(files, dict) or not {_STORE, FILE_NAME} <= set(files) <= _FILES:
        raise Corrupt("the manifest of the backup is not of a form this version knows")
    missing = [name for name in files if not (source / name).is_file()]
    if missing:
        raise Corrupt(f"files of the backup are missing: {', '.join(missing)}")
    return Manifest(str(body.get("node_name")), str(body.get("made_at")), str(body.get("erasures")), files)


def _known_erasures(final: Settings, manifest: Manifest, given: Path | None) -> list[Path]:
    """The files that tell what was erased: the one named, or those at the new node's place and at the old one's."""
    places = [given] if given else [final.erasures_path, Path(manifest.erasures)]
    found = [path for path in places if path.is_file()]
    if not found:
        raise NotFound(
            f"the file of erasures {places[0]} is missing",
            hint="name it with --erasures; with --no-erasures what was erased since the backup comes back",
        )
    return found


def _take_key(settings: Settings, node_key: Path | None) -> tuple[signing.NodeKey, bool]:
    """The node's key: the one given, the backup's, or a new one (which the second value tells)."""
    if node_key is not None:
        settings.node_key_path.unlink(missing_ok=True)
        _copy_secret(node_key, settings.node_key_path)
    if settings.node_key_path.exists():
        return signing.load(settings.node_key_path), False
    return signing.create(settings.node_key_path), True


def _carry_over(used: Path, final: Path) -> None:
    """Have the new node remember every erasure that was applied to it."""
    if used.resolve() == final.resolve():
        return
    if final.stat().st_size == 0:
        shutil.copyfile(used, final)
        return
    memory = ErasureFile(final)
    present = set(memory.uids())
    for uid in ErasureFile(used).uids():
        if uid not in present:
            memory.append(uid, datetime.now(UTC))


def _copy_secret(source: Path, target: Path) -> None:
    """Copy a file so that only its owner may read it."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as read, os.fdopen(descriptor, "wb") as write:
        shutil.copyfileobj(read, write, 1024 * 1024)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
