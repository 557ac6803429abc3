"""GraphQL documents that an operator registered: asked for by hash, so that a GET is short and can be cached."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

# By the appendix of GraphQL over HTTP on persisted documents.
DOCUMENT_ID = re.compile(r"sha256:[0-9a-f]{64}")
MAX_DOCUMENT_LETTERS = 20_000


@dataclass(frozen=True, slots=True)
class TrustedDocument:
    """One document.

    Attributes:
        id: ``sha256:`` and the hash of the text, so the text of an id never changes.
        label: what an operator calls it, such as the name of its file.
    """

    id: str
    text: str
    label: str
    registered_at: datetime


def id_of(text: str) -> str:
    """The id of a document: the SHA-256 of its UTF-8, white space included."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
