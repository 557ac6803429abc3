"""What licences permit and ask for."""

from __future__ import annotations

import pytest

from registry.domain.licence import LICENCES, Duty, is_known, permits_texts, terms_of


@pytest.mark.parametrize(
    ("licence", "duties"),
    [
        ("CC0-1.0", set()),
        ("CC-BY-4.0", {Duty.ATTRIBUTION}),
        ("cc-by-4.0", {Duty.ATTRIBUTION}),
        ("CC-BY-SA-4.0", {Duty.ATTRIBUTION, Duty.SHARE_ALIKE}),
        ("CC-BY-NC-SA-3.0", {Duty.ATTRIBUTION, Duty.NON_COMMERCIAL, Duty.SHARE_ALIKE}),
        ("CC-BY-ND-4.0", {Duty.ATTRIBUTION, Duty.NO_DERIVATIVES}),
        ("ODbL-1.0", {Duty.ATTRIBUTION, Duty.SHARE_ALIKE}),
        ("Apache-2.0", {Duty.ATTRIBUTION}),
    ],
)
def test_a_known_licence_tells_its_duties(licence: str, duties: set[Duty]) -> None:
    assert terms_of(licence).is_known
    assert duties == terms_of(licence).duties


@pytest.mark.parametrize("licence", ["", "  ", "All rights reserved", "CC-BY-5.0", "LicenseRef-own", "MIT\0", "OR"])
def test_an_unknown_licence_permits_nothing_and_may_ask_for_everything(licence: str) -> None:
    terms = terms_of(licence)

    assert (False, False, False) == (terms.is_known, terms.permits, is_known(licence))
    assert all(terms.may_ask(duty) for duty in Duty)


@pytest.mark.parametrize("licence", ["CC-BY-NC-4.0", "CC-BY-ND-3.0", "GPL-9", "CC-BY-4.0 AND CC-BY-NC-4.0"])
def test_texts_are_kept_only_where_everybody_may_pass_them_on(licence: str) -> None:
    assert not permits_texts(licence)


def test_of_alternatives_the_freest_counts() -> None:
    assert permits_texts("GPL-3.0 OR CC0-1.0")
    assert set() == terms_of("CC-BY-NC-4.0 OR CC0-1.0").duties
    assert {Duty.ATTRIBUTION} == terms_of("CC-BY-SA-4.0 OR (MIT AND Apache-2.0)").duties
    assert not is_known("CC0-1.0 OR Nothing-1.0")


def test_licences_that_hold_together_add_their_duties() -> None:
    assert {Duty.ATTRIBUTION, Duty.SHARE_ALIKE} == terms_of("MIT AND CC-BY-SA-4.0").duties


def test_an_obligation_of_the_publisher_is_a_duty_too() -> None:
    terms = terms_of("CC0-1.0", ["Share-Alike", "say when you read it"])

    assert {Duty.SHARE_ALIKE} == terms.duties


def test_every_licence_has_an_address_of_its_text() -> None:
    assert all((terms.url or "").startswith("https://") for terms in LICENCES.values())


def test_a_very_long_expression_is_read_at_once() -> None:
    assert not terms_of(" AND ".join(["MIT"] * 20_000) + " AND X").is_known
