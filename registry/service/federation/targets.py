"""What a statement of another node is about: it waits for that, which may come from a third node, and later."""

from __future__ import annotations

from collections.abc import Mapping

from registry.domain.canonical import parse_json
from registry.domain.federation.envelope import Envelope
from registry.domain.policy import EVERYTHING
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind
from registry.ports import Unit
from registry.service.federation.receiving import require_readable
from registry.service.federation.unfit import NotYet

WAITS_DAYS = 30


def require_target(unit: Unit, envelope: Envelope) -> None:
    """Let a statement pass only if something is known here of the record that it is about.

    What is known may be hidden: then the statement is too, and nobody outside learns which it was.

    Raises:
        InvalidInput, Unfit: it says what no statement may say. That is found first: why it is not taken is told, and
            must not tell whether something is known.
        NotYet: nothing is.
    """
    part = envelope.parts.get("public")
    if envelope.header.kind is not Kind.STATEMENT or not envelope.header.has_content or part is None:
        return
    require_readable(envelope)
    said = parse_json(part.body)
    about = said.get("about") if isinstance(said, Mapping) else None
    if not isinstance(about, str):
        return
    # Under the uid of a contested one another node's record stands here: what is said is not said of that.
    is_contested = unit.peer_owners.uid_here(envelope.header.origin, about) is not None
    if is_contested or unit.records.get(RecordUid(about), visible=EVERYTHING) is None:
        raise NotYet("MISSING_TARGET", days=WAITS_DAYS)
