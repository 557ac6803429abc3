"""Attacks over real HTTP and on real stores: each test is one that once succeeded."""
