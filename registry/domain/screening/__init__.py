"""Screening: what must not be in a submission, found before anything of it is stored.

Pure and offline. Every rule costs time in proportion to the length of the text, whatever the text is: patterns are
bounded, runs of characters are read once, and long texts are read in windows where a pattern is not our own.
"""
