"""The contract of ``ports.Accounts``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from registry.domain.account import KeyId
from registry.domain.actor import Permission, Role
from registry.domain.errors import AlreadyExists, NotFound
from registry.domain.record import OrganisationId, PersonId
from registry.ports import Storage
from tests import factories
from tests.clocks import START

ACME = OrganisationId("acme")
ANNA = PersonId("anna")


def test_organisations_are_found_by_id_and_slug_and_listed_by_slug(store: Storage) -> None:
    odd = factories.organisation("zeta", id=OrganisationId("1"))
    with store.begin() as unit:
        unit.accounts.add_organisation(odd)

    with store.read() as view:
        accounts = view.accounts
        assert factories.organisation("acme") == accounts.organisation(ACME)
        assert odd == accounts.organisation_by_slug("zeta")
        assert accounts.organisation_by_slug("1") is None
        assert {odd.id: odd} == accounts.organisations_by_id([odd.id, OrganisationId("none")])
        assert {} == accounts.organisations_by_id([])
        assert ["acme", "globex", "zeta"] == [one.slug for one in accounts.organisations()]


def test_a_taken_slug_is_refused(store: Storage) -> None:
    with pytest.raises(AlreadyExists), store.begin() as unit:
        unit.accounts.add_organisation(factories.organisation("acme", id=OrganisationId("other")))


def test_a_taken_slug_does_not_end_the_unit(store: Storage) -> None:
    with store.begin() as unit:
        with pytest.raises(AlreadyExists):
            unit.accounts.add_organisation(factories.organisation("acme"))
        unit.accounts.add_organisation(factories.organisation("beta"))

    with store.read() as view:
        assert ["acme", "beta", "globex"] == [one.slug for one in view.accounts.organisations()]


def test_members_come_back_with_roles_and_names(store: Storage) -> None:
    person = factories.member("anna", roles=(Role.SUBMITTER, Role.LEAD_REVIEWER))
    machine = factories.member("robot", responsible=ANNA)
    with store.begin() as unit:
        unit.accounts.add_member(machine, "Nightly upload")
        unit.accounts.add_member(person, "Anna")

    with store.read() as view:
        assert person == view.accounts.member(ANNA, ACME)
        assert view.accounts.member(ANNA, OrganisationId("globex")) is None
        assert ((person, "Anna"), (machine, "Nightly upload")) == view.accounts.members(ACME)


def test_a_person_is_a_member_of_an_organisation_once(store: Storage) -> None:
    with store.begin() as unit:
        unit.accounts.add_member(factories.member("anna"), "Anna")
        unit.accounts.add_member(factories.member("anna", organisation="globex"), "Anna B.")

    with pytest.raises(AlreadyExists), store.begin() as unit:
        unit.accounts.add_member(factories.member("anna"), "Anna")
    with store.read() as view:
        assert ["Anna B."] == [name for _, name in view.accounts.members(ACME)]


def test_a_member_of_an_unknown_organisation_is_refused(store: Storage) -> None:
    with pytest.raises(NotFound), store.begin() as unit:
        unit.accounts.add_member(factories.member("anna", organisation="nobody"), "Anna")


def test_keys_come_back_newest_first_with_the_scopes_they_have(store: Storage) -> None:
    narrow = factories.api_key("anna", scopes=frozenset({Permission.RECORD_READ, Permission.RECORD_SUBMIT}))
    useless = factories.api_key("anna", scopes=frozenset(), created_at=START + timedelta(days=1))
    wide = factories.api_key("anna", created_at=START + timedelta(days=2))
    with store.begin() as unit:
        for key in (narrow, wide, useless, factories.api_key("bert")):
            unit.accounts.add_key(key)

    with store.read() as view:
        assert (wide, useless, narrow) == view.accounts.keys(ANNA)
        assert narrow == view.accounts.key(narrow.id)
        assert view.accounts.key(KeyId("none")) is None


def test_a_key_remembers_when_it_was_used_and_revoked_and_nothing_else_changes(store: Storage) -> None:
    key = factories.api_key("anna")
    with store.begin() as unit:
        unit.accounts.add_key(key)

    used = replace(key, last_used_at=START, revoked_at=START + timedelta(hours=1))
    with store.begin() as unit:
        unit.accounts.save_key(replace(used, label="other", secret_hash=b"0" * 32))

    with store.read() as view:
        assert used == view.accounts.key(key.id)
