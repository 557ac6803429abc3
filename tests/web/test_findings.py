"""What screening found stands before the owner and reviewers, and before nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.domain.record import Record
from registry.domain.screening.acceptance import Acceptance, Answers
from registry.domain.screening.finding import Code
from registry.service import screening, submit, welfare
from tests.client import Client
from tests.factories import content
from tests.service.world import stored
from tests.web.node import Node
from tests.web.test_review import Desk, desk, key_of, path_of

__all__ = ["desk"]

MAIL = "zelda.quirm@postbox-zorb.net"
NAME = "Hildegard Smith"
HEADING = "What screening found"
REASON = "The office <b>gave</b> it out itself."


def _written(node: Node, *, published: bool = False) -> Record:
    """A record with an accepted name, and an address that nobody has accepted: it was forgotten."""
    of = content(
        title=f"{NAME} and the model",
        summary=f"Write to {MAIL}.",
        restricted={"notes": f"Or to {MAIL}."},
        marking={"tlp": "CLEAR"},
    )
    accept = tuple(
        Acceptance(code, path, REASON)
        for code, path in (
            (Code.PERSON_NAME, ("content", "title")),
            (Code.PERSONAL_DATA, ("content", "summary")),
            (Code.PERSONAL_DATA, ("restricted", "notes")),
        )
    )
    record = submit.submit(node.registry, node.submitter, of, answers=Answers(accept=accept)).record
    if published:
        record = node.put_out(record)
    with node.registry.storage.begin() as unit:
        kept = unit.screening.of_record(record.uid)
        unit.screening.erase(record.uid)
        unit.screening.keep([("01950000-0001-7000-9000-0000000000aa", one) for one in kept if one.path[1] == "title"])
    return record


@pytest.mark.parametrize("published", [False, True])
def test_the_owner_sees_what_is_open_and_what_was_accepted(desk: Desk, published: bool) -> None:
    record = _written(desk.node, published=published)
    owner = replace(desk, key=key_of(desk.node, desk.node.submitter))

    page = owner.get(f"/r/{record.number or record.uid}")

    beside = page.text.split(HEADING)[1].split("</section>")[0]
    assert "<strong>Summary</strong>: email, characters 9 to 37" in beside
    assert "<strong>Restricted part: Notes</strong>" in beside
    assert "<strong>Title</strong>: " in beside
    assert "By you, " in beside
    assert "The office &lt;b&gt;gave&lt;/b&gt; it out itself." in beside
    assert MAIL not in beside
    assert NAME not in beside
    assert "private, no-store" == page.headers["cache-control"]


def test_strangers_and_other_members_see_nothing(desk: Desk, client: Client) -> None:
    record = _written(desk.node, published=True)
    other = replace(desk, key=key_of(desk.node, desk.node.institute))
    path = f"/r/{record.number}"

    pages = [client.get(path), other.get(path), client.get(f"{path}.json"), other.get(f"{path}/history")]

    assert [200] * 4 == [one.status_code for one in pages]
    for one in pages:
        assert HEADING not in one.text
        assert "gave" not in one.text
        assert "characters 9 to" not in one.text
    for form in ({"step": "redact_all", "revision": "1"}, {"step": "accept_finding", "revision": "1"}):
        assert 303 == client.post(path_of(record), data=form, follow_redirects=False).status_code
        assert other.post(path_of(record), **form).status_code in {403, 404}
    assert 2 == len(
        [one for one in screening.screening(desk.node.registry, desk.node.submitter, record.uid) if one.finding.is_open]
    )


def test_a_reviewer_sees_where_before_what_and_nothing_is_counted(desk: Desk) -> None:
    node, record = desk.node, _written(desk.node)

    page = desk.get(path_of(record))

    assert page.text.index(HEADING) < page.text.index("The text</h2>")
    assert page.text.index("characters 9 to 37") < page.text.index("Accepted:")
    assert "By Acme, " in page.text
    assert MAIL not in page.text
    assert NAME not in page.text
    # Neither for whoever has not claimed it is there a form, nor anything of the restricted part.
    assert 'value="accept_finding"' not in page.text
    assert "Notes" not in page.text
    desk.post(path_of(record), step="claim", revision="1")
    mine = desk.get(path_of(record)).text
    assert 'value="accept_finding"' in mine
    assert "Restricted part: Notes" in mine
    assert 0 == welfare.mine(node.registry, node.reviewer).exposure.today


def test_whoever_holds_the_claim_accepts_and_redacts_by_form(desk: Desk) -> None:
    node, record = desk.node, _written(desk.node)
    path = path_of(record)
    desk.post(path, step="claim", revision="1")

    refused = desk.post(path, step="approve", revision="1")
    empty = desk.post(path, step="accept_finding", revision="1", finding="PERSONAL_DATA@content.summary", reason=" ")
    for finding in ("", "MAIL@content.summary", "PERSONAL_DATA"):
        assert 400 == desk.post(path, step="accept_finding", revision="1", finding=finding, reason="x").status_code
    reason = "It is the address of an office."
    accepted = desk.post(
        path, step="accept_finding", revision="1", finding="PERSONAL_DATA@content.summary", reason=reason
    )
    redacted = desk.post(path, step="redact_finding", revision="1", finding="PERSONAL_DATA@restricted.notes")

    assert (400, 400) == (refused.status_code, empty.status_code)
    assert 'href="#screening"' in refused.text
    assert [(303, path)] * 2 == [(one.status_code, one.headers["location"]) for one in (accepted, redacted)]
    assert reason in desk.get(path).text
    found = stored(node.registry, record.uid)
    assert found.newest.restricted is not None
    assert "Or to [redacted: email]." == found.newest.restricted.document["notes"]
    assert (303, path) == (
        (done := desk.post(path, step="approve", revision="2")).status_code,
        done.headers["location"],
    )


def test_all_that_is_open_is_redacted_by_one_button(desk: Desk) -> None:
    node, record = desk.node, _written(desk.node)
    path = path_of(record)
    desk.post(path, step="claim", revision="1")

    done = desk.post(path, step="redact_all", revision="1")

    assert (303, path) == (done.status_code, done.headers["location"])
    newest = stored(node.registry, record.uid).newest
    assert newest.public is not None
    assert ("Write to [redacted: email].", f"{NAME} and the model") == (
        newest.public.document["summary"],
        newest.public.document["title"],
    )
    assert 409 == desk.post(path, step="redact_all", revision="2").status_code
