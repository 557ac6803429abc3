"""Flaw reports in JSON-LD: records and rules."""
