"""MISP: events, attributes, tags and rules."""
