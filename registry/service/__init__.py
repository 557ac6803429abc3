"""What the registry does: one function is one permission check and one transaction."""
