"""The house's rules: floors, names and sizes, read from the source itself."""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
import sys
from pathlib import Path

from registry.domain.event import EventName

ROOT = Path(__file__).parent.parent
PACKAGES = ("registry", "schema", "web", "importers")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# The longest prefix that fits says on which floor a module is; each floor uses only what lies below it.
FLOORS = {
    "registry.domain": 1,
    "registry.ports": 2,
    "registry.settings": 2,
    "registry.signing": 2,
    "registry.clock": 2,
    "registry.locking": 2,
    "registry.regimes": 2,
    "registry.release": 2,
    "registry.taxonomies": 2,
    "registry.client": 2,
    "registry.federation": 2,
    "registry.interop": 2,
    "registry.storage": 3,
    "registry.search": 3,
    "registry.outbound": 3,
    "registry.service": 4,
    "registry.bootstrap": 5,
    "schema": 5,
    "importers": 6,
    "web": 7,
}
ADAPTERS = ("registry.storage", "registry.search", "registry.outbound")
# A command loads what it needs, and no more; the index and Alembic take longer to load than all the rest.
LOADED_LATE = ("web.cli", "registry.search", "registry.storage.migrations.upgrade", "registry.domain.screening.text")
# Files of GitHub have the shape of OSV, labels of STIX are tags of MISP, and both name techniques of ATLAS.
CARRIED = {("ghsa", "osv"), ("stix", "misp"), ("stix", "atlas"), ("misp", "atlas")}
DOMAIN_MAY_USE = {"detect_secrets", "phonenumbers", "pydantic", "pydantic_core", "rapidfuzz", "rfc8785"}


