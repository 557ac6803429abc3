"""An export with its manifest and a note for whoever finds it, as one zip file that is made while it is sent."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, cast

from registry.domain.canonical import JsonValue
from registry.domain.export.manifest import NOTICE, Manifest, Tally

BUNDLE = "zip"
# Members bear the same time whenever they are made: the same rows make the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16
_README = """\
{registry}: {count} records

Query: {query}
In words: {words}
Taken on {day} from {base_url}.

{notice}

{file} holds the records, manifest.json what was asked, when, of what state of the registry, and how many rows are
under which licence. Each row bears its own licence and whom to name.
"""


@dataclass(slots=True)
class Sum:
    """Size and hash of what went by."""

    size: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def pass_on(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces, counted."""
        for piece in pieces:
            self.size += len(piece)
            self.digest.update(piece)
            yield piece

    def as_dict(self) -> dict[str, JsonValue]:
        """As JSON values."""
        return {"bytes": self.size, "sha256": self.digest.hexdigest()}


@dataclass(slots=True)
class _Taken:
    """A file that is written to and whose content is taken away again, piece by piece."""

    pieces: list[bytes] = field(default_factory=list)

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken = b"".join(self.pieces)
        self.pieces.clear()
        return taken


def file_name(manifest: Manifest) -> str:
    """What the file of an export is called."""
    return f"export.{manifest.form}"


def whole_manifest(manifest: Manifest, tally: Tally, total: Sum) -> dict[str, JsonValue]:
    """The manifest of a file that was written to its end."""
    return manifest.as_dict() | {"file": file_name(manifest)} | tally.as_dict() | total.as_dict()


def manifest_bytes(manifest: Mapping[str, JsonValue]) -> bytes:
    """A manifest as it stands in a file."""
    return json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n"


def bundled(manifest: Manifest, pieces: Iterable[bytes], tally: Tally) -> Iterator[bytes]:
    """The zip file, piece by piece."""
    taken, total = _Taken(), Sum()
    with zipfile.ZipFile(cast("IO[bytes]", taken), "w", zipfile.ZIP_DEFLATED) as packed:
        with packed.open(_member(file_name(manifest)), "w", force_zip64=True) as data:
            for piece in total.pass_on(pieces):
                data.write(piece)
                if taken.pieces:
                    yield taken.take()
        packed.writestr(_member("manifest.json"), manifest_bytes(whole_manifest(manifest, tally, total)))
        packed.writestr(_member("README.txt"), _readme(manifest))
        yield taken.take()
    yield taken.take()


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _NO_TIME)
    member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, _READABLE
    return member


def _readme(manifest: Manifest) -> str:
    return _README.format(
        registry=manifest.registry,
        count=manifest.count,
        query=" ".join(manifest.query.split()) or "everything",
        words=manifest.explanation or "every record",
        day=manifest.made_at.date().isoformat(),
        base_url=manifest.base_url,
        notice=NOTICE,
        file=file_name(manifest),
    )
