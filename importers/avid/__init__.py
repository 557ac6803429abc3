"""The AI Vulnerability Database: its records, measurements and rules."""
