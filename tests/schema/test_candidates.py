"""Pairs that may tell of the same event, through the API."""

from __future__ import annotations

from typing import Any

from registry.domain.actor import SYSTEM
from registry.service import candidates
from tests.factories import content
from tests.schema.world import Api
from tests.service.world import People, published

QUERY = """query ($after: String) { mergeCandidates(first: 1, after: $after) {
  nodes { a { uid } b { uid } score reasons state foundAt decidedBy decidedAt }
  pageInfo { hasNextPage endCursor } } }"""
DISMISS = """mutation ($input: DismissMergeCandidateInput!) {
  answer: dismissMergeCandidate(input: $input) { state userErrors { path code } clientMutationId } }"""


def twice(api: Api, people: People) -> set[str]:
    said: dict[str, Any] = {"aliases": ["AIID-6"], "summary": "It was taught.", "marking": {"tlp": "CLEAR"}}
    one = published(api.registry, people, content(title="Chatbot taught insults", **said))
    other = published(api.registry, people, content(title="Insults of a bot", **said), by=people.outsider)
    while candidates.find(api.registry, SYSTEM):
        pass
    return {one.uid, other.uid}


def test_a_reviewer_reads_a_pair_and_puts_it_aside(api: Api, people: People) -> None:
    uids = twice(api, people)

    (found,) = api.ask(QUERY, by="reviewer")["mergeCandidates"]["nodes"]
    said = {"uid": found["b"]["uid"], "other": found["a"]["uid"], "clientMutationId": "m"}
    answer = api.ask(DISMISS, by="reviewer", input=said)["answer"]

    assert uids == {found["a"]["uid"], found["b"]["uid"]}
    assert (95, ["SAME_ID"], "OPEN", None) == (found["score"], found["reasons"], found["state"], found["decidedBy"])
    assert {"state": "DISMISSED", "userErrors": [], "clientMutationId": "m"} == answer
    assert [] == api.ask(QUERY, by="reviewer")["mergeCandidates"]["nodes"]


def test_a_pair_that_is_none_is_not_found(api: Api, people: People) -> None:
    (one, _) = twice(api, people)

    answer = api.ask(DISMISS, by="reviewer", input={"uid": one, "other": one, "linked": True})["answer"]

    assert (None, ["NOT_FOUND"]) == (answer["state"], [error["code"] for error in answer["userErrors"]])
