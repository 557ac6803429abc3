"""Importers: other publishers' records, read into drafts of ours. Never imports web or schema."""
