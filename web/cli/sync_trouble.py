"""Commands on what went wrong with other nodes: what they take away in masses, what was not taken from them, and where
they contradict themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, moment, table

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue
    from registry.ports.federation import KeptHeader, Refused

commands = typer.Typer(help="What went wrong with other nodes.", no_args_is_help=True)

Dns: TypeAlias = Annotated[str, typer.Argument(metavar="NODE", help="DNS name of the other node.")]
Item: TypeAlias = Annotated[str, typer.Argument(metavar="ITEM", help="Id of the item, as held prints it.")]


@commands.command()
def release(
    node: Dns,
    hours: Annotated[int, typer.Option(help="For how many hours everything passes, 1 to 72.")] = 1,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Let pass for a time what a node takes away, once you have looked: it is asked again at once."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import guarding
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        peer = guarding.release(registry, LOCAL_OPERATOR, node, hours=hours)
    until = peer.released_until.isoformat() if peer.released_until else None
    answer(
        {"node": node, "released_until": until},
        f"{node}: released until {moment(peer.released_until) if peer.released_until else until}",
        as_json=as_json,
    )


@commands.command()
def held(
    node: Dns,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 100,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """List what a node sent and was not taken, with the reason, and what of it waits for something."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import quarantine
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = quarantine.page(registry, LOCAL_OPERATOR, node, limit=limit)
    rows = (
        (one.id, moment(one.at), one.reason, one.uid or "", moment(one.parked_until) if one.parked_until else "")
        for one in found
    )
    head = ("item", "since", "reason", "record", "waits until")
    answer([_item(one) for one in found], table(head, rows), as_json=as_json)


@commands.command()
def show(item: Item, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Print an item that was not taken, as it came; nobody has looked at what it says."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import quarantine
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = quarantine.get(registry, LOCAL_OPERATOR, item)
    said = json.loads(found.item) if found.item else None
    text = f"{found.peer} {found.reason}\n{json.dumps(said, indent=2)}"
    answer(_item(found) | {"item": said}, text, as_json=as_json)


@commands.command()
def retry(item: Item, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Try an item again that was not taken."""
    from dataclasses import asdict

    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import resolving
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        done = asdict(resolving.retry(registry, LOCAL_OPERATOR, item))
    answer(done, ", ".join(f"{count} {name}" for name, count in done.items() if count), as_json=as_json)


@commands.command()
def drop(item: Item, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Forget an item that was not taken."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import quarantine
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        quarantine.drop(registry, LOCAL_OPERATOR, item)
    answer({"dropped": item}, f"{item}: forgotten", as_json=as_json)


@commands.command()
def forks(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """List frozen records, whose origin contradicts itself, with the headers that contradict each other."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import resolving
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = resolving.forks(registry, LOCAL_OPERATOR)
    rows = [
        (one.record.label, one.record.origin, str(header.rev), header.hash, "held" if header is one.held else "")
        for one in found
        for header in (one.held, *one.others)
    ]
    document: JsonValue = [
        {
            "uid": one.record.uid,
            "number": one.record.number,
            "node": one.record.origin,
            "held": _header(one.held),
            "others": [_header(header) for header in one.others],
        }
        for one in found
    ]
    answer(document, table(("record", "node", "rev", "hash", ""), rows), as_json=as_json)


@commands.command()
def resolve(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="Number or uid of the frozen record.")],
    keep: Annotated[str, typer.Option(help="Hash of the header that holds, or its first eight characters or more.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Say which header of a frozen record holds; the record goes on from there."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import resolving
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = resolving.resolve(registry, LOCAL_OPERATOR, record, keep=keep)
    answer(
        {"uid": found.uid, "number": found.number, "state": found.state.value},
        f"{found.label}: goes on",
        as_json=as_json,
    )


def _until(one: Refused) -> str | None:
    return one.parked_until.isoformat() if one.parked_until else None


def _item(one: Refused) -> dict[str, JsonValue]:
    return {
        "id": one.id,
        "node": one.peer,
        "at": one.at.isoformat(),
        "reason": one.reason,
        "uid": one.uid,
        "hash": one.hash,
        "bytes": len(one.item),
        "waits_until": _until(one),
    }


def _header(one: KeptHeader) -> dict[str, JsonValue]:
    return {"hash": one.hash, "rev": one.rev, "header": one.body.decode(), "signature": one.signature}


@commands.command()
def findings(
    node: Annotated[str | None, typer.Argument(metavar="[NODE]", help="DNS name of the other node.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")] = 100,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """List why other nodes refused what this one gave them."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import telling
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = telling.findings(registry, LOCAL_OPERATOR, node, limit=limit)
    rows = [(one.peer, moment(one.at), one.reason, one.uid, one.hash) for one in found]
    document: JsonValue = [
        {"node": one.peer, "at": one.at.isoformat(), "reason": one.reason, "uid": one.uid or None, "hash": one.hash}
        for one in found
    ]
    answer(document, table(("node", "since", "reason", "record", "hash"), rows), as_json=as_json)


@commands.command()
def acknowledgements(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="Number or uid of a record that began here.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """List which nodes were given a record, and which of them said that they let go of it."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import telling
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = telling.acknowledgements(registry, LOCAL_OPERATOR, record)
    rows = [(one.node, one.said.value if one.said else "") for one in found]
    document: JsonValue = [{"node": node, "let_go": said or None} for node, said in rows]
    answer(document, table(("node", "let go after"), rows), as_json=as_json)
