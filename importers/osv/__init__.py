"""OSV: records and versions."""
