"""Commands on other nodes: whom this node trusts, what it asks them for, and how that went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from web.cli import sync_trouble
from web.cli.exits import Exit
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, moment, table, tell
from web.cli.succeeding import commands as acting
from web.cli.succeeding import successor

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue
    from registry.domain.federation.filtering import LogFilter
    from registry.domain.federation.health import Health
    from registry.domain.federation.peer import Peer
    from registry.ports import Registry

commands = typer.Typer(help="Other nodes that this one syncs with.", no_args_is_help=True)

Dns: TypeAlias = Annotated[str, typer.Argument(metavar="NODE", help="DNS name of the other node.")]
commands.add_typer(successor, name="successor")
commands.add_typer(acting)
commands.add_typer(sync_trouble.commands)
_ALL = "all"
_HEAD = ("node", "short name", "state", "last success", "last error", "remaining", "held back", "look at")


@commands.command("list")
def list_(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """List the other nodes that are known, and how syncing with each goes."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import health
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = health.every(registry, LOCAL_OPERATOR)
    rows = (
        (
            one.peer.dns,
            one.peer.short_name,
            one.peer.state,
            moment(one.peer.last_success_at) if one.peer.last_success_at else "never",
            one.error or "",
            "" if one.peer.remaining is None else str(one.peer.remaining),
            str(sum(one.refused.values()) + one.parked),
            " ".join(one.troubles),
        )
        for one in found
    )
    answer([_document(one.peer) | _how_it_goes(one) for one in found], table(_HEAD, rows), as_json=as_json)


