"""Atom, RSS and JSON Feed: entries and dates."""
