"""The settings of a node on how people sign in: passwords, sessions, and organisations' own providers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)


class OidcProvider(BaseModel):
    """An OpenID provider by which the members of one organisation sign in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$")] = Field(
        description="What names it in addresses: lower-case letters, digits and hyphens."
    )
    title: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(description="What the button says.")
    issuer: Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#]{1,300}$")] = Field(
        description="Its issuer, exactly as it names itself."
    )
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=300)] = Field(
        description="What it knows this node as."
    )
    client_secret: SecretStr = Field(SecretStr(""), description="The secret shared with it; or name a file.")
    client_secret_file: Path | None = Field(None, description="File that holds the secret alone.")
    organisation: str = Field(description="Slug of the organisation whose members it knows.")
    email_domains: tuple[str, ...] = Field(
        (), description="Domains of verified e-mail addresses that it may vouch for; none means that it is not asked."
    )
    second_factors: tuple[str, ...] = Field(
        (),
        description="Values of amr or acr that stand for a second factor; without one of them our own code is asked.",
    )

    @field_validator("issuer")
    @classmethod
    def _is_protected(cls, issuer: str) -> str:
        if issuer.startswith("http:") and urlsplit(issuer).hostname not in {"127.0.0.1", "localhost"}:
            raise ValueError("an issuer on another machine is reached by https")
        return issuer

    @model_validator(mode="after")
    def _has_one_secret(self) -> OidcProvider:
        if bool(self.client_secret.get_secret_value()) == (self.client_secret_file is not None):
            raise ValueError("give either client_secret or client_secret_file")
        return self

    @property
    def secret(self) -> str:
        """The shared secret, read when it is needed."""
        if self.client_secret_file is None:
            return self.client_secret.get_secret_value()
        return self.client_secret_file.read_text(encoding="utf-8").strip()


def _tables(value: object) -> Any:
    """A text of the environment as the JSON in it."""
    return json.loads(value) if isinstance(value, str) else value


def _different(providers: tuple[OidcProvider, ...]) -> tuple[OidcProvider, ...]:
    for what in ("name", "issuer"):
        if len({getattr(one, what) for one in providers}) != len(providers):
            raise ValueError(f"two providers have the same {what}")
    return providers


class SignInSettings(BaseModel):
    """Memory, time and number of hashes at once say together what a flood of sign-ins can take of the machine."""

    password_memory_kib: int = Field(
        19_456, ge=19_456, le=1_048_576, description="Memory that hashing one password takes, in KiB (Argon2id)."
    )
    password_passes: int = Field(2, ge=2, le=20, description="Passes over that memory (Argon2id).")
    password_threads: int = Field(2, ge=1, le=64, description="Passwords that one process hashes at the same time.")
    password_queue: int = Field(
        32, ge=1, le=10_000, description="Sign-ins that wait for that in one process; more are asked to come back."
    )
    session_idle_minutes: int = Field(
        60, ge=5, le=1440, description="Minutes after which a session that is not used ends."
    )
    session_hours: int = Field(12, ge=1, le=168, description="Hours after which a session ends in any case.")
    oidc_providers: Annotated[tuple[OidcProvider, ...], BeforeValidator(_tables), AfterValidator(_different)] = Field(
        (), description="OpenID providers of organisations, as tables; in the environment as JSON."
    )
