"""Names of natural persons in what sources say."""
