"""TAXII 2.1: discovery, collections and pages."""
