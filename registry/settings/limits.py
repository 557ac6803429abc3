"""The settings that bound what may be asked of a node: budgets, sizes, times, and whose word is taken for an address.

Every sum of a minute is at least what the most expensive query costs, so that each allowed query fits an idle bucket.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from registry.settings.lists import Networks

LARGEST_COST = 20_000


class LimitSettings(BaseModel):
    """Budgets are sums of cost, as ``schema.limits`` measures it for a query and ``web.limits`` for a page."""

    limits: bool = Field(True, description="Whether requests are counted and refused when there are too many.")

    anonymous_cost_per_minute: int = Field(
        120_000, ge=LARGEST_COST, description="Cost that an address without a key may cause in a minute."
    )
    anonymous_cost_per_hour: int = Field(
        1_500_000, ge=LARGEST_COST, description="Cost that an address without a key may cause in an hour."
    )
    researcher_cost_per_minute: int = Field(
        300_000, ge=LARGEST_COST, description="Cost that a key of a vetted researcher may cause in a minute."
    )
    researcher_cost_per_hour: int = Field(
        4_000_000, ge=LARGEST_COST, description="Cost that a key of a vetted researcher may cause in an hour."
    )
    member_cost_per_minute: int = Field(
        400_000, ge=LARGEST_COST, description="Cost that a key of a member organisation may cause in a minute."
    )
    member_cost_per_hour: int = Field(
        6_000_000, ge=LARGEST_COST, description="Cost that a key of a member organisation may cause in an hour."
    )
    staff_cost_per_minute: int = Field(
        600_000, ge=LARGEST_COST, description="Cost that a key of a reviewer or operator may cause in a minute."
    )
    staff_cost_per_hour: int = Field(
        9_000_000, ge=LARGEST_COST, description="Cost that a key of a reviewer or operator may cause in an hour."
    )
    organisation_cost_per_minute: int = Field(
        1_200_000, ge=LARGEST_COST, description="Cost that all keys of an organisation may cause in a minute."
    )
    organisation_cost_per_hour: int = Field(
        18_000_000, ge=LARGEST_COST, description="Cost that all keys of an organisation may cause in an hour."
    )

    anonymous_writes_per_minute: int = Field(
        10, ge=1, description="Forms that an address without a key may send in a minute."
    )
    anonymous_writes_per_hour: int = Field(
        60, ge=1, description="Forms that an address without a key may send in an hour."
    )
    key_writes_per_minute: int = Field(80, ge=1, description="Changes that a key may make in a minute.")
    key_writes_per_hour: int = Field(500, ge=1, description="Changes that a key may make in an hour.")
    organisation_writes_per_minute: int = Field(
        160, ge=1, description="Changes that all keys of an organisation may make in a minute."
    )
    organisation_writes_per_hour: int = Field(
        2000, ge=1, description="Changes that all keys of an organisation may make in an hour."
    )
    bulk_lines_per_hour: int = Field(
        50_000, ge=1, description="Lines that all keys of an organisation may send in bulk in an hour."
    )

    failed_sign_ins_per_minute: int = Field(
        20, ge=1, description="Keys, passwords or codes that fit nobody and may come from an address in a minute."
    )
    failed_sign_ins_per_hour: int = Field(
        200, ge=1, description="Keys, passwords or codes that fit nobody and may come from an address in an hour."
    )
    account_failures_per_minute: int = Field(
        5, ge=1, description="Wrong passwords or codes for one account that are tried in a minute."
    )
    account_failures_per_hour: int = Field(
        30, ge=1, description="Wrong passwords or codes for one account that are tried in an hour."
    )

    trusted_proxies: Networks = Field(
        (), description="Networks of proxies that tell truly who asks; in the environment with commas."
    )
    trusted_proxy_header: Literal["X-Forwarded-For", "Forwarded"] = Field(
        "X-Forwarded-For", description="The header in which those proxies, all of them, tell it."
    )

    max_body_bytes: int = Field(2_000_000, ge=10_000, description="Largest request body.")
    bulk_max_bytes: int = Field(50_000_000, ge=10_000, description="Largest body of a bulk request.")
    bulk_max_lines: int = Field(100_000, ge=1, description="Most lines of a bulk request.")
    bulk_line_bytes: int = Field(1_000_000, ge=1000, description="Longest line of a bulk request.")
    max_response_bytes: int = Field(10_000_000, ge=100_000, description="Largest answer of the GraphQL API.")
    max_query_seconds: float = Field(20.0, gt=0, le=3600, description="Longest time that a GraphQL query may take.")
    exports_at_once: int = Field(8, ge=1, description="Exports that one process of the node sends at once.")
    exports_at_once_each: int = Field(
        2, ge=1, description="Exports that are sent at once to one address or organisation."
    )
    export_seconds: float = Field(3600.0, gt=0, description="Longest time that sending an export may take.")
    trusted_documents_only: bool = Field(
        False, description="Whether requests without a key may only ask registered GraphQL documents."
    )
