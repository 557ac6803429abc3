"""Which reports to authorities can be drafted."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """Which report; the regime it belongs to."""

    EU_AI_ACT_73 = "eu-ai-act-73"
    CA_SB_53 = "ca-sb-53"
