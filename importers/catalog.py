"""The importers there are, found by looking into ``importers/sources``; no list is kept by hand."""

from __future__ import annotations

import difflib
import pkgutil
from functools import cache
from importlib import import_module
from types import MappingProxyType

from importers import sources
from importers.contract import Importer
from registry.domain.errors import Misconfigured, NotFound


@cache
def catalog() -> MappingProxyType[str, Importer]:
    """Every importer by its id, in alphabetical order.

    Raises:
        Misconfigured: a module there holds no ``IMPORTER``, or its format is not the name of the module.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(sources.__path__))
    return MappingProxyType({name: _load(name) for name in names})


def find(source: str) -> Importer:
    """The importer of this id.

    Raises:
        NotFound: there is none; the message lists those there are.
    """
    known = catalog()
    if source in known:
        return known[source]
    nearest = difflib.get_close_matches(source[:80].lower(), known, n=1)
    hint = f"did you mean {nearest[0]}?" if nearest else None
    raise NotFound(f"there is no such source; there are: {', '.join(known)}", path=("source",), hint=hint)


def _load(name: str) -> Importer:
    importer = getattr(import_module(f"{sources.__name__}.{name}"), "IMPORTER", None)
    if not isinstance(importer, Importer) or importer.id != name:
        raise Misconfigured(f"importers/sources/{name}.py must define IMPORTER with the format {name}")
    return importer
