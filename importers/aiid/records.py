"""The records of the AI Incident Database: how an incident is read as one of ours, and a report as its source.

The database says who deployed, developed and was harmed, by name; what is said of them here ``importers.aiid.parties``
decides. Editors and submitters are not read, authors of reports only to leave out what names them. Everything beyond is
made from the title by ``importers.aiid.rules``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from importers import fitting
from importers.aiid import rules
from importers.aiid.documents import Row
from importers.aiid.mapping import Party, by_rule, mapped_content, summary
from importers.aiid.names import names_writer
from importers.aiid.parties import Sort, judge, named
from importers.contract import Draft, Fragment, Mapped, Source, TakenBack, upstream_hash
from importers.entry import Entry
from importers.json_document import read_json
from importers.marking import marking
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput
from registry.domain.vocabulary import Kind, LinkRel

SITE = "https://incidentdatabase.ai"
REPORTS, LINKS, DUPLICATES = "reports", "OECD links", "duplicates"

_MAX_LISTED = 50
_MAX_REPORTS = 100
_MAX_WRITERS = 20
_MAX_LINKS = 50
_OECD = re.compile(r"https://oecd\.ai/(?:[a-z]{2}/)?incidents/([\w-]{1,60})/?")
_DEPLOYERS, _DEVELOPERS = "AllegedDeployerOfAISystem", "AllegedDeveloperOfAISystem"
_HARMED, _SYSTEMS = "AllegedHarmedOrNearlyHarmedParties", "implicated_systems"
_READ = {
    "incident_id", "title", "description", "date", "reports", "editor_similar_incidents", "editor_dissimilar_incidents",
    _DEPLOYERS, _DEVELOPERS, _HARMED, _SYSTEMS,
}  # fmt: skip
# People's accounts, what machines guessed, and how the database keeps its records.
_LEFT = {
    "_id", "__typename", "created_at", "date_modified", "date_submitted", "editor_notes", "editors", "embedding",
    "epoch_date_modified", "epoch_date_submitted", "flagged_dissimilar_incidents", "history", "nlp_similar_incidents",
    "translations", "tsne", "quiet", "classifications",
}  # fmt: skip


def read_incident(row: Row, source: Source) -> tuple[Draft, tuple[str, ...]] | None:
    """An incident, whose ``entry`` is named by its id where it has one; and names of parties that may be persons."""
    entry = row.entry
    id_ = number_in(entry, "incident_id")
    if id_ is None:
        return None
    entry.record = id_
    entry.expect(_READ | _LEFT)
    title = fitting.line(entry, "title", entry.line("title", needed=True))
    if title is None:
        return None
    deployers, developers, harmed, systems = (
        _parties(row, name) for name in (_DEPLOYERS, _DEVELOPERS, _HARMED, _SYSTEMS)
    )
    mapped: list[Mapped] = []
    sources, joins = _reports(row, mapped)
    content: dict[str, JsonValue] = {"title": title, "event_kind": rules.event_of(title)}
    content["summary"] = description = fitting.text(entry, "description", entry.text("description"))
    if description is None:
        content["summary"] = summary(title, deployers, developers, harmed)
        mapped.append(by_rule("summary", "title, parties"))
    started = fitting.when(entry, "date", entry.fields.get("date"))
    content["timeline"] = {"started": started[:10]} if started else None
    content["aliases"] = [f"AIID-{id_}"]
    content["sources"] = sources
    made = mapped_content(title, deployers, (*developers, *systems), harmed, mapped)
    everybody = (*deployers, *developers, *harmed, *systems)
    content |= made
    if made["misuse_categories"] == ["csae"]:
        entry.note("SEALED", "title: of the sexual abuse of children; such a record is not taken over", held=True)
    draft = Draft(
        id_,
        Kind.INCIDENT,
        {name: value for name, value in content.items() if value},
        marking(source, provenance="verbatim" if description else "summary"),
        upstream_hash({name: entry.fields[name] for name in sorted(_READ & entry.fields.keys())}),
        f"{SITE}/cite/{id_}/",
        links=tuple(_links(row)),
        mapped=tuple(mapped),
        names=tuple(dict.fromkeys(name for party in everybody for name in party.judged.names)),
        joins=joins,
    )
    return draft, tuple(dict.fromkeys(party.judged.names[0] for party in everybody if party.judged.names))


def read_report(row: Row) -> Fragment | None:
    """A report of a snapshot, for the incidents that list its number."""
    number = number_in(row.entry, "report_number")
    if number is None:
        return None
    row.entry.record = f"report {number}"
    mapped: list[Mapped] = []
    found = _source(row.entry, mapped)
    if found is None:
        return None
    return Fragment(
        f"report/{number}", REPORTS, {"sources": [found]}, upstream_hash(found), tuple(mapped), is_needed=False
    )


def read_duplicate(row: Row) -> Iterable[TakenBack | Fragment]:
    """An incident that the database has merged into another."""
    gone = number_in(row.entry, "duplicate_incident_number")
    kept = number_in(row.entry, "true_incident_number")
    if gone is None or kept is None or gone == kept:
        return ()
    alias = {"aliases": [f"AIID-{gone}"]}
    taken_back = TakenBack(gone, f"Its source has merged it into AIID-{kept}.")
    return taken_back, Fragment(kept, DUPLICATES, alias, upstream_hash(alias))


def read_same_as(row: Row) -> Fragment | None:
    """What another database calls the same incident; of others than the OECD none are known."""
    id_ = number_in(row.entry, "incident_id")
    found = _OECD.fullmatch(row.entry.line("sameAs", needed=True) or "")
    if id_ is None:
        return None
    if found is None:
        row.entry.note("BAD_URL", "sameAs: no address of an OECD incident; left out")
        return None
    alias = {"aliases": [f"OECD-{found[1]}"]}
    return Fragment(id_, LINKS, alias, upstream_hash(alias))


def number_in(entry: Entry, name: str) -> str | None:
    """A number of the database as text; notes what is none."""
    value = entry.fields.get(name)
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(value, float) and value.is_integer():
        written = str(int(value))
    if isinstance(written, str) and re.fullmatch(r"[0-9]{1,9}(?:\.0)?", written.strip(), re.ASCII):
        return str(int(written.strip().removesuffix(".0")))
    entry.note("MISSING", f"{name}: a number is needed", refused=True)
    return None


def items_in(row: Row, name: str) -> tuple[JsonValue, ...]:
    """The items of a list, which a table writes as text."""
    written = row.entry.fields.get(name)
    if not row.is_table:
        return row.entry.items(name)
    if not isinstance(written, str) or not written.strip():
        return ()
    try:
        value = read_json(written.strip().encode())
    except (InvalidInput, UnicodeEncodeError):
        value = [part.strip(" '\"") for part in written.strip("[] ").split(",")]
    return tuple(value) if isinstance(value, list) else (value,)


def _parties(row: Row, name: str) -> tuple[Party, ...]:
    """The parties of a field: objects with a name, names, or ids of entities."""
    found = []
    for item in fitting.first(row.entry, name, items_in(row, name), _MAX_LISTED):
        given = (item.get("name") or item.get("entity_id")) if isinstance(item, dict) else item
        if not isinstance(given, str):
            row.entry.note("WRONG_TYPE", f"{name}: a party with a name is expected in this list")
        elif given.strip():
            is_id = not (isinstance(item, dict) and item.get("name")) and re.fullmatch(r"[^\sA-Z]+", given) is not None
            called = named(given) if is_id else " ".join(given.split())
            found.append(Party(called, judge(called)))
    return tuple(party for party in found if party.judged.sort is not Sort.NOBODY)


def _reports(row: Row, mapped: list[Mapped]) -> tuple[list[JsonValue], tuple[str, ...]]:
    """The sources that the reports are, and keys of those of which only the number is known."""
    sources: dict[str, JsonValue] = {}
    joins: list[str] = []
    for item in items_in(row, "reports"):
        if not isinstance(item, dict):
            joins.append(_join(item))
        elif "url" in item or "title" in item:
            inner = Entry(row.entry.source, row.entry.record, item)
            inner.findings = row.entry.findings
            found = _source(inner, mapped)
            if found is not None:
                sources.setdefault(str(found["url"]), found)
        else:
            joins.append(_join(item.get("report_number")))
    kept = fitting.first(row.entry, "reports", list(sources.values()), _MAX_REPORTS)
    known = tuple(dict.fromkeys(join for join in joins if join))
    if len(known) < len(set(joins)):
        row.entry.note("WRONG_TYPE", "reports: a report or its number is expected in this list")
    return kept, known


def _join(value: JsonValue) -> str:
    is_number = isinstance(value, int | str) and re.fullmatch(r"[0-9]{1,9}", str(value), re.ASCII) is not None
    return f"report/{int(str(value))}" if is_number else ""


def _source(entry: Entry, mapped: list[Mapped]) -> dict[str, JsonValue] | None:
    # A browser marks words of a page so; they are no part of its address, and often name somebody.
    url = (entry.text("url") or "").partition("#:~:")[0] or None
    publisher = fitting.label(entry, "reports.source_domain", entry.line("source_domain"))
    if publisher is None and url:
        publisher = _host(url)
        if publisher and not any(one.field == "sources.publisher" for one in mapped):
            mapped.append(by_rule("sources.publisher", "reports[].url", None))
    published = fitting.when(entry, "reports.date_published", entry.fields.get("date_published") or None)
    language = entry.line("language")
    found = fitting.source(
        entry,
        "reports",
        url,
        title=fitting.line(entry, "reports.title", entry.line("title")),
        publisher=publisher.removeprefix("www.") if publisher else None,
        published_on=published[:10] if published else None,
        language=language if fitting.is_language(language) else None,
    )
    writers = entry.fields.get("authors")
    writers = [one for one in writers if isinstance(one, str)][:_MAX_WRITERS] if isinstance(writers, list) else []
    if found is None:
        return None
    for name in ("url", "title"):
        if names_writer(str(found.get(name, "")), writers):
            entry.note("PERSON_NAMED_IN_SOURCE", "reports: an address or a title names who wrote it; left out")
            found.pop(name)
    return found if "url" in found else None


def _host(url: str) -> str | None:
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return None
    return host if host and len(host) <= fitting.MAX_LABEL and host.isprintable() else None


def _links(row: Row) -> Iterable[tuple[LinkRel, str]]:
    for name, rel in (
        ("editor_similar_incidents", LinkRel.RELATED),
        ("editor_dissimilar_incidents", LinkRel.NOT_RELATED),
    ):
        for item in fitting.first(row.entry, name, items_in(row, name), _MAX_LINKS):
            if _join(item):
                yield rel, _join(item).removeprefix("report/")
