"""Documents that are asked for by their hash, and who may ask others."""

from __future__ import annotations

from registry.domain.actor import ANONYMOUS, Actor
from registry.ports import Registry
from registry.service import trusted_documents
from schema.errors import RequestRefused
from schema.transport import GraphQLRequest


class Trusted:
    """The registered documents of one registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def text(self, actor: Actor, asked: GraphQLRequest) -> str:
        """The document that *actor* asks for.

        Raises:
            RequestRefused: no document with this id is registered, or strangers must ask for registered ones.
        """
        if asked.document_id is None:
            if self._registry.settings.trusted_documents_only and actor == ANONYMOUS:
                message = "without a key only registered documents are answered: send documentId instead of query"
                raise RequestRefused(403, "PERSISTED_DOCUMENT_REQUIRED", message)
            return asked.query
        found = trusted_documents.text_of(self._registry, actor, asked.document_id)
        if found is None:
            raise RequestRefused(None, "PERSISTED_DOCUMENT_NOT_FOUND", "no document with this id is registered here")
        return found
