"""Keys are read only whole; secrets are kept as hashes; a service account is its responsible person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.account import SLUG, KeyId, format_key, hash_secret, parse_key, secret_fits
from registry.domain.record import PersonId
from tests import factories
from tests.clocks import START

LOWER = "abcdefghijklmnopqrstuvwxyz"
ALPHANUMERIC = LOWER + LOWER.upper() + "0123456789"
environments = st.text(LOWER, min_size=2, max_size=8)
key_ids = st.text(LOWER + "0123456789", min_size=12, max_size=12).map(KeyId)
secrets = st.text(ALPHANUMERIC, min_size=40, max_size=40)
keys = st.builds(format_key, environments, key_ids, secrets)


@given(environments, key_ids, secrets)
def test_a_key_that_was_written_is_read(environment: str, key_id: KeyId, secret: str) -> None:
    assert (key_id, secret) == parse_key(format_key(environment, key_id, secret))


@given(keys, st.data())
def test_one_other_character_is_refused(key: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(key) - 1))
    character = data.draw(st.sampled_from(ALPHANUMERIC + "_- \n").filter(lambda one: one != key[position]))

    assert parse_key(key[:position] + character + key[position + 1 :]) is None


@given(keys, st.sampled_from(["{}\n", " {}", "{}x", "Bearer {}", "{}\x00"]))
def test_anything_around_a_key_is_refused(key: str, around: str) -> None:
    assert parse_key(around.format(key)) is None


@given(st.text())
def test_any_other_text_is_no_key(text: str) -> None:
    assert parse_key(text) is None


def test_a_key_names_its_environment_and_ends_in_its_check() -> None:
    assert format_key("demo", KeyId("a" * 12), "s" * 40).startswith(f"ic_demo_{'a' * 12}_{'s' * 40}_")


@given(secrets, secrets)
def test_a_secret_fits_only_its_own_key(secret: str, other: str) -> None:
    key = factories.api_key(secret=secret)

    assert secret_fits(key, secret)
    assert (secret == other) == secret_fits(key, other)


def test_the_secret_itself_is_not_kept() -> None:
    key = factories.api_key(secret="t" * 40)

    assert "t" * 40 not in repr(key)
    assert hash_secret("t" * 40) == key.secret_hash


@pytest.mark.parametrize(("seconds", "usable"), [(-1, True), (0, False), (1, False)])
def test_a_key_ends_at_its_instant(seconds: int, usable: bool) -> None:
    key = factories.api_key(expires_at=START)

    assert usable == key.is_usable(START + timedelta(seconds=seconds))


def test_a_revoked_key_is_not_usable() -> None:
    assert not factories.api_key(revoked_at=START).is_usable(START)


def test_a_service_account_is_its_responsible_person() -> None:
    assert factories.member("robot", responsible=PersonId("author")).answerable == "author"
    assert factories.member("author").answerable == "author"


@pytest.mark.parametrize("slug", ["a", "acme", "acme-2", "a" * 60])
def test_a_slug_is_lower_case_letters_digits_and_hyphens(slug: str) -> None:
    assert SLUG.fullmatch(slug)


@pytest.mark.parametrize("slug", ["", "-acme", "acme-", "Acme", "a_b", "a b", "a" * 61, "acme\n"])
def test_what_is_no_slug_is_refused(slug: str) -> None:
    assert SLUG.fullmatch(slug) is None
