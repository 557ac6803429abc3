"""Tests of syncing between nodes."""
