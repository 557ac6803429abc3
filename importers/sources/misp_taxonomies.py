"""MISP's taxonomies and galaxies: the ones of this field, each release as a taxonomy; there are no records.

The manifest of the taxonomies says which have another version than at the last run: only these are fetched; galaxies
have no manifest and are asked for each time. The option ``names`` chooses other taxonomies, in place of those below.
``commons taxonomy import`` reads the same files from a folder, and galaxies' relations besides.

Findings: those of ``importers.taxonomy_file``, which leave out a file as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

from importers.contract import Following, Importer, Parsed, RawDocument, Source, Trust, Wanted
from importers.json_document import read_json
from importers.taxonomy_file import read_taxonomy
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput
from registry.domain.finding import Finding
from registry.domain.vocabulary import OrganisationKind

NAMES = (
    "DFRLab-dichotomies-of-disinformation", "PAP", "admiralty-scale", "adversary", "agent-threat-rules",
    "ai-bias-terminology", "ai-computer-assisted", "ai-safety-benchmark", "course-of-action", "deception",
    "diamond-model-for-influence-operations", "estimative-language", "eu-ai-act", "europol-incident",
    "failure-mode-in-machine-learning", "iep2-policy", "incident-disposition", "misinformation-website-label",
    "organizational-cyber-harm", "poison-taxonomy", "rsit", "state-responsibility", "tlp", "veris",
)  # fmt: skip
_GALAXIES = ("disarm-actortypes", "disarm-countermeasures", "disarm-detections", "disarm-techniques")
_SITE = "https://raw.githubusercontent.com/MISP"
_MANIFEST = "MANIFEST.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read one taxonomy or galaxy; a manifest holds none."""
    if _versions(document):
        return
    try:
        yield read_taxonomy(document, licence=source.licence)
    except InvalidInput as error:
        for problem in error.problems[:20]:
            place = f"{'.'.join(problem.path)[:100]}: " if problem.path else ""
            yield Finding(source.id, document.name, problem.code, f"{place}{problem.message}")


def follow(document: RawDocument, wanted: Wanted, source: Source, cursor: str | None) -> Following:
    """Of the manifest, the files of another version than at the last run."""
    versions = _versions(document)
    if not versions:
        return Following()
    before = _known(cursor)
    chosen = source.options.get("names")
    names = frozenset(one for one in chosen if isinstance(one, str)) if isinstance(chosen, list) else frozenset(NAMES)
    told = {name: version for name, version in sorted(versions.items()) if name in names}
    return Following(
        tuple(
            Wanted(urljoin(wanted.url, f"{name}/machinetag.json"), f"{name}.json")
            for name, version in told.items()
            if before.get(name) != version
        ),
        cursor=json.dumps(told),
    )


def _versions(document: RawDocument) -> dict[str, str]:
    """The versions that a manifest tells; nothing where the document is none."""
    if b'"taxonomies"' not in document.body:
        return {}
    try:
        root = read_json(document.body)
    except InvalidInput:
        return {}
    listed = root.get("taxonomies") if isinstance(root, Mapping) else None
    found = {}
    for one in listed if isinstance(listed, list) else ():
        name = one.get("name") if isinstance(one, Mapping) else None
        if isinstance(one, Mapping) and isinstance(name, str) and _NAME.fullmatch(name) and ".." not in name:
            found[name] = str(one.get("version"))[:40]
    return found


def _known(cursor: str | None) -> Mapping[str, JsonValue]:
    try:
        found = read_json((cursor or "{}").encode())
    except InvalidInput:
        return {}
    return found if isinstance(found, Mapping) else {}


IMPORTER = Importer(
    source=Source(
        id="misp_taxonomies",
        format="misp_taxonomies",
        title="MISP taxonomies and galaxies",
        home="https://github.com/MISP/misp-taxonomies",
        licence="CC0-1.0",
        attribution="MISP Project, CC0 1.0",
        obligations=(),
        hosts=frozenset({"raw.githubusercontent.com"}),
        organisation=OrganisationKind.OTHER,
        trust=Trust.TRUSTED,
        urls=(
            f"{_SITE}/misp-taxonomies/main/{_MANIFEST}",
            *(f"{_SITE}/misp-galaxy/main/clusters/{name}.json" for name in _GALAXIES),
        ),
    ),
    parse=parse,
    follow=follow,
)
