"""``python -m tests.benchmarks.bombs``: documents that ask for too much, growing up to the largest body.

For each bomb and size: the time until it is refused, and the memory that this took beside the document itself.
Time that grows in step with the size keeps the figure per kilobyte level. The last column compares the highest such
figure with that of the smallest size that is refused and large enough to be measured. What is small enough to be
answered stands in brackets and is compared with nothing: it is read to its end, and a larger one is not.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from schema.documents import Documents
from schema.errors import RequestRefused
from schema.root import build_schema

Made = tuple[str, Mapping[str, Any]]
SIZES = (1_000, 4_000, 16_000, 64_000, 256_000, 1_000_000, 1_900_000)
_FROM = 16_000


def _filled(size: int, head: str, piece: str, tail: str) -> str:
    """*piece* as often as it fits between *head* and *tail*; ``{n}`` in it is a running number."""
    count = max(1, (size - len(head) - len(tail)) // max(len(piece.replace("{n}", "1000")), 1))
    return head + "".join(piece.replace("{n}", str(at)) for at in range(count)) + tail


def _fields(size: int) -> Made:
    return _filled(size, "{ viewer {", " roles", "} }"), {}


def _typenames(size: int) -> Made:
    return _filled(size, "{", " __typename", "}"), {}


def _aliases(size: int) -> Made:
    return _filled(size, "{", " a{n}: viewer { roles }", "}"), {}


def _root(size: int) -> Made:
    return _filled(size, "{", " viewer { roles }", "}"), {}


def _depth(size: int) -> Made:
    count = size // 9
    return "{ viewer" * count + "}" * count, {}


def _inline(size: int) -> Made:
    count = size // 8
    return "{ ... " * count + "{ viewer { roles } }" + "}" * count, {}


def _doubling(size: int) -> Made:
    count = max(1, size // 48)
    bodies = (f"fragment f{at} on Query {{ ...f{at + 1} ...f{at + 1} }} " for at in range(count))
    return "{ ...f0 } " + "".join(bodies) + f"fragment f{count} on Query {{ viewer {{ roles }} }}", {}


def _cycles(size: int) -> Made:
    count = max(2, size // 45)
    bodies = (f"fragment f{at} on Query {{ ...f{(at + 1) % count} ...f{at // 2} }} " for at in range(count))
    return "{ ...f0 } " + "".join(bodies), {}


def _spreads(size: int) -> Made:
    return _filled(size, "{", " ...a", "} fragment a on Query { viewer { roles } }"), {}


def _unknown_spreads(size: int) -> Made:
    return _filled(size, "{", " ...u{n}", "}"), {}


def _unused(size: int) -> Made:
    return _filled(size, "{ viewer { roles } }", " fragment f{n} on Viewer { roles }", ""), {}


def _operations(size: int) -> Made:
    return _filled(size, "query a { viewer { roles } }", " query q{n} { viewer { roles } }", ""), {}


def _directives(size: int) -> Made:
    return _filled(size, "{ viewer { roles", " @include(if: true)", "} }"), {}


def _unknown_directives(size: int) -> Made:
    return _filled(size, "{ viewer { roles", " @d{n}", "} }"), {}


def _directives_on_operation(size: int) -> Made:
    return _filled(size, "query a", " @skip(if: true)", "{ viewer { roles } }"), {}


def _arguments(size: int) -> Made:
    return _filled(size, "{ incidents(", " a{n}: 1", ") { totalCount } }"), {}


def _same_argument(size: int) -> Made:
    return _filled(size, "{ incidents(", " first: 1", ") { totalCount } }"), {}


def _conflicts(size: int) -> Made:
    return _filled(size, "{ viewer {", " a: roles a: organisation { slug }", "} }"), {}


def _conflicts_below(size: int) -> Made:
    return _filled(size, "{", " viewer { organisation { slug name } }", "}"), {}


def _introspection(size: int) -> Made:
    count = max(1, size // 26)
    return '{ __type(name: "Query") {' + " fields { type {" * count + " name " + "} }" * count + "} }", {}


def _introspection_fragments(size: int) -> Made:
    count = max(1, size // 70)
    bodies = (
        f"fragment t{at} on __Type {{ fields {{ type {{ ...t{at + 1} }} }} ofType {{ ...t{at + 1} }} }} "
        for at in range(count)
    )
    return "{ __schema { types { ...t0 } } } " + "".join(bodies) + f"fragment t{count} on __Type {{ name }}", {}


def _ids(size: int) -> Made:
    return _filled(size, "{ nodes(ids: [", ' "abc"', "]) { id } }"), {}


def _ids_in_variables(size: int) -> Made:
    return "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["abc"] * (size // 6)}


def _ids_in_defaults(size: int) -> Made:
    return _filled(size, "query ($ids: [ID!]! = [", ' "abc"', "]) { nodes(ids: $ids) { id } }"), {}


def _repeated_default(size: int) -> Made:
    uses = "".join(f" a{at}: nodes(ids: $ids) {{ id }}" for at in range(29))
    return _filled(size, "query ($ids: [ID!]! = [", ' "abc"', f"]) {{ {uses} }}"), {}


def _nested_default(size: int) -> Made:
    count = size // 2
    return "query ($f: IncidentFilter = " + "[" * count + "]" * count + ") { incidents(filter: $f) { totalCount } }", {}


def _repeated_variable(size: int) -> Made:
    use = " a{n}: nodes(ids: $ids) { id }"
    return _filled(min(size, 900), "query ($ids: [ID!]!) {", use, "}"), {"ids": ["abc"] * (size // 6)}


def _variables_declared(size: int) -> Made:
    return _filled(size, "query a(", " $v{n}: Int", ") { viewer { roles } }"), {}


def _variables_sent(size: int) -> Made:
    return "{ viewer { roles } }", {f"v{at}": at for at in range(size // 14)}


def _variable_objects(size: int) -> Made:
    document = "query ($f: IncidentFilter) { incidents(filter: $f) { totalCount } }"
    return document, {"f": {f"x{at}": [at] for at in range(size // 14)}}


def _literal_lists(size: int) -> Made:
    return "{ nodes(ids: " + "[" * (size // 2) + "]" * (size // 2) + ") { id } }", {}


def _literal_objects(size: int) -> Made:
    count = size // 6
    return "{ incidents(filter: " + "{a: " * count + "1" + "}" * count + ") { totalCount } }", {}


def _list_types(size: int) -> Made:
    count = size // 2
    return "query a($v: " + "[" * count + "Int" + "]" * count + ") { viewer { roles } }", {}


def _string(size: int) -> Made:
    return '{ search(query: "' + "x" * size + '") { totalCount } }', {}


def _escapes(size: int) -> Made:
    return '{ search(query: "' + "\\u0041" * (size // 6) + '") { totalCount } }', {}


def _bad_escapes(size: int) -> Made:
    return '{ search(query: "' + "\\u{1F600}" * (size // 9) + '\\x") { totalCount } }', {}


def _block_string(size: int) -> Made:
    return '{ search(query: """' + "\n  x" * (size // 4) + '""") { totalCount } }', {}


def _block_indents(size: int) -> Made:
    side = max(2, int(size**0.5))
    lines = "\n".join(" " * (side - at) + "x" for at in range(side))
    return '{ search(query: """' + lines + '""") { totalCount } }', {}


def _comments(size: int) -> Made:
    return _filled(size, "{", "#\n", " viewer { roles } }"), {}


def _commas(size: int) -> Made:
    return _filled(size, "{", ",", " viewer { roles } nothing }"), {}


def _spaces(size: int) -> Made:
    return _filled(size, "{", " \t\r\n", " nothing }"), {}


def _lines(size: int) -> Made:
    return _filled(size, "{", "\n", " nothing }"), {}


def _long_name(size: int) -> Made:
    return "{ " + "n" * size + " }", {}


def _long_alias(size: int) -> Made:
    return "{ " + "n" * size + ": viewer { rolez } }", {}


def _near_names(size: int) -> Made:
    return _filled(size, "{ viewer {", " role{n}", "} }"), {}


def _long_number(size: int) -> Made:
    return "{ incidents(first: " + "9" * size + ") { totalCount } }", {}


def _long_fraction(size: int) -> Made:
    return "{ incidents(first: 0." + "9" * size + "e" + "9" * 5 + ") { totalCount } }", {}


def _punctuation(size: int) -> Made:
    return "!" * size, {}


def _broken(size: int) -> Made:
    return "{" * size, {}


def _cost(size: int) -> Made:
    return _filled(size, "{", " incidents(first: 100) { nodes { uid } }", "}"), {}


def _mutations(size: int) -> Made:
    return _filled(size, "mutation {", ' withdraw(input: {uid: "a"}) { replayed }', "}"), {}


def _unicode(size: int) -> Made:
    return "{ " + "\u00e4" * (size // 2) + " }", {}


BOMBS: Mapping[str, Callable[[int], Made]] = {
    name.removeprefix("_"): one
    for name, one in list(globals().items())
    if name.startswith("_") and callable(one) and getattr(one, "__annotations__", {}).get("return") == "Made"
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One bomb of one size: milliseconds until it was refused, with which code, and kilobytes that this took."""

    bomb: str
    size: int
    milliseconds: float
    kilobytes: float
    code: str

    @property
    def per_kilobyte(self) -> float:
        """Milliseconds for each kilobyte that was sent."""
        return self.milliseconds / (self.size / 1000)

    @property
    def told(self) -> str:
        """The time, in brackets where the document is answered."""
        return f"{self.milliseconds:.1f}" if self.code else f"({self.milliseconds:.1f})"


