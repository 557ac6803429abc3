"""What to do about a finding of an import, by its code; as the command line and the pages say it."""

from __future__ import annotations

from registry.domain.finding import Finding

_BY_CODE = {
    "AMBIGUOUS_DATE": "Say in the mapping whether day or month comes first.",
    "BROKEN_DOCUMENT": "Fetch it again; if it stays so, tell the publisher that it cannot be read.",
    "BROKEN_JSON": "Fetch it again; if it stays so, tell the publisher that it is no JSON.",
    "DUPLICATE_ID": "The publisher uses an id twice; it has to give one of the two another.",
    "FETCH_FAILED": "The host did not give the document; the next run tries again.",
    "IMPORTER_FAILED": "A fault of the importer: report it with the document; all others were read.",
    "NOTHING_READ": "Look at the address and the options: the source is empty, or its format has changed.",
    "NOT_SHOWN": "Nothing failed in this measurement; a reviewer decides: commons review queue.",
    "PERSONAL_DATA": "A reviewer decides: commons review queue.",
    "PERSON_NAMED": "A reviewer decides: commons review queue.",
    "PERSON_NAMED_IN_SOURCE": "Nothing has to be done: what names somebody was left out or is restricted.",
    "SECRET_DETECTED": "Tell the publisher: what it published still gives access.",
    "SEALED": "Nothing of it is kept. Follow the operator's guide on such material.",
    "SOURCE_CHANGED": "The source changed while it was read; the next run reads it whole.",
    "TOO_LONG": "The publisher has to shorten it, or the importer to take less of it.",
    "UNKNOWN_COLUMN": "Correct the name of the column in the mapping.",
    "UNKNOWN_FIELD": "A field is new at the publisher; extend the importer if it is worth keeping.",
    "UNKNOWN_TERM": "A term is new at the publisher; add it to the importer's rules.",
}
ADVISED = frozenset(_BY_CODE)
_REFUSED = "The record was left out; it is taken once the publisher has mended it."
_HELD = "The record waits for a reviewer: commons review queue."
_NOTED = "Nothing has to be done: the value was left out, the record was taken."
# Why a record waits for a reviewer, by the code of what holds it.
_WAITS = {
    "DISTRIBUTION": "it says something of whom it is for, but has no label",
    "HELD_WITH_DOCUMENT": "its document waits",
    "NOTHING_OPEN": "nothing of its import is open any more, and nobody has decided",
    "NOT_FINAL": "its publisher has not finished it",
    "NOT_MARKED": "it does not say whom it is meant for",
    "NOT_PUBLIC": "it is not meant for everybody, or gives no leave to publish",
    "NOT_PUBLISHED": "its source has not published it",
    "NOT_SHOWN": "a measurement in which nothing failed",
    "PERSONAL_DATA": "it holds what looks like personal data",
    "PERSON_NAMED": "a person may be named; the name is withheld",
    "SEALED": "of a sealed category",
    "SOURCE_NOT_TRUSTED": "records of this source are looked at one by one",
    "TLP_NOT_CLEAR": "marked for others than everybody",
}


def why_it_waits(code: str) -> str:
    """Why an imported record waits for a reviewer, in words; a code that nobody has put into words as it is."""
    return _WAITS.get(code, code)


def how_of(one: Finding) -> str:
    """What became of the record because of a finding, in a word."""
    return "refused" if one.refused else "held" if one.held else "noted"


def advice_on(code: str, *, refused: bool, held: bool) -> str:
    """What somebody can do about findings of this code."""
    return _BY_CODE.get(code.partition(":")[0]) or (_REFUSED if refused else _HELD if held else _NOTED)
