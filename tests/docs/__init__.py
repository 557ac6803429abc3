"""The documents say what is so: their examples run, their links lead somewhere, their tables are complete."""
