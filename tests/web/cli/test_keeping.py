"""Commands that review, state, narrow, block and erase, and commands on groups, against a served node."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.domain.people import CHECKLIST, PeopleCheck
from registry.domain.vocabulary import Kind
from registry.service import keys, members
from tests.client_package.conftest import Served, served
from tests.factories import DOCUMENTS
from tests.web.cli.commons import Done, commons
from web.cli import reviewing

__all__ = ["served"]

_COUNTED = count(1)


@pytest.fixture(autouse=True)
def _node(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_URL", served.url)
    monkeypatch.delenv("COMMONS_KEY", raising=False)


@pytest.fixture
def submit(served: Served, tmp_path: Path) -> Callable[..., str]:
    """Hands in a record of a kind with the command; its uid."""

    def handed_in(kind: Kind = Kind.INCIDENT, tlp: str = "CLEAR", **fields: Any) -> str:
        # Every text is new, so that none looks like another.
        word = f"okapi{next(_COUNTED)}"
        content = DOCUMENTS[kind](**fields)
        name = next(one for one in ("title", "name", "statement") if one in content)
        content[name] = " ".join([word] * 4)
        path = tmp_path / f"{word}.json"
        path.write_text(json.dumps({"kind": kind, "content": content, "marking": {"tlp": tlp}}))
        done = commons("submit", path, "--key", served.submitter_key, "--json")
        assert done.code == 0, done.err
        return str(done.json["record"]["uid"])

    return handed_in


def publish(served: Served, uid: str) -> str:
    """Reviewed and published with the commands; the number."""
    done = [commons("review", step, uid, "--key", served.reviewer_key, "--json") for step in STEPS]
    assert [0, 0, 0] == [one.code for one in done], [one.err for one in done]
    return str(done[-1].json["record"]["number"])


STEPS = ("claim", "approve", "publish")


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.STATEMENT])
def test_a_record_of_any_kind_goes_from_submission_to_publication(
    served: Served, submit: Callable[..., str], kind: Kind
) -> None:
    number = publish(served, submit(kind))

    shown = commons("show", number, "--json")

    assert (kind, "published", "CLEAR") == tuple(shown.json[name] for name in ("kind", "state", "tlp"))
    assert f"-{kind.number_code}-" in number


def test_a_statement_is_as_wide_as_the_record_it_is_about(served: Served, submit: Callable[..., str]) -> None:
    number = publish(served, submit(Kind.MITIGATION))

    done = commons(
        "statement", number, "--kind", "adoption", "--title", "We use it", "--summary", "For all.", "--status", "done",
        "--since", "2026-03", "--effect", "Half of it is gone.", "--key", served.submitter_key, "--json",
    )  # fmt: skip
    shown = commons("show", done.json["record"]["uid"], "--key", served.submitter_key, "--json").json

    assert ("statement", "CLEAR", "submitted") == tuple(done.json["record"][one] for one in ("kind", "tlp", "state"))
    assert {"status": "done", "since": "2026-03", "measured_effect": "Half of it is gone."} == shown["content"][
        "adoption"
    ]


def test_what_does_not_fit_a_kind_of_statement_is_refused(served: Served, submit: Callable[..., str]) -> None:
    number = publish(served, submit())

    done = commons(
        "statement", number, "--kind", "response", "--title", "T", "--summary", "S", "--disputed", "scale",
        "--key", served.submitter_key, "--json",
    )  # fmt: skip

    assert done.code == 1
    assert [["content", "disputed_fields"]] == [one["path"] for one in done.told["problems"]]


def test_what_is_not_published_is_taken_back(served: Served, submit: Callable[..., str]) -> None:
    uid = submit()

    done = commons("retract", uid, "--reason", "by mistake", "--key", served.submitter_key, "--json")

    assert (0, "retracted") == (done.code, done.json["record"]["state"])


def test_a_submission_is_sent_back_released_or_rejected(served: Served, submit: Callable[..., str]) -> None:
    uid, key = submit(), ("--key", served.reviewer_key, "--json")

    done = [
        commons("review", "claim", uid, *key),
        commons("review", "release", uid, *key),
        commons("review", "claim", uid, *key),
        commons("review", "request-changes", uid, "--reason", "too short", *key),
    ]
    rejected = submit()
    commons("review", "claim", rejected, *key)
    end = commons("review", "reject", rejected, "--reason", "not one of ours", *key)

    states = [one.json["record"]["state"] for one in done]
    assert ["in_review", "submitted", "in_review", "changes_requested"] == states
    assert "rejected" == end.json["record"]["state"]


def test_the_revision_that_was_read_is_the_one_that_is_decided(served: Served, submit: Callable[..., str]) -> None:
    done = commons("review", "claim", submit(), "--revision", "7", "--key", served.reviewer_key, "--json")

    assert (5, "STALE_REVISION") == (done.code, done.told["code"])


def test_a_sensitive_record_is_approved_once_everything_is_confirmed(
    served: Served, submit: Callable[..., str]
) -> None:
    uid = submit(harms=[{"type": "psychological", "stakeholder": "children"}])
    commons("review", "claim", uid, "--key", served.reviewer_key)
    approve = ("review", "approve", uid, "--key", served.reviewer_key, "--json")

    some = commons(*approve, "--checked", "no_minor", "--checked", "sources")
    every = commons(*approve, "--checked", "all")
    unknown = commons(*approve, "--checked", "nothing")

    assert (1, 0, 2) == (some.code, every.code, unknown.code)
    assert 3 == len(some.told["problems"])


def test_the_help_names_everything_that_may_be_confirmed() -> None:
    assert sorted(CHECKLIST) == sorted(PeopleCheck)
    assert f"{', '.join(PeopleCheck)}, or all" == reviewing._CHECKS


def test_a_record_is_shown_to_fewer_and_never_to_more(served: Served, submit: Callable[..., str]) -> None:
    number = publish(served, submit())
    narrow = ("narrow", number, "--reason", "too much", "--key", served.submitter_key, "--json")

    narrowed, widened = commons(*narrow, "--tlp", "RED"), commons(*narrow, "--tlp", "CLEAR")

    assert (0, "RED", 1) == (narrowed.code, narrowed.json["record"]["tlp"], widened.code)
    assert "gone" in commons("show", number).out


def test_who_still_sees_a_narrowed_record_is_not_told_that_it_is_gone(
    served: Served, submit: Callable[..., str]
) -> None:
    number = publish(served, submit())
    commons("narrow", number, "--tlp", "GREEN", "--reason", "too much", "--key", served.submitter_key)

    seen, stranger = commons("show", number, "--key", served.submitter_key).out, commons("show", number).out

    assert (False, True) == ("This record is gone" in seen, "This record is gone" in stranger)
    assert "It was public once: strangers see only that it is gone." in seen


def test_a_record_is_blocked_held_and_erased_by_two(served: Served, submit: Callable[..., str]) -> None:
    number = publish(served, submit())
    first, second = (_operator_key(served, name) for name in ("first", "second"))

    blocked = commons("block", number, "--reason", "a name", "--key", first, "--json")
    alone = commons("erase", number, "--reason", "a name", "--legal-basis", "GDPR 17", "--key", first, "--json")
    held = commons("hold", number, "--reason", "a court asks", "--key", second, "--json")
    lifted = commons("hold", number, "--lift", "--reason", "it no longer asks", "--key", second, "--json")
    erased = commons("erase", number, "--reason", "a name", "--legal-basis", "GDPR 17", "--key", second, "--json")

    assert [0, 4, 0, 0, 0] == [one.code for one in (blocked, alone, held, lifted, erased)]
    assert "erased" == erased.json["record"]["state"]


def test_a_blocked_record_is_shown_again(served: Served, submit: Callable[..., str]) -> None:
    number, key = publish(served, submit()), ("--key", _operator_key(served, "third"), "--json")

    commons("block", number, "--reason", "a name", *key)
    hidden = commons("show", number, "--json")
    done = commons("unblock", number, "--reason", "it was none", *key)

    assert (True, 0) == (hidden.json["is_tombstone"], done.code)
    assert commons("show", number, "--json").json["is_tombstone"] is False


@pytest.mark.parametrize("by_uid", [True, False])
def test_an_operator_blocks_and_erases_what_operators_may_not_see(
    served: Served, submit: Callable[..., str], by_uid: bool
) -> None:
    uid = submit(tlp="RED")
    number = publish(served, uid)
    first, second = (_operator_key(served, f"{name}-{by_uid}") for name in ("court", "second"))
    named, why = uid if by_uid else number.lower(), ("--reason", "a court asks", "--json")
    before = commons("show", named, "--key", first)

    done = [
        commons("block", named, *why, "--key", first),
        commons("unblock", named, *why, "--key", first),
        commons("block", named, *why, "--key", first),
        commons("hold", named, *why, "--key", first),
        commons("hold", named, "--lift", *why, "--key", first),
        commons("erase", named, "--legal-basis", "a court", *why, "--key", second),
    ]

    assert [0] * 6 == [one.code for one in done], [one.err for one in done]
    assert {(uid, number, None, None)} == {
        tuple(one.json["record"][name] for name in ("uid", "number", "title", "summary")) for one in done
    }
    assert 3 == before.code
    assert "erased" == commons("show", uid, "--key", served.submitter_key, "--json").json["state"]


@pytest.mark.parametrize("command", [("block",), ("unblock",), ("hold",), ("erase", "--legal-basis", "a court")])
def test_who_may_not_take_away_is_not_told_what_there_is(
    served: Served, submit: Callable[..., str], command: tuple[str, ...]
) -> None:
    hidden, unknown = publish(served, submit(tlp="RED")), "LOCAL-INC-2026-0999"
    name, *more = command

    told = [
        commons(name, named, *more, "--reason", "r", "--key", served.submitter_key, "--json")
        for named in (hidden, unknown)
    ]

    assert [4, 4] == [one.code for one in told]
    assert told[0].told == told[1].told


def test_a_group_is_made_joined_and_left(served: Served) -> None:
    key = ("--key", _operator_key(served, "fourth"), "--json")

    done = [
        commons("group", "add", "banks", "Banks", *key),
        commons("group", "join", "banks", "client-one", *key),
        commons("group", "list", *key),
        commons("group", "leave", "banks", "client-one", *key),
    ]

    assert [0, 0, 0, 0] == [one.code for one in done]
    assert [[], ["client-one"], []] == [one.json["organisations"] for one in (done[0], done[1], done[3])]
    assert ["client-one"] == next(one for one in done[2].json if one["slug"] == "banks")["organisations"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("group", "add", "x", "X"),
        ("block", "01950000-0001-7000-9000-00000000ffff", "--reason", "r"),
        ("review", "claim", "LOCAL-INC-2026-0999"),
    ],
)
def test_a_stranger_may_none_of_it(arguments: tuple[str, ...]) -> None:
    done: Done = commons(*arguments)

    assert done.code in {3, 4}
    assert "" == done.out


def test_a_command_starts_without_loading_the_content_models() -> None:
    check = "import sys, web.cli.main; sys.exit('pydantic' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", check], check=False).returncode


def _operator_key(served: Served, name: str) -> str:
    registry = served.registry
    made = members.add_member(
        registry, LOCAL_OPERATOR, organisation_slug="node", name=name, roles=frozenset({Role.OPERATOR})
    )
    key = keys.create_key(registry, LOCAL_OPERATOR, person=made.person, organisation_id=made.organisation, label=name)
    return key.text
