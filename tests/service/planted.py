"""One name, put everywhere where a node keeps words about a record; an erasure must find all of them.

A new table that may hold words about a record gets a planter here, and any other its reason: a test sees to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from registry.domain.actor import SYSTEM
from registry.domain.case import CaseOutcome
from registry.domain.correction import Edit
from registry.domain.federation.message import MessageType
from registry.domain.record import Record, RecordUid
from registry.domain.relatedness import Verdict
from registry.domain.screening.acceptance import Acceptance, Answers
from registry.domain.screening.finding import Code
from registry.ports import Registry
from registry.ports.federation import Refused
from registry.service import cases, casework, duplicates, intake, proposals, relations, reports, review, submit
from registry.service.federation import signing
from registry.service.federation.messaging import queue
from registry.service.interop import placing
from tests.factories import content
from tests.service.world import People, accepting, claimed, published, republished, revised, text_of

NAME = "Wilhelmina Zorbelgrint"
WORDS = (b"zorbelgrint", b"wilhelmina")


def plant(registry: Registry, people: People) -> tuple[RecordUid, ...]:
    """Put the name everywhere; the records to be erased so that it is nowhere any more."""
    named = content(
        title=f"Fraud by {NAME}",
        summary=f"{NAME} did it.",
        actors=[{"label": NAME}],
        systems=[{"provider": f"{NAME} AI", "role": "abused"}],
        sources=[{"url": "https://example.org/zorbelgrint", "title": NAME}],
        aliases=[NAME],
        restricted={"notes": f"Ask {NAME}."},
        marking={"content_warnings": [NAME], "obligations": [NAME]},
    )
    record = published(registry, people, named)
    return (record.uid, *(uid for planter in PLANTERS for uid in planter(registry, people, record)))


def _revisions(registry: Registry, people: People, record: Record) -> tuple[RecordUid, ...]:
    systems = [{"provider": f"{NAME} AI", "role": "abused"}]
    republished(registry, people, record, content(title=f"Again {NAME}", systems=systems))
    excuse: dict[str, Any] = {"names_person": "final_judgment", "names_person_reason": f"{NAME} was sentenced."}
    revised(registry, people, record, text_of(f"Pending {NAME}", **excuse))
    return ()


def _keys_of_requests(registry: Registry, people: People, _record: Record) -> tuple[RecordUid, ...]:
    of = text_of(f"Hidden {NAME}")
    reference = Acceptance(Code.PERSON_NAME, ("externalRef",), f"{NAME} is the key that we know it by.")
    answers = Answers((*accepting(of).accept, reference))
    hidden = submit.submit(
        registry, people.submitter, of, external_ref=NAME, answers=answers, idempotency_key=NAME
    ).record
    return (hidden.uid,)


def _reasons(registry: Registry, people: People, _record: Record) -> tuple[RecordUid, ...]:
    record = claimed(registry, people, text_of(f"Rejected {NAME}"))
    review.reject(registry, people.reviewer, record.uid, expected_revision=1, reason=f"Names {NAME}.")
    return (record.uid,)


def _proposals(registry: Registry, people: People, record: Record) -> tuple[RecordUid, ...]:
    edits = [Edit(("summary",), f"It was {NAME}'s sister.")]
    made = proposals.propose(registry, people.outsider, record.uid, edits, reason=f"Ask {NAME}.", expected_revision=2)
    proposals.decline(registry, people.submitter, made.proposal.id, reason=f"{NAME} says no.")
    return ()


def _cases(registry: Registry, people: People, record: Record) -> tuple[RecordUid, ...]:
    for outcome, reply in ((CaseOutcome.REPLY_SHOWN, f"I am {NAME}."), (CaseOutcome.ERASED, "")):
        opened = cases.open_case(
            registry,
            people.stranger,
            wish="removal",
            ground="privacy",
            about=str(record.number),
            words=f"I am {NAME}.",
            contact=f"{NAME}@example.org",
        )
        case = opened.case.id
        casework.answer_case(registry, people.operator, case, text=f"Dear {NAME}")
        casework.decide(registry, people.operator, case, outcome=outcome, reasons=f"{NAME} is right.", reply=reply)
    return ()


def _reports(registry: Registry, people: People, _record: Record) -> tuple[RecordUid, ...]:
    taking = replace(registry, settings=registry.settings.model_copy(update={"anonymous_reports": True}))
    made = reports.submit_report(
        taking,
        people.stranger,
        kind="confidential",
        title=f"About {NAME}",
        words=f"{NAME} did it.",
        provider=NAME,
        model=NAME,
        links=["https://example.org/zorbelgrint"],
        contact=f"{NAME}@example.org",
    )
    (waiting,) = intake.page(registry, people.reviewer).items
    intake.claim_report(registry, people.reviewer, waiting.id)
    intake.ask_reporter(registry, people.reviewer, waiting.id, text=f"Who is {NAME}?")
    reports.answer_report(registry, people.stranger, made.code, text=f"{NAME} is my sister.")
    return (waiting.record,)


def _candidates(registry: Registry, people: People, record: Record) -> tuple[RecordUid, ...]:
    other = published(registry, people, text_of("Another", tlp="CLEAR"))
    duplicates.not_related(registry, people.reviewer, record.uid, other.uid)
    words = f"{NAME} is behind both."
    relations.decide(registry, people.reviewer, other.uid, record.uid, verdict=Verdict.RELATED, reason=words)
    return ()


def _nodes(registry: Registry, _people: People, record: Record) -> tuple[RecordUid, ...]:
    while signing.sign_changes(registry, SYSTEM):
        pass
    while placing.place_changes(registry, SYSTEM):
        pass
    item = Refused(registry.ids.uid(), "other.example", record.uid, "", "FORK", WORDS[0], registry.clock.now())
    with registry.storage.begin() as unit:
        unit.refusals.add(item)
        queue(registry, unit, "other.example", MessageType.PROPOSAL, record.uid, {"reason": NAME})
    return ()


PLANTERS: tuple[Callable[[Registry, People, Record], tuple[RecordUid, ...]], ...] = (
    _nodes,
    _revisions,
    _proposals,
    _cases,
    _keys_of_requests,
    _reasons,
    _reports,
    _candidates,
)

# Tables that hold the name once it is planted.
HOLD_WORDS = {
    "records", "revisions", "facet_terms", "idempotency", "reasons", "proposals", "notices", "cases", "case_messages",
    "case_decisions", "replies", "reports", "report_messages", "report_contacts", "screening_acceptances",
    "relation_decisions", "envelopes", "peer_refusals",
    "peer_messages",
}  # fmt: skip
# Of these the answer to whoever asked, and how to reach them, stay for the time that the node names, and then go.
HOLD_THE_ANSWER_FOR_A_WHILE = {"cases", "case_decisions"}
# Tables that hold no words about a record, and why.
HOLD_NO_WORDS = {
    "facets": "numbers of terms and records",
    "links": "uids and paths of clauses",
    "source_keys": "hashes of addresses",
    "merge_candidates": "uids, pseudonyms and names of what is alike",
    "candidate_keys": "hashes",
    "suggested_duplicates": "uids and names of what is alike",
    "not_related": "uids and pseudonyms",
    "changes": "hashes and pseudonyms",
    "numbers": "counters",
    "reserved_numbers": "numbers",
    "jobs": "ids, and the code of the last error",
    "meta": "facts about the store",
    "report_checks": "questions of ours, and remarks that go with the report",
    "authority_requests": "what a state asked of the node, not about a record",
    "organisations": "organisations",
    "members": "pseudonyms",
    "person_names": "members, who are forgotten by another way",
    "groups": "groups",
    "group_members": "groups",
    "api_keys": "keys",
    "credentials": "what members sign in with",
    "recovery_codes": "hashes of codes",
    "invitations": "hashes of codes",
    "identities": "what providers call members",
    "sessions": "who is signed in",
    "refused_sign_ins": "counters",
    "events": "who did what, in words of our own",
    "alerts": "numbers about keys and people",
    "activity_hours": "numbers about keys and people",
    "activity_places": "hashes of networks",
    "freezes": "why a key or a person was kept out",
    "letters": "words of our own, with links",
    "mail_addresses": "members, who are forgotten by another way",
    "webhooks": "addresses of organisations",
    "deliveries": "ids",
    "peers": "names and keys of nodes",
    "envelope_heads": "uids and hashes",
    "channel_places": "uids, hashes and counts",
    "dumps": "counts, and hashes of files",
    "peer_sent": "uids and hashes",
    "peer_nonces": "words of requests",
    "peer_departures": "uids and instants",
    "peer_owners": "organisations",
    "peer_uids": "uids",
    "peer_drops": "counts",
    "peer_findings": "uids, hashes and reasons of ours",
    "peer_acknowledgements": "uids and instants",
    "saved_searches": "what members look for, who delete it themselves",
    "saved_search_matches": "ids",
    "reviewer_preferences": "numbers",
    "exposures": "numbers",
    "exposure_marks": "hashes",
    "conflict_declarations": "organisations that reviewers are bound to",
    "applications": "applicants, whose words go by a time of their own",
    "agreements": "pseudonyms and revisions",
    "taxonomies": "words of others",
    "policy_watches": "addresses that operators write",
    "policy_versions": "texts of public pages",
    "trusted_documents": "queries that operators write",
    "crosswalks": "words of others",
    "import_sources": "publishers, in words of operators",
    "import_states": "ids and times",
    "import_documents": "addresses of documents",
    "import_runs": "numbers",
    "import_absences": "hashes, uids and reasons of ours",
    "findings": "what an importer could not read, until a run finds it mended",
}


def places_of(word: bytes, directory: Path) -> Iterator[str]:
    """Every file below *directory* that holds *word*, in any of the usual encodings."""
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            body = path.read_bytes().lower()
            yield from (
                f"{path.relative_to(directory)} at {body.index(form)}"
                for form in (word, word.decode().encode("utf-16-le"), word.hex().encode())
                if form in body
            )
