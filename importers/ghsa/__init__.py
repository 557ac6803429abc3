"""GitHub advisories: records."""
