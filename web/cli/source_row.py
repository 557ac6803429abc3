"""A source as the options of a command describe it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput, Problem, did_you_mean
from registry.domain.importing import Source, Trust
from registry.domain.vocabulary import OrganisationKind
from web.cli.files import read_document


def changed(
    row: Source,
    *,
    from_url: list[str] | None = None,
    host: list[str] | None = None,
    organisation: str | None = None,
    trust: str | None = None,
    options: Path | None = None,
) -> Source:
    """*row* with what was given; the hosts of its addresses may always be reached.

    Raises:
        InvalidInput: there is no such kind of organisation or trust, or the file of options holds no object.
        NotFound: there is no such file.
    """
    urls = row.urls if from_url is None else tuple(from_url)
    named = row.hosts if host is None and from_url is None else frozenset(host or ())
    return replace(
        row,
        urls=urls,
        hosts=named | {one for one in map(_host_of, urls) if one},
        organisation=row.organisation
        if organisation is None
        else OrganisationKind(_one_of("organisation", organisation, list(OrganisationKind))),
        trust=row.trust if trust is None else trust_of(trust),
        options=row.options if options is None else _options(options),
    )


def trust_of(said: str) -> Trust:
    """How far a source is trusted.

    Raises:
        InvalidInput: there is no such word.
    """
    return Trust(_one_of("trust", said, list(Trust)))


def _one_of(name: str, said: str, known: list[str]) -> str:
    if said in known:
        return said
    message = f"choose of: {', '.join(known)}"
    raise InvalidInput([Problem((name,), "UNKNOWN_TERM", message, did_you_mean(said, known))])


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _options(file: Path) -> dict[str, JsonValue]:
    found = read_document(str(file))
    if not isinstance(found, dict):
        raise InvalidInput([Problem(("options",), "INVALID_TYPE", "an object is expected")])
    return found