def module_of(path: Path) -> str:
    """The dotted name of a source file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def text_of(path: Path) -> str:
    """What a file says; read once, for it is looked at by most rules."""
    return path.read_text()


def tree_of(path: Path) -> ast.Module:
    """What a file means. Not kept: all trees together would burden the tests that follow."""
    return ast.parse(text_of(path))


@functools.cache
def imports_of(path: Path) -> tuple[str, ...]:
    """Every module that a file imports, as written, relative imports as ``.``."""
    found: list[str] = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append("." * node.level + (node.module or ""))
    return tuple(found)


@functools.cache
def home_of(module: str) -> str | None:
    """The entry of FLOORS that a module belongs to."""
    fitting = [name for name in FLOORS if module == name or module.startswith(name + ".")]
    return max(fitting, key=len, default=None)


def test_no_module_imports_from_a_floor_above_its_own() -> None:
    upward = [
        (module_of(path), name)
        for path in SOURCES
        if (home := home_of(module_of(path))) is not None
        for name in imports_of(path)
        if (other := home_of(name)) is not None and FLOORS[other] > FLOORS[home]
    ]

    assert [] == upward


def test_no_import_is_relative() -> None:
    assert [] == [(module_of(path), name) for path in SOURCES for name in imports_of(path) if name.startswith(".")]


def test_imports_stand_at_the_top_of_a_module_but_for_what_loads_slowly() -> None:
    """In a function, a circle could hide."""
    within = [
        f"{module_of(path)}, line {one.lineno}"
        for path in SOURCES
        if not module_of(path).startswith(LOADED_LATE)
        for function in ast.walk(tree_of(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for one in ast.walk(function)
        if isinstance(one, ast.Import | ast.ImportFrom)
    ]

    assert [] == within


def test_no_adapter_knows_another_adapter_or_a_service() -> None:
    strangers = []

    for path in SOURCES:
        home = home_of(module_of(path))
        if home in ADAPTERS:
            others = [home_of(name) for name in imports_of(path)]
            strangers += [(module_of(path), other) for other in others if other in ADAPTERS and other != home]
            strangers += [(module_of(path), other) for other in others if other == "registry.service"]

    assert strangers == []


def test_services_see_ports_and_pure_code_but_no_adapter() -> None:
    seen = [
        (module_of(path), name)
        for path in SOURCES
        if home_of(module_of(path)) == "registry.service"
        for name in imports_of(path)
        if home_of(name) in {*ADAPTERS, "registry.bootstrap"}
    ]

    assert seen == []


def test_the_domain_uses_the_standard_library_and_few_pure_packages_only() -> None:
    foreign = set()

    for path in SOURCES:
        if home_of(module_of(path)) == "registry.domain":
            tops = {name.partition(".")[0] for name in imports_of(path)} - {"registry"}
            foreign |= {top for top in tops if not _is_standard(top)}

    assert foreign <= DOMAIN_MAY_USE


def test_the_client_knows_the_domain_only() -> None:
    known = {
        home_of(name) for path in SOURCES if home_of(module_of(path)) == "registry.client" for name in imports_of(path)
    }

    assert known - {None} <= {"registry.client", "registry.domain"}


def test_importers_never_import_schema_or_web_and_the_web_reaches_them_through_the_command_line_only() -> None:
    wrong = [
        (module_of(path), name)
        for path in SOURCES
        for name in imports_of(path)
        if (home_of(module_of(path)) == "importers" and home_of(name) in {"schema", "web"})
        or (
            home_of(name) == "importers"
            and home_of(module_of(path)) != "importers"
            and not module_of(path).startswith(("web.cli", "web.pages.admin"))
        )
    ]

    assert wrong == []


def test_importers_fetch_and_store_through_ports_and_services() -> None:
    seen = [
        (module_of(path), name)
        for path in SOURCES
        if home_of(module_of(path)) == "importers"
        for name in imports_of(path)
        if home_of(name) in {*ADAPTERS, "registry.bootstrap"}
    ]

    assert seen == []


def test_a_format_knows_another_only_where_it_carries_it() -> None:
    formats = {path.parent.name for path in SOURCES if path.match("importers/*/*.py")} - {"sources", "people"}
    known = {
        (own, other)
        for path in SOURCES
        if (own := _format_of(module_of(path))) in formats
        for name in imports_of(path)
        if (other := _format_of(name)) in formats and other != own
    }

    assert known == CARRIED


def _format_of(module: str) -> str:
    return module.removeprefix("importers.").removeprefix("sources.").partition(".")[0]


def test_no_source_file_is_longer_than_300_lines() -> None:
    assert [] == [module_of(path) for path in SOURCES if len(text_of(path).splitlines()) > 300]


def test_only_the_unit_of_work_commits() -> None:
    # An index writer's commit is no transaction of the store.
    committing = {
        module_of(path)
        for path in SOURCES
        if ".commit(" in text_of(path) and home_of(module_of(path)) != "registry.search"
    }

    assert committing == {"registry.storage.unit"}


def test_every_kind_of_event_is_told_of_somewhere() -> None:
    told = {name for path in SOURCES for name in re.findall(r"EventName\.([A-Z_]+)", text_of(path))}

    assert set() == set(EventName.__members__) - told


def test_only_outbound_and_the_client_make_requests_and_send_mail() -> None:
    tools = {"httpx", "httpcore", "smtplib"}
    makers = {module_of(path) for path in SOURCES if tools & {name.partition(".")[0] for name in imports_of(path)}}

    assert {home_of(module) for module in makers} <= {"registry.outbound", "registry.client"}


def test_every_public_service_function_asks_the_policy_first() -> None:
    unasked = []

    for path in SOURCES:
        if home_of(module_of(path)) == "registry.service":
            for function in tree_of(path).body:
                if isinstance(function, ast.FunctionDef) and _takes_registry_and_actor(function):
                    unasked += [] if _asks_first(function) else [f"{module_of(path)}.{function.name}"]

    assert unasked == []


def test_every_exception_that_is_caught_wholesale_is_caught_in_a_named_place() -> None:
    # In schema.execution graphql-core resolves the field once more and tells what is wrong.
    named = {"web.middleware", "web.background", "importers.faults", "web.cli.main", "schema.execution"}

    catching = {module_of(path) for path in SOURCES if re.search(r"except (Base)?Exception\b", text_of(path))}

    # Adapters tidy up and raise again: a batch that is lost, an index writer that fails, and Whoosh and tantivy, which
    # raise anything at all on a damaged file.
    tidying = {
        "registry.storage.unit",
        "registry.search.writing",
        "registry.search.engine",
        "registry.search.tantivy.engine",
    }
    assert catching == named | tidying


def _takes_registry_and_actor(function: ast.FunctionDef) -> bool:
    names = [argument.arg for argument in function.args.args[:2]]
    return not function.name.startswith("_") and names == ["registry", "actor"]


def _asks_first(function: ast.FunctionDef) -> bool:
    """The first statement behind the docstring, or behind one that computes the permission, is policy.require."""
    statements = [ast.unparse(statement) for statement in function.body[1:3]]
    return any(text.startswith("policy.require(actor") for text in statements)


def _is_standard(name: str) -> bool:
    return name in sys.stdlib_module_names or importlib.util.find_spec(name) is None
