"""People who sign in: invited, enrolled, and with the codes that their apps show."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

import pyotp

from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, Actor
from registry.domain.record import PersonId
from registry.ports import Registry
from registry.service import invitations, sessions
from registry.service.sign_in import Opened, sign_in

PASSWORD = "seven quiet herons wade"
VISITOR = replace(ANONYMOUS, address="192.0.2.7", request_id="request-1")
_places = itertools.count()


def somewhere() -> Actor:
    """A stranger at an address that nobody used before."""
    return replace(VISITOR, address=f"2001:db8:0:{next(_places):x}::1")


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Somebody who has a way in."""

    registry: Registry
    person: PersonId
    name: str
    secret: str
    recovery_codes: tuple[str, ...]
    opened: Opened

    def code(self, *, steps: int = 0) -> str:
        """What the app shows, now or some steps of thirty seconds away."""
        return pyotp.TOTP(self.secret).at(self.registry.clock.now(), counter_offset=steps)

    def sign_in(self, *, code: str | None = None, password: str = PASSWORD, visitor: Actor | None = None) -> Opened:
        """A new session, by the code of the step after now unless another is given."""
        given = self.code(steps=1) if code is None else code
        return sign_in(self.registry, visitor or somewhere(), name=self.name, password=password, code=given)

    def actor(self, opened: Opened | None = None) -> Actor:
        """Who acts through the session."""
        found = sessions.authenticate_session(self.registry, (opened or self.opened).secret)
        assert found is not None
        return found.actor


def code_in(text: str) -> str:
    """The code of an invitation."""
    found = re.search(r"\b[0-9A-Z]{6}(?:-[0-9A-Z]{6}){4}\b", text)
    assert found is not None
    return found[0]


def enrolled(registry: Registry, person: PersonId | None, name: str = "ada@acme.example") -> Enrolled:
    """A member who has answered an invitation."""
    assert person is not None
    code = code_in(invitations.invite(registry, LOCAL_OPERATOR, person))
    secret = invitations.enrolment(registry, code).secret
    shown = pyotp.TOTP(secret).at(registry.clock.now())
    made = invitations.enrol(registry, VISITOR, code, name=name, password=PASSWORD, again=PASSWORD, one_time_code=shown)
    assert made.opened is not None
    return Enrolled(registry, person, made.credential.name, secret, made.recovery_codes, made.opened)
