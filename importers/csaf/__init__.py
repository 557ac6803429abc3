"""CSAF 2.0: feeds, products and records."""
