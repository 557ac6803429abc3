"""Documents gone wrong: what hosts, editors and attackers make of a file, from a seed.

Mutants of bytes are cut, spliced, repeated and of other encodings; mutants of records keep the form and put what
nobody expects at some place: other types, depth, endless texts and numbers, halves of characters.
"""

from __future__ import annotations

import copy
import csv
import gzip
import io
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from importers.contract import RawDocument

_LONG = 200_000
_DEEP = 3_000
# A mutant that is larger is not changed again: repeated within itself it would outgrow the memory.
_LARGE = 50_000
_DATES = ("0000-00-00", "2026-02-30", "99999-01-01", "2026-11-21T25:61:61Z", "yesterday", "1700000000", "-1")
_TEXTS = (
    "", " ", "\0", "\ud800", "\u202e\u2066x", "a\r\nb\tc", "<script>alert(1)</script>", "=cmd()", "https://",
    "javascript:x", "http://[::1", "https://user:word@host/", "../../etc/passwd", "%00", "NaN", "null", "\ufeffx",
    "e\u0301" * 200,
)  # fmt: skip
_PIECES = (
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"[" * _DEEP, b'{"x":' * _DEEP, b"9" * 5_000, b"&a [*a,*a]", b"\n---\n",
    b"<!--",
)  # fmt: skip
_NUMBERS = (0, -1, 2**63, 10**400, 1e308, -0.0, float("nan"), float("inf"))


def mutants(document: RawDocument, seed: int) -> Iterator[RawDocument]:
    """Endless mutants of one document, always the same for a seed; the record's form is kept in three of four."""
    chance = random.Random(f"{document.name} {seed}")
    root = _root(document)
    while True:
        if root is not None and chance.random() < 0.75:
            yield RawDocument(document.name, _written(document, _changed(root, chance)))
        else:
            body = document.body
            for _ in range(chance.choice((1, 1, 1, 3, 10))):
                body = chance.choice(_OF_BYTES)(body, chance)
            yield RawDocument(document.name, body)


def _root(document: RawDocument) -> Any:
    """What the file holds, if it is of a form whose records can be changed."""
    name = document.name.lower()
    if name.endswith((".yaml", ".yml")):
        return yaml.safe_load(document.body)
    try:
        text = document.body.decode("utf-8-sig")
        if name.endswith((".csv", ".tsv")):
            return [list(row) for row in csv.reader(io.StringIO(text), delimiter=_delimiter(name))]
        if name.endswith((".jsonl", ".ndjson")):
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _delimiter(name: str) -> str:
    return "\t" if name.endswith(".tsv") else ","


def _written(document: RawDocument, root: Any) -> bytes:
    name = document.name.lower()
    if name.endswith((".csv", ".tsv")) and isinstance(root, list):
        out = io.StringIO()
        rows = [row if isinstance(row, list) else [row] for row in root]
        csv.writer(out, delimiter=_delimiter(name)).writerows([[_cell(cell) for cell in row] for row in rows])
        return out.getvalue().encode("utf-8", "surrogatepass")
    if name.endswith((".jsonl", ".ndjson")) and isinstance(root, list):
        return b"\n".join(_json(one) for one in root)
    return _json(root)


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else _json(value).decode("utf-8", "replace")[:1000]


def _json(root: Any) -> bytes:
    """As JSON, which is YAML too; what is nested deeper than the writer reaches is written by hand."""
    try:
        return json.dumps(root, default=str).encode()
    except (RecursionError, ValueError):
        return b"[" * _DEEP + b"]" * _DEEP


def _changed(root: Any, chance: random.Random) -> Any:
    root = copy.deepcopy(root)
    for turn in range(chance.choice((1, 1, 2, 5, 20))):
        places = list(_places(root))
        if not places:
            return chance.choice(_VALUES)(root, chance)
        if turn and _is_large(root):
            break
        holder, key = chance.choice(places)
        chance.choice(_AT_PLACE)(holder, key, chance)
    return root


