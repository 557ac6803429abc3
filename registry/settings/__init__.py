"""Settings: read once at start from the data directory's ``commons.toml`` and the environment, then frozen.

An environment variable ``COMMONS_<KEY>`` wins over the file. Every bad or unknown key is named at once.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, SecretStr, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from registry.domain.errors import Misconfigured
from registry.settings.alerts import AlertSettings
from registry.settings.dumps import DumpSettings
from registry.settings.federation import FederationSettings
from registry.settings.imports import ImportSettings
from registry.settings.limits import LimitSettings
from registry.settings.lists import names
from registry.settings.outbound import OutboundSettings
from registry.settings.review import ReviewSettings
from registry.settings.sign_in import SignInSettings

FILE_NAME = "commons.toml"
_PREFIX = "COMMONS_"
# Read by clients, tests and the start script, not by the node.
_FOREIGN = frozenset({"COMMONS_URL", "COMMONS_KEY", "COMMONS_TEST_DATA", "COMMONS_DATA_DIR"})


class Settings(
    AlertSettings,
    DumpSettings,
    FederationSettings,
    ImportSettings,
    LimitSettings,
    OutboundSettings,
    ReviewSettings,
    SignInSettings,
):
    """A node's settings. Sizes, counts and durations say their unit in their name."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    data_dir: Path = Field(description="Everything the node keeps; nothing else writes there.")
    node_name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,253}$")] = Field(
        "localhost", description="The node's DNS name, lower case. It is part of every record's identity."
    )
    short_name: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,7}$")] = Field(
        "LOCAL", description="Two to eight capitals and digits that begin the node's record numbers."
    )
    title: str = Field("Incident Commons", max_length=80, description="The node's name on its pages.")
    base_url: str = Field(
        "http://127.0.0.1:8000", pattern=r"^https?://[^/\s]+$", description="The node's public address, without a path."
    )
    contact: Annotated[str, StringConstraints(pattern=r"^((mailto:|https://)\S{1,190})?$")] = Field(
        "", description="Where to report a weakness of the node, as mailto: or https: address."
    )
    key_environment: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,8}$")] = Field(
        "live", description="The second word of the API keys it makes."
    )
    one_person_node: bool = Field(False, description="Whether one person alone may erase, where nobody else is.")
    terms_version: Annotated[str, StringConstraints(pattern=r"^[\w.-]{1,40}$")] = Field(
        "1", description="The version of the node's terms that every submission accepts."
    )
    erasures: Path | None = Field(
        None,
        description="File of erasures, outside the data directory; default: beside it, as <data_dir>.erasures.jsonl.",
    )
    regimes: Annotated[tuple[str, ...], BeforeValidator(names)] = Field(
        (), description="Regimes or clocks whose deadlines are suggested for incidents; in the environment with commas."
    )
    log_format: Literal["json", "text"] = Field("json", description="Lines of the log: JSON objects, or text.")
    write_batch_units: int = Field(64, ge=1, le=1000, description="Most units that share one durable commit.")
    search: Literal["whoosh", "tantivy"] = Field(
        "whoosh", description="The engine of the search index; tantivy wants the extra of that name."
    )
    index_batch_records: int = Field(200, ge=1, le=10_000, description="Most records the index takes at once.")
    index_poll_seconds: float = Field(
        0.1, gt=0, le=60, description="Pause of the index follower when it has caught up."
    )
    job_poll_seconds: float = Field(1.0, gt=0, le=3600, description="Pause of the job runner when nothing is due.")
    idempotency_hours: int = Field(48, ge=24, description="How long an idempotency key is remembered.")

    case_urgent_hours: int = Field(
        24, ge=1, le=24, description="Hours within which an urgent case is acted on, before it is judged."
    )
    case_answer_days: int = Field(14, ge=1, le=30, description="Days within which a case, or an appeal, is decided.")
    case_kept_days: int = Field(
        30, ge=1, le=365, description="Days after its decision that a case can be appealed; then its texts go."
    )
    case_queue: int = Field(
        500, ge=1, le=100_000, description="Most cases that wait at once, of the urgent ones and of the others."
    )
    anonymous_reports: bool = Field(False, description="Whether reports without an account are taken, at /report.")
    report_kept_days: int = Field(
        30,
        ge=1,
        le=365,
        description="Days after its decision until a report and its contact are deleted.",
    )
    report_queue: int = Field(200, ge=1, le=100_000, description="Most reports without an account that wait at once.")
    application_queue: int = Field(
        100, ge=1, le=10_000, description="Most applications for membership that wait at once."
    )
    application_kept_days: int = Field(
        90, ge=1, le=730, description="Days after its decision until the words of an application are deleted."
    )
    staging_kept_days: int = Field(
        30, ge=1, le=365, description="Days after its last change until a draft made with a staging key is deleted."
    )
    guidelines_agreed_by: date | None = Field(
        None,
        description="From this day on (UTC) members who have not agreed to the present usage guidelines may only try "
        "things out; without it they are only asked.",
    )
    privacy_contact: Annotated[str, StringConstraints(pattern=r"^((mailto:|https://)\S{1,190})?$")] = Field(
        "", description="Who answers for personal data, as mailto: or https: address; shown at /privacy."
    )
    metrics_token: SecretStr | None = Field(
        None, min_length=20, description="The token with which figures are read at /metrics; without one they are not."
    )
    governance: str = Field(
        "", max_length=10_000, description="Who runs the node and decides about its rules, in Markdown; at /governance."
    )

    @property
    def database_path(self) -> Path:
        """The store's file."""
        return self.data_dir / "registry.db"

    @property
    def limits_path(self) -> Path:
        """What was asked for lately: a cache that may be deleted."""
        return self.data_dir / "limits.db"

    @property
    def index_dir(self) -> Path:
        """The search index of the chosen engine: a cache that may be deleted."""
        return self.data_dir / ("index" if self.search == "whoosh" else f"index-{self.search}")

    @property
    def dumps_dir(self) -> Path:
        """Dumps for everybody, a directory each; it need not exist."""
        return self.data_dir / "dumps"

    @property
    def clocks_dir(self) -> Path:
        """Files of regimes that the node adds to those shipped; it need not exist."""
        return self.data_dir / "clocks"

    @property
    def node_key_path(self) -> Path:
        """The node's private key, mode 0600."""
        return self.data_dir / "node.key"

    @property
    def erasures_path(self) -> Path:
        """The file of erasures; never inside the data directory, so never in a backup."""
        return self.erasures or self.data_dir.with_name(self.data_dir.name + ".erasures.jsonl")


