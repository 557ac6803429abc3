"""Preparing the demo at each start: its own data directory, the sample records, fresh keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from registry.domain.account import Member
from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, SYSTEM, Role
from registry.domain.canonical import JsonValue
from registry.domain.errors import Conflict, Misconfigured, SearchUnavailable
from registry.domain.pages import PageRequest, RecordFilter
from registry.domain.vocabulary import Kind, OrganisationKind
from registry.ports import Registry
from registry.service import accounts, find, follow, invitations, keys, members
from registry.service.taxonomies import load_shipped
from web.cli.directory import is_empty, opened_with, settings_of
from web.cli.founding import found
from web.demo.commands import next_commands
from web.demo.importing import load_imported
from web.demo.loading import AUTHOR, Cast, load_records

RECORDS = Path(__file__).with_name("records.json")
IMPORTED = Path(__file__).with_name("imported.json")
MARKER = "demo.json"
WHAT = (
    "Sample records: our own short descriptions of publicly known events, with their public sources; "
    "not reviewed by anybody named there."
)
_VALUES = {
    "node_name": "demo.localhost",
    "short_name": "DEMO",
    "title": "Incident Commons demo",
    "key_environment": "demo",
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is told at the start of the demo. The keys are new; those of earlier starts are revoked.

    Attributes:
        example: the number of a record to show.
    """

    address: str
    submitter_key: str
    reviewer_key: str
    invitation: str
    example: str

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        return {
            "address": self.address,
            "what": WHAT,
            "submitter_key": self.submitter_key,
            "reviewer_key": self.reviewer_key,
            "invitation": self.invitation,
            "example": self.example,
        }

    @property
    def text(self) -> str:
        """The same in words, with the next commands to try."""
        return (
            f"Serving {self.address}\n\n{WHAT}\n\n"
            f"Demo keys, new at each start:\n"
            f"  submitter  {self.submitter_key}\n"
            f"  reviewer   {self.reviewer_key}\n\n"
            f"To sign in as the demo reviewer, with an app for one-time codes:\n  {self.invitation}\n\n"
            f"{next_commands(self.address, self.submitter_key, self.reviewer_key, example=self.example)}"
        )


def prepare(data_dir: Path, *, address: str, environ: Mapping[str, str]) -> Prepared:
    """Make the demo's node at the first start, bring in records that it lacks, and give out fresh keys.

    Raises:
        Misconfigured: *data_dir* holds something that the demo did not make.
    """
    place = data_dir.expanduser().resolve()
    if not (place / MARKER).exists():
        if place.exists() and not is_empty(place):
            raise Misconfigured(
                f"{data_dir} was not made by the demo, which leaves it alone",
                hint="name a new directory with COMMONS_DATA_DIR",
            )
        found(place, organisation="Demo operator", values=_VALUES, finish=_mark)
    with opened_with(settings_of(place, environ)) as registry:
        load_shipped(registry, LOCAL_OPERATOR)
        provider = _member(registry, "demo-provider", "Demo provider", OrganisationKind.PROVIDER, Role.SUBMITTER)
        institute = _member(registry, "demo-institute", "Demo institute", OrganisationKind.RESEARCH, Role.SUBMITTER)
        reviewer = _member(registry, "demo-reviewers", "Demo reviewers", OrganisationKind.CIVIL_SOCIETY, Role.REVIEWER)
        _load_once(registry, place, Cast({AUTHOR: provider, "institute": institute}, reviewer))
        submitter_key, reviewer_key = _fresh_key(registry, provider), _fresh_key(registry, reviewer)
        here = replace(registry, settings=registry.settings.model_copy(update={"base_url": address}))
        invitation = invitations.invite(here, LOCAL_OPERATOR, reviewer.person)
        with suppress(SearchUnavailable):
            # Where the demo is served already, that process brings them in.
            follow.catch_up_now(registry, SYSTEM)
        return Prepared(address, submitter_key, reviewer_key, invitation, _example(registry))


def _example(registry: Registry) -> str:
    """The number of a record that everybody sees."""
    page = find.page(registry, ANONYMOUS, RecordFilter(kinds=(Kind.INCIDENT,)), request=PageRequest(1))
    return next((one.label for one in page.items), "NUMBER")


def _mark(making: Path, loaded: str | None = None) -> None:
    marker = {"made_by": "commons serve --demo", "records": loaded}
    new = making / f"{MARKER}.new"
    new.write_text(json.dumps(marker) + "\n", encoding="utf-8")
    new.replace(making / MARKER)


def _load_once(registry: Registry, place: Path, cast: Cast) -> None:
    """Load the records, unless these very ones were loaded at an earlier start: what was done to them stays done."""
    body, imported = RECORDS.read_bytes(), IMPORTED.read_bytes()
    digest = hashlib.sha256(body + imported).hexdigest()
    marker = json.loads((place / MARKER).read_text(encoding="utf-8"))
    if marker.get("records") != digest:
        load_imported(registry, imported)
        load_records(registry, cast, json.loads(body))
        _mark(place, digest)


def _member(registry: Registry, slug: str, name: str, kind: OrganisationKind, role: Role) -> Member:
    """The one member of a demo organisation, made at the first start."""
    with suppress(Conflict):
        accounts.add_organisation(registry, LOCAL_OPERATOR, slug=slug, name=name, kind=kind)
    known = members.members(registry, LOCAL_OPERATOR, slug)
    if known:
        return known[0][0]
    return members.add_member(
        registry, LOCAL_OPERATOR, organisation_slug=slug, name=f"{name}: {role}", roles=frozenset({role})
    )


def _fresh_key(registry: Registry, member: Member) -> str:
    """A new key; the earlier ones end."""
    for key in keys.keys(registry, LOCAL_OPERATOR, member.person):
        keys.revoke_key(registry, LOCAL_OPERATOR, key.id)
    made = keys.create_key(
        registry, LOCAL_OPERATOR, person=member.person, organisation_id=member.organisation, label="demo key"
    )
    return made.text
