"""Screening: the rules, measured on labelled texts, and what they do to submissions."""
