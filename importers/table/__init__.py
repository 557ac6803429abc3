"""Tables of any shape, and the mappings that read them."""
