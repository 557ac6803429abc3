"""STIX 2.1: objects, records, relations, markings and rules."""
