"""Commands on registered GraphQL documents, in the data directory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table

commands = typer.Typer(help="GraphQL documents that may be asked for by their hash.", no_args_is_help=True)


@commands.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="Files with one GraphQL document each.", show_default=False)],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Register documents. All are checked first: where one is not valid, none is registered."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import trusted_documents
    from web.cli.directory import opened

    texts = [(file, _read(file)) for file in files]
    with opened(data_dir) as registry:
        made = [trusted_documents.register(registry, LOCAL_OPERATOR, text, label=file.name) for file, text in texts]
    rows = [{"id": one.id, "label": one.label} for one in made]
    answer(rows, "\n".join(f"{one.id}  {one.label}" for one in made) + "\n", as_json=as_json)


@commands.command("list")
def list_(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """List the registered documents."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import trusted_documents
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = trusted_documents.registered(registry, LOCAL_OPERATOR)
    rows = [{"id": one.id, "label": one.label, "registered_at": one.registered_at.isoformat()} for one in found]
    answer(rows, table(("label", "id"), ((one.label, one.id) for one in found)), as_json=as_json)


@commands.command()
def remove(
    document_id: Annotated[str, typer.Argument(help="sha256: and the hash.", show_default=False)],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Register a document no longer."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import trusted_documents
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        trusted_documents.remove(registry, LOCAL_OPERATOR, document_id)
    answer({"id": document_id}, f"{document_id} is not registered any more.\n", as_json=as_json)


def _read(file: Path) -> str:
    """The document in *file*, which is valid and within the limits.

    Raises:
        InvalidInput: naming the file.
    """
    from registry.domain.errors import InvalidInput, Problem
    from schema.documents import Documents
    from schema.errors import RequestRefused
    from schema.root import build_schema

    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidInput([Problem((file.name,), "BAD_ENCODING", "the file is not UTF-8")]) from None
    try:
        Documents(build_schema().core).validate(text)
    except RequestRefused as refused:
        told = [(error["extensions"]["code"], error["message"]) for error in refused.errors]
        raise InvalidInput([Problem((file.name,), code, message) for code, message in told]) from None
    return text
