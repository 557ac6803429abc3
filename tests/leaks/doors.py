"""Every way into a node: what to ask at each route, about public, gone, hidden and unknown things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLObjectType
from strawberry import ID

from registry.domain.dump.shape import MANIFEST
from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from schema.ids import make_id
from schema.root import build_schema
from tests.leaks import imports, joining, platforms
from tests.leaks.selections import everything
from tests.leaks.twins import ARTICLE, SECRET_ADDRESS, SECRET_WORD, Twin

UNKNOWN_UID = "01950000-0001-7000-9000-00000000ffff"
UNKNOWN_NUMBER = "LOCAL-INC-2026-0999"
WORDS = (
    "spam", f"{SECRET_WORD}", "spam OR zorbelgrint", "-zorbelgrint", "zorbel*", '"spam wave"', "severity:>=4",
    "misuse:spam", "provider:acme", f"provider:{SECRET_WORD}", "kind:mitigation", "spma", "(", "after:2026-01",
)  # fmt: skip
# Alternatives, all values of a facet, nothing found with hidden words among others, and near to them.
SEARCHES = (
    "misuse=spam&misuse=fraud", "misuse=spam&kind=lesson&severity=5", f"q=spam+{SECRET_WORD}", "q=spam+zorbelgrimt",
    f"q=wave+{SECRET_WORD}&misuse=fraud", "all=misuse", "q=occurred:2026", "view=table&sort=recency",
    "source=x&owner=acme", f"q=provider:{SECRET_WORD[:-1]}", f"q=owner:{SECRET_WORD[:-1]}x+spam",
)  # fmt: skip
COUNTED = (
    "rows=misuse", "rows=provider&columns=misuse", "rows=owner&columns=year", "rows=quarter&columns=misuse",
    "rows=misuse&measure=time_to_containment", "rows=kind&columns=has&misuse=spam", "rows=nothing",
)  # fmt: skip
ORDERS = ("PUBLISHED", "CHANGED", "OCCURRED", "SEVERITY")
LISTS = ("incidents", "mitigations", "lessons", "weaknesses", "usagePolicies", "statements", "records")

_SCHEMA = build_schema().core
_RECORD = {kind: everything(_SCHEMA, "Record", of=kind.type_name) for kind in Kind}
# A record's uid as an argument or a field of an input, wherever the type is a text.
_NAMED = re.compile(r'\b(uid|into|other|policy|previous|target): "([^"]*)"')
_FEW = "{ __typename uid number title state revision changedAt publishedAt }"


@dataclass(frozen=True, slots=True)
class Question:
    """One request. ``document`` is a GraphQL body; ``echoes`` that the answer may repeat what was asked."""

    method: str
    path: str
    document: dict[str, Any] | None = None
    echoes: bool = False


def pages(twin: Twin) -> dict[str, list[str]]:
    """Addresses by route; *twin* is the node with the most hidden records."""
    known, hidden = list(_refs(twin.public_records.values())), list(_refs(twin.samples()))
    refs = [*known, *hidden, UNKNOWN_UID, UNKNOWN_NUMBER, "nonsense"]
    queries = [f"/search?q={word}" for word in WORDS]
    lists = ["", "?sort=changed", "?sort=severity", "?after=nonsense", "?before="]
    addresses = ("", ARTICLE, SECRET_ADDRESS, "javascript:x", "x" * 9000)
    return {
        "/": ["/", "/?x=1"],
        "/dumps/": ["/dumps/"],
        "/dumps/index.json": ["/dumps/index.json"],
        "/dumps/{name}/{file}": [
            *(f"/dumps/{twin.dump}/{file}" for file in ("records.csv.gz", "records.sqlite", MANIFEST, "nothing")),
            "/dumps/2020-01-01/manifest.json",
        ],
        "/lookup": ["/lookup", *(f"/lookup?url={one}" for one in addresses)],
        "/search": [
            "/search",
            "/search?q=",
            *queries,
            *(f"{one}&sort=published" for one in queries),
            *(f"/search?{asked}" for asked in SEARCHES),
        ],
        "/export.{format}": [
            *(f"/export.jsonl?manifest=1&q={word}" for word in WORDS),
            *(
                f"/export.{one}"
                for one in ("csv", "csv?columns=sources,links,aliases", "bib", "ris", "csl.json", "zip")
            ),
            "/export.csv?scope=mine",
            "/export.nothing",
        ],
        "/export/manifest.json": [f"/export/manifest.json?q={word}" for word in WORDS],
        "/trends": ["/trends", *(f"/trends?{one}" for one in (*COUNTED, *(f"q={word}" for word in WORDS)))],
        "/trends.csv": ["/trends.csv", *(f"/trends.csv?{counted}" for counted in COUNTED)],
        "/search.atom": [*(f"/search.atom?q={word}" for word in WORDS), "/search.atom", "/search.atom?after=x"],
        "/search.json": [f"/search.json?q={word}" for word in WORDS],
        "/s/{token}": [f"/s/{twin.saved}", "/s/nothing"],
        "/s/{token}.atom": [f"/s/{twin.saved}.atom", "/s/nothing.atom"],
        "/s/{token}.json": [f"/s/{twin.saved}.json", f"/s/{twin.saved}.json?after=x"],
        "/s/{token}/letters/{secret}": [f"/s/{twin.saved}/letters/x"],
        "/r/{ref}.json": [f"/r/{ref}.json" for ref in refs],
        "/r/{ref}": [f"/r/{ref}" for ref in refs],
        "/r/{ref}/history": [f"/r/{ref}/history" for ref in refs],
        "/r/{ref}/diff/{first:int}..{second:int}": [
            *(f"/r/{ref}/diff/{pair}" for ref in known for pair in ("1..2", "2..3")),
            *(f"/r/{ref}/diff/1..2" for ref in hidden[::5]),
        ],
        "/r/{ref}/correction": [f"/r/{ref}/correction" for ref in refs],
        "/incidents": [f"/incidents{one}" for one in lists],
        "/mitigations": [f"/mitigations{one}" for one in lists],
        "/lessons": [f"/lessons{one}" for one in lists],
        "/weaknesses": [f"/weaknesses{one}" for one in lists],
        "/policies": [f"/policies{one}" for one in lists],
        "/statements": [f"/statements{one}" for one in lists],
        "/r/{ref}/compare/{other}": [
            *(f"/r/{ref}/compare/{other}" for ref in known[:4] for other in [*known[:4], UNKNOWN_NUMBER]),
            *(f"/r/{ref}/compare/{known[0]}" for ref in hidden[::7]),
            *(f"/r/{known[0]}/compare/{ref}" for ref in hidden[::7]),
        ],
        "/organisations": ["/organisations"],
        "/organisations/{slug}": [
            f"/organisations/{slug}" for slug in ("acme", "delta", "beta", "atlas", "wiki", "nowhere", SECRET_WORD)
        ],
        "/imports": ["/imports"],
        "/sync": ["/sync"],
        "/imports/{source}": ["/imports/atlas", "/imports/wiki", "/imports/nowhere?code=x&after=x"],
        "/sources": ["/sources"],
        "/sources/{source}/findings/{secret}": ["/sources/wiki/findings/x", "/sources/nowhere/findings/x?after=x"],
        "/sources/{source}/findings/{secret}.json": ["/sources/wiki/findings/x.json"],
        "/taxonomies": ["/taxonomies"],
        "/taxonomies/{namespace}": [
            f"/taxonomies/{one}" for one in ("atlas", "atlas?version=5", "misuse_category", "mit", "nowhere")
        ],
        "/taxonomies/{namespace}/{code:path}": [
            f"/taxonomies/{one}" for one in ("atlas/AML.T0051", "atlas/AML.T9999", "misuse_category/spam", "mit/4.3")
        ],
        "/about": ["/about"],
        "/clocks": ["/clocks"],
        "/mitigations/matrix": ["/mitigations/matrix"],
        "/r/{ref}/clauses/{clause:path}": [f"/r/{ref}/clauses/1" for ref in refs[::3]],
        "/notice": ["/notice", *(f"/notice?record={ref}" for ref in hidden[::5])],
        "/notice/case": ["/notice/case"],
        "/report": ["/report"],
        "/report/follow": ["/report/follow"],
        "/apply": ["/apply"],
        "/apply/follow": ["/apply/follow"],
        "/keys/revoke": ["/keys/revoke"],
        "/me/webhooks": ["/me/webhooks"],
        "/policies/watched": ["/policies/watched"],
        "/me/welfare": ["/me/welfare"],
        "/review": ["/review", "/review?skip=50", "/review?source=wiki"],
        "/review/candidates": ["/review/candidates"],
        "/review/relations/{ref}": [f"/review/relations/{ref}" for ref in refs[::9]],
        "/review/imported/{source}": ["/review/imported/wiki", "/review/imported/nowhere?skip=50"],
        "/review/{uid}": [f"/review/{ref}" for ref in refs[::3]],
        "/review/{uid}/reveal": [f"/review/{ref}/reveal" for ref in hidden[::9]],
        "/admin/applications": ["/admin/applications", "/admin/applications?all=1"],
        "/admin/members": ["/admin/members"],
        "/admin/members/{slug}": ["/admin/members/acme", "/admin/members/nowhere"],
        "/sign-in": ["/sign-in", "/sign-in?next=/me"],
        "/sign-in/with/{provider}": ["/sign-in/with/nobody"],
        "/sign-in/with/{provider}/back": ["/sign-in/with/nobody/back?code=x&state=y"],
        "/sign-out": ["/sign-out"],
        "/invitation": ["/invitation"],
        "/me": ["/me"],
        "/me/searches": ["/me/searches", "/me/searches?q=spam"],
        "/me/sessions": ["/me/sessions"],
        "/me/organisation": ["/me/organisation"],
        "/me/password": ["/me/password"],
        "/me/second-factor": ["/me/second-factor"],
        "/me/keys": ["/me/keys"],
        "/me/identities": ["/me/identities"],
        "/transparency": ["/transparency"],
        "/privacy": ["/privacy"],
        "/governance": ["/governance"],
        "/admin/events": ["/admin/events", "/admin/events?name=web&older=nonsense", "/admin/events?since=nonsense"],
        "/admin/events.ndjson": ["/admin/events.ndjson"],
        "/admin/events.csv": ["/admin/events.csv"],
        "/admin/alerts": ["/admin/alerts", "/admin/alerts?all=1"],
        "/health/live": ["/health/live"],
        "/health/ready": ["/health/ready"],
        "/metrics": ["/metrics"],
        "/robots.txt": ["/robots.txt"],
        "/.well-known/incident-commons.json": ["/.well-known/incident-commons.json"],
        **platforms.pages(twin, refs),
        "/fed/v1/log": ["/fed/v1/log", "/fed/v1/log?after=x"],
        "/fed/v1/inbox": ["/fed/v1/inbox"],
        "/fed/v1/records/{uid}/revisions": [f"/fed/v1/records/{ref}/revisions" for ref in refs[::9]],
        "/fed/v1/ping": ["/fed/v1/ping"],
        "/fed/v1/stream": ["/fed/v1/stream"],
        "/fed/v1/buckets": ["/fed/v1/buckets?origin=registry.test"],
        "/fed/v1/buckets/{bucket:int}": ["/fed/v1/buckets/7?origin=registry.test"],
        "/.well-known/security.txt": ["/.well-known/security.txt"],
        "/llms.txt": ["/llms.txt"],
        "/opensearch.xml": ["/opensearch.xml"],
        "/favicon.svg": ["/favicon.svg"],
        "/favicon.ico": ["/favicon.ico"],
        "/static/{name}": ["/static/site.css", "/static/nothing.css"],
        "/graphql": ["/graphql"],
        "/bulk": ["/bulk", "/bulk?mode=validate"],
    }


def questions(twin: Twin) -> Iterator[Question]:
    """Everything that is asked of both nodes."""
    for found in pages(twin).values():
        for address in found:
            yield Question(
                "GET",
                address,
                echoes=address.startswith(("/search", "/trends", "/lookup", "/export")) or SECRET_WORD in address,
            )
    yield Question("HEAD", "/incidents")
    yield Question("GET", "/nowhere")
    for document in map(_with_variables, documents(twin)):
        yield Question("POST", "/graphql", document, echoes=SECRET_WORD.lower() in str(document).lower())


def _with_variables(document: dict[str, Any]) -> dict[str, Any]:
    """The same question with the records named by variables: a node then reads and validates each document once."""
    query: str = document["query"]
    uids = list(dict.fromkeys(uid for _name, uid in _NAMED.findall(query)))
    if not uids or "variables" in document:
        return document
    asked = _NAMED.sub(lambda found: f"{found[1]}: $v{uids.index(found[2])}", query)
    declared = ", ".join(f"$v{at}: String!" for at in range(len(uids)))
    operation = asked if asked.startswith("mutation") else f"query {asked}"
    variables = {f"v{at}": uid for at, uid in enumerate(uids)}
    return {"query": operation.replace(" ", f"({declared}) ", 1), "variables": variables}


def documents(twin: Twin) -> Iterator[dict[str, Any]]:
    """GraphQL requests for every root field of the schema."""
    records = [*twin.public_records.values(), *twin.samples()]
    unknown = [(kind, name) for kind in Kind for name in (UNKNOWN_UID, "nonsense")]
    for kind, uid in [*((record.kind, record.uid) for record in records), *unknown]:
        yield {"query": f"query($uid: String!) {{ record(uid: $uid) {_RECORD[kind]} }}", "variables": {"uid": uid}}
    unknown = [(kind, name) for kind in Kind for name in (UNKNOWN_NUMBER, "nonsense")]
    for kind, number in [*((record.kind, record.number) for record in records if record.number), *unknown]:
        yield {"query": f"query($n: String!) {{ record(number: $n) {_RECORD[kind]} }}", "variables": {"n": number}}
    yield from _nodes(records)
    yield from _lists()
    yield from _searches()
    for after in ("0", "3", "9999", "x"):
        yield {"query": f'{{ changes(first: 40, after: "{after}") {everything(_SCHEMA, "ChangeConnection")} }}'}
    for name in ("organisations", "vocabularies", "viewer"):
        query = _SCHEMA.query_type
        assert isinstance(query, GraphQLObjectType)
        type_name = str(query.fields[name].type).strip("[]!")
        yield {"query": f"{{ {name} {everything(_SCHEMA, type_name)} }}"}
    for slug in ("acme", "delta", "nowhere"):
        yield {"query": f'{{ organisation(slug: "{slug}") {everything(_SCHEMA, "Organisation")} }}'}
    yield {"query": f'{{ taxonomy(namespace: "atlas") {everything(_SCHEMA, "Taxonomy")} }}'}
    yield {"query": f'{{ taxonomy(namespace: "atlas", version: "4") {everything(_SCHEMA, "Taxonomy")} }}'}
    yield {"query": "{ taxonomies(first: 2) { totalCount edges { cursor } nodes { namespace version versions } } }"}
    mappings = everything(_SCHEMA, "TermNeighbour")
    yield {"query": f'{{ crosswalk(taxonomy: "atlas", code: "AML.T0051", to: "owasp") {mappings} }}'}
    yield {"query": f'{{ vocabulary(name: "misuse_category") {everything(_SCHEMA, "Vocabulary")} }}'}
    yield from _graph(records)
    yield {"query": f"{{ clocks {everything(_SCHEMA, 'ReportingClocks')} }}"}
    yield {"query": f"{{ deadlines {everything(_SCHEMA, 'DueReports')} }}"}
    for record in [*twin.samples()[::5], *list(twin.public_records.values())[:2]]:
        yield {"query": f'{{ reportDraft(uid: "{record.uid}", form: CA_SB_53) }}'}
    for name, type_name in (("groups", "Group"), ("notices", "Notice"), ("noticesToSend", "NoticeToSend")):
        yield {"query": f"{{ {name} {everything(_SCHEMA, type_name)} }}"}
    yield {"query": f"{{ blockedRecords {_FEW} }}"}
    yield {"query": f"{{ rateLimit {everything(_SCHEMA, 'RateLimit')} }}"}
    yield from _alerts()
    yield {"query": "{ __schema { types { name } } }"}
    for address in (ARTICLE, SECRET_ADDRESS, "x" * 9000):
        by_source = f"query($url: String!) {{ recordsBySource(url: $url) {_FEW} }}"
        yield {"query": by_source, "variables": {"url": address}}
    yield {"query": f"{{ reservedNumbers {everything(_SCHEMA, 'ReservedNumber')} }}"}
    yield {"query": "mutation { reserveNumbers(input: {kind: INCIDENT}) { numbers { number } userErrors { code } } }"}
    yield from _refused_writes(twin.samples()[::3])
    yield from _proposals(twin, records)
    yield from _cases(twin.samples()[::3])
    yield from _reports()
    yield {"query": f"{{ sessions {everything(_SCHEMA, 'Session')} }}"}
    yield {"query": f'mutation {{ endSession(input: {{id: "{UNKNOWN_UID}"}}) {{ ended userErrors {{ code }} }} }}'}
    yield {"query": f'mutation {{ inviteMember(input: {{person: "{UNKNOWN_UID}"}}) {{ invitation }} }}'}
    yield from _reviewing(twin.samples()[::5])
    yield from _screening(twin.samples()[::5])
    yield from _saved_searches()
    yield from _webhooks(twin.samples()[::5])
    yield from _watched(twin.samples()[::9])
    yield from joining.documents()
    yield from imports.documents()


def _nodes(records: list[Record]) -> Iterator[dict[str, Any]]:
    ids = [
        make_id(type_name, record.uid)
        for record in records
        for type_name in (record.kind.value.title(), "Record", record.kind.value)
    ]
    ids += [make_id("Incident", UNKNOWN_UID), ID("nonsense"), ID("")]
    selection = f"{{ __typename id ... on Record {_FEW} ... on Organisation {{ slug }} }}"
    for at in range(0, len(ids), 50):
        yield {
            "query": f"query($ids: [ID!]!) {{ nodes(ids: $ids) {selection} }}",
            "variables": {"ids": ids[at : at + 50]},
        }
    for one in ids[:: len(ids) // 20 or 1]:
        yield {"query": f"query($id: ID!) {{ node(id: $id) {selection} }}", "variables": {"id": one}}


def _graph(records: list[Record]) -> Iterator[dict[str, Any]]:
    """Questions over references; each of them counts."""
    page = f"{{ nodes {_FEW} pageInfo {{ hasNextPage endCursor }} }}"
    for sort in ('misuseCategory: "spam"', 'misuseCategory: "fraud"', 'technique: "AML.T0054"'):
        tried = f"nodes {{ isNamed incidentCount evidence {{ count }} incidents {_FEW} mitigation {_FEW} }}"
        yield {"query": f"{{ mitigationsTried({sort}) {{ {tried} }} }}"}
    yield {"query": f"{{ mitigationMatrix {everything(_SCHEMA, 'MatrixCell')} }}"}
    for said in ('useCase: "support"', 'model: "Chat"', 'role: "deployer"'):
        yield {"query": f"{{ lessonsFor({said}) {_FEW} }}"}
    for uid in [*(record.uid for record in records[::4]), UNKNOWN_UID, "nonsense"]:
        yield {"query": f'{{ incidentsViolating(policy: "{uid}") {page} }}'}
        yield {"query": f'{{ incidentsViolating(policy: "{uid}", clause: "1") {page} }}'}
        yield {"query": f'{{ adoptions(uid: "{uid}") {{ counts {{ status count }} statements {page} }} }}'}


def _lists() -> Iterator[dict[str, Any]]:
    around = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    page = f"{{ totalCount {around} edges {{ cursor node {_FEW} }} }}"
    for name in LISTS:
        for order in ORDERS:
            yield {"query": f"{{ {name}(orderBy: {order}, first: 3) {page} }}"}
            yield {"query": f"{{ {name}(orderBy: {order}, last: 3) {page} }}"}
        for state in ("SUBMITTED", "PUBLISHED", "WITHDRAWN", "ERASED", "REJECTED"):
            yield {"query": f"{{ {name}(filter: {{states: [{state}]}}) {page} }}"}


def _searches() -> Iterator[dict[str, Any]]:
    found = everything(_SCHEMA, "SearchConnection")
    counts = "totalCount facets { name values { value count } }"
    few = f"{{ {counts} edges {{ score cursor snippet {{ text match }} node {_FEW} }} }}"
    yield {"query": f'{{ search(query: "spam", first: 2) {found} }}'}
    for asked in ("has:incident", "has:mitigation OR has:lesson", "-has:statement", "review:reviewed -owner:acme"):
        yield {"query": f'{{ search(query: "{asked}", first: 9) {few} }}'}
    trends = everything(_SCHEMA, "Trends")
    for rows, columns in (("month", "misuse"), ("provider", "kind"), ("owner", "year"), ("technique", "quarter")):
        yield {"query": f'{{ trends(rows: "{rows}", columns: "{columns}", measure: "duration") {trends} }}'}
    for word in WORDS:
        yield {"query": f"query($q: String!) {{ trends(query: $q) {trends} }}", "variables": {"q": word}}
        export = f"export(query: $q, format: CSV) {everything(_SCHEMA, 'Export')}"
        yield {"query": f"query($q: String!) {{ {export} }}", "variables": {"q": word}}
        for sort in ("RELEVANCE", "SEVERITY"):
            query = f"query($q: String!) {{ search(query: $q, sort: {sort}, first: 4) {few} }}"
            yield {"query": query, "variables": {"q": word}}
        yield {
            "query": f"query($q: String!) {{ search(query: $q, scope: MINE) {few} }}",
            "variables": {"q": word},
        }


def _refused_writes(hidden: list[Record]) -> Iterator[dict[str, Any]]:
    """What one may not write, of hidden records and unknown ones: the refusals must not tell them apart."""
    errors = "{ record { uid } userErrors { code message path } }"
    for uid in [*(record.uid for record in hidden), UNKNOWN_UID]:
        content = f'{{title: "T", summary: "S", links: [{{rel: RELATED, target: "{uid}"}}]}}'
        yield {"query": f"mutation {{ validateIncident(input: {{content: {content}}}) {errors} }}"}
        reasoned = f'{{uid: "{uid}", reason: "r"}}'
        yield {"query": f'{{ duplicateCandidates(uid: "{uid}") {{ score record {{ uid }} }} }}'}
        yield {"query": f'mutation {{ merge(input: {{uid: "{uid}", into: "{uid}", reason: "r"}}) {errors} }}'}
        yield {"query": f'{{ relationDecisions(uid: "{uid}") {everything(_SCHEMA, "RelationDecision")} }}'}
        both = f'uid: "{uid}", other: "{UNKNOWN_UID}"'
        yield {"query": f'mutation {{ relateRecords(input: {{{both}, reason: "r"}}) {errors} }}'}
        yield {"query": f'mutation {{ unrelateRecords(input: {{{both}, reason: "r"}}) {errors} }}'}
        yield {"query": f"mutation {{ undoRelation(input: {{{both}}}) {errors} }}"}
        yield {"query": f'mutation {{ notRelated(input: {{uid: "{uid}", other: "{UNKNOWN_UID}"}}) {errors} }}'}
        yield {"query": f'mutation {{ confirmSubmission(input: {{uid: "{uid}", notRelated: ["{uid}"]}}) {errors} }}'}
        for name in ("retract", "withdraw", "restore", "block", "unblock", "clearSources", "split"):
            yield {"query": f"mutation {{ {name}(input: {reasoned}) {errors} }}"}
        yield {"query": f'mutation {{ erase(input: {{uid: "{uid}", reason: "r", legalBasis: "b"}}) {errors} }}'}
        yield {"query": f'mutation {{ answerNotice(input: {{id: "{uid}", title: "T", text: "T"}}) {errors} }}'}
        yield {"query": f'mutation {{ setLegalHold(input: {{uid: "{uid}", on: true, reason: "r"}}) {errors} }}'}
        yield {"query": f'mutation {{ narrowVisibility(input: {{uid: "{uid}", tlp: RED, reason: "r"}}) {errors} }}'}
        yield {"query": f'mutation {{ publish(input: {{uid: "{uid}", expectedRevision: 1}}) {errors} }}'}
        update = f'{{uid: "{uid}", expectedRevision: 1, content: {{title: "T", summary: "S"}}}}'
        yield {"query": f"mutation {{ updateIncident(input: {update}) {errors} }}"}
        claim = f'{{uid: "{uid}", expectedRevision: 1, decision: CLAIM}}'
        yield {"query": f"mutation {{ reviewSubmission(input: {claim}) {errors} }}"}
        edits = '[{path: ["aliases", "0"], value: "9"}]'
        proposal = f'{{uid: "{uid}", expectedRevision: 1, reason: "r", changes: {edits}}}'
        yield {"query": f"mutation {{ proposeCorrection(input: {proposal}) {errors} }}"}


def _proposals(twin: Twin, records: list[Record]) -> Iterator[dict[str, Any]]:
    """What differs between revisions, and proposals: those of others are as those that are not there."""
    change = everything(_SCHEMA, "FieldChange")
    for record in records:
        for drafts in ("false", "true"):
            asked = f"a: difference(from: 1, to: 2, drafts: {drafts}) {change} b: difference(from: 2, to: 3) {change}"
            yield {"query": f'{{ record(uid: "{record.uid}") {{ {asked} }} }}'}
    yield {"query": f"{{ proposals(first: 3) {everything(_SCHEMA, 'ProposalConnection')} }}"}
    answer = "{ proposal { id } record { uid } userErrors { code message path } }"
    for one in [*twin.hidden_proposals, UNKNOWN_UID, "nonsense"]:
        yield {"query": f'mutation {{ withdrawProposal(input: {{id: "{one}"}}) {answer} }}'}
        for decision in ("ACCEPT", "DECLINE"):
            said = f'{{id: "{one}", decision: {decision}, reason: "r"}}'
            yield {"query": f"mutation {{ decideProposal(input: {said}) {answer} }}"}


def _cases(hidden: list[Record]) -> Iterator[dict[str, Any]]:
    """What strangers ask of cases; what they name must not matter, and a new one has a code of its own."""
    answer = "{ case { id } receiptCode blocked userErrors { code message path } }"
    yield {"query": "{ cases(first: 2) { totalCount nodes { id state urgent } } }"}
    yield {"query": f'{{ case(id: "{UNKNOWN_UID}") {everything(_SCHEMA, "Case")} }}'}
    for name in [*(record.number or record.uid for record in hidden), UNKNOWN_NUMBER]:
        yield {"query": f'mutation {{ openCase(input: {{wish: REMOVAL, about: "{name}"}}) {answer} }}'}
        yield {"query": f'mutation {{ readCase(input: {{receiptCode: "{name}"}}) {answer} }}'}
    said = f'receiptCode: "{UNKNOWN_UID}", text: "t"'
    yield {"query": f"mutation {{ addToCase(input: {{{said}}}) {answer} }}"}
    yield {"query": f"mutation {{ appealCase(input: {{{said}}}) {answer} }}"}
    yield {"query": f'mutation {{ answerCase(input: {{id: "{UNKNOWN_UID}", text: "t"}}) {answer} }}'}
    for record in hidden:
        block = f'id: "{UNKNOWN_UID}", uid: "{record.uid}", reason: "r"'
        yield {"query": f"mutation {{ blockForCase(input: {{{block}}}) {answer} }}"}
    yield {"query": f'mutation {{ decideCase(input: {{id: "{UNKNOWN_UID}", outcome: REFUSED}}) {answer} }}'}


def _reports() -> Iterator[dict[str, Any]]:
    """What strangers ask of reports without an account, which this node does not take."""
    told = "{ status { stage } receiptCode userErrors { code message path } }"
    done = "{ report { id } userErrors { code message path } }"
    yield {"query": "{ reports(first: 2) { totalCount nodes { id kind } } }"}
    yield {"query": f'{{ report(id: "{UNKNOWN_UID}") {everything(_SCHEMA, "Report")} }}'}
    yield {"query": f'mutation {{ submitReport(input: {{kind: ANONYMOUS, title: "t", words: "w"}}) {told} }}'}
    yield {"query": f'mutation {{ readReport(input: {{receiptCode: "{UNKNOWN_UID}"}}) {told} }}'}
    yield {"query": f'mutation {{ answerReport(input: {{receiptCode: "{UNKNOWN_UID}", text: "t"}}) {told} }}'}
    yield {"query": f'mutation {{ claimReport(input: {{id: "{UNKNOWN_UID}"}}) {done} }}'}
    yield {"query": f'mutation {{ askReporter(input: {{id: "{UNKNOWN_UID}", text: "t"}}) {done} }}'}
    yield {"query": f'mutation {{ checkReport(input: {{id: "{UNKNOWN_UID}", item: NAMES, done: true}}) {done} }}'}
    written = f'id: "{UNKNOWN_UID}", expectedRevision: 1, content: {{title: "T", summary: "S"}}'
    yield {"query": f"mutation {{ writeReport(input: {{{written}}}) {{ record {{ uid }} userErrors {{ code }} }} }}"}


def _screening(hidden: list[Record]) -> Iterator[dict[str, Any]]:
    """What strangers ask of findings: of what they do not see there are none, and nothing is answered."""
    told, answer = everything(_SCHEMA, "ScreeningFinding"), "{ record { uid } userErrors { code message path } }"
    for uid in [*(record.uid for record in hidden), UNKNOWN_UID]:
        yield {"query": f'{{ screening(uid: "{uid}") {told} }}'}
        said = f'uid: "{uid}", expectedRevision: 1'
        accept = '[{code: PERSON_NAME, path: ["content", "title"], reason: "r"}]'
        yield {"query": f"mutation {{ acceptFindings(input: {{{said}, accept: {accept}}}) {answer} }}"}
        yield {"query": f"mutation {{ redactFindings(input: {{{said}, redactAll: true}}) {answer} }}"}


def _reviewing(hidden: list[Record]) -> Iterator[dict[str, Any]]:
    """What strangers ask of the queue, and of what reviewers chose."""
    for name, type_name in (
        ("reviewQueue", "ReviewQueue"),
        ("myWelfare", "Welfare"),
        ("declaredConflicts", "ConflictDeclaration"),
        ("mergeCandidates", "MergeCandidateConnection"),
    ):
        yield {"query": f"{{ {name} {everything(_SCHEMA, type_name)} }}"}
    for name in ("wiki", "nowhere"):
        yield {"query": f'{{ reviewQueue(source: "{name}") {{ hasMore sources {{ count }} }} }}'}
        yield {"query": f'{{ importedToReview(source: "{name}") {everything(_SCHEMA, "ImportedList")} }}'}
    errors = "userErrors { code message path }"
    yield {"query": f"mutation {{ nextToReview(input: {{}}) {{ record {{ uid }} {errors} }} }}"}
    yield {"query": f"mutation {{ setOptOuts(input: {{topics: [HATE]}}) {{ {errors} }} }}"}
    yield {"query": f"mutation {{ setOwnLimit(input: {{perDay: 1}}) {{ {errors} }} }}"}
    yield {"query": f"mutation {{ declareConflicts(input: {{conflicts: []}}) {{ {errors} }} }}"}
    for uid in [*(record.uid for record in hidden), UNKNOWN_UID]:
        field = f'{{uid: "{uid}", field: "content.title"}}'
        yield {"query": f"mutation {{ revealField(input: {field}) {{ lines {{ text }} {errors} }} }}"}
        pair = f'{{uid: "{uid}", other: "{UNKNOWN_UID}"}}'
        yield {"query": f"mutation {{ dismissMergeCandidate(input: {pair}) {{ state {errors} }} }}"}
        asked = f'{{uid: "{uid}", expectedRevision: 1}}'
        chosen = f'{{source: "wiki", records: [{asked}]}}'
        yield {"query": f"mutation {{ acceptImported(input: {chosen}) {{ answers {{ uid }} {errors} }} }}"}
        yield {"query": f"mutation {{ askOpinion(input: {asked}) {{ record {{ uid }} {errors} }} }}"}


def _webhooks(hidden: list[Record]) -> Iterator[dict[str, Any]]:
    """What strangers ask of webhooks, which are of members."""
    answer = "{ webhook { id } secret userErrors { code message path } }"
    yield {"query": f"{{ webhooks {everything(_SCHEMA, 'Webhook')} }}"}
    yield {"query": f'mutation {{ createWebhook(input: {{url: "https://10.0.0.1/"}}) {answer} }}'}
    for one in [*(record.uid for record in hidden), UNKNOWN_UID]:
        for name in ("updateWebhook", "rotateWebhookSecret", "pauseWebhook", "deleteWebhook"):
            yield {"query": f'mutation {{ {name}(input: {{id: "{one}"}}) {answer} }}'}
        sent = "{ delivery { id } userErrors { code message path } }"
        yield {"query": f'mutation {{ testWebhook(input: {{id: "{one}"}}) {sent} }}'}
        yield {"query": f'mutation {{ redeliver(input: {{deliveryId: "{one}"}}) {sent} }}'}


def _saved_searches() -> Iterator[dict[str, Any]]:
    """What strangers ask of saved searches, which are of members."""
    answer = "{ savedSearch { id } userErrors { code message path } }"
    yield {"query": f"{{ savedSearches {everything(_SCHEMA, 'SavedSearch')} }}"}
    yield {"query": f'mutation {{ saveSearch(input: {{name: "", query: "spam"}}) {answer} }}'}
    yield {"query": f'mutation {{ changeSavedSearch(input: {{id: "{UNKNOWN_UID}", name: "n"}}) {answer} }}'}
    yield {"query": f'mutation {{ deleteSavedSearch(input: {{id: "{UNKNOWN_UID}"}}) {answer} }}'}


def _watched(hidden: list[Record]) -> Iterator[dict[str, Any]]:
    """What strangers ask of watched policies, which are of operators and providers."""
    answer = "{ policy { id } userErrors { code message path } }"
    yield {"query": f"{{ watchedPolicies {everything(_SCHEMA, 'WatchedPolicy')} }}"}
    for one in [*(record.uid for record in hidden), UNKNOWN_UID]:
        said = f'{{url: "https://10.0.0.1/", title: "t", previous: "{one}"}}'
        yield {"query": f"mutation {{ watchPolicy(input: {said}) {answer} }}"}
        yield {"query": f'mutation {{ unwatchPolicy(input: {{id: "{one}"}}) {answer} }}'}


def _alerts() -> Iterator[dict[str, Any]]:
    """What operators alone are told."""
    yield {"query": f"{{ events(first: 2) {everything(_SCHEMA, 'EventConnection')} }}"}
    yield {"query": f"{{ alerts(first: 2) {everything(_SCHEMA, 'AlertConnection')} }}"}
    for name in ("acknowledgeAlert", "dismissAlert"):
        judged = f'{name}(input: {{id: "{UNKNOWN_UID}", reason: "r"}}) {{ alert {{ id }} userErrors {{ code }} }}'
        yield {"query": f"mutation {{ {judged} }}"}
    for name in ("freeze", "thaw"):
        said = f'{{subject: "key:{UNKNOWN_UID}", reason: "r"}}'
        yield {"query": f"mutation {{ {name}(input: {said}) {{ freeze {{ at }} userErrors {{ code }} }} }}"}


def _refs(records: Any) -> Iterator[str]:
    for record in records:
        yield record.uid
        if record.number is not None:
            yield record.number
