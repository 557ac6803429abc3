"""Commands on parties that records name: what they are called, and the letters that tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.accounts import Slug, organisations
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue
    from registry.domain.notice import Notice

commands = typer.Typer()


@organisations.command("describe")
def describe_organisation(
    slug: Slug,
    alias: Annotated[list[str] | None, typer.Option(help="Another name it goes by; may be repeated.")] = None,
    parent: Annotated[
        list[str] | None, typer.Option(help="Slug of an organisation it belongs to; may be repeated.")
    ] = None,
    contact: Annotated[
        str | None, typer.Option(help="Where affected people may turn to: mailto: or https: address.")
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Say what else an organisation is called, and where affected people turn to. What is left out is removed."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.organisations import describe_organisation as describe
    from web.cli.directory import opened

    aliases, parents = tuple(alias or ()), tuple(parent or ())
    with opened(data_dir) as registry:
        found = describe(registry, LOCAL_OPERATOR, slug, aliases=aliases, parents=parents, contact=contact)
    told: JsonValue = {"slug": found.slug, "aliases": list(aliases), "parents": list(parents), "contact": contact}
    answer(told, found.slug, as_json=as_json)


@commands.command("notices")
def notices(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Letters to parties that records name and that are no members, ready to be sent; the newest first."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.notices import to_send
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = to_send(registry, LOCAL_OPERATOR)
    told: JsonValue = [_notice(one) | {"text": text} for one, text in found]
    answer(told, "\n---\n\n".join(text for _, text in found), as_json=as_json)


def _notice(notice: Notice) -> dict[str, JsonValue]:
    return {
        "id": notice.id,
        "record": notice.uid,
        "party": notice.party,
        "asked_at": notice.asked_at.isoformat(),
        "due_at": notice.due_at.isoformat(),
        "state": notice.state,
    }
