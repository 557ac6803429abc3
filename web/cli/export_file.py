"""What an export is on disk: a file, and a manifest beside it. Neither is ever half there."""

from __future__ import annotations

import json
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from registry.client import Client
from registry.domain.actor import ANONYMOUS
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput, Problem, Unavailable, did_you_mean
from registry.domain.export.bundle import Sum, manifest_bytes, whole_manifest
from registry.domain.export.columns import Column, chosen
from registry.domain.export.writing import ExportFormat, written
from registry.domain.search import SearchSort
from registry.ports import Registry
from registry.service import export
from web.cli.output_file import manifest_path, place_of, replaced

_MANIFEST_BYTES = 1_000_000
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written. ``own``: what only the viewer sees."""

    query: str
    form: ExportFormat
    columns: tuple[Column, ...]
    named: tuple[str, ...]
    sort: SearchSort
    excel: bool
    own: bool

    @classmethod
    def read(cls, query: str, *, form: str, columns: str, sort: str, excel: bool, own: bool) -> Wanted:
        """What the options say.

        Raises:
            InvalidInput: a format, an order or a column that is none, or one that fits no other option.
        """
        problems = [
            Problem((option,), "UNKNOWN_TERM", f"choose of: {', '.join(known)}", did_you_mean(said, known))
            for option, said, known in (("format", form, list(ExportFormat)), ("sort", sort, list(SearchSort)))
            if said not in set(known)
        ]
        if (columns or excel) and form != ExportFormat.CSV:
            problems.append(Problem(("columns",), "INCONSISTENT", "only a CSV has columns, or is for Excel"))
        if problems:
            raise InvalidInput(problems)
        is_table = form == ExportFormat.CSV
        named = tuple(filter(None, (one.strip() for one in columns.split(","))))
        table = chosen(named) if is_table else ()
        return cls(query, ExportFormat(form), table, named, SearchSort(sort), excel, own)


def write_export(registry: Registry, target: Path, wanted: Wanted) -> dict[str, JsonValue]:
    """Write all public matches in the node at hand to *target*, in place of what is there; answer with the manifest.

    Raises:
        Misconfigured: *target* is a directory, or within the data directory.
        Unauthenticated: only a node that is asked over HTTP knows whose key it is.
        BadQuery, SearchUnavailable: as ``service.export.begin``.
    """
    place = place_of(target, data_dir=registry.settings.data_dir)
    found = export.begin(registry, ANONYMOUS, wanted.query, sort=wanted.sort, own=wanted.own)
    columns = tuple(column.name for column in wanted.columns)
    made = export.manifest(registry, found, text=wanted.query, form=wanted.form, columns=columns)
    total = Sum()
    with replaced(place) as file:
        pieces = written(found.rows, wanted.form, columns=wanted.columns, excel=wanted.excel)
        for piece in total.pass_on(pieces):
            file.write(piece)
        manifest_path(place).unlink(missing_ok=True)
    return _tell(place, whole_manifest(made, found.tally, total))


def fetch_export(url: str, key: str | None, target: Path, wanted: Wanted) -> dict[str, JsonValue]:
    """Take the export from the node at *url*, as ``write_export`` does.

    Raises:
        Misconfigured: *target* is a directory.
        Unavailable: it was broken off, or is not what its manifest says; what was at *target* stays.
        CommonsError: what the node raised.
    """
    place = place_of(target)
    with tempfile.TemporaryFile(dir=place.parent) as packed:
        with Client(url, key) as client:
            for piece in client.export_bundle(
                wanted.query,
                wanted.form,
                columns=wanted.named,
                sort=wanted.sort,
                excel=wanted.excel,
                own=wanted.own,
            ):
                packed.write(piece)
        try:
            with zipfile.ZipFile(packed) as bundle:
                manifest = _unpacked(bundle, place)
        except (zipfile.BadZipFile, KeyError, ValueError) as error:
            raise Unavailable("the export did not arrive whole; ask again") from error
    return _tell(place, manifest)


def _unpacked(bundle: zipfile.ZipFile, place: Path) -> dict[str, JsonValue]:
    """Put the file of *bundle* in its place, and answer with its manifest.

    Raises:
        BadZipFile: the file is not what the manifest says.
    """
    with bundle.open("manifest.json") as told:
        manifest = json.loads(told.read(_MANIFEST_BYTES))
    if not isinstance(manifest, dict):
        raise zipfile.BadZipFile
    total = Sum()
    with bundle.open(str(manifest["file"])) as data, replaced(place) as file:
        while piece := data.read(_PIECE):
            file.writelines(total.pass_on([piece]))
            if total.size > int(manifest["bytes"]):
                raise zipfile.BadZipFile
        if total.as_dict()["sha256"] != manifest["sha256"]:
            raise zipfile.BadZipFile
        manifest_path(place).unlink(missing_ok=True)
    return manifest


def _tell(place: Path, manifest: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The manifest beside the file, which it names."""
    told = manifest | {"file": place.name}
    with replaced(manifest_path(place)) as file:
        file.write(manifest_bytes(told))
    return told