@commands.command()
def fingerprint(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Print the fingerprint of this node's key, to be compared by the operators of others."""
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        own = registry.key.fingerprint
    answer({"fingerprint": own}, own, as_json=as_json)


@commands.command("rotate-key")
def rotate_key(
    compromised: Annotated[
        bool, typer.Option("--compromised", help="Others may have the old key: sign everything anew.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this you are told what would be done.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Give this node a new key, which the old one vouches for. Start the node anew afterwards."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation.rotating import rotate
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        before = registry.key.fingerprint
        done = rotate(registry, LOCAL_OPERATOR, compromised=compromised) if yes else None
    after = None if done is None else done.after
    text = f"Fingerprint before: {before}\nFingerprint now: {after or before}"
    answer({"before": before, "after": after, "compromised": compromised}, text, as_json=as_json)
    if done is None:
        tell("Nothing was changed. With --yes the node gets a new key, and the old one signs nothing more.")
        raise typer.Exit(Exit.USAGE)
    tell("Start the node anew, keep a copy of node.key apart, and tell the new fingerprint to the operators of others.")


@commands.command()
def add(
    url: Annotated[str, typer.Argument(help="Address of the other node, such as https://registry.example.")],
    fingerprint: Annotated[
        str | None,
        typer.Option(help="Its fingerprint, as its operator told you; without it you are asked to compare."),
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Ask a node who it is, and trust it once its fingerprint is what its operator told you by another way."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import peering
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        peer = peering.add(registry, LOCAL_OPERATOR, url)
        if fingerprint is not None:
            peer = peering.confirm(registry, LOCAL_OPERATOR, peer.dns, fingerprint)
    text = f"{peer.dns} ({peer.short_name}, {peer.title})\nFingerprint: {peer.fingerprint}"
    answer(_document(peer), text, as_json=as_json)
    if fingerprint is not None:
        tell("It is trusted now. It answers this node once its operator trusts this node, too.")
    else:
        tell(f"Compare it with what its operator says, then: commons sync confirm {peer.dns} {peer.fingerprint}")


@commands.command()
def confirm(
    node: Dns,
    fingerprint: Annotated[str, typer.Argument(help="The fingerprint that its operator told you.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Trust a node whose fingerprint you have compared: from now on the two sync."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import peering
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        peer = peering.confirm(registry, LOCAL_OPERATOR, node, fingerprint)
    answer(_document(peer), f"{peer.dns}: {peer.state}", as_json=as_json)


@commands.command()
def change(
    node: Dns,
    paused: Annotated[
        bool | None, typer.Option("--pause/--resume", help="Whether the two do not sync for now.")
    ] = None,
    pulls: Annotated[bool | None, typer.Option("--pull/--no-pull", help="Whether it is asked.")] = None,
    serves: Annotated[bool | None, typer.Option("--serve/--no-serve", help="Whether it is answered.")] = None,
    imports: Annotated[
        bool | None, typer.Option("--imports/--no-imports", help="Whether it also gets what was imported.")
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(help="A group there, and that here which sees what is shared with it: there=here. Names all."),
    ] = None,
    kinds: Annotated[
        str | None, typer.Option(help="Kinds of records that it is asked for, with commas; all for all of them.")
    ] = None,
    tlp_max: Annotated[
        str | None, typer.Option("--tlp-max", help="Up to which marking it is asked, such as GREEN; all for any.")
    ] = None,
    every: Annotated[
        int | None, typer.Option(min=0, help="Seconds between two questions to it; 0 as the settings say.")
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Change how this node stands to another."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import peering
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        wanted = _wanted(registry, node, kinds, tlp_max)
        peer = peering.change(
            registry,
            LOCAL_OPERATOR,
            node,
            paused=paused,
            pulls=pulls,
            serves=serves,
            imports=imports,
            groups=None if group is None else dict(one.partition("=")[::2] for one in group),
            wanted=wanted,
            poll_seconds=every,
        )
    answer(_document(peer), f"{peer.dns}: {peer.state}", as_json=as_json)


@commands.command()
def remove(node: Dns, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Forget a node; records that came from it stay, and are no longer followed."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.federation import peering
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        peering.remove(registry, LOCAL_OPERATOR, node)
    answer({"removed": node}, f"{node}: forgotten", as_json=as_json)


@commands.command()
def pull(node: Dns, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Ask a node now for what changed, and take it in."""
    from dataclasses import asdict

    from registry.domain.actor import SYSTEM
    from registry.service.federation import pulling
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        done = pulling.pull(registry, SYSTEM, node)
    counts = asdict(done.applied)
    text = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing new"
    answer({"pages": done.pages, "remaining": done.remaining, **counts}, f"{node}: {text}", as_json=as_json)


@commands.command()
def reconcile(
    node: Dns,
    records: Annotated[int, typer.Option(min=1, help="Most records that are asked for in this run.")] = 500,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Compare now what both nodes hold, and ask for what is missing or older here."""
    from dataclasses import asdict

    from registry.domain.actor import SYSTEM
    from registry.service.federation import reconciling
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        done = reconciling.reconcile(registry, SYSTEM, node, max_records=records)
    counts = asdict(done.applied)
    told = [f"{done.differing} differ", f"{done.asked} asked for"]
    told += [f"{count} {name}" for name, count in counts.items() if count]
    told += [] if done.is_done else ["the next run goes on from here"]
    said = {"differing": done.differing, "asked": done.asked, "done": done.is_done, **counts}
    answer(said, f"{node}: {', '.join(told)}", as_json=as_json)


def _wanted(registry: Registry, node: str, kinds: str | None, tlp_max: str | None) -> LogFilter | None:
    """What a node is asked for from now on; what is not named stays."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.federation.filtering import filter_of, read_filter
    from registry.service.federation import peering

    if kinds is None and tlp_max is None:
        return None
    known = next((one for one in peering.peers(registry, LOCAL_OPERATOR) if one.dns == node), None)
    said = {} if known is None else filter_of(known).query
    for name, value in (("kinds", kinds), ("tlp_max", tlp_max)):
        if value is not None:
            said[name] = "" if value.lower() == _ALL else value.replace(" ", "")
    return read_filter({"kinds": said.get("kinds", "").lower(), "tlp_max": said.get("tlp_max", "").upper()})


def _document(peer: Peer) -> dict[str, JsonValue]:
    return {
        "node": peer.dns,
        "short_name": peer.short_name,
        "title": peer.title,
        "base_url": peer.base_url,
        "state": peer.state.value,
        "released_until": peer.released_until.isoformat() if peer.released_until else None,
        "fingerprint": peer.fingerprint,
        "pulls": peer.pulls,
        "serves": peer.serves,
        "imports": peer.imports,
        "groups": dict(peer.groups),
        "kinds": [kind.value for kind in peer.kinds],
        "tlp_max": None if peer.tlp_max is None else peer.tlp_max.value,
        "every_seconds": peer.poll_seconds,
    }


def _how_it_goes(one: Health) -> dict[str, JsonValue]:
    peer = one.peer
    return {
        "belongs_to": list(one.groups),
        "last_success_at": peer.last_success_at.isoformat() if peer.last_success_at else None,
        "lag_seconds": one.lag_seconds,
        "remaining": peer.remaining,
        "last_error": peer.last_error,
        "error": one.error,
        "failures": peer.failures,
        "skew_seconds": peer.skew_seconds,
        "refused": dict(one.refused),
        "parked": one.parked,
        "findings": one.findings,
        "held_back": sum(one.refused.values()) + one.parked,
        "frozen": one.frozen,
        "hold": peer.hold,
        "reconciled_at": peer.reconciled_at.isoformat() if peer.reconciled_at else None,
        "differing": peer.differing,
        "troubles": [trouble.value for trouble in one.troubles],
    }
