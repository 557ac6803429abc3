"""What strangers ask of sources, runs, findings and other nodes: all of it is for operators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schema.root import build_schema
from tests.leaks.selections import everything

_SCHEMA = build_schema().core


def documents() -> Iterator[dict[str, Any]]:
    """GraphQL requests about a source with public records, one whose records are hidden, and one that is not there."""
    runs, findings = (everything(_SCHEMA, f"Import{one}Connection") for one in ("Run", "Finding"))
    source = everything(_SCHEMA, "ImportSource")
    yield {"query": f"{{ importSources {source} }}"}
    yield {"query": f"{{ syncPeers {everything(_SCHEMA, 'SyncPeer')} }}"}
    yield {"query": f"{{ importRuns(first: 2) {runs} }}"}
    payload = f"{{ source {source} userErrors {{ code message path }} }}"
    for name in ("atlas", "wiki", "nowhere"):
        yield {"query": f'{{ importSource(id: "{name}") {source} }}'}
        yield {"query": f'{{ importRuns(source: "{name}") {runs} }}'}
        yield {"query": f'{{ importFindings(source: "{name}") {findings} }}'}
        for mutation in ("startImport", "pauseImport", "confirmWithdrawals"):
            yield {"query": f'mutation {{ {mutation}(input: {{source: "{name}"}}) {payload} }}'}
        yield {"query": f'mutation {{ setImportTrust(input: {{source: "{name}", trust: TRUSTED}}) {payload} }}'}
