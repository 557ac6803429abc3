"""What the registry is about, in pure code: standard library and pydantic only, no input or output."""
