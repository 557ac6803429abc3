"""Benchmarks: every figure is a ratio to a floor in the same run. Start with ``python -m tests.benchmarks``."""
