"""The people of the services' tests, on a registry of one's own for each test."""

from __future__ import annotations

from tests.schema import conftest

api = conftest.api
people = conftest.people
registry = conftest.registry
template = conftest.template
