"""A source that the options of one import describe, beside those that are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from importers.catalog import bound, catalog, put_source
from importers.contract import Importer, Source
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.errors import InvalidInput, Problem
from registry.domain.source_form import source_problems
from registry.ports import Registry
from web.cli.import_files import files_at
from web.cli.import_run import Asked

_TABLE = "table"


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source that becomes known with its import."""

    row: Source

    def importer(self, registry: Registry, *, keep: bool) -> Importer:
        """Its importer, as operators want it; with *keep* it is known from now on.

        Raises:
            InvalidInput: with everything that is wrong with the source.
        """
        if keep:
            put_source(registry, LOCAL_OPERATOR, self.row)
            return bound(registry, LOCAL_OPERATOR, self.row.id)
        problems = source_problems(self.row)
        if problems:
            raise InvalidInput(problems)
        return catalog()[self.row.format].of(self.row)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whose data it is, as far as the options say it."""

    id: str | None
    title: str | None
    home: str | None
    licence: str | None
    attribution: str | None

    def of(self, row: Source) -> Source:
        """*row* with what was said; the rest stays."""
        return replace(
            row,
            id=self.id or row.id,
            title=self.title or row.title,
            home=self.home or row.home,
            licence=self.licence or row.licence,
            attribution=self.attribution or row.attribution,
        )


def require_fitting(source: str, asked: Asked, *, mapping: Path | None, as_id: str | None) -> None:
    """Refuse options that contradict one another.

    Raises:
        InvalidInput: with each of them.
    """
    problems = []
    if asked.since is not None and asked.given is not None:
        problems.append(Problem(("since",), "NOT_ALLOWED", "it is of the source's own addresses, not of --from"))
    if asked.is_part and asked.given is None:
        problems.append(Problem(("part",), "NOT_ALLOWED", "it is of --from"))
    if mapping is not None and source != _TABLE:
        problems.append(Problem(("mapping",), "NOT_ALLOWED", "it is of the format table"))
    if mapping is not None and (asked.given is None or asked.is_fetched):
        problems.append(Problem(("from",), "REQUIRED", "name the file with --from"))
    if as_id is not None and (source not in catalog() or not catalog()[source].is_format):
        formats = ", ".join(name for name, one in catalog().items() if one.is_format)
        problems.append(Problem(("as",), "NOT_ALLOWED", f"it is of formats that many issue: {formats}"))
    if problems:
        raise InvalidInput(problems)


def one_off(source: str, given: str | None, mapping: Path | None, publisher: Publisher) -> NewSource | None:
    """The source that the options describe; nothing where *source* names one that is known.

    Raises:
        InvalidInput: a format that many issue needs --as with --licence and --home, or a mapping.
    """
    if mapping is not None and given is not None:
        from web.cli.tables import mapped_source

        return NewSource(publisher.of(mapped_source(mapping, files_at(Path(given)))))
    known = catalog().get(source)
    if known is None or not known.is_format:
        if publisher != Publisher(None, None, None, None, None):
            raise InvalidInput([Problem(("as",), "NOT_ALLOWED", "whose data it is, is known already")])
        return None
    needed = {"as": publisher.id, "home": publisher.home, "licence": publisher.licence}
    missing = [name for name, value in needed.items() if not value]
    if missing:
        hint = f"such as: commons import {source} --as acme --home https://acme.example --licence CC-BY-4.0"
        raise InvalidInput([Problem((one,), "REQUIRED", "many issue this format", hint) for one in missing])
    name = publisher.title or publisher.id or ""
    base = replace(known.source, title=name, attribution=name, urls=(), hosts=frozenset())
    return NewSource(publisher.of(base))
