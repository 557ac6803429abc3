"""Incident Commons: records, change log, permissions and federation of a shared LLM incident registry."""
