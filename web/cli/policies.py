"""Commands on watched usage policies, in the data directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue
    from registry.service.policy_watch import Watched

commands = typer.Typer(help="Usage policies of providers whose pages are watched.", no_args_is_help=True)

Id: TypeAlias = Annotated[str, typer.Argument(help="Id, as `commons policy list` shows it.", show_default=False)]


@commands.command()
def watch(
    address: Annotated[str, typer.Argument(help="An https address of a public host.", show_default=False)],
    title: Annotated[str, typer.Option(help="What the policy is called.", show_default=False)],
    organisation: Annotated[
        str | None, typer.Option(help="Slug of the provider's organisation; the node's own, if left out.")
    ] = None,
    provider: Annotated[str | None, typer.Option(help="Whose policy it is, if the organisation is not.")] = None,
    previous: Annotated[str | None, typer.Option(help="uid of the record of the version that holds now.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Look at a page from now on; each change of it becomes a draft for its provider."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.record import RecordUid
    from registry.service import policy_watch
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        made = policy_watch.watch(
            registry,
            LOCAL_OPERATOR,
            url=address,
            title=title,
            organisation_slug=organisation,
            provider=provider,
            previous=None if previous is None else RecordUid(previous),
        )
    answer({"id": made.id, "url": made.url}, f"{made.id} is watched.\n", as_json=as_json)


@commands.command("list")
def list_(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """List the watched pages, and how they were found."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import policy_watch
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = policy_watch.watched(registry, LOCAL_OPERATOR)
    rows = ((one.watch.id, one.watch.title, str(len(one.versions)), one.watch.error or "") for one in found)
    answer([_row(one) for one in found], table(("page", "title", "versions", "error"), rows), as_json=as_json)


@commands.command()
def unwatch(policy: Id, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Look at a page no more, and forget what stood there; drafts stay."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.policy_watch import WatchId
    from registry.service import policy_watch
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        policy_watch.unwatch(registry, LOCAL_OPERATOR, WatchId(policy))
    answer({"id": policy}, f"{policy} is not watched any more.\n", as_json=as_json)


@commands.command()
def check(
    policy: Annotated[str | None, typer.Argument(help="Id of one page; all, if left out.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Look at watched pages now, and tell what was found."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.policy_watch import WatchId
    from registry.service import policy_checking, policy_watch
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        if policy is None:
            wanted = [one.watch.id for one in policy_watch.watched(registry, LOCAL_OPERATOR)]
        else:
            wanted = [WatchId(policy)]
        done = [policy_checking.check(registry, LOCAL_OPERATOR, one) for one in wanted]
    rows: list[JsonValue] = [
        {"id": one.watch.id, "outcome": one.outcome.value, "draft": one.draft, "error": one.watch.error} for one in done
    ]
    lines = ((one.watch.id, one.outcome.value, one.draft or one.watch.error or "") for one in done)
    answer(rows, table(("page", "found", "draft or error"), lines), as_json=as_json)


@commands.command()
def text(
    policy: Id,
    sha256: Annotated[str, typer.Argument(help="Hash of the version, as `list --json` shows it.", show_default=False)],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Show a text that stood on a page, as it is kept."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.policy_watch import WatchId
    from registry.service import policy_watch
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = policy_watch.evidence(registry, LOCAL_OPERATOR, WatchId(policy), sha256)
    answer({"sha256": found.sha256, "text": found.text}, f"{found.text}\n", as_json=as_json)


def _row(one: Watched) -> dict[str, JsonValue]:
    found = one.watch
    return {
        "id": found.id,
        "url": found.url,
        "title": found.title,
        "provider": found.provider,
        "checked_at": None if found.checked_at is None else found.checked_at.isoformat(),
        "failures": found.failures,
        "error": found.error,
        "versions": [
            {"sha256": seen.sha256, "seen_at": seen.seen_at.isoformat(), "draft": seen.draft} for seen in one.versions
        ],
    }
