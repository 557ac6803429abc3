"""What people sign in with."""

from __future__ import annotations

from typing import Protocol

from registry.domain.credential import Credential, Identity, Invitation
from registry.domain.record import PersonId


class Credentials(Protocol):
    """Credentials, invitations, recovery codes, identities at providers, and a count of refused attempts."""

    def by_name(self, name: str) -> Credential | None:
        """The credential with this sign-in name."""
        ...

    def of(self, person: PersonId) -> Credential | None:
        """The credential of a person."""
        ...

    def put(self, credential: Credential) -> None:
        """Keep it in place of the person's earlier one. Raises ``AlreadyExists`` if the name is another person's."""
        ...

    def take_step(self, person: PersonId, step: int) -> bool:
        """Use up a time step and all before it; false if that was done before."""
        ...

    def replace_hash(self, person: PersonId, *, was: str, now: str) -> None:
        """Keep the same password hashed anew, unless it was changed meanwhile."""
        ...

    def put_recovery(self, person: PersonId, hashes: frozenset[bytes]) -> None:
        """Keep these recovery codes and no others."""
        ...

    def recovery(self, person: PersonId) -> frozenset[bytes]:
        """The recovery codes that are left."""
        ...

    def use_recovery(self, person: PersonId, code_hash: bytes) -> bool:
        """Use one up; false if it is not there any more."""
        ...

    def put_invitation(self, invitation: Invitation) -> None:
        """Keep it in place of an earlier one of the same person."""
        ...

    def invitation(self, code_hash: bytes) -> Invitation | None:
        """The invitation with this code, whether it has expired or not."""
        ...

    def drop_invitation(self, person: PersonId) -> None:
        """Forget the person's invitation."""
        ...

    def count_refused(self, bucket: int, hour: int) -> int:
        """How many attempts were refused in this bucket in this hour, with the one that is counted now."""
        ...

    def link(self, identity: Identity) -> None:
        """Raises ``AlreadyExists`` if the identity is somebody's already."""
        ...

    def unlink(self, person: PersonId, issuer: str) -> bool:
        """Forget whom the provider knows the person as; false if nothing was known."""
        ...

    def identity(self, issuer: str, subject: str) -> Identity | None:
        """Whom a provider means."""
        ...

    def identities(self, person: PersonId) -> tuple[Identity, ...]:
        """Whom providers know the person as, by issuer."""
        ...
