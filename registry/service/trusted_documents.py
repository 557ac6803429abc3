"""Registering GraphQL documents, so that they may be asked for by their hash."""

from __future__ import annotations

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.errors import InvalidInput, NotFound, Problem
from registry.domain.event import EventName
from registry.domain.trusted_document import DOCUMENT_ID, MAX_DOCUMENT_LETTERS, TrustedDocument, id_of
from registry.ports import Registry
from registry.service.events import note

_MAX_LABEL = 200


def register(registry: Registry, actor: Actor, text: str, *, label: str) -> TrustedDocument:
    """Register a document that whoever calls found valid; registered before, it gets the new label.

    Raises:
        Forbidden: *actor* lacks ``node:maintain``.
        InvalidInput: text or label are empty or too long.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    problems = [
        Problem((name,), "OUT_OF_RANGE", f"1 to {longest} characters are expected")
        for name, value, longest in (("text", text, MAX_DOCUMENT_LETTERS), ("label", label, _MAX_LABEL))
        if not 1 <= len(value) <= longest
    ]
    if problems:
        raise InvalidInput(problems)
    document = TrustedDocument(id_of(text), text, label, registry.clock.now())
    with registry.storage.begin() as unit:
        unit.trusted_documents.save(document)
        note(registry, unit, actor, EventName.DOCUMENT_TRUSTED, subject=document.id)
    return document


def registered(registry: Registry, actor: Actor) -> tuple[TrustedDocument, ...]:
    """All registered documents.

    Raises:
        Forbidden: *actor* lacks ``node:maintain``.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        return reader.trusted_documents.all()


def remove(registry: Registry, actor: Actor, document_id: str) -> None:
    """Register a document no longer; from now on its id is unknown.

    Raises:
        Forbidden: *actor* lacks ``node:maintain``.
        NotFound: no document has this id.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.begin() as unit:
        if not unit.trusted_documents.remove(document_id):
            raise NotFound("no registered document has this id")
        note(registry, unit, actor, EventName.DOCUMENT_DISTRUSTED, subject=document_id)


def text_of(registry: Registry, actor: Actor, document_id: str) -> str | None:
    """The text of a registered document; ``None`` where the id is unknown, or is none.

    Raises:
        Forbidden: *actor* lacks ``record:read``.
    """
    policy.require(actor, Permission.RECORD_READ)
    if DOCUMENT_ID.fullmatch(document_id) is None:
        return None
    with registry.storage.read() as reader:
        return reader.trusted_documents.text(document_id)
