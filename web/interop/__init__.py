"""Doors for platforms that are no nodes: TAXII 2.1, STIX 2.1, and a feed of MISP."""
