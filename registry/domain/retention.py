"""What a node stores, why, and how long: one line a table, shown at ``/privacy`` and handed to counsel.

Numbers in braces are names of settings, filled in with the node's own values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from registry.domain.federation import keeping
from registry.domain.kept import Kept, Personal

_WITH_THE_RECORD = "as long as the record; gone when it is erased"
_FOR_EVER = "as long as the node"
_CASE_TEXT = "{case_kept_days} days after the decision"
_REPORT_TEXT = "{report_kept_days} days after the decision, or when the record is erased"

TABLES: tuple[Kept, ...] = (
    Kept(
        "records", "envelopes: owner, state, number, times", "to publish and review records",
        "for ever, so that a public number never leads nowhere; without content once erased",
    ),
    Kept(
        "revisions", "what was written about misuse, in two parts, each revision", "to publish, correct and compare",
        _WITH_THE_RECORD, Personal.MENTIONED,
    ),
    Kept("facets", "which records have which terms, as numbers", "to find records", _WITH_THE_RECORD),
    Kept(
        "facet_terms", "terms that published revisions have, each once", "to find records",
        "as long as any record that has it",
    ),
    Kept("links", "references between records", "to find what belongs together", _WITH_THE_RECORD),
    Kept("numbers", "the last number given", "to number records", _FOR_EVER),
    Kept("reserved_numbers", "numbers set aside for an organisation", "to number records", _FOR_EVER),
    Kept("source_keys", "addresses of sources, normalised", "to find records of the same source", _WITH_THE_RECORD),
    Kept("not_related", "pairs that somebody found unlike", "not to suggest them again", _WITH_THE_RECORD),
    Kept(
        "relation_decisions", "which records editors found related or not, and why in a sentence",
        "to show what belongs together", _WITH_THE_RECORD, Personal.MENTIONED,
    ),
    Kept("merge_candidates", "pairs that may be one event", "to merge what was told twice", _WITH_THE_RECORD),
    Kept("candidate_keys", "hashes of ids, addresses, words", "to find what was told twice", _WITH_THE_RECORD),
    Kept("suggested_duplicates", "pairs that look alike", "to merge what was told twice", _WITH_THE_RECORD),
    Kept(
        "proposals", "corrections that somebody proposes, with the reason", "to correct records and to name who helped",
        _WITH_THE_RECORD, Personal.MENTIONED,
    ),
    Kept(
        "screening_acceptances", "why something that screening found may stand, who said so, and a hash of it",
        "so that owner and reviewers know why", _WITH_THE_RECORD, Personal.MENTIONED,
    ),
    Kept(
        "notices", "which passage an organisation was asked about, and its answer", "to hear those who are named",
        _WITH_THE_RECORD, Personal.MENTIONED,
    ),
    Kept(
        "changes", "what was done when, by which pseudonym; no content", "history, audit and synchronisation",
        "for ever: every row proves the one before it", Personal.STAFF,
    ),
    Kept(
        "reasons", "why something was done, in words", "so that those concerned know why",
        "as long as the record; gone when it is erased", Personal.MENTIONED,
    ),
    Kept("organisations", "names, kinds and public contacts of organisations", "to say whose record it is", _FOR_EVER),
    Kept("groups", "groups of organisations", "to share records with them", _FOR_EVER),
    Kept("group_members", "which organisation is in which group", "to share records with it", _FOR_EVER),
    Kept(
        "members", "pseudonyms of people in organisations, with their roles", "to let them in, and for four eyes",
        "as long as the change log speaks of them", Personal.STAFF,
    ),
    Kept(
        "person_names", "names behind the pseudonyms", "so that operators know whom they let in",
        "until they are forgotten; the table can be emptied without harm", Personal.STAFF,
    ),
    Kept(
        "api_keys", "hashes of keys, with labels and last use", "to let programs in",
        "as long as the member; a key itself is never kept", Personal.STAFF,
    ),
    Kept(
        "credentials", "sign-in names, hashes of passwords, sealed secrets of one-time codes", "to let members in",
        "as long as the member", Personal.STAFF,
    ),
    Kept(
        "recovery_codes", "hashes of codes that stand in for a lost telephone", "to let members in",
        "until each is used, or others are made", Personal.STAFF,
    ),
    Kept("invitations", "hashes of invitations", "to let members in", "7 days at most, or until used", Personal.STAFF),
    Kept(
        "identities", "what an organisation's own provider calls a member", "to let members in",
        "until the member unlinks it", Personal.STAFF,
    ),
    Kept(
        "sessions", "who is signed in since when, from which network, with which browser",
        "to let members in, and to show them where they are signed in", "{session_hours} hours, or until signed out",
        Personal.STAFF,
    ),
    Kept("refused_sign_ins", "numbers of refused attempts", "to notice misuse", "until the next hour's are counted"),
    Kept(
        "events", "who came in, from which address, and what was refused", "to notice misuse",
        "as long as the node; addresses {event_address_days} days", Personal.STAFF,
    ),
    Kept(
        "alerts", "what stood out about a key, a person or an address, and how it was judged", "to stop misuse",
        _FOR_EVER, Personal.STAFF,
    ),
    Kept(
        "activity_hours", "how much a key or a person did, hour by hour; not what", "to notice what is unusual",
        "28 days", Personal.STAFF,
    ),
    Kept(
        "activity_places", "from which networks a key or a person came, as keyed hashes", "to notice a stolen key",
        "28 days after the last time", Personal.STAFF,
    ),
    Kept(
        "freezes", "who was kept out when, by which pseudonym, and why", "to stop misuse", _FOR_EVER, Personal.STAFF,
    ),
    Kept(
        "letters", "mail that waits, with subject and text; of what was sent the kind and the time only",
        "to tell people what concerns them", "text until it is sent; the rest {delivery_kept_days} days",
        Personal.STAFF,
    ),
    Kept(
        "mail_addresses", "where a person gets mail, and which kinds they do not want", "to send letters",
        "until it is forgotten; the table can be emptied without harm", Personal.STAFF,
    ),
    Kept("peers", "other nodes: names, keys, how syncing goes", "to sync with them", "until an operator removes them"),
    Kept(
        "envelopes", "signed headers: how records are marked, hashes of what they say, reasons of tombstones",
        "to give records to other nodes, and to tell forged ones",
        "as long as the node; of an erased record hashes only", Personal.MENTIONED,
    ),
    Kept("envelope_heads", "the newest header of each record", "to give records to other nodes", _FOR_EVER),
    Kept(
        "channel_places", "which record stands where in what platforms read, by uids, hashes and counts",
        "to give records to platforms, and to take them back", _FOR_EVER,
    ),
    Kept("dumps", "which dumps were made, with counts and hashes", "to tell whole files from others", _FOR_EVER),
    Kept("peer_sent", "which node was sent which record, by hashes", "to take back what it may not see any more",
         "until the other node is removed"),
    Kept(
        "peer_messages", "messages between this node and others, such as proposed corrections, until each is received",
        "to work on records of several nodes", "31 days; the text until it is received, or the record is erased",
        Personal.MENTIONED,
    ),
    Kept("peer_nonces", "words of signed requests", "to refuse a request that comes twice", "six minutes"),
    Kept(
        "peer_refusals", "what other nodes sent and was not taken, with its reason", "to look into it",
        "until it is taken, the record is erased or the other node is removed", Personal.MENTIONED,
    ),
    Kept(
        "webhooks", "addresses at which organisations want to be told of changes", "to tell them",
        "until the organisation deletes them",
    ),
    Kept(
        "deliveries", "which change was sent to which webhook, by ids; no content", "to repeat what did not arrive",
        "{delivery_kept_days} days",
    ),
    Kept(
        "saved_searches", "searches that members keep, with a name, and hashes of what matched then",
        "to tell what matches newly", "until they are deleted, or the member leaves", Personal.STAFF,
    ),
    Kept(
        "saved_search_matches", "which record a saved search was told of, by ids", "to tell each match once",
        "as long as the search; gone when the record is erased",
    ),
    Kept(
        "reviewer_preferences", "what a reviewer does not read, and limits of one's own", "so that nobody reads it",
        "until it is changed, or the member leaves; read for that person alone", Personal.STAFF,
    ),
    Kept(
        "exposures", "how much a reviewer has read in a day, in weights", "to let reviewers take breaks",
        "90 days, or until the member leaves; read for that person alone", Personal.STAFF,
    ),
    Kept(
        "exposure_marks", "hashes of what was counted", "not to count twice",
        "90 days, or until the member leaves", Personal.STAFF,
    ),
    Kept(
        "conflict_declarations", "whom a reviewer is bound to", "so that nobody judges what concerns them",
        "until it is changed, or the member leaves; lead reviewers read it", Personal.STAFF,
    ),
    Kept(
        "applications", "who applies for membership, why, how to reach them, and what was decided",
        "to decide, and to tell why", "{application_kept_days} days after the decision; who let whom in stays",
        Personal.SENDER,
    ),
    Kept(
        "agreements", "which member agreed to which usage guidelines", "to show that they hold",
        "as long as the member", Personal.STAFF,
    ),
    Kept("idempotency", "fingerprints of writes", "not to store a request twice", "{idempotency_hours} hours"),
    Kept("jobs", "work that is due", "to do it in time", "until it is done"),
    Kept("meta", "facts about the store", "to run the node", _FOR_EVER),
    Kept("taxonomies", "vocabularies of others", "to describe records", _FOR_EVER),
    Kept(
        "policy_watches", "pages of usage policies that are watched, and how they were found", "to see what changes",
        "until they are watched no more",
    ),
    Kept(
        "policy_versions", "texts that stood on those pages, for operators and the provider", "to tell what changed",
        "until the page is watched no more",
    ),
    Kept("trusted_documents", "queries that may be asked by their hash", "short and cached requests", _FOR_EVER),
    Kept("crosswalks", "which terms mean the same", "to describe records", _FOR_EVER),
    Kept(
        "findings", "what importers could not take over", "to repair sources",
        "90 days after a run finds it mended", Personal.MENTIONED,
    ),
    Kept("import_sources", "whose records are taken in", "to import", "until an operator takes it out"),
    Kept("import_states", "where the next run begins", "to import", _FOR_EVER),
    Kept("import_documents", "what servers said of documents", "not to fetch what is unchanged", _FOR_EVER),
    Kept("import_runs", "how imports went, in numbers", "to repair sources", _FOR_EVER),
    Kept(
        "import_absences", "hashes of records that their source no longer has", "to withdraw them in time",
        "until the source has them again",
    ),
    Kept(
        "cases", "requests for correction, removal or reply", "to answer them",
        f"{_CASE_TEXT}; what is left is only counted", Personal.SENDER,
    ),
    Kept("case_messages", "what is written about a request", "to answer it", _CASE_TEXT, Personal.SENDER),
    Kept(
        "case_decisions", "decisions with reasons, and by which pseudonym",
        "to answer, and to let others decide appeals",
        f"reasons and pseudonym {_CASE_TEXT}; what is left is only counted", Personal.SENDER,
    ),
    Kept(
        "replies", "what a person concerned says beside a record", "so that both sides are heard", _WITH_THE_RECORD,
        Personal.SENDER,
    ),
    Kept(
        "authority_requests", "who asked with the power of a state, and what was done", "to count it in public",
        _FOR_EVER,
    ),
    Kept(
        "reports", "reports without an account", "to record what happened without telling who told it", _REPORT_TEXT,
        Personal.SENDER,
    ),
    Kept("report_messages", "questions and answers", "to understand a report", _REPORT_TEXT, Personal.SENDER),
    Kept(
        "report_checks", "what was checked to protect the reporter", "to protect the reporter",
        f"remarks {_REPORT_TEXT}",
    ),
    Kept(
        "report_contacts", "how one reviewer reaches a confidential reporter", "to ask back", _REPORT_TEXT,
        Personal.SENDER,
    ),
    *keeping.TABLES,
)  # fmt: skip

BESIDE_THE_TABLES: tuple[Kept, ...] = (
    Kept(
        "search index", "the words of records", "to search", "follows the records within seconds; erased with them",
        Personal.MENTIONED,
    ),
    Kept(
        "erasures file", "which record was erased when; no content", "so that no backup brings it back", _FOR_EVER
    ),
    Kept(
        "log on standard error", "errors with the id of the request; no address, no address bar, no content",
        "to run the node", "as the operator keeps it",
    ),
    Kept(
        "files of dumps", "public records, as they were on a day", "to be taken along",
        "until {dumps_kept} newer ones stand; until a record in it is erased, withdrawn or no longer public",
        Personal.MENTIONED,
    ),
    Kept("backups", "copies of all tables", "to survive a loss", "as the operator keeps them", Personal.MENTIONED),
)  # fmt: skip


def filled_in(kept: Kept, settings: Mapping[str, object]) -> Kept:
    """The line with the node's own numbers."""
    return Kept(kept.name, kept.holds, kept.purpose, kept.until.format_map(settings), kept.personal)


def everything(settings: Mapping[str, object]) -> Iterator[Kept]:
    """Every line, with the node's own numbers."""
    for one in (*TABLES, *BESIDE_THE_TABLES):
        yield filled_in(one, settings)
