"""Syncing with other nodes: who they are, what they are given, and what becomes of what they give."""
