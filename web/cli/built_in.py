"""The one place where a node that is opened is told which sources come with the software."""

from __future__ import annotations

from dataclasses import replace

from importers.catalog import built_in
from registry.ports import Registry


def with_sources(registry: Registry) -> Registry:
    """*registry*, which knows them; they are looked for once somebody asks."""
    return replace(registry, built_in=built_in)
