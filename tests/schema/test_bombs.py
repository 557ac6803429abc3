"""Documents that ask for too much: the time to their refusal grows in step with their size, and memory stays flat."""

from __future__ import annotations

import pytest

from schema.documents import Documents
from schema.root import build_schema
from tests.benchmarks.bombs import BOMBS, Made, body_of, memory_kilobytes, refusal
from tests.effort import Effort

SMALL, LARGE = 12_000, 96_000
# What a document may cost beside what its size explains: a parser's and a validator's fixed share.
FIXED = 1.0
# A document may use so much memory beside its own text.
MEMORY_KILOBYTES = 4_000
# Variables that nothing asks for are not looked at.
ANSWERED = {"variables_sent"}


@pytest.fixture(scope="module")
def documents() -> Documents:
    """Documents of the schema."""
    made = Documents(build_schema().core)
    refusal(made, ("{ viewer { nothing } }", {}))
    return made


def spent(documents: Documents, made: Made) -> float:
    """The effort of refusing a document; now and then it holds a collection of garbage."""
    with Effort() as effort:
        refusal(documents, made)
    return effort.spent


@pytest.mark.parametrize("bomb", sorted(BOMBS))
def test_the_time_to_refuse_a_bomb_grows_with_its_size_and_its_memory_stays_flat(
    documents: Documents, bomb: str
) -> None:
    small, made = BOMBS[bomb](SMALL), BOMBS[bomb](LARGE)

    assert any(spent(documents, made) < FIXED + spent(documents, small) * (LARGE / SMALL) * 2 for _ in range(4))
    assert memory_kilobytes(documents, made) < MEMORY_KILOBYTES + len(body_of(made)) / 1000


@pytest.mark.parametrize("bomb", sorted(BOMBS))
def test_the_largest_bomb_is_refused(documents: Documents, bomb: str) -> None:
    assert (bomb in ANSWERED) == (refusal(documents, BOMBS[bomb](1_900_000)) == "")


HEAVY = {
    "one field": "{ viewer {" + " roles" * 590 + "} }",
    "one object": "{ incidents(first: 1) { nodes {" + " owner { slug }" * 280 + "} } }",
    "inline fragments": "{ incidents(first: 1) { nodes {" + " ... on Incident { uid }" * 280 + " } } }",
    "fragments": "{ incidents(first: 1) { nodes {"
    + "".join(f" ...f{at}" for at in range(48))
    + " } } }"
    + "".join(f" fragment f{at} on Incident {{ {'owner { slug } ' * 3}}}" for at in range(48)),
    "one fragment": "{ incidents(first: 1) { nodes {" + " ...f" * 500 + " } } } fragment f on Incident { uid }",
    "aliases": "{ viewer { " + " ".join(f"a{at}: roles" for at in range(200)) + " } }",
    "the same arguments": "{ incidents(first: 1) { nodes {" + " links(first: 1) { record { uid } }" * 140 + "} } }",
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_document_within_the_caps_costs_little_to_validate(documents: Documents, name: str) -> None:
    """Validation compares each field with each that answers under the same name: their pairs are bounded."""
    assert any(spent(documents, (HEAVY[name], {})) < 5 for _ in range(4))
