"""Taxonomies in the forms in which they are published: MISP taxonomies and galaxies, and releases of ATLAS.

A file is taken whole or not at all. Longer texts are kept only under a licence that lets them be passed on; codes and
names always are. A file that says the texts of a release that is shipped adds them to that release.

Codes of what leaves a file out: BROKEN_JSON, UNKNOWN_FORM, MISSING, WRONG_TYPE, UNKNOWN_TERM (a predicate that the file
does not have), DUPLICATE_ID, TOO_LONG, INVALID_TEXT.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from importers.contract import RawDocument
from importers.sources import atlas
from registry.domain.canonical import Document, JsonValue
from registry.domain.errors import InvalidInput, Problem
from registry.domain.finding import Finding
from registry.domain.licence import permits_texts
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm

MAX_BYTES = 20_000_000
MAX_TERMS = 20_000
MAX_CODE = 120
MAX_NAME = 300
MAX_TEXT = 50_000
_LONGEST_NAME = 80
# Files of MISP whose texts belong to a release that is shipped: their name, its name, and its version by theirs.
_SHIPPED: dict[str, tuple[str, dict[str, str]]] = {
    "admiralty-scale": ("admiralty-scale", {"5": "5"}),
    "ai-safety-benchmark": ("mlcommons", {"2": "0.5"}),
    "disarm-techniques": ("disarm", {"2": "misp-2"}),
    "estimative-language": ("estimative-language", {"5": "5"}),
}
_TAXONOMIES = "https://github.com/MISP/misp-taxonomies"
_GALAXY = "https://github.com/MISP/misp-galaxy"
_NAMESPACE = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_YAML = (".yaml", ".yml")
# Halves of characters, which have no encoding, and NUL.
_UNWRITABLE = re.compile("[\ud800-\udfff\0]")

Path: TypeAlias = "tuple[str, ...]"


def read_taxonomy(document: RawDocument, *, licence: str | None = None) -> Taxonomy:
    """The release that a file holds.

    Args:
        licence: licence of its texts; needed unless the file says it.

    Raises:
        InvalidInput: it is none of the known forms, or broken; with every problem and its place.
    """
    if len(document.body) > MAX_BYTES:
        raise _refused("TOO_LONG", f"a file is limited to {MAX_BYTES:,} bytes")
    release = _atlas(document) if document.name.lower().endswith(_YAML) else _misp(document, licence)
    _check(release)
    return release if permits_texts(release.licence) else without_texts(release)


def shipped_as(name: str) -> tuple[str, str] | None:
    """Name and version of the release that is shipped of MISP's *name*, where there is just one."""
    namespace, versions = _SHIPPED.get(name.lower(), ("", {}))
    return (namespace, next(iter(versions.values()))) if len(versions) == 1 else None


def without_texts(release: Taxonomy) -> Taxonomy:
    """Codes and names alone."""
    return replace(release, terms=tuple(replace(term, description=None) for term in release.terms))


def _atlas(document: RawDocument) -> Taxonomy:
    problems = []
    for one in atlas.parse(document, atlas.IMPORTER.source):
        if isinstance(one, Taxonomy):
            return one
        if isinstance(one, Finding):
            problems.append(Problem((one.record,), one.code, one.message))
    raise InvalidInput(problems or [Problem((), "MISSING", "no tactics or techniques: this is no release of ATLAS")])


def _misp(document: RawDocument, licence: str | None) -> Taxonomy:
    try:
        root = json.loads(document.body)
    except json.JSONDecodeError as error:
        raise _refused("BROKEN_JSON", f"line {error.lineno}, column {error.colno}: {error.msg.lower()}") from None
    except (ValueError, RecursionError):
        raise _refused("BROKEN_JSON", "this is no JSON in UTF-8") from None
    if not isinstance(root, dict) or not (
        {"namespace", "predicates"} <= root.keys() or {"type", "values"} <= root.keys()
    ):
        raise _refused(
            "UNKNOWN_FORM", "a MISP taxonomy (namespace, predicates), a MISP galaxy (type, values) or ATLAS is expected"
        )
    form = _Form(root)
    release = _galaxy(form, licence) if "type" in root and "predicates" not in root else _machinetag(form, licence)
    if form.problems:
        raise InvalidInput(form.problems)
    return release


