"""Work that is due at a time: lifting an embargo, later alerts, pulls and cleaning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobName(StrEnum):
    """The jobs that the registry itself knows; ``web/cli`` may add others."""

    LIFT_EMBARGO = "lift_embargo"
    END_NOTICE = "end_notice"
    PURGE_CASE = "purge_case"
    PURGE_REPORT = "purge_report"
    PURGE_APPLICATION = "purge_application"
    PURGE_STAGING = "purge_staging"
    EXPIRE_CLAIM = "expire_claim"
    FORGET_EXPOSURE = "forget_exposure"
    CHECK_POLICY = "check_policy"
    IMPORT_SOURCE = "import_source"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. A lease keeps two workers from doing it at once; an expired lease frees it."""

    id: str
    name: str
    subject: str
    due_at: datetime
    attempts: int = 0
    lease_until: datetime | None = None
    last_error: str | None = None
