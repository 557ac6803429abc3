"""Tests of what the node sends to others, against servers that mean it no good."""
