"""What a node may reach, and how its mail leaves: the part of the settings that is about others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr, StringConstraints, ValidationInfo, field_validator

from registry.settings.lists import Networks

_THIS_MACHINE = frozenset({"", "localhost", "127.0.0.1", "::1"})


class OutboundSettings(BaseModel):
    """Settings of requests to other hosts, webhooks and mail."""

    outbound_allow_networks: Networks = Field(
        (), description="Networks beside the public ones that the node may send requests to, such as 10.1.0.0/16."
    )
    webhooks_each: int = Field(5, ge=1, le=100, description="Most webhooks that an organisation has.")
    webhook_backlog: int = Field(
        10_000, ge=1, le=1_000_000, description="Most deliveries that wait for a webhook before it is switched off."
    )
    webhook_workers: int = Field(4, ge=1, le=64, description="Most webhooks that are called at once.")
    webhook_give_up_days: int = Field(
        5, ge=1, le=30, description="Days of failure after which a webhook is switched off."
    )
    delivery_kept_days: int = Field(30, ge=1, le=365, description="Days that deliveries and sent letters are listed.")
    saved_searches_each: int = Field(50, ge=1, le=500, description="Most searches that a member saves.")
    policy_check_hours: int = Field(24, ge=1, le=720, description="Hours between two looks at a watched usage policy.")
    mail_from: Annotated[str, StringConstraints(pattern=r"^([^\s@<>]{1,64}@[a-zA-Z0-9.-]{1,190})?$")] = Field(
        "", description="The address that the node's mail comes from; without it no mail is sent."
    )
    mail_kept_days: int = Field(7, ge=1, le=90, description="Days that a letter waits for the mail server.")
    mail_hourly: int = Field(20, ge=1, le=1000, description="Most letters to one recipient within an hour.")
    smtp_host: str = Field("", max_length=253, description="The mail server; without it no mail is sent.")
    smtp_port: int = Field(587, ge=1, le=65_535, description="The port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How mail is protected on its way; none is allowed on this machine only."
    )
    smtp_user: str = Field("", max_length=250, description="The user that the mail server lets in.")
    smtp_password: SecretStr | None = Field(
        None, description="The password of that user; better in smtp_password_file, or in the environment."
    )
    smtp_password_file: Path | None = Field(None, description="A file that holds the password of that user.")

    @field_validator("smtp_security")
    @classmethod
    def _protected(cls, value: str, info: ValidationInfo) -> str:
        if value == "none" and info.data.get("smtp_host", "") not in _THIS_MACHINE:
            raise ValueError("mail leaves this machine by starttls or tls only")
        return value
