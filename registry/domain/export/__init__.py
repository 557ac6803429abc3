"""What a search takes along: rows of records in several formats, and the manifest that tells what they are."""
