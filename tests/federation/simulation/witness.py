"""What must hold of what is sent: judged at the moment when it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.domain.federation.header import header_hash
from tests.federation.simulation.model import Book, Marked, Tracked
from tests.federation.simulation.plan import Broken


@dataclass(frozen=True, slots=True)
class Witness:
    """Judges each answer of an honest node at the moment when it is sent."""

    book: Book

    def saw(self, sender: str, asker: str, answer: Mapping[str, Any]) -> None:
        """Raise ``Broken`` if *asker* may not have what *sender* answers."""
        here, there = _name(sender), _name(asker)
        for item in answer.get("items", ()):
            if item["type"] == "envelope":
                self._saw_item(here, there, item)
            else:
                self.book.give(here, there, item["uid"], None)
        for one in answer.get("headers", ()):
            if "header" in one:
                self._saw_header(here, there, json.loads(one["header"])["uid"], one["hash"])
        for uid, _, hash_ in answer.get("entries", ()):
            self._saw_header(here, there, uid, hash_)

    def _saw_header(self, here: str, there: str, uid: str, hash_: str) -> None:
        one = self.book.known(uid)
        if one.origin not in self.book.honest:
            return
        signed = one.signed[hash_]
        if not (self.book.may_know(there, one.origin, signed) if here == one.origin else signed.is_wide):
            raise Broken(f"{here} tells {there} of {uid}, which was {signed}")

    def _saw_item(self, here: str, there: str, item: Mapping[str, Any]) -> None:
        header = json.loads(item["header"])
        one, hash_ = self.book.known(header["uid"]), header_hash(item["header"].encode())
        self.book.give(here, there, one.uid, hash_)
        if one.origin not in self.book.honest:
            # It may have signed anything.
            return
        told = f"{here} sends {there} {header['number']} rev {header['rev']} of {one.origin}"
        signed = one.signed.get(hash_)
        if signed is None:
            raise Broken(f"{told}: its origin never signed that")
        if here == one.origin:
            self._saw_own(there, one, signed, item, told)
        elif not signed.is_wide or ("restricted" in item and not signed.is_relayed_with_restricted):
            raise Broken(f"{told}: this is relayed to nobody")

    def _saw_own(self, there: str, one: Tracked, signed: Marked, item: Mapping[str, Any], told: str) -> None:
        if not self.book.may_know(there, one.origin, one.now):
            raise Broken(f"{told}: it may not know of it, {one.now}")
        if "public" in item and not one.now.is_out:
            raise Broken(f"{told}: it is gone")
        if "restricted" in item and not self.book.may_read_restricted(there, one.origin, one.now):
            raise Broken(f"{told}: the restricted part is not for it, {one.now}")
        if (signed.is_wide, signed.restricted) != (one.now.is_wide, one.now.restricted):
            raise Broken(f"{told}: the header says {signed}, and the record is {one.now}")


def _name(dns: str) -> str:
    return dns.partition(".")[0]
