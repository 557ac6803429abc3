"""Many at once, over HTTP, against one node process: one wins, the others are told, nothing is done twice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.domain.vocabulary import OrganisationKind
from registry.service import accounts, verify
from registry.service.keys import create_key
from registry.service.members import add_member
from tests.node_process import found_node, opened, serving

RECORD = "record { uid number state draftRevision revision } userErrors { code } replayed"
REVIEW = f"mutation ($input: ReviewSubmissionInput!) {{ reviewSubmission(input: $input) {{ {RECORD} }} }}"
SUBMIT = f"mutation ($input: SubmitIncidentInput!) {{ submitIncident(input: $input) {{ {RECORD} }} }}"
CONFIRM = f"mutation ($input: ConfirmSubmissionInput!) {{ confirmSubmission(input: $input) {{ {RECORD} }} }}"
UPDATE = f"mutation ($input: UpdateIncidentInput!) {{ updateIncident(input: $input) {{ {RECORD} }} }}"
PUBLISH = f"mutation ($input: PublishInput!) {{ publish(input: $input) {{ {RECORD} }} }}"
WITHDRAW = f"mutation ($input: ReasonedInput!) {{ withdraw(input: $input) {{ {RECORD} }} }}"
BLOCK = f"mutation ($input: BlockInput!) {{ block(input: $input) {{ {RECORD} }} }}"
ERASE = f"mutation ($input: EraseInput!) {{ erase(input: $input) {{ {RECORD} }} }}"


class Crowd:
    """One node, and somebody of each role who sends many requests at once."""

    def __init__(self, address: str, keys: dict[str, str], stack: ExitStack) -> None:
        self._clients = {
            name: stack.enter_context(
                httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=120)
            )
            for name, key in keys.items()
        }

    def one(self, by: str, document: str, **said: Any) -> dict[str, Any]:
        """The payload of a mutation."""
        body = self._clients[by].post("/graphql", json={"query": document, "variables": {"input": said}}).json()
        assert "errors" not in body, body
        (payload,) = body["data"].values()
        return dict(payload)

    def at_once(self, *calls: Callable[[], dict[str, Any]]) -> list[dict[str, Any]]:
        """What each call gives, all begun together."""
        with ThreadPoolExecutor(16) as pool:
            return [waiting.result() for waiting in [pool.submit(call) for call in calls]]

    def submitted(self, title: str, **said: Any) -> dict[str, Any]:
        """A new record."""
        content = {"title": title, "summary": "b", "misuseCategories": ["spam"]}
        return dict(self.one("submitter", SUBMIT, content=content, marking={"tlp": "CLEAR"}, **said)["record"])

    def approved(self, title: str) -> str:
        """The uid of a record that waits to be published."""
        record = self.submitted(title)
        uid: str = record["uid"]
        if record["state"] == "DRAFT":
            self.one("submitter", CONFIRM, uid=uid)
        for decision in ("CLAIM", "APPROVE"):
            assert self.one("reviewer", REVIEW, uid=uid, decision=decision, expectedRevision=1)["record"]
        return uid


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the node keeps everything."""
    return tmp_path_factory.mktemp("raced") / "data"


@pytest.fixture(scope="module")
def crowd(place: Path) -> Iterator[Crowd]:
    """The node, served."""
    keys = found_node(place)
    with opened(place) as registry:
        people = {"second": Role.REVIEWER, "lead": Role.LEAD_REVIEWER, "operator": Role.OPERATOR}
        for name, role in people.items():
            slug = f"of-{name}"
            accounts.add_organisation(registry, LOCAL_OPERATOR, slug=slug, name=slug, kind=OrganisationKind.OTHER)
            made = add_member(registry, LOCAL_OPERATOR, organisation_slug=slug, name="x", roles=frozenset({role}))
            keys[name] = create_key(
                registry, LOCAL_OPERATOR, person=made.person, organisation_id=made.organisation, label="x"
            ).text
    with serving(place) as process, ExitStack() as stack:
        yield Crowd(process.address, keys, stack)
    with opened(place) as registry:
        assert () == verify.verify(registry, LOCAL_OPERATOR).faults


def outcomes(answers: list[dict[str, Any]]) -> Counter[str]:
    """``done``, or the code of the refusal, of each answer."""
    return Counter("done" if one["record"] else one["userErrors"][0]["code"] for one in answers)


def test_fifty_submissions_under_one_key_make_one_record(crowd: Crowd) -> None:
    said = {"content": {"title": "Once", "summary": "b"}, "idempotencyKey": "the-same"}

    answers = crowd.at_once(*[lambda: crowd.one("submitter", SUBMIT, **said)] * 50)

    assert 1 == len({one["record"]["uid"] for one in answers})
    assert Counter({True: 49, False: 1}) == Counter(one["replayed"] for one in answers)


def test_thirty_submissions_under_one_reference_make_one_record(crowd: Crowd) -> None:
    def submit(at: int) -> Callable[[], dict[str, Any]]:
        content = {"title": f"Title {at}", "summary": "b"}
        return lambda: crowd.one("submitter", SUBMIT, content=content, externalRef="ours")

    answers = crowd.at_once(*map(submit, range(30)))

    assert 1 == len({one["record"]["uid"] for one in answers})
    assert set(range(1, 31)) == {one["record"]["draftRevision"] for one in answers}


