"""What a reviewer chose and read, and whom they are bound to, asked of a node. Nobody else can ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from registry.client.connection import Connection
from registry.client.failures import refused
from registry.domain.canonical import JsonValue

_FIELDS = (
    "topics readToday readThisWeek limitPerDay limitPerWeek ownLimitPerDay ownLimitPerWeek isAtLimit "
    "declaration { conflicts { kind organisation } }"
)
_MINE = f"query Mine {{ myWelfare {{ {_FIELDS} }} }}"


@dataclass(frozen=True, slots=True)
class Welfare:
    """One's own welfare; amounts are weights.

    Attributes:
        avoids: topics that one need not read.
        limit_per_day, limit_per_week: the lower one of the house's limit and one's own.
        own_per_day, own_per_week: one's own, if there is one.
        conflicts: kind and organisation of each; ``None`` until one declares for the first time.
    """

    avoids: tuple[str, ...]
    read_today: int
    read_this_week: int
    limit_per_day: int
    limit_per_week: int
    own_per_day: int | None
    own_per_week: int | None
    is_at_limit: bool
    conflicts: tuple[tuple[str, str], ...] | None

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        said: dict[str, JsonValue] = {name: getattr(self, name) for name in self.__slots__}
        bound: JsonValue = None
        if self.conflicts is not None:
            bound = [{"kind": kind, "organisation": organisation} for kind, organisation in self.conflicts]
        return said | {"avoids": list(self.avoids), "conflicts": bound}


class OwnWelfare:
    """The part of ``Client`` for one's own welfare as a reviewer."""

    _connection: Connection

    def my_welfare(self) -> Welfare:
        """What one chose and read."""
        return _welfare_of(self._connection.ask(_MINE, {})["myWelfare"])

    def set_opt_outs(self, topics: Iterable[str]) -> Welfare:
        """Choose what one need not read, such as ``self_harm``, in place of what was chosen before."""
        return self._chosen("setOptOuts", "SetOptOutsInput", {"topics": [one.upper() for one in topics]})

    def set_own_limit(self, *, per_day: int | None, per_week: int | None) -> Welfare:
        """Set limits of one's own, in weights; ``None`` is none, 0 is a break."""
        return self._chosen("setOwnLimit", "SetOwnLimitInput", {"perDay": per_day, "perWeek": per_week})

    def declare_conflicts(self, conflicts: Iterable[tuple[str, str]]) -> Welfare:
        """Declare whom one is bound to, as kind and organisation, in place of what was declared; none is nobody."""
        said = [{"kind": kind.upper(), "organisation": organisation} for kind, organisation in conflicts]
        return self._chosen("declareConflicts", "DeclareConflictsInput", {"conflicts": said})

    def _chosen(self, name: str, input_type: str, said: Mapping[str, Any]) -> Welfare:
        document = (
            f"mutation Choose($input: {input_type}!) {{ {name}(input: $input) {{ welfare {{ {_FIELDS} }} "
            "userErrors { path code message hint } } }"
        )
        payload = self._connection.ask(document, {"input": said})[name]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        return _welfare_of(payload["welfare"])


def _welfare_of(found: Mapping[str, Any]) -> Welfare:
    declared = found["declaration"]
    return Welfare(
        avoids=tuple(one.lower() for one in found["topics"]),
        read_today=found["readToday"],
        read_this_week=found["readThisWeek"],
        limit_per_day=found["limitPerDay"],
        limit_per_week=found["limitPerWeek"],
        own_per_day=found["ownLimitPerDay"],
        own_per_week=found["ownLimitPerWeek"],
        is_at_limit=found["isAtLimit"],
        conflicts=declared and tuple((one["kind"].lower(), one["organisation"]) for one in declared["conflicts"]),
    )
