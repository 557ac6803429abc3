"""The letters that go out when something is decided: whom they tell, in which words. Nothing of a record is in them.

Each is posted within the unit of the caller, who has asked for permission.
"""

from __future__ import annotations

from datetime import datetime

from registry.domain.case import Case
from registry.domain.letter import MailKind, is_address
from registry.domain.record import OrganisationId, Record
from registry.domain.workflow import Step
from registry.ports import Registry, Unit
from registry.service.letters import tell, tell_organisation

_DECIDED = {
    Step.REQUEST_CHANGES: ("Changes are requested", "A reviewer asks for changes to something that you handed in."),
    Step.APPROVE: ("A submission was approved", "A reviewer found something that you handed in fit to be published."),
    Step.REJECT: ("A submission was rejected", "A reviewer has rejected something that you handed in."),
}


def of_decision(registry: Registry, unit: Unit, record: Record, step: Step) -> None:
    """Tell those who wrote the work under review what came of it; steps that concern only reviewers tell nobody."""
    if step not in _DECIDED:
        return
    subject, words = _DECIDED[step]
    body = f"{words}\n\nWhich one, and why: {registry.settings.base_url}/me\n"
    for person in sorted(record.contributors):
        tell(registry, unit, MailKind.REVIEW, subject, body, person=person, about=record.uid)


def of_notice(registry: Registry, unit: Unit, record: Record, organisation: OrganisationId, due_at: datetime) -> None:
    """Tell an organisation that it was asked about a passage, and until when it may answer."""
    body = (
        "A record that is about to be published speaks of your organisation. You may answer beside it "
        f"until {due_at:%Y-%m-%d %H:%M} UTC.\n\n"
        "Read the passage and answer with `commons notice list`, or with the query `notices` at "
        f"{registry.settings.base_url}/graphql\n"
    )
    tell_organisation(
        registry, unit, organisation, MailKind.NOTICE, "You are asked about a record", body, about=record.uid
    )


def of_case(registry: Registry, unit: Unit, case: Case) -> None:
    """Tell whoever opened a case that there is something to read, if the contact that was left is a mail address.

    Without a mail server the address is not written down a second time.
    """
    address = case.contact.removeprefix("mailto:").strip()
    if is_address(address) and registry.outbound.sends_mail:
        body = (
            "There is an answer to what you asked of us. Read it with your receipt code:\n\n"
            f"{registry.settings.base_url}/notice/case\n"
        )
        tell(registry, unit, MailKind.CASE, "There is an answer for you", body, address=address, about=case.id)
