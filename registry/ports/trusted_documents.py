"""GraphQL documents that an operator has registered."""

from __future__ import annotations

from typing import Protocol

from registry.domain.trusted_document import TrustedDocument


class TrustedDocuments(Protocol):
    """Registered documents, by id."""

    def save(self, document: TrustedDocument) -> None:
        """Keep it; registered anew, it has its new label."""
        ...

    def text(self, document_id: str) -> str | None:
        """The text with this id."""
        ...

    def all(self) -> tuple[TrustedDocument, ...]:
        """All of them, by label and id."""
        ...

    def remove(self, document_id: str) -> bool:
        """Take it away; whether it was there."""
        ...
