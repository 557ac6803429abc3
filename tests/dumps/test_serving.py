"""Taking a dump from a node: what is told of it, resuming, and what becomes of one that holds what was taken back."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from registry import signing
from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Role
from registry.domain.dump.made import Gone, Made, is_due, new_name, surplus
from registry.domain.dump.shape import JSONL, MANIFEST, SIGNATURE
from registry.domain.errors import Conflict
from registry.domain.record import Record
from registry.service import dumps, erasure, node
from registry.service.federation import rotating
from tests.clocks import START
from tests.factories import content
from tests.interop.world import World
from tests.service.planted import places_of
from web.dumps.making import make_public
from web.dumps.verifying import check

DAY = timedelta(days=1)


def made(world: World) -> Made:
    """A dump that was put out."""
    found = make_public(world.node.registry)
    assert found is not None
    return found


def index(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.get("/dumps/index.json").json()
    return found


def erase(world: World, record: Record) -> None:
    first = replace(world.node.reviewer, roles=frozenset({Role.OPERATOR, Role.LEAD_REVIEWER}))
    second = replace(world.node.institute, roles=frozenset({Role.OPERATOR}))
    erasure.block(world.node.registry, first, record.uid, reason="Named.")
    erasure.erase(world.node.registry, second, record.uid, reason="Named.", legal_basis="GDPR Art. 17")


def files(world: World) -> list[str]:
    place = world.node.registry.settings.dumps_dir
    return sorted(path.name for path in place.iterdir())


def doors(world: World, dump: Made) -> set[int]:
    """What is answered for files of a dump, however they are asked for and by whom."""
    found = set()
    for file in (one for one in dump.files if one.name in {JSONL, MANIFEST, SIGNATURE}):
        path, tag = f"/dumps/{dump.name}/{file.name}", f'"{file.sha256[:32]}"'
        ranges = {"Range": "bytes=0-1"}, {"Range": "bytes=1-", "If-Range": tag}
        for headers in ({}, *ranges, {"If-None-Match": tag}):
            found.add(world.get(path, **headers).status_code)
        found.add(world.client.request("HEAD", path).status_code)
    found |= {world.get(f"/dumps/{dump.name}/{MANIFEST}", of=key).status_code for key in world.keys}
    return found


def test_a_dump_is_named_with_its_hashes_and_its_files_are_those(world: World) -> None:
    world.publish(title="One")
    name = made(world).name

    (told,) = index(world)["dumps"]

    assert (name, "2026-03-14", 1) == (told["name"], told["name"], told["records"])
    assert 7 == len(told["files"])
    for file in told["files"]:
        answer = world.get(file["url"].removeprefix("https://a.test"))
        assert (200, str(file["bytes"])) == (answer.status_code, answer.headers["content-length"])
        assert file["sha256"] == hashlib.sha256(answer.content).hexdigest()
        assert answer.headers["repr-digest"].startswith("sha-256=:")
        assert "immutable" in answer.headers["cache-control"]
    assert world.node.registry.key.fingerprint == index(world)["fingerprint"]


def test_the_page_names_each_file_and_how_to_check_it(world: World) -> None:
    world.publish(title="One")
    dump = made(world)

    page = world.get("/dumps/")

    assert 200 == page.status_code
    assert all(f"/dumps/{dump.name}/{file.name}" in page.text and file.sha256 in page.text for file in dump.files)
    assert "commons dump verify" in page.text


def test_a_part_is_given_and_a_copy_that_is_known_is_not_sent_again(world: World) -> None:
    world.publish(title="One")
    path = f"/dumps/{made(world).name}/{JSONL}"
    whole = world.get(path)
    tag = whole.headers["etag"]

    part = world.get(path, Range="bytes=10-19")
    rest = world.get(path, **{"Range": "bytes=20-", "If-Range": tag})
    other = world.get(path, **{"Range": "bytes=20-", "If-Range": '"another"'})

    assert (206, whole.content[10:20]) == (part.status_code, part.content)
    assert f"bytes 10-19/{len(whole.content)}" == part.headers["content-range"]
    assert (206, whole.content[20:]) == (rest.status_code, rest.content)
    assert (200, whole.content) == (other.status_code, other.content)
    assert 304 == world.get(path, **{"If-None-Match": tag}).status_code
    assert 304 == world.get(path, **{"If-None-Match": f'"another", W/{tag}'}).status_code
    assert 416 == world.get(path, Range="bytes=99999999-").status_code
    head = world.client.request("HEAD", path)
    assert (200, b"", len(whole.content)) == (head.status_code, head.content, int(head.headers["content-length"]))


@pytest.mark.parametrize(
    "path",
    [
        "2026-03-15/records.sqlite", "2026-03-14/nothing", "2026-03-14/..%2Findex.json", "..%2F/registry.db",
        "2026-03-14/.", "x/y",
    ],
)  # fmt: skip
def test_what_is_no_file_of_a_dump_is_not_there(world: World, path: str) -> None:
    world.publish(title="One")
    made(world)

    assert 404 == world.get(f"/dumps/{path}").status_code


def test_a_key_gets_the_same_dump_as_a_stranger(world: World) -> None:
    world.publish(title="One")
    world.publish("GREEN", title="For members")
    path = f"/dumps/{made(world).name}/{JSONL}"

    assert world.get(path).content == world.get(path, of="acme").content
    assert b"For members" not in gzip.decompress(world.get(path, of="watch").content)


def test_an_erasure_deletes_the_dumps_that_hold_the_record_and_says_why(world: World, tmp_path: Path) -> None:
    before = world.publish(title="Before")
    older = made(world)
    record = world.publish(title="About Wilhelmina Zorbelgrint")
    newer = made(world)

    erase(world, record)

    assert [older.name] == files(world)
    assert [] == [place for place in places_of(b"zorbelgrint", tmp_path) if "dumps/" in place]
    told = index(world)
    assert [older.name] == [one["name"] for one in told["dumps"]]
    assert [(newer.name, "removed because a record in it was erased")] == [
        (one["name"], one["because"]) for one in told["gone"]
    ]
    gone = world.get(f"/dumps/{newer.name}/{JSONL}")
    assert (410, "DUMP_GONE") == (gone.status_code, gone.json()["errors"][0]["extensions"]["code"])
    assert 200 == world.get(f"/dumps/{older.name}/{JSONL}").status_code
    assert before.number is not None


def test_a_record_that_strangers_lose_takes_the_dumps_with_it_before_the_next_answer(world: World) -> None:
    """Withdrawn, blocked or narrowed: nobody has to wait for a worker."""
    operator = replace(world.node.reviewer, roles=frozenset({Role.OPERATOR}))
    ways: dict[str, Callable[[Record], Record]] = {
        "withdrawn": world.node.withdraw,
        "blocked": lambda one: erasure.block(world.node.registry, operator, one.uid, reason="Urgent."),
        "narrowed": lambda one: world.node.revise(one, content(title="Now for few", marking={"tlp": "AMBER"})),
        "for members": lambda one: world.node.revise(one, content(title="Now for many", marking={"tlp": "GREEN"})),
    }
    for way, take in ways.items():
        record = world.publish(title=f"Soon {way}")
        dump = made(world)
        assert {200, 206, 304} == doors(world, dump)

        take(record)

        assert (way, {410}) == (way, doors(world, dump))
        assert [] == files(world)
    assert {Gone.CLOSED.sentence} == {one["because"] for one in index(world)["gone"]}


def test_source_links_that_are_hidden_again_take_the_dumps_with_them(world: World) -> None:
    link = {"url": "https://news.example/about-somebody"}
    record = world.publish(title="Harmless", sources=[link])
    path = f"/dumps/{made(world).name}/{JSONL}"
    assert b"about-somebody" in gzip.decompress(world.get(path).content)

    harms = [{"type": "psychological", "stakeholder": "children"}]
    world.node.revise(record, content(title="About a child", sources=[link], harms=harms))

    assert b"about-somebody" not in world.get(f"/r/{record.number}").content
    assert 410 == world.get(path).status_code
    again = made(world)
    assert b"about-somebody" not in gzip.decompress(world.get(f"/dumps/{again.name}/{JSONL}").content)
    assert [again.name] == files(world)


def test_many_records_that_go_at_once_are_looked_at_together(asked: list[str], world: World) -> None:
    taken = []
    for count in (1, 8):
        records = [world.publish(title=f"Number {one}") for one in range(count)]
        made(world)
        for record in records:
            world.node.withdraw(record)
        asked.clear()
        dumps.let_go(world.node.registry)
        taken.append(len(asked))

    assert [] == files(world)
    assert taken[0] == taken[1]


def test_what_happens_to_hidden_records_moves_no_dump(world: World) -> None:
    world.publish(title="One")
    hidden = world.publish("GREEN", title="For members")
    name = made(world).name
    before = world.get("/dumps/index.json")

    erase(world, hidden)

    after = world.get("/dumps/index.json")
    assert (before.content, before.headers["etag"]) == (after.content, after.headers["etag"])
    assert [name] == files(world)


def test_a_record_that_was_a_tombstone_already_is_no_reason_to_take_a_dump_down(world: World) -> None:
    record = world.publish(title="One")
    world.publish(title="Two")
    made(world)
    world.put(world.node.withdraw(record))

    second = made(world)

    assert [second.name] == files(world)
    assert [second.name] == [one["name"] for one in index(world)["dumps"]]


def test_a_dump_in_the_making_is_thrown_away_when_a_record_in_it_is_taken_back(world: World) -> None:
    record = world.publish(title="One")
    taken: list[Record] = []

    def meanwhile(_done: int, _total: int | None) -> None:
        if not taken:
            taken.append(world.node.withdraw(record))

    assert make_public(world.node.registry, progress=meanwhile) is None

    assert [] == files(world)
    assert [] == index(world)["dumps"]


def test_a_key_that_the_node_has_given_up_signs_no_dump(world: World) -> None:
    registry = world.node.registry
    signing.put(registry.settings.node_key_path, (registry.key,))
    world.publish(title="One")

    def meanwhile(_done: int, _total: int | None) -> None:
        rotating.rotate(registry, LOCAL_OPERATOR)

    assert make_public(registry, progress=meanwhile) is None
    with pytest.raises(Conflict):
        make_public(registry)
    assert not dumps.due(registry, SYSTEM)

    assert [] == files(world)
    anew = replace(registry, key=signing.load(registry.settings.node_key_path))
    assert dumps.due(anew, SYSTEM)
    assert make_public(anew) is not None
    place = registry.settings.dumps_dir / index(world)["dumps"][0]["name"]
    assert () == check(place, fingerprint=anew.key.fingerprint).faults


def test_a_name_is_never_given_twice(world: World) -> None:
    world.publish(title="One")
    names = [made(world).name, made(world).name]
    world.put(world.node.withdraw(world.publish(title="Two")))
    names.append(made(world).name)

    assert ["2026-03-14", "2026-03-14.2", "2026-03-14.3"] == names


def test_old_dumps_make_room_and_what_was_never_finished_goes(world: World) -> None:
    registry = world.node.registry
    few = replace(registry, settings=registry.settings.model_copy(update={"dumps_kept": 2}))
    (registry.settings.dumps_dir / "2020-01-01").mkdir(parents=True)
    world.publish(title="One")

    names = [made(replace(world, node=replace(world.node, registry=few))).name for _ in range(3)]

    assert sorted(names[1:]) == files(world)
    assert {Gone.REPLACED.sentence} == {one["because"] for one in index(world)["gone"]}


def test_a_restored_node_says_that_its_dumps_are_not_there(world: World) -> None:
    world.publish(title="One")
    name = made(world).name
    node.after_restore(world.node.registry, LOCAL_OPERATOR)
    for path in (world.node.registry.settings.dumps_dir / name).iterdir():
        path.unlink()
    (world.node.registry.settings.dumps_dir / name).rmdir()

    assert 410 == world.get(f"/dumps/{name}/{MANIFEST}").status_code
    assert [(name, Gone.LOST.sentence)] == [(one["name"], one["because"]) for one in index(world)["gone"]]


def test_one_is_due_when_there_is_news_and_time_has_passed(world: World) -> None:
    registry = world.node.registry
    assert not dumps.due(registry, SYSTEM)
    record = world.publish(title="One")
    assert dumps.due(registry, SYSTEM)
    made(world)
    world.clock.advance(hours=30)
    assert not dumps.due(registry, SYSTEM)
    world.node.withdraw(record)
    assert dumps.due(registry, SYSTEM)


def _of(name: str, *, because: Gone | None = None, seq: int = 5) -> Made:
    return Made(name, START, "log", seq, 1, 0, (), None if because is None else START, because)


@pytest.mark.parametrize(
    ("known", "after", "seq", "expected"),
    [
        ([], 0, 1, True),
        ([_of("a")], 48, 5, False),
        ([_of("a")], 23, 6, False),
        ([_of("a")], 24, 6, True),
        ([_of("a", because=Gone.ERASED)], 0, 6, False),
        ([_of("a", because=Gone.ERASED)], 1, 6, True),
        ([_of("a", because=Gone.REPLACED)], 1, 6, False),
    ],
)
def test_the_next_one_waits_for_news_for_a_day_or_for_an_hour_after_one_had_to_go(
    known: list[Made], after: int, seq: int, expected: bool
) -> None:
    now = START + timedelta(hours=after)

    assert expected is is_due(known, now=now, every=DAY, log_id="log", public_seq=seq)
    assert not is_due(known, now=now, every=timedelta(), log_id="log", public_seq=seq)


def test_names_go_on_and_only_those_beyond_the_number_kept_make_room() -> None:
    assert "2026-03-14.3" == new_name(START.date(), {"2026-03-14", "2026-03-14.2", "2026-03-13"})
    known = [_of("d"), _of("c", because=Gone.ERASED), _of("b"), _of("a")]
    assert ("a",) == surplus(known, kept=2)
