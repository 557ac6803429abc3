"""The command that counts public matches over time and by fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer, say, table

commands = typer.Typer()


@commands.command()
def trends(
    query: Annotated[str, typer.Argument(help="As for search; everything if left out.")] = "",
    rows: Annotated[str, typer.Option(help="month, quarter, year, or a field such as misuse.")] = "month",
    columns: Annotated[str | None, typer.Option(help="A second one.")] = None,
    measure: Annotated[str | None, typer.Option(help="Tell the median of this too, such as duration.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for spreadsheets, with more of it.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Count the public matches of a search: reports, not rates, apart by who reported them."""
    from registry.client import Client

    with Client(url, key) as client:
        if as_csv and not as_json:
            found = b"".join(client.trends_csv(query, rows=rows, columns=columns, measure=measure))
            say("\n".join(found.decode().splitlines()))
            return
        told = client.trends(query, rows=rows, columns=columns, measure=measure)
    answer(dict(told), _text(told), as_json=as_json)


def _text(told: Mapping[str, Any]) -> str:
    axes = [axis["name"] for axis in (told["rows"], told["columns"]) if axis is not None]
    median = [] if told["measure"] is None else ["median days", "of"]
    pieces = [told["notice"]]
    for part in told["parts"]:
        if not part["count"]:
            continue
        cells = sorted(_lines(told, part))
        head = f"Reported by: {part['reported'].lower()}; {part['count']} records, {part['undated']} of them undated"
        pieces += [head, table((*axes, "reports", *median), (line for _, line in cells))]
    return "\n\n".join(pieces)


def _lines(told: Mapping[str, Any], part: Mapping[str, Any]) -> Iterator[tuple[tuple[int, ...], list[str]]]:
    """The cells of a part with their places, the earlier times first and other values last."""
    axes = [(name, axis) for name, axis in (("row", told["rows"]), ("column", told["columns"])) if axis is not None]
    for cell in part["cells"]:
        places, names = [], []
        for name, axis in axes:
            place, label = _place(axis, cell[name])
            places.append(place)
            names.append(label)
        median = "" if cell["median"] is None else f"{cell['median']:g}"
        measured = [] if told["measure"] is None else [median, str(cell["measured"])]
        yield tuple(places), [*names, str(cell["count"]), *measured]


def _place(axis: Mapping[str, Any], value: str | None) -> tuple[int, str]:
    if value is not None:
        return next((at, one["label"]) for at, one in enumerate(axis["values"]) if one["value"] == value)
    is_time = axis["name"] in {"month", "quarter", "year"}
    return (-1, "earlier") if is_time else (len(axis["values"]), "other or none")