def load(data_dir: Path, environ: Mapping[str, str]) -> Settings:
    """Read the settings of the node in *data_dir*.

    Raises:
        Misconfigured: naming every unknown key and every bad value.
    """
    values: dict[str, Any] = {}
    path = data_dir / FILE_NAME
    if path.exists():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Misconfigured(f"{FILE_NAME} cannot be read: {error}") from None
    for key, value in environ.items():
        if key.startswith(_PREFIX) and key not in _FOREIGN:
            values[key.removeprefix(_PREFIX).lower()] = value
    values["data_dir"] = data_dir
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        bad = "; ".join(f"{'.'.join(map(str, one['loc']))}: {_told(one)}" for one in details)
        hint = f"they stand in {FILE_NAME}, in the environment as {_PREFIX}<KEY>, or in the options of the command"
        raise Misconfigured(f"bad settings: {bad}", hint=hint) from None


def _told(error: ErrorDetails) -> str:
    """What is wrong with one key, and what its value is for."""
    key = str(error["loc"][0])
    if key not in Settings.model_fields:
        near = difflib.get_close_matches(key, Settings.model_fields, n=1)
        return "there is no such setting" + (f"; did you mean {near[0]}?" if near else "")
    message = error["msg"]
    return f"{message[:1].lower()}{message[1:]}. {Settings.model_fields[key].description}".rstrip(".")


def write(settings: Settings) -> None:
    """Write the settings that identify the node to its data directory, for the next start."""
    kept = settings.model_dump(include={"node_name", "short_name", "title", "base_url", "key_environment"})
    # A JSON text is a TOML text, but for one character that TOML wants escaped.
    texts = {key: json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f") for key, value in kept.items()}
    lines = [f"{key} = {text}" for key, text in texts.items()]
    (settings.data_dir / FILE_NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")