def _is_large(root: Any) -> bool:
    try:
        return _size(root, {}) > _LARGE
    except RecursionError:
        return True


def _size(value: Any, known: dict[int, int]) -> int:
    """Roughly how long *value* is when written; what stands at several places counts at each."""
    if isinstance(value, str):
        return len(value)
    if id(value) not in known:
        inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
        known[id(value)] = 4 + sum(_size(one, known) for one in inner)
    return known[id(value)]


def _places(root: Any) -> Iterator[tuple[Any, Any]]:
    open_ = [root]
    while open_:
        value = open_.pop()
        keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        for key in keys:
            yield value, key
            if len(open_) < _DEEP:
                open_.append(value[key])


def _nested(chance: random.Random) -> Any:
    value: Any = "x"
    for _ in range(chance.choice((30, 300))):
        value = [value] if chance.random() < 0.5 else {"x": value}
    return value


_VALUES: tuple[Callable[[Any, random.Random], Any], ...] = (
    lambda _old, _chance: None,
    lambda _old, _chance: True,
    lambda _old, _chance: [],
    lambda _old, _chance: {},
    lambda old, _chance: [old],
    lambda old, _chance: {"value": old},
    lambda old, _chance: str(old)[:1000],
    lambda old, _chance: [old] * 300,
    lambda _old, chance: chance.choice(_TEXTS),
    lambda _old, chance: chance.choice(_NUMBERS),
    lambda _old, chance: chance.choice(_DATES),
    lambda _old, _chance: "x" * _LONG,
    lambda _old, _chance: "word " * 5_000,
    lambda _old, chance: _nested(chance),
    lambda _old, _chance: {str(number): number for number in range(500)},
)


def _replace(holder: Any, key: Any, chance: random.Random) -> None:
    holder[key] = chance.choice(_VALUES)(holder[key], chance)


def _remove(holder: Any, key: Any, _chance: random.Random) -> None:
    del holder[key]


def _repeat(holder: Any, key: Any, chance: random.Random) -> None:
    """The same again: a record twice, or a value at another place of the same object."""
    if isinstance(holder, list):
        holder.insert(chance.randrange(len(holder) + 1), copy.deepcopy(holder[key]))
    else:
        holder[chance.choice(list(holder))] = copy.deepcopy(holder[key])


def _rename(holder: Any, key: Any, chance: random.Random) -> None:
    if isinstance(holder, dict):
        holder[chance.choice((*_TEXTS, str(key).upper(), f"{key}s"))] = holder.pop(key)
    else:
        holder.reverse()


_AT_PLACE: tuple[Callable[[Any, Any, random.Random], None], ...] = (
    _replace,
    _replace,
    _replace,
    _remove,
    _repeat,
    _rename,
)


def _cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _drop(body: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(body) + 1)
    return body[:start] + body[start + chance.randrange(1, 200) :]


def _splice(body: bytes, chance: random.Random) -> bytes:
    start, at = chance.randrange(len(body) + 1), chance.randrange(len(body) + 1)
    return body[:at] + body[start : start + chance.randrange(1, 400)] + body[at:]


def _flip(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body or b"x")
    for _ in range(chance.choice((1, 4, 40))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _insert(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    pieces = (
        b"\0",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"[" * _DEEP,
        b'{"x":' * _DEEP,
        b"9" * 5_000,
        b"&a [*a,*a]",
        b"\n---\n",
        b"<!--",
    )
    return body[:at] + chance.choice(pieces) + body[at:]


def _recode(body: bytes, chance: random.Random) -> bytes:
    text = body.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-32", "utf-8-sig", "cp1252", "utf-7")), "replace")


_OF_BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut, _drop, _splice, _flip, _insert, _recode,
    lambda _body, _chance: b"",
    lambda body, _chance: body * 3,
    lambda body, _chance: gzip.compress(body, mtime=0),
)  # fmt: skip
