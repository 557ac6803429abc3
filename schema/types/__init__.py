"""The output types of the GraphQL schema."""
