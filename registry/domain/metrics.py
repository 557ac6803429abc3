"""Figures for a system that watches over the node, in the text format that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "incident_commons_"
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: a gauge, which may rise and fall.

    Attributes:
        name: without the prefix that all names have; with its unit.
        help: what it counts, one line.
        labels: what tells it apart from others of the same name.
    """

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


def text_of(figures: Iterable[Figure]) -> str:
    """The figures, those of one name below one another."""
    by_name: dict[str, list[Figure]] = {}
    for one in figures:
        by_name.setdefault(one.name, []).append(one)
    lines: list[str] = []
    for name, found in by_name.items():
        lines.append(f"# HELP {_PREFIX}{name} {_escaped(found[0].help)}")
        lines.append(f"# TYPE {_PREFIX}{name} gauge")
        lines += [f"{_PREFIX}{name}{_labels(one.labels)} {_number(one.value)}" for one in found]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    said = ",".join(f'{name}="{_quoted(value)}"' for name, value in labels.items())
    return f"{{{said}}}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)