def test_only_one_reviewer_gets_a_claim(crowd: Crowd) -> None:
    uid = crowd.submitted("Claimed once")["uid"]
    said = {"uid": uid, "decision": "CLAIM", "expectedRevision": 1}

    answers = crowd.at_once(
        *[lambda: crowd.one("reviewer", REVIEW, **said), lambda: crowd.one("second", REVIEW, **said)] * 8
    )

    assert Counter({"done": 1, "INVALID_TRANSITION": 15}) == outcomes(answers)


def test_a_record_is_approved_once_and_published_once(crowd: Crowd) -> None:
    uid = crowd.approved("Published once")

    answers = crowd.at_once(
        *[
            lambda: crowd.one("reviewer", PUBLISH, uid=uid, expectedRevision=1),
            lambda: crowd.one("second", PUBLISH, uid=uid, expectedRevision=1),
        ]
        * 8
    )

    assert Counter({"done": 1, "INVALID_TRANSITION": 15}) == outcomes(answers)
    assert 1 == next(one["record"]["revision"] for one in answers if one["record"])


def test_of_two_revisions_of_one_draft_only_one_is_kept(crowd: Crowd) -> None:
    uid = crowd.submitted("Revised once")["uid"]

    def revise(at: int) -> Callable[[], dict[str, Any]]:
        content = {"title": f"Other {at}", "summary": "b"}
        return lambda: crowd.one("submitter", UPDATE, uid=uid, expectedRevision=1, content=content)

    assert Counter({"done": 1, "STALE_REVISION": 15}) == outcomes(crowd.at_once(*map(revise, range(16))))


def test_records_published_at_once_get_numbers_without_gap_or_double(crowd: Crowd) -> None:
    uids = [crowd.approved(f"Numbered {at}") for at in range(12)]

    def publish(uid: str) -> Callable[[], dict[str, Any]]:
        return lambda: crowd.one("reviewer", PUBLISH, uid=uid, expectedRevision=1)

    answers = crowd.at_once(*map(publish, uids))

    counted = sorted(int(one["record"]["number"].rpartition("-")[2]) for one in answers)
    assert list(range(counted[0], counted[0] + 12)) == counted


def test_revising_and_publishing_at_once_never_publishes_what_nobody_approved(crowd: Crowd) -> None:
    content = {"title": "Never seen by a reviewer", "summary": "b"}
    for at in range(5):
        uid = crowd.approved(f"Approved {at}")

        revised, published = crowd.at_once(
            lambda uid=uid: crowd.one("submitter", UPDATE, uid=uid, expectedRevision=1, content=content),  # type: ignore[misc]
            lambda uid=uid: crowd.one("reviewer", PUBLISH, uid=uid, expectedRevision=1),  # type: ignore[misc]
        )

        assert revised["record"]
        if published["record"] is None:
            assert published["userErrors"][0]["code"] in {"STALE_REVISION", "INVALID_TRANSITION"}
        else:
            assert (1, 1) == (published["record"]["revision"], published["record"]["draftRevision"])


def test_erasing_while_publishing_leaves_the_record_erased(crowd: Crowd, place: Path) -> None:
    for at in range(5):
        uid = crowd.approved(f"Zorbelgrint {at}")
        assert crowd.one("lead", BLOCK, uid=uid, reason="x")["record"]

        erased, _ = crowd.at_once(
            lambda uid=uid: crowd.one("operator", ERASE, uid=uid, reason="x", legalBasis="y"),  # type: ignore[misc]
            lambda uid=uid: crowd.one("reviewer", PUBLISH, uid=uid, expectedRevision=1),  # type: ignore[misc]
        )

        assert "ERASED" == erased["record"]["state"]
    # Where a reader is in the way, the next erasure empties the journal.
    ends_at = time.monotonic() + 60
    while _keeps(place, b"Zorbelgrint") and time.monotonic() < ends_at:
        uid = crowd.submitted("Another")["uid"]
        assert crowd.one("lead", BLOCK, uid=uid, reason="x")["record"]
        assert crowd.one("operator", ERASE, uid=uid, reason="x", legalBasis="y")["record"]
    assert not _keeps(place, b"Zorbelgrint")


def _keeps(place: Path, word: bytes) -> bool:
    """Whether the files of the store hold *word* anywhere."""
    return word in b"".join(file.read_bytes() for file in place.glob("registry.db*"))


def test_withdrawing_many_times_at_once_withdraws_once(crowd: Crowd) -> None:
    uid = crowd.approved("Withdrawn once")
    assert crowd.one("reviewer", PUBLISH, uid=uid, expectedRevision=1)["record"]

    answers = crowd.at_once(*[lambda: crowd.one("second", WITHDRAW, uid=uid, reason="x")] * 10)

    assert Counter({"done": 1, "INVALID_TRANSITION": 9}) == outcomes(answers)
