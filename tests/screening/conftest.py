"""The registry and the people of the service tests."""

from __future__ import annotations

from tests.service import conftest

people = conftest.people
registry = conftest.registry
template = conftest.template
