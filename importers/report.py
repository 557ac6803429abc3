"""What a run did, for whoever started it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass

from registry.domain.canonical import JsonValue
from registry.domain.finding import Finding
from registry.domain.importing import Counts, RunState

MAX_FINDINGS = 10_000


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. Counts are of records and taxonomies; findings may be several a record.

    Attributes:
        findings: the first 10,000; ``codes`` counts all.
        state: done, or held because so many records were gone that nothing was withdrawn.
        run: id of the run; a dry run has none.
    """

    counts: Counts
    findings: tuple[Finding, ...]
    codes: Counter[str]
    state: RunState
    run: str | None = None

    @property
    def read(self) -> int:
        """Records and taxonomies that the documents held."""
        return self.counts.read

    @property
    def new(self) -> int:
        """Those that were not known."""
        return self.counts.new

    @property
    def changed(self) -> int:
        """Those that the source has changed."""
        return self.counts.changed

    @property
    def unchanged(self) -> int:
        """Those that are as they were."""
        return self.counts.unchanged

    @property
    def held(self) -> int:
        """Those that wait for review."""
        return self.counts.held

    @property
    def withdrawn(self) -> int:
        """Records that were withdrawn because the source no longer has them."""
        return self.counts.withdrawn

    @property
    def refused(self) -> int:
        """Those that were left out, each because of at least one finding."""
        return self.counts.refused

    @property
    def gone(self) -> int:
        """Records that were missed and not withdrawn, yet or at all."""
        return self.counts.gone

    def as_dict(self) -> dict[str, JsonValue]:
        """The report as JSON values."""
        findings = [
            {"record": each.record, "code": each.code, "message": each.message, "refused": each.refused}
            for each in self.findings
        ]
        return {**asdict(self.counts), "state": self.state.value, "run": self.run, "findings": findings}
