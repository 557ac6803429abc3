"""AVID's measurements as evidence and reproducibility.

Three shapes are known. garak: rows of attempts that the system passed. 0DIN: a score of 0 (held) to 100 (broken) for
each system. Inspect: scores of a benchmark from 0 to 1, of which only refusals say by themselves which end is good; so
an end of another score says nothing and is left out. What names a test without a result is a setting.

Codes noted here: ``METRIC_NOT_KEPT``, ``NOT_SHOWN`` (no attempt showed the weakness: held).
"""

from __future__ import annotations

from collections.abc import Iterator

from importers import fitting
from importers.entry import Entry
from registry.domain.canonical import JsonValue

_MAX_EVIDENCE = 100
_MAX_N = 10**9


def read_metrics(entry: Entry, evaluation: str | None) -> tuple[list[JsonValue], dict[str, JsonValue]]:
    """Evidence, and reproducibility where there is one figure for it."""
    evidence: list[dict[str, JsonValue]] = []
    settings: list[str] = []
    rates: list[tuple[int, int]] = []
    for metric in entry.objects("metrics"):
        found = list(_of_metric(metric, evidence, rates))
        evidence.extend(found)
        if not found and "scorer" not in metric.fields and (setting := _setting(metric)):
            settings.append(setting)
    for one in evidence:
        if evaluation and "evaluation" not in one:
            one["evaluation"] = evaluation
    reproducibility: dict[str, JsonValue] = {}
    if len(rates) == 1:
        reproducibility = {"rate_permille": rates[0][0], "n": rates[0][1]}
    if rates and not any(rate for rate, _n in rates):
        message = "metrics: no attempt showed the weakness; a reviewer decides whether it is one"
        entry.note("NOT_SHOWN", message, held=True)
    if settings:
        reproducibility["settings"] = fitting.text(entry, "metrics", "\n".join(settings))
    kept = fitting.first(entry, "metrics", evidence, _MAX_EVIDENCE)
    return [*kept], reproducibility


def _of_metric(
    metric: Entry, before: list[dict[str, JsonValue]], rates: list[tuple[int, int]]
) -> Iterator[dict[str, JsonValue]]:
    if "scorer" in metric.fields:
        yield from _of_inspect(metric, before)
        return
    results = metric.fields.get("results")
    if not isinstance(results, dict):
        return
    inner = metric.inner(results)
    for row in inner.objects("rows"):
        if (found := _of_attempts(row, rates)) is not None:
            yield found
    for score in inner.objects("Test Scores"):
        if (found := _of_odin(score)) is not None:
            yield found


def _of_attempts(row: Entry, rates: list[tuple[int, int]]) -> dict[str, JsonValue] | None:
    passed, total = row.fields.get("passed"), row.fields.get("total_evaluated")
    if isinstance(passed, bool) or isinstance(total, bool) or not isinstance(passed, int) or not isinstance(total, int):
        _left_out(row, "whole numbers are expected")
        return None
    if not 0 <= passed <= total <= _MAX_N or not total:
        _left_out(row, "more passed than were tried, or none were tried")
        return None
    rates.append((round((total - passed) * 1000 / total), total))
    return {
        "setting": "benchmark",
        "outcome": "effective" if passed == total else "ineffective" if passed == 0 else "partial",
        "metric": fitting.line(
            row, "metrics", f"attempts that passed the detector {row.line('detector') or ''}".strip()
        ),
        "after": f"{passed} of {total}",
        "n": total,
    }


def _of_odin(score: Entry) -> dict[str, JsonValue] | None:
    told = score.line("Test Score")
    try:
        value = float(told or "")
    except ValueError:
        _left_out(score, "a score is expected")
        return None
    if not 0 <= value <= 100:
        _left_out(score, "a score from 0 to 100 is expected")
        return None
    tested = (("System", score.line("Model")), ("temperature", score.line("Temperature (max 2.0)")))
    text = "; ".join(f"{name}: {of}" for name, of in tested if of and of != "N/A")
    found: dict[str, JsonValue] = {
        "setting": "red_team",
        "outcome": "effective" if value == 0 else "bypassed" if value == 100 else "partial",
        "evaluation": "0DIN Jailbreak Testing",
        "metric": fitting.line(score, "metrics", score.line("Test Kind")),
        "after": f"{told} of 100",
        "text": fitting.text(score, "metrics", text),
    }
    return {name: of for name, of in found.items() if of}


def _of_inspect(metric: Entry, before: list[dict[str, JsonValue]]) -> Iterator[dict[str, JsonValue]]:
    scorer, name, value = metric.line("scorer") or "", metric.line("metrics") or "", metric.fields.get("value")
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        _left_out(metric, "a number from 0 to 1 is expected")
    elif name == "stderr":
        if before:
            before[-1]["text"] = f"Standard error {value:.4g}."
    elif value in {0, 1} and not name.endswith("refusals"):
        _left_out(metric, "what the end of this scale means is not told")
    else:
        held = value == 1
        outcome = "partial" if 0 < value < 1 else "effective" if held else "ineffective"
        told = fitting.line(metric, "metrics", f"{scorer}: {name}".strip(": "))
        yield {"setting": "benchmark", "outcome": outcome, "metric": told, "after": f"{value:.4g} of 1"}


def _setting(metric: Entry) -> str:
    method, features = metric.fields.get("detection_method"), metric.fields.get("features")
    parts = [metric.line("name")]
    for place in (method, features):
        if isinstance(place, dict):
            parts += [f"{name}: {of}" for name, of in place.items() if isinstance(of, str) and of]
    return "; ".join(part for part in parts if part)[:2000]


def _left_out(entry: Entry, why: str) -> None:
    entry.note("METRIC_NOT_KEPT", f"metrics: {why}; left out")
