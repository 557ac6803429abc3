"""Every place where something is kept says what, why and how long."""

from __future__ import annotations

from pathlib import Path

from registry.domain.retention import BESIDE_THE_TABLES, TABLES, everything
from registry.settings import Settings
from registry.storage.tables import Row


def test_every_table_is_named_once_and_no_other() -> None:
    assert sorted(Row.metadata.tables) == sorted(one.name for one in TABLES)


def test_every_line_says_what_why_and_how_long_with_the_settings_filled_in(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, case_kept_days=7, report_kept_days=9)

    lines = list(everything(settings.model_dump()))

    assert len(TABLES) + len(BESIDE_THE_TABLES) == len(lines)
    assert all(one.holds and one.purpose and one.until and "{" not in one.until for one in lines)
    untils = {one.name: one.until for one in lines}
    assert "7 days" in untils["cases"]
    assert "9 days" in untils["report_contacts"]
