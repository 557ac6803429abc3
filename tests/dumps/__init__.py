"""Dumps for everybody: made, served, checked, and taken back."""
