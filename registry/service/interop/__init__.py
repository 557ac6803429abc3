"""What platforms that are no nodes read, from the same log as nodes and with the same entitlement."""