@dataclass(frozen=True, slots=True)
class _Form:
    """A file while it is read; what is wrong gathers in ``problems``."""

    root: Document
    problems: list[Problem] = field(default_factory=list)

    def line(self, place: Mapping[str, JsonValue], name: str, path: Path = (), *, needed: bool = True) -> str:
        """The field as one line; numbers count as text."""
        value = place.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        if needed or value not in (None, ""):
            self.problems.append(Problem((*path, name), "WRONG_TYPE", "a text is expected"))
        return ""

    def objects(
        self, place: Mapping[str, JsonValue], name: str, path: Path = ()
    ) -> Iterator[tuple[Path, Mapping[str, JsonValue]]]:
        """The objects of a list, each with its place."""
        items = place.get(name, [])
        if not isinstance(items, list):
            self.problems.append(Problem((*path, name), "WRONG_TYPE", "a list is expected"))
            return
        for at, item in enumerate(items):
            where = (*path, name, str(at))
            if isinstance(item, dict):
                yield where, item
            else:
                self.problems.append(Problem(where, "WRONG_TYPE", "an object is expected"))

    def licence(self, given: str | None) -> str:
        """The licence that the file says, else *given*."""
        said = self.line(self.root, "licence" if "licence" in self.root else "license", needed=False)
        found = said or " ".join((given or "").split())
        if not found:
            message = "the file does not say its licence"
            self.problems.append(Problem(("licence",), "REQUIRED", message, "say it, such as --licence CC0-1.0"))
        return found


def _machinetag(form: _Form, licence: str | None) -> Taxonomy:
    name, version = form.line(form.root, "namespace").lower(), form.line(form.root, "version")
    predicates = [(path, one, form.line(one, "value", path)) for path, one in form.objects(form.root, "predicates")]
    known = {value for _, _, value in predicates}
    entries = []
    for path, values in form.objects(form.root, "values"):
        above = form.line(values, "predicate", path)
        if above and above not in known:
            form.problems.append(Problem((*path, "predicate"), "UNKNOWN_TERM", "no such predicate"))
        entries += [
            (where, one, form.line(one, "value", where), above) for where, one in form.objects(values, "entry", path)
        ]
    times = Counter([slug(value) for _, _, value in predicates] + [slug(value) for _, _, value, _ in entries])
    by_predicate: dict[str, list[TaxonomyTerm]] = {}
    for path, one, value, above in entries:
        code = slug(value) if times[slug(value)] == 1 else f"{slug(above)}/{slug(value)}"
        by_predicate.setdefault(above, []).append(_term(form, path, one, code, value, slug(above)))
    terms = []
    for path, one, value in predicates:
        terms += [_term(form, path, one, slug(value), value, None), *by_predicate.pop(value, [])]
    title = form.line(form.root, "expanded", needed=False) or name
    return _placed(
        Taxonomy(f"misp-{name}", version, title[:MAX_NAME], form.licence(licence), _TAXONOMIES, tuple(terms)), name
    )


def _galaxy(form: _Form, licence: str | None) -> Taxonomy:
    name, version = form.line(form.root, "type").lower(), form.line(form.root, "version")
    terms = []
    for path, one in form.objects(form.root, "values"):
        value = form.line(one, "value", path)
        meta = one.get("meta")
        meta = meta if isinstance(meta, dict) else {}
        code = form.line(meta, "external_id", (*path, "meta"), needed=False) or slug(value)
        refs = meta.get("refs")
        first = refs[0] if isinstance(refs, list) and refs else None
        url = first if isinstance(first, str) and first.startswith("https://") else None
        term = _term(form, path, {**one, "expanded": value}, code, value, None)
        terms.append(replace(term, url=url))
    source = form.line(form.root, "source", needed=False)
    url = source if source.startswith("https://") else _GALAXY
    title = form.line(form.root, "name", needed=False) or name
    return _placed(Taxonomy(name, version, title[:MAX_NAME], form.licence(licence), url, tuple(terms)), name)


