"""Settings come from the file and the environment; everything wrong with them is named at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from registry.domain.errors import Misconfigured
from registry.settings import FILE_NAME, Settings, load, write


def write_file(data_dir: Path, *lines: str) -> None:
    """A settings file with these lines."""
    (data_dir / FILE_NAME).write_text("\n".join(lines), encoding="utf-8")


def complaint(data_dir: Path, **environ: str) -> str:
    """What is said of settings that cannot be used."""
    with pytest.raises(Misconfigured) as raised:
        load(data_dir, environ)
    return str(raised.value)


def test_without_file_and_environment_the_defaults_hold(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path) == load(tmp_path, {})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    write_file(tmp_path, 'title = "From the file"', 'short_name = "FILE"')

    loaded = load(tmp_path, {"COMMONS_TITLE": "From the environment"})

    assert ("From the environment", "FILE") == (loaded.title, loaded.short_name)


def test_numbers_are_read_from_the_environment(tmp_path: Path) -> None:
    loaded = load(tmp_path, {"COMMONS_WRITE_BATCH_UNITS": "7", "COMMONS_JOB_POLL_SECONDS": "0.5"})

    assert (7, 0.5) == (loaded.write_batch_units, loaded.job_poll_seconds)


def test_every_bad_and_every_unknown_key_is_named_at_once(tmp_path: Path) -> None:
    write_file(tmp_path, 'node_name = "Not A Name"', 'colour = "red"', "write_batch_units = 0")

    message = complaint(tmp_path, COMMONS_BASE_URL="ftp://x", COMMONS_MAX_BODY_BYTES="many", COMMONS_TITEL="x")

    for key in ("node_name", "colour", "write_batch_units", "base_url", "max_body_bytes", "titel"):
        assert f"{key}: " in message


def test_a_mistyped_key_is_answered_with_the_nearest(tmp_path: Path) -> None:
    message = complaint(tmp_path, COMMONS_TITEL="x", COMMONS_WORKERS="2")

    assert "titel: there is no such setting; did you mean title?" in message
    assert "workers: there is no such setting" in message


def test_a_bad_value_is_answered_with_what_is_wanted(tmp_path: Path) -> None:
    assert "Two to eight capitals and digits" in complaint(tmp_path, COMMONS_SHORT_NAME="x")


def test_a_bad_value_is_not_repeated(tmp_path: Path) -> None:
    assert "hunter2" not in complaint(tmp_path, COMMONS_SHORT_NAME="hunter2", COMMONS_IDEMPOTENCY_HOURS="hunter2")


@pytest.mark.parametrize("body", [b"title = ", b"\xff", b"title = 1\ntitle = 2", b"\x00"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, body: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(body)

    assert FILE_NAME in complaint(tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("NODE_NAME", ""),
        ("NODE_NAME", "Example.org"),
        ("NODE_NAME", "example.org\n"),
        ("SHORT_NAME", "A"),
        ("SHORT_NAME", "A-B"),
        ("SHORT_NAME", "ABCDEFGHI"),
        ("TITLE", "x" * 81),
        ("BASE_URL", "https://example.org/"),
        ("BASE_URL", "https://example.org/path"),
        ("BASE_URL", "example.org"),
        ("KEY_ENVIRONMENT", "l"),
        ("KEY_ENVIRONMENT", "live2"),
        ("MAX_BODY_BYTES", "9999"),
        ("WRITE_BATCH_UNITS", "0"),
        ("WRITE_BATCH_UNITS", "1001"),
        ("INDEX_BATCH_RECORDS", "0"),
        ("INDEX_POLL_SECONDS", "0"),
        ("JOB_POLL_SECONDS", "nan"),
        ("IDEMPOTENCY_HOURS", "23"),
    ],
)
def test_a_value_out_of_its_limits_is_refused(tmp_path: Path, key: str, value: str) -> None:
    assert f"{key.lower()}: " in complaint(tmp_path, **{f"COMMONS_{key}": value})


@pytest.mark.parametrize("key", ["trusted_proxies", "outbound_allow_networks"])
def test_networks_are_read_from_lists_and_from_the_environment(tmp_path: Path, key: str) -> None:
    write_file(tmp_path, f'{key} = ["10.0.0.0/8", "::1"]')

    from_file, from_environment = load(tmp_path, {}), load(tmp_path, {f"COMMONS_{key.upper()}": "10.0.0.0/8, ::1,"})

    assert ("10.0.0.0/8", "::1/128") == getattr(from_file, key) == getattr(from_environment, key)


@pytest.mark.parametrize("key", ["trusted_proxies", "outbound_allow_networks"])
@pytest.mark.parametrize("value", ["ten", "10.1.2.3/8", "10.0.0.0/33"])
def test_what_is_no_network_is_refused(tmp_path: Path, key: str, value: str) -> None:
    """An address with the length of a network around it leaves open which of the two was meant."""
    assert "an address or a network is expected" in complaint(tmp_path, **{f"COMMONS_{key.upper()}": value})


@pytest.mark.parametrize(
    "name", ["COMMONS_URL", "COMMONS_KEY", "COMMONS_TEST_DATA", "COMMONS_DATA_DIR", "PATH", "commons_titel"]
)
def test_variables_that_are_not_the_nodes_are_left_alone(tmp_path: Path, name: str) -> None:
    assert Settings(data_dir=tmp_path) == load(tmp_path, {name: "anything"})


def test_the_data_directory_is_where_the_settings_were_read(tmp_path: Path) -> None:
    write_file(tmp_path, 'data_dir = "/elsewhere"')

    assert tmp_path == load(tmp_path, {}).data_dir


def test_everything_but_the_erasures_lies_in_the_data_directory(tmp_path: Path) -> None:
    node = Settings(data_dir=tmp_path / "node")

    assert {tmp_path / "node"} == {node.database_path.parent, node.index_dir.parent, node.node_key_path.parent}
    assert tmp_path / "node.erasures.jsonl" == node.erasures_path


def test_the_file_of_erasures_may_be_named(tmp_path: Path) -> None:
    assert (
        Path("/backup/erasures.jsonl") == load(tmp_path, {"COMMONS_ERASURES": "/backup/erasures.jsonl"}).erasures_path
    )


def test_settings_are_frozen(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Settings(data_dir=tmp_path).title = "x"  # type: ignore[misc]


@given(title=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_settings_that_were_written_are_read(tmp_path: Path, title: str) -> None:
    written = Settings(
        data_dir=tmp_path,
        node_name="node.example.org",
        short_name="NODE",
        title=title,
        base_url="https://node.example.org",
    )

    write(written)

    assert written == load(tmp_path, {})
