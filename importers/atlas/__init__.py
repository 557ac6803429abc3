"""MITRE ATLAS: its records, rules and markup."""
