"""Organisations that apply for membership of the node of the tests."""

from __future__ import annotations

from typing import Any

from registry.domain.actor import LOCAL_OPERATOR, Actor
from registry.domain.content.kinds import Content
from registry.domain.membership import Application, ApplicationDecision, ApplicationId
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import admission, authentication, guidelines, membership
from registry.service.membership import Applied
from tests.factories import content
from tests.service.world import People

APPLICATION: dict[str, Any] = {
    "organisation": "Nova Lab",
    "kind": "research",
    "contact": "Nina Newcomer",
    "email": "nina@nova.example",
    "why": "We study misuse of chat models.",
    "intended": "member",
    "agreed_revision": 1,
    "slug": "nova",
    "site": "https://nova.example",
}


def rules(version: str = "1") -> Content:
    """Usage guidelines."""
    said: dict[str, Any] = {"provider": "Node", "title": "Guidelines", "summary": f"Be accurate. Version {version}."}
    return content(Kind.USAGE_POLICY, marking={"tlp": "CLEAR"}, **said)


def publish_rules(registry: Registry, version: str = "1") -> None:
    """Have the node publish its guidelines."""
    guidelines.publish_guidelines(registry, LOCAL_OPERATOR, rules(version), organisation_slug="node")


def apply(registry: Registry, people: People, **said: Any) -> Applied:
    """An application by a stranger."""
    return membership.apply_for_membership(registry, people.stranger, **(APPLICATION | said))


def decide(registry: Registry, by: Actor, applied: Applied, decision: str = "approve", **said: Any) -> Application:
    """What an operator decides about it."""
    application_id = ApplicationId(applied.status.application.id)
    given = {"reason": "Welcome."} | said
    return admission.decide(registry, by, application_id, decision=ApplicationDecision(decision), **given)


def admitted(registry: Registry, people: People, **said: Any) -> Applied:
    """An application that was approved."""
    applied = apply(registry, people, **said)
    decide(registry, people.operator, applied)
    return applied


def acting(registry: Registry, text: str) -> Actor:
    """Whoever acts through a key."""
    return authentication.authenticate(registry, text)


def newcomer(registry: Registry, people: People, **said: Any) -> Actor:
    """Somebody of an organisation just admitted, through its staging key."""
    applied = admitted(registry, people, **said)
    return acting(registry, membership.obtain_key(registry, people.stranger, applied.code, staging=True).text)
