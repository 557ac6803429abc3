"""Keeping records in order, asked of a node: narrowing, blocking, holding, erasing, groups, own records, statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.client import documents
from registry.client.answers import Summary, Written, summary_of, written_of
from registry.client.connection import Connection
from registry.client.failures import refused
from registry.domain.canonical import JsonValue
from registry.domain.errors import NotFound
from registry.domain.vocabulary import StatementKind, Tlp

_UID_LENGTH = 36
_GROUP = "slug name version members { organisation joinedVersion leftVersion }"
_GROUPS = f"query Groups {{ groups {{ {_GROUP} }} }}"
_OWN = "query Own($ref: String!) { record(externalRef: $ref) { ...Summary } }" + documents.SUMMARY


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group that one may share with; ``organisations`` are the slugs of those that belong to it now."""

    slug: str
    name: str
    version: int
    organisations: tuple[str, ...]

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        return {
            "slug": self.slug,
            "name": self.name,
            "version": self.version,
            "organisations": list(self.organisations),
        }


def statement_document(
    subject: Summary,
    kind: StatementKind,
    *,
    title: str,
    summary: str,
    tlp: Tlp | None = None,
    more: Mapping[str, JsonValue] | None = None,
) -> dict[str, JsonValue]:
    """A statement about *subject* in the file format.

    Args:
        tlp: as wide as the record it is about, if left out.
        more: other fields of the statement, such as ``adoption`` or ``evidence``.
    """
    said: dict[str, JsonValue] = {"statement_kind": kind.value, "title": title, "summary": summary}
    marking: dict[str, JsonValue] = {"tlp": (tlp or Tlp(subject.tlp)).value}
    if tlp is None and subject.audience is not None:
        marking["audience"] = subject.audience
    return {"kind": "statement", "content": {**(more or {}), **said, "about": subject.uid}, "marking": marking}


class Keeping:
    """The methods of ``Client`` for keeping records in order."""

    _connection: Connection

    def own(self, external_ref: str) -> Summary:
        """The record of one's own organisation with this key of its own, in whatever state.

        Raises:
            NotFound: there is none.
        """
        found = self._connection.ask(_OWN, {"ref": external_ref})["record"]
        if found is None:
            raise NotFound("no such record")
        return summary_of(found)

    def narrow(
        self,
        uid: str,
        *,
        tlp: Tlp,
        reason: str,
        audience: str | None = None,
        restricted_tlp: Tlp = Tlp.RED,
        expected_revision: int | None = None,
    ) -> Written:
        """Show a published record of one's own organisation to fewer people, at once."""
        said = {
            "uid": uid,
            "tlp": tlp.name,
            "audience": audience,
            "restrictedTlp": restricted_tlp.name,
            "reason": reason,
            "expectedRevision": expected_revision,
        }
        return self._change("narrowVisibility", "NarrowVisibilityInput", said)

    def clear_sources(self, uid: str, *, reason: str) -> Written:
        """Show the source links of a record about sexual harm, minors or a named person."""
        return self._change("clearSources", "ReasonedInput", {"uid": uid, "reason": reason})

    def block(self, name: str, *, reason: str) -> Written:
        """Hide a record at once from all but its owner and the reviewers; by uid or number, seen or not."""
        return self._change("block", "BlockInput", {**_named(name), "reason": reason})

    def unblock(self, name: str, *, reason: str) -> Written:
        """Show a blocked record again to those it was given out to."""
        return self._change("unblock", "BlockInput", {**_named(name), "reason": reason})

    def hold(self, name: str, *, reason: str, on: bool = True) -> Written:
        """Put a record under legal hold, or lift the hold."""
        return self._change("setLegalHold", "LegalHoldInput", {**_named(name), "on": on, "reason": reason})

    def erase(self, name: str, *, reason: str, legal_basis: str) -> Written:
        """Forget what a record said, for good; another person must have blocked it."""
        return self._change("erase", "EraseInput", {**_named(name), "reason": reason, "legalBasis": legal_basis})

    def merge(self, uid: str, *, into: str, reason: str, expected_revision: int | None = None) -> Written:
        """Let the record *into* stand for this one too."""
        said = {"uid": uid, "into": into, "reason": reason, "expectedRevision": expected_revision}
        return self._change("merge", "MergeInput", said)

    def split(self, uid: str, *, reason: str, expected_revision: int | None = None) -> Written:
        """Let a merged record stand by itself again."""
        said = {"uid": uid, "reason": reason, "expectedRevision": expected_revision}
        return self._change("split", "SplitInput", said)

    def groups(self) -> tuple[GroupRow, ...]:
        """The groups that one may share with; all of them for who manages accounts."""
        found = self._connection.ask(_GROUPS, {})["groups"]
        return tuple(_group_of(one) for one in found or ())

    def add_group(self, slug: str, name: str) -> GroupRow:
        """Make a group, empty for now."""
        return self._group("addGroup", "AddGroupInput", {"slug": slug, "name": name})

    def join_group(self, group: str, organisation: str) -> GroupRow:
        """Let an organisation belong to a group."""
        return self._group("joinGroup", "GroupMembershipInput", {"group": group, "organisation": organisation})

    def leave_group(self, group: str, organisation: str) -> GroupRow:
        """End an organisation's membership in a group."""
        return self._group("leaveGroup", "GroupMembershipInput", {"group": group, "organisation": organisation})

    def _change(self, name: str, input_type: str, said: Mapping[str, Any]) -> Written:
        payload = self._connection.ask(documents.mutation(name, input_type), {"input": said})["result"]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        return written_of(payload)

    def _group(self, name: str, input_type: str, said: Mapping[str, Any]) -> GroupRow:
        selection = f"group {{ {_GROUP} }} userErrors {{ path code message hint }}"
        document = f"mutation Group($input: {input_type}!) {{ result: {name}(input: $input) {{ {selection} }} }}"
        payload = self._connection.ask(document, {"input": said})["result"]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        return _group_of(payload["group"])


def _named(name: str) -> dict[str, str]:
    """A record by its uid or its number, as inputs name it."""
    wanted = name.strip()
    return {"uid": wanted.lower()} if len(wanted) == _UID_LENGTH else {"number": wanted}


def _group_of(found: Mapping[str, Any]) -> GroupRow:
    members = tuple(one["organisation"] for one in found["members"] if one["leftVersion"] is None)
    return GroupRow(found["slug"], found["name"], found["version"], members)
