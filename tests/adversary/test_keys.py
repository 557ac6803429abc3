"""Keys that make keys, and what a refused key tells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from registry.domain.account import KeyId, format_key
from registry.domain.actor import LOCAL_OPERATOR, Actor, Permission, Role
from registry.domain.errors import CommonsError, Forbidden, InvalidInput, Unauthenticated
from registry.ports import Registry, Storage, Unit
from registry.service import authentication, freezing, keys, review, submit
from registry.service.keys import NewKey, create_key
from registry.service.members import add_member
from tests.client import Client
from tests.factories import content
from tests.schema.world import Api
from tests.service.world import People, refused
from web.app import create_app


def key_for(registry: Registry, by: Actor, whose: Actor, scopes: frozenset[Permission] | None = None) -> NewKey:
    """A key for *whose*, made by *by*."""
    assert whose.person is not None
    assert whose.organisation is not None
    return create_key(registry, by, person=whose.person, organisation_id=whose.organisation, label="x", scopes=scopes)


def test_an_operator_makes_no_key_of_a_reviewer_to_review_alone(registry: Registry, people: People) -> None:
    with refused(registry, Forbidden):
        key_for(registry, people.operator, people.reviewer)
    with refused(registry, Forbidden):
        key_for(registry, people.operator, people.lead)


def test_an_operator_who_reviews_makes_no_key_of_a_submitter_to_hand_in_alone(
    registry: Registry, people: People
) -> None:
    made = add_member(
        registry, LOCAL_OPERATOR, organisation_slug="node", name="Both", roles=frozenset({Role.OPERATOR, Role.REVIEWER})
    )
    both = authentication.authenticate(
        registry,
        create_key(registry, LOCAL_OPERATOR, person=made.person, organisation_id=made.organisation, label="x").text,
    )

    with refused(registry, Forbidden):
        key_for(registry, both, people.submitter)

    assert both.person == key_for(registry, both, both).key.person


@pytest.mark.parametrize("whose", ["operator", "robot"])
def test_a_narrowed_key_of_an_operator_makes_no_wide_one(registry: Registry, people: People, whose: str) -> None:
    scopes = frozenset({Permission.ACCOUNT_MANAGE})
    narrowed = authentication.authenticate(registry, key_for(registry, LOCAL_OPERATOR, people.operator, scopes).text)
    made = add_member(
        registry,
        LOCAL_OPERATOR,
        organisation_slug="node",
        name="Robot",
        roles=frozenset({Role.OPERATOR}),
        responsible=people.operator.person,
    )
    target = people.operator if whose == "operator" else Actor("", made.roles, made.person, made.organisation)

    with refused(registry, Forbidden):
        key_for(registry, narrowed, target)

    assert scopes == key_for(registry, narrowed, target, scopes).key.scopes
    assert key_for(registry, narrowed, people.submitter).key.person == people.submitter.person


def test_a_service_account_makes_no_key_of_the_person_it_answers_to(registry: Registry, people: People) -> None:
    assert people.submitter.person is not None
    robot = add_member(
        registry,
        LOCAL_OPERATOR,
        organisation_slug="acme",
        name="Robot",
        roles=frozenset({Role.SUBMITTER}),
        responsible=people.submitter.person,
    )
    text = create_key(
        registry, LOCAL_OPERATOR, person=robot.person, organisation_id=robot.organisation, label="robot"
    ).text
    acting = authentication.authenticate(registry, text)

    with refused(registry, Forbidden):
        key_for(registry, acting, people.submitter)


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z"])
def test_an_expiry_at_the_end_of_time_is_told_as_a_bad_input(api: Api, when: str) -> None:
    document = """mutation ($input: CreateApiKeyInput!) {
      createApiKey(input: $input) { text userErrors { path code } } }"""

    payload = api.ask(document, by="submitter", input={"label": "x", "expiresAt": when})["createApiKey"]

    assert {"text": None, "userErrors": [{"path": ["input", "expiresAt"], "code": "OUT_OF_RANGE"}]} == payload


def test_an_expiry_beyond_ten_years_is_refused(registry: Registry, people: People) -> None:
    assert people.submitter.person is not None
    assert people.submitter.organisation is not None
    far = registry.clock.now() + timedelta(days=11 * 365)

    with refused(registry, InvalidInput):
        create_key(
            registry,
            people.submitter,
            person=people.submitter.person,
            organisation_id=people.submitter.organisation,
            label="x",
            expires_at=far,
        )


def test_an_unknown_key_and_a_wrong_secret_run_the_same_statements_and_say_the_same(
    registry: Registry, people: People
) -> None:
    made = key_for(registry, people.submitter, people.submitter)
    wrong = format_key("live", made.key.id, "x" * 40)
    unknown = format_key("live", type(made.key.id)("a" * 12), "x" * 40)

    told = [statements_of(registry, text) for text in (wrong, unknown)]

    assert told[0][1]
    assert told[0] == told[1]


@dataclass(frozen=True, slots=True)
class Noting:
    """Passes everything on to *noted*, and keeps the names of what was asked."""

    noted: Any
    asked: list[str]

    def __getattr__(self, name: str) -> Any:
        """The real thing."""
        self.asked.append(name)
        return getattr(self.noted, name)

    @contextmanager
    def read(self) -> Iterator[Any]:
        """A reader whose accounts are noted too."""
        with self.noted.read() as reader:
            yield SimpleNamespace(accounts=Noting(reader.accounts, self.asked))


def statements_of(registry: Registry, text: str) -> tuple[str, list[str]]:
    """What a refused key is told, and what was read for it."""
    asked: list[str] = []
    with pytest.raises(Unauthenticated) as caught:
        authentication.authenticate(replace(registry, storage=Noting(registry.storage, asked)), text)
    return str(caught.value.problems), asked


@pytest.mark.parametrize("ended", ["revoked", "frozen", "rotated"])
def test_a_key_that_ends_while_its_use_is_noted_stays_ended(registry: Registry, people: People, ended: str) -> None:
    made = key_for(registry, people.submitter, people.submitter)

    class Meanwhile:
        """The storage, where the key ends just before something is written."""

        def __init__(self) -> None:
            self.read = registry.storage.read

        @contextmanager
        def begin(self) -> Iterator[Unit]:
            match ended:
                case "revoked":
                    keys.revoke_key(registry, people.submitter, made.key.id)
                case "frozen":
                    freezing.freeze(registry, LOCAL_OPERATOR, f"key:{made.key.id}", reason="It looks stolen.")
                case _:
                    keys.rotate_key(registry, people.submitter, made.key.id, overlap_hours=0)
            with registry.storage.begin() as unit:
                yield unit

    authentication.authenticate(replace(registry, storage=cast("Storage", Meanwhile())), made.text)

    with pytest.raises(Unauthenticated):
        authentication.authenticate(registry, made.text)


def test_work_revised_after_it_was_approved_is_not_published_by_the_old_revision(
    registry: Registry, people: People
) -> None:
    record = submit.submit(registry, people.submitter, content()).record
    review.claim(registry, people.reviewer, record.uid, expected_revision=1)
    review.approve(registry, people.reviewer, record.uid, expected_revision=1)
    submit.revise(registry, people.colleague, record.uid, content(title="Other"), expected_revision=1)

    for seen in (1, 2):
        with pytest.raises(CommonsError):
            review.publish(registry, people.reviewer, record.uid, expected_revision=seen)


def forged(text: str) -> list[str]:
    """What looks like a key, or like the key *text*, and is none."""
    start, env, key_id, secret, crc = text.split("_")
    return [
        text[:-1],
        text[1:],
        text + "0",
        f" {text}\u00a0",
        f"{text}\n{text}",
        text.upper(),
        text.swapcase(),
        f"{text}\x00",
        text.replace("_", "-"),
        text.replace("_", "\uff3f"),
        text.replace("i", "\u0131", 1),
        text.replace("0", "\u0660"),
        f"{start}_{env}_{key_id}_{secret}_{crc.upper()}" if crc.upper() != crc else f"{text}A",
        f"{start}_{env}_{key_id}_{secret}_00000000",
        f"{start}_stage_{key_id}_{secret}_{crc}",
        format_key(env, KeyId(key_id), secret[::-1]),
        format_key(env, KeyId(key_id), secret.swapcase()),
        "ic_" * 100_000,
        "ic_live_" + "a" * 1_000_000,
        "",
    ]


def test_forged_keys_are_refused_in_one_and_the_same_way(registry: Registry, people: People) -> None:
    text = key_for(registry, people.submitter, people.submitter).text

    told = {statements_of(registry, one)[0] for one in forged(text)}

    assert 1 == len(told)
    assert people.submitter.person == authentication.authenticate(registry, text).person


@pytest.mark.parametrize(
    "headers",
    [
        [(b"authorization", b"Bearer %s"), (b"authorization", b"Bearer %s")],
        [(b"authorization", b"Bearer %s"), (b"Authorization", b"Bearer other")],
        [(b"authorization", b"Basic %s")],
        [(b"authorization", b"%s")],
        [(b"authorization", b"Bearer")],
        [(b"authorization", b"Bearer %s, Bearer %s")],
        [(b"authorization", b"Bearer %s\xff")],
        [(b"authorization", b"Bearer  ")],
    ],
)
def test_headers_that_are_no_single_key_let_nobody_in(
    registry: Registry, people: People, headers: list[tuple[bytes, bytes]]
) -> None:
    text = key_for(registry, people.submitter, people.submitter).text.encode()
    sent = [(name, value.replace(b"%s", text)) for name, value in headers]

    with Client(create_app(registry)) as client:
        answer = client.get("/organisations", headers=sent)

    assert 401 == answer.status_code
    assert text.decode() not in answer.text


def test_a_staging_key_under_another_name_stays_one(registry: Registry, people: People) -> None:
    assert people.submitter.person is not None
    assert people.submitter.organisation is not None
    made = create_key(
        registry,
        people.submitter,
        person=people.submitter.person,
        organisation_id=people.submitter.organisation,
        label="x",
        staging=True,
    )

    renamed = format_key("live", made.key.id, made.text.split("_")[3])

    assert authentication.authenticate(registry, renamed).staging


def test_a_report_of_keys_reads_the_same_whatever_it_finds(registry: Registry, people: People) -> None:
    made = key_for(registry, people.submitter, people.submitter)
    wrong = format_key("live", made.key.id, "x" * 40)
    unknown = format_key("live", KeyId("a" * 12), "x" * 40)
    asked: list[list[str]] = []

    for text in (wrong, unknown):
        asked.append([])
        noting = replace(registry, storage=Noting(registry.storage, asked[-1]))
        keys.revoke_leaked(noting, people.stranger, [text])

    assert asked[0] == asked[1]


def test_a_report_of_a_megabyte_of_look_alikes_takes_bounded_time(registry: Registry, people: People) -> None:
    hostile = ("ic_live_" + "a" * 12 + "_" + "A" * 39 + " ") * 16_000

    with refused(registry, InvalidInput):
        keys.revoke_leaked(registry, people.stranger, [hostile, "ic_" * 300_000])
