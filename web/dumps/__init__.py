"""Dumps for everybody: writing them, serving them, and checking one that was taken along."""
