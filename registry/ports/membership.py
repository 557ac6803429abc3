"""Applications for membership, and agreements to the usage guidelines."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from registry.domain.membership import Agreement, Application, ApplicationId, ApplicationState
from registry.domain.pages import Page, PageRequest
from registry.domain.record import OrganisationId, PersonId


class Membership(Protocol):
    """Applications by id or receipt, and who agreed to what."""

    def add(self, application: Application, receipt_hash: bytes) -> None:
        """Keep an application under the hash of its receipt code."""
        ...

    def save(self, application: Application) -> None:
        """Store what has changed of it."""
        ...

    def get(self, application_id: ApplicationId) -> Application | None:
        """The application with this id, unless its words are deleted."""
        ...

    def by_receipt(self, receipt_hash: bytes) -> Application | None:
        """The application under this hash."""
        ...

    def page(self, states: Collection[ApplicationState], request: PageRequest) -> Page[Application]:
        """Applications in these states, the oldest first."""
        ...

    def undecided(self) -> int:
        """How many wait for a decision."""
        ...

    def undecided_of(self, email: str, domain: str) -> tuple[int, int]:
        """How many of these are by this address, and by addresses of this domain; letters of any case."""
        ...

    def of_organisation(self, organisation: OrganisationId) -> tuple[Application, ...]:
        """The approved applications by which people joined this organisation, also without their words."""
        ...

    def purge(self, application_id: ApplicationId) -> None:
        """Delete words and receipt of an application; that and by whom it was decided stays."""
        ...

    def agree(self, agreement: Agreement) -> None:
        """Keep an agreement, in place of an earlier one of the same person in the same organisation."""
        ...

    def agreement(self, person: PersonId, organisation: OrganisationId) -> Agreement | None:
        """The last agreement of a person for an organisation."""
        ...

    def forget_agreement(self, person: PersonId, organisation: OrganisationId) -> None:
        """Delete it."""
        ...