def _term(
    form: _Form, path: Path, one: Mapping[str, JsonValue], code: str, value: str, above: str | None
) -> TaxonomyTerm:
    expanded = form.line(one, "expanded", path, needed=False)
    # What is written out is a name, or a sentence where the publisher has no better place for it.
    is_name = 0 < len(expanded) <= _LONGEST_NAME and not expanded.endswith(".")
    spoken = value.replace("-", " ")
    text = one.get("description")
    text = text.strip() if isinstance(text, str) and text.strip() else None
    return TaxonomyTerm(
        code,
        expanded if is_name else spoken[:1].upper() + spoken[1:],
        above,
        description=text or (expanded if expanded and not is_name else None),
        field=above,
    )


def _placed(release: Taxonomy, name: str) -> Taxonomy:
    """The release under the name and version that are shipped, if the file has the texts of one."""
    if name not in _SHIPPED:
        return release
    namespace, versions = _SHIPPED[name]
    if release.version not in versions:
        return replace(release, namespace=namespace, version=f"misp-{release.version}")
    # Where its terms stand is known better from what is shipped, with which it is merged.
    terms = tuple(replace(term, parent=None, field=None) for term in release.terms)
    return replace(release, namespace=namespace, version=versions[release.version], terms=terms)


def _check(release: Taxonomy) -> None:
    problems: list[Problem] = []
    if not _NAMESPACE.fullmatch(release.namespace):
        problems.append(Problem(("namespace",), "INVALID_TEXT", "use a-z, 0-9, dot, hyphen and underscore, at most 60"))
    for name, line in (("version", release.version), ("title", release.title), ("licence", release.licence)):
        if not (0 < len(line) <= MAX_NAME and line.isprintable()):
            problems.append(Problem((name,), "INVALID_TEXT", "a short line is expected"))
    if not 0 < len(release.terms) <= MAX_TERMS:
        problems.append(Problem(("terms",), "MISSING", f"1 to {MAX_TERMS:,} terms are expected"))
    codes = Counter(term.code for term in release.terms)
    for at, term in enumerate(release.terms[:MAX_TERMS]):
        problems += _term_problems(term, ("terms", str(at)), times=codes[term.code])
    if problems:
        raise InvalidInput(problems)


def _term_problems(term: TaxonomyTerm, place: Path, *, times: int) -> Iterator[Problem]:
    text = term.description or ""
    if not (0 < len(term.code) <= MAX_CODE and term.code.isprintable()):
        yield Problem((*place, "code"), "INVALID_TEXT", f"1 to {MAX_CODE} printable characters are expected")
    elif times > 1:
        yield Problem((*place, "code"), "DUPLICATE_ID", "another term has the same code")
    if not (0 < len(term.name) <= MAX_NAME and term.name.isprintable()):
        yield Problem((*place, "name"), "INVALID_TEXT", f"1 to {MAX_NAME} printable characters are expected")
    if len(text) > MAX_TEXT:
        yield Problem((*place, "description"), "TOO_LONG", f"at most {MAX_TEXT:,} characters")
    elif _UNWRITABLE.search(text + (term.url or "")):
        yield Problem((*place, "description"), "INVALID_TEXT", "half of a character, or a NUL")


def slug(value: str) -> str:
    """The code that a term has here by MISP's name of it."""
    return re.sub(r"[^\w.+-]+", "-", value).strip("-")


def _refused(code: str, message: str) -> InvalidInput:
    return InvalidInput([Problem((), code, message)])
