"""Whose records a source's are: nobody slips under its name, and it slips under nobody's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from importers import catalog
from importers.run import run
from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.domain.errors import AlreadyExists, InvalidInput, Misconfigured
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import accounts, members, reports
from tests import factories
from tests.importers.invented import SOURCE, WHOLE, document
from tests.service.newcomers import apply, decide, publish_rules
from tests.service.world import People, refused, submitted

AS_ACME = WHOLE.of(replace(SOURCE, id="acme", title="Cases of Acme"))


@pytest.fixture
def registry(registry: Registry) -> Registry:
    """One that knows of the sources built in, as every served one does."""
    return replace(registry, built_in=catalog.built_in)


def _join(registry: Registry, slug: str) -> None:
    members.add_member(registry, LOCAL_OPERATOR, organisation_slug=slug, name="Eve", roles=frozenset({Role.SUBMITTER}))


def test_no_organisation_with_members_is_given_the_records_of_a_source(registry: Registry, people: People) -> None:
    with pytest.raises(Misconfigured, match="has members"):
        run(registry, LOCAL_OPERATOR, AS_ACME, [document("A")])

    with registry.storage.read() as reader:
        assert reader.records.by_upstream("acme", "A") is None


def test_an_organisation_of_the_same_look_stops_an_import_with_a_reason(registry: Registry) -> None:
    accounts.add_organisation(
        registry, LOCAL_OPERATOR, slug="other", name="Invented c\u0430ses", kind=OrganisationKind.OTHER
    )

    with pytest.raises(Misconfigured, match="looks the same"):
        run(registry, LOCAL_OPERATOR, WHOLE, [document("A")])


@pytest.mark.parametrize("slug", ["atlas", "aiid", "added"])
def test_nobody_becomes_a_member_of_what_stands_for_a_source(registry: Registry, slug: str) -> None:
    catalog.put_source(registry, LOCAL_OPERATOR, factories.source("added", format="stix"))
    accounts.add_organisation(registry, LOCAL_OPERATOR, slug=slug, name=f"My {slug}", kind=OrganisationKind.OTHER)

    with pytest.raises(AlreadyExists):
        _join(registry, slug)


def test_an_applicant_is_not_let_in_under_the_id_of_a_source(registry: Registry, people: People) -> None:
    publish_rules(registry)
    applied = apply(registry, people, organisation="Adversarial lab", slug="atlas")

    with refused(registry, AlreadyExists):
        decide(registry, people.operator, applied)


def test_reports_of_people_and_records_of_a_source_have_two_owners(registry: Registry, people: People) -> None:
    taking = replace(registry, settings=registry.settings.model_copy(update={"anonymous_reports": True}))
    reports.submit_report(taking, people.stranger, kind="anonymous", title="A case", words="It happened.")

    with pytest.raises(AlreadyExists):
        catalog.put_source(registry, LOCAL_OPERATOR, factories.source("intake", format="stix"))


def test_a_member_cannot_claim_a_record_of_a_source(registry: Registry, people: People) -> None:
    run(registry, LOCAL_OPERATOR, WHOLE, [document("A")])
    claimed = factories.content(upstream={"source": "invented", "id": "B", "sha256": "0" * 64})

    with refused(registry, InvalidInput):
        submitted(registry, people, claimed)
