"""The AI Incident Database: its documents, records, parties and words."""
