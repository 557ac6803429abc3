"""How much a scheduled import may take, and how politely it asks."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ImportSettings(BaseModel):
    """Settings of imports that fetch what they read."""

    import_workers: int = Field(2, ge=1, le=32, description="Most sources that a worker imports at once.")
    import_minutes: int = Field(60, ge=1, le=1440, description="Minutes after which fetching from a source ends.")
    import_documents: int = Field(
        50_000, ge=1, le=10_000_000, description="Most documents that a run fetches, or takes out of archives."
    )
    import_document_mb: int = Field(200, ge=1, le=10_000, description="Most megabytes of one document, unpacked.")
    import_total_mb: int = Field(2000, ge=1, le=1_000_000, description="Most megabytes of a run, unpacked.")
    import_pause_seconds: float = Field(
        0.5, ge=0, le=60, description="Pause between two requests to a source; longer where it asks for that."
    )
