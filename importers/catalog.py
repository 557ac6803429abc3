"""The importers there are, found by looking into ``importers/sources``; no list is kept by hand."""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from importers import sources
from importers.contract import Importer
from registry.domain.actor import Actor
from registry.domain.errors import InvalidInput, Misconfigured, NotFound, Problem, did_you_mean
from registry.domain.importing import Source
from registry.domain.source_form import source_problems
from registry.ports import Registry
from registry.service import importing


@cache
def catalog() -> MappingProxyType[str, Importer]:
    """Every importer by its id, in alphabetical order.

    Raises:
        Misconfigured: a module there holds no ``IMPORTER``, or its format is not the name of the module.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(sources.__path__))
    return MappingProxyType({name: _load(name) for name in names})


def built_in() -> Mapping[str, Source]:
    """The sources that come with the software, by id; of a format that many issue there is none."""
    return {one.source.id: one.source for one in catalog().values() if not one.is_format}


def find(source: str, rows: Iterable[Source] = ()) -> Importer:
    """The importer of this source: built in, or of a format that one of *rows* is issued in.

    Raises:
        NotFound: there is none; the message lists those there are.
        Misconfigured: the row's format is gone from this version.
    """
    known, added = catalog(), {row.id: row for row in rows}
    if source in added:
        row = added[source]
        if row.format not in known:
            raise Misconfigured(f"the source {row.id} is of a format that this version does not read")
        return known[row.format].of(row)
    built_in = {one.source.id: one for one in known.values()} | known
    if source in built_in:
        return built_in[source]
    names = sorted({*(one.source.id for one in known.values()), *added})
    nearest = difflib.get_close_matches(source[:80].lower(), names, n=1)
    hint = f"did you mean {nearest[0]}?" if nearest else None
    raise NotFound(f"there is no such source; there are: {', '.join(names)}", path=("source",), hint=hint)


def bound(registry: Registry, actor: Actor, source: str) -> Importer:
    """The importer of this source as operators of this node want it: with their trust and their schedule.

    Raises:
        Forbidden: *actor* lacks ``source:read``.
        NotFound, Misconfigured: as ``find``.
    """
    importer = find(source, importing.sources(registry, actor))
    state = importing.state_of(registry, actor, importer.source.id)
    return importer.of(state.of(importer.source))


def everything(registry: Registry, actor: Actor) -> tuple[Importer, ...]:
    """Every source that can be run, by id, as operators want it: those built in, and those added.

    Formats that many issue are none themselves; a row whose format is gone is left out.

    Raises:
        Forbidden: *actor* lacks ``source:read``.
    """
    rows = importing.sources(registry, actor)
    states = importing.states(registry, actor)
    known = catalog()
    found = {one.source.id: one for one in known.values() if not one.is_format}
    found |= {row.id: known[row.format].of(row) for row in rows if row.format in known}
    asked = {name: states.get(name) for name in sorted(found)}
    return tuple(
        found[name] if state is None else found[name].of(state.of(found[name].source)) for name, state in asked.items()
    )


def put_source(registry: Registry, actor: Actor, row: Source) -> Source:
    """Add a source of a format that many issue, or change it.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
        InvalidInput: the format is none, the id is that of a source built in, or as ``importing.put_source``.
    """
    known = catalog()
    problems = []
    if row.format not in known or not known[row.format].is_format:
        formats = [name for name, one in known.items() if one.is_format]
        message = f"there is no such format; there are: {', '.join(formats)}"
        problems.append(Problem(("format",), "UNKNOWN_TERM", message, did_you_mean(row.format, formats)))
    if row.id in known or any(row.id == one.source.id for one in known.values()):
        problems.append(Problem(("id",), "ALREADY_EXISTS", "a source or a format that is built in has this id"))
    if problems:
        raise InvalidInput([*problems, *source_problems(row)])
    return importing.put_source(registry, actor, row)


def _load(name: str) -> Importer:
    importer = getattr(import_module(f"{sources.__name__}.{name}"), "IMPORTER", None)
    if not isinstance(importer, Importer) or importer.id != name:
        raise Misconfigured(f"importers/sources/{name}.py must define IMPORTER with the format {name}")
    return importer
