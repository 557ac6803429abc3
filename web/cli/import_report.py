"""What an import did, as the command says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from importers.run import Report
from registry.domain.canonical import JsonValue
from registry.domain.finding import Finding
from registry.domain.importing import RunState
from web.advice import advice_on, how_of
from web.cli.output import table

_EXAMPLES = 3


def report_document(report: Report) -> dict[str, JsonValue]:
    """The report as JSON values, with how often each code was found."""
    return {**report.as_dict(), "codes": dict(sorted(report.codes.items()))}


def report_text(report: Report) -> str:
    """Counts, then what was found: each code with its first records and what to do."""
    counts = table(("records", ""), [(name, str(value)) for name, value in asdict(report.counts).items()])
    return "\n\n".join([counts, *_findings(report)])


def failures_of(report: Report, source: str, max_refused_share: float) -> list[str]:
    """Why the import is no full success, each with how to go on."""
    found = []
    if report.refused > max_refused_share * report.read:
        found.append(
            f"{report.refused} of {report.read} records were refused, more than the allowed share; "
            f"they are taken once they are mended: run it again"
        )
    missed = sum(count for code, count in report.codes.items() if code.startswith("FETCH_FAILED"))
    if missed:
        found.append(f"{missed} documents did not come; run it again, what is known and unchanged stays")
    if report.state is RunState.HELD:
        found.append(
            f"{report.gone} records are gone at the source, too many to withdraw unasked; look whether the source is "
            f"right, then: commons import {source} --allow-withdrawals"
        )
    return found


def _findings(report: Report) -> Iterator[str]:
    for code, count in report.codes.most_common():
        kept = [one for one in report.findings if one.code == code]
        alike = {how: [one for one in kept if how_of(one) == how] for how in dict.fromkeys(map(how_of, kept))}
        for how, some in alike.items():
            # Of a code with several outcomes only the findings that are kept can be told apart.
            yield _told(code, how, some, count if len(alike) == 1 else len(some))


def _told(code: str, how: str, some: list[Finding], count: int) -> str:
    lines = [f"{code}: {count} {how}. {advice_on(code, refused=some[0].refused, held=some[0].held)}"]
    lines += [f"  {one.record}: {one.message}" for one in some[:_EXAMPLES]]
    if count > _EXAMPLES:
        lines.append(f"  and {count - _EXAMPLES} more")
    return "\n".join(lines)
