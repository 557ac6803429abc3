"""Every code that a client, or a curator of imports, may meet, read out of the source."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from registry.domain.content.problems import _OWN
from registry.domain.errors import CommonsError
from registry.domain.screening.finding import Code
from registry.domain.screening.settling import OF_IMPORTS
from registry.ports.archives import Spoiling
from registry.service.federation.quarantine import FORK, FROZEN
from tests.docs.blocks import ROOT

_PLACES = ("registry", "schema", "web")
# Who names a code in which of its arguments.
_CALLS = {"Problem": 1, "RequestRefused": 1, "HttpFailure": 1, "Failure": 1, "_problem": 0}
# Who names it by ``code=``.
_TOLD_BY_NAME = {"Places"}
_TABLES = {"_CODES"}
# Who tells of a finding, and in which argument its code stands.
_NOTING = {"Finding": 2, "Problem": 1, "note": 0, "_hold": 1, "_refused": 0}
_TELLING = {"Finding", "Problem", "Value"}
_CONTENT = "registry/domain/content/problems.py"
# What it refuses is asked for by an operator, and no document of a source.
_NO_FINDINGS = {"importers/catalog.py"}
# The root of the tree is never raised itself.
_NOT_TOLD = {CommonsError.code}


def every_code() -> set[str]:
    """The codes of the error classes, of content problems and of refused requests."""
    found = {one.code for one in _subclasses(CommonsError)} | {one.value for one in Code}
    for place in _PLACES:
        for path in (ROOT / place).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found.update(_named(node))
    return found - _NOT_TOLD


def every_finding_code() -> set[str]:
    """The codes of findings: of importers, of contents that do not fit, and of screening."""
    found = {one.value for one in OF_IMPORTS}
    for path in (ROOT / "importers").rglob("*.py"):
        if path.relative_to(ROOT).as_posix() not in _NO_FINDINGS:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found.update(_found(node))
    for node in ast.walk(ast.parse((ROOT / _CONTENT).read_text(encoding="utf-8"))):
        found.update(_named(node))
    return found | {one.upper() for one in _OWN}


def every_fetch_reason() -> set[str]:
    """The reasons for which a document of a source, or a member of an archive, did not come."""
    found = {one.value for one in Spoiling}
    for place in ("importers", "registry/outbound"):
        for path in (ROOT / place).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found.update(_reason(node))
    return found


def every_refusal_reason() -> set[str]:
    """The reasons for which an item or a message of another node is not taken, beside codes of its form."""
    found = {FORK, FROZEN}
    for path in (ROOT / "registry/service/federation").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Unfit", "NotYet"}:
                found.update(_texts(ast.walk(node.args[0])))
    return found


def _found(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in _NOTING:
        yield from _texts(ast.walk(node.args[_NOTING[name]]) if len(node.args) > _NOTING[name] else ())
    if name in _TELLING:
        yield from _texts(one.value for one in node.keywords if one.arg == "code")


def _reason(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _texts(one.value for one in node.keywords if one.arg == "reason")
        if isinstance(node.func, ast.Attribute) and node.func.attr == "_missed":
            yield from _texts(node.args[1:2])
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"_REASONS", "reason"}:
        yield from _texts(ast.walk(node.value))


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        at = _CALLS[node.func.id]
        yield from _texts(node.args[at : at + 1])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _TOLD_BY_NAME:
        yield from _texts(one.value for one in node.keywords if one.arg == "code")
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(one, ast.Name) and one.id in _TABLES for one in targets):
            yield from _texts(ast.walk(node.value))
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        yield from _texts(value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "code")
    if isinstance(node, ast.Call) and [one.value for one in node.args[:1] if isinstance(one, ast.Constant)] == ["code"]:
        yield from _texts(node.args[1:])


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        is_code = isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isupper()
        if is_code and isinstance(node, ast.Constant):
            yield str(node.value).rstrip(":")


def _subclasses(error: type[CommonsError]) -> Iterator[type[CommonsError]]:
    for one in error.__subclasses__():
        yield one
        yield from _subclasses(one)