def body_of(made: Made) -> bytes:
    """The body of the request."""
    return orjson.dumps({"query": made[0], "variables": made[1]})


def refusal(documents: Documents, made: Made) -> str:
    """The code with which a document is refused, empty where it is not."""
    try:
        documents.prepare(made[0], None, made[1])
    except RequestRefused as refused:
        return str(refused.errors[0]["extensions"]["code"])
    return ""


def memory_kilobytes(documents: Documents, made: Made) -> float:
    """The most memory in use at once while a document is refused."""
    tracemalloc.start()
    refusal(documents, made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1000


def measure(bomb: str, size: int) -> Measured:
    """Refuse one bomb, three times for the time and once for the memory."""
    made = BOMBS[bomb](size)
    body = body_of(made)
    documents = Documents(build_schema().core)
    spent = []
    for _ in range(3):
        began = time.process_time()
        asked = orjson.loads(body)
        code = refusal(documents, (asked["query"], asked["variables"]))
        spent.append(time.process_time() - began)
    return Measured(bomb, len(body), min(spent) * 1000, memory_kilobytes(documents, made), code)


def measured(sizes: tuple[int, ...] = SIZES, bombs: tuple[str, ...] = ()) -> Iterator[list[Measured]]:
    """Every bomb, in growing sizes."""
    for bomb in bombs or tuple(BOMBS):
        yield [measure(bomb, size) for size in sizes]


def growth(refused: list[Measured]) -> str:
    """The highest time for a kilobyte, as a multiple of that of the smallest document."""
    if not refused:
        return ""
    return f"{max(one.per_kilobyte for one in refused) / max(refused[0].per_kilobyte, 0.001):.1f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bombs")
    parser.add_argument("bombs", nargs="*", help="which ones; all without")
    chosen = tuple(parser.parse_args().bombs)
    sizes = (f"{size // 1000} kB: ms" for size in SIZES)
    table = Table("bomb", "code", *sizes, "peak kB of the smallest", "of the largest", "growth")
    for row in measured(bombs=chosen):
        refused = [one for one in row if one.code and one.size >= _FROM]
        ends = (f"{one.kilobytes:.0f}" for one in (refused[0], refused[-1])) if refused else ("", "")
        times = (one.told for one in row)
        table.add_row(row[0].bomb, row[-1].code or "ANSWERED", *times, *ends, growth(refused))
    Console(width=180).print(table)


if __name__ == "__main__":
    main()
