"""The ground of all tables: names of constraints, and what stands for "none" in columns that lists sort by."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

# What stands for "none" in columns that lists sort by: it sorts last, and a keyset needs no case for nulls.
NO_SEVERITY = -1
NO_DAY = date.min
NO_INSTANT = datetime.min.replace(tzinfo=UTC)


class Row(SQLModel):
    """The base of all tables. Constraints have names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(row: type[Row]) -> Table:
    """The table of a row class, for statements."""
    return Row.metadata.tables[str(row.__tablename__)]
