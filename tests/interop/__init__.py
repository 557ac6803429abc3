"""Tests of what platforms that are no nodes read."""
