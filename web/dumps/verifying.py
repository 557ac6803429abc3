"""Checking a dump that was taken along: the signature of its manifest, and the hash of every file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from registry.domain.dump.manifest import Manifest, read_manifest
from registry.domain.dump.shape import MANIFEST, SIGNATURE
from registry.domain.errors import Corrupt, NotFound
from registry.signing import PublicKey
from web.dumps.files import sum_of

_MANIFEST_BYTES = 32 << 20
_SIGNATURE_BYTES = 10_000


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found.

    Attributes:
        fingerprint: of the key that signed it.
        faults: what is wrong, one sentence each; none where all is as it was signed.
        missing: files that the manifest names and that are not there. ``unknown``: files that it does not name.
    """

    manifest: Manifest
    fingerprint: str
    files: int
    faults: tuple[str, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


def check(directory: Path, *, fingerprint: str | None = None) -> Checked:
    """Check the dump in *directory*; files that were not taken along are named and are no fault.

    Args:
        fingerprint: of the key of the node that made it, as its operator tells; without it the signature shows only
            that nothing was altered by somebody without the key that the manifest names.

    Raises:
        NotFound: there is no manifest, or no signature.
        Corrupt: one of them cannot be read.
    """
    body, signature = _read(directory / MANIFEST, _MANIFEST_BYTES), _read(directory / SIGNATURE, _SIGNATURE_BYTES)
    manifest = read_manifest(body)
    key = PublicKey(manifest.key)
    faults = []
    if fingerprint is not None and fingerprint != key.kid:
        faults.append(f"signed by the key {key.kid}, not by the one that you named")
    if not key.verify(body, signature.decode(errors="replace").strip()):
        faults.append(f"{SIGNATURE}: no signature of {MANIFEST} by the key that it names")
    missing = []
    for file in manifest.files:
        path = directory / file.name
        if not path.is_file():
            missing.append(file.name)
        elif sum_of(path) != (file.size, file.sha256):
            faults.append(f"{file.name}: not what was signed")
    named = {MANIFEST, SIGNATURE, *(file.name for file in manifest.files)}
    unknown = sorted(path.name for path in directory.iterdir() if path.name not in named)
    checked = len(manifest.files) - len(missing)
    return Checked(manifest, key.kid, checked, tuple(faults), tuple(missing), tuple(unknown))


def _read(path: Path, most: int) -> bytes:
    if not path.is_file():
        raise NotFound(f"there is no {path.name} in {path.parent}")
    if path.stat().st_size > most:
        raise Corrupt(f"{path.name} is larger than one can be")
    return path.read_bytes()
