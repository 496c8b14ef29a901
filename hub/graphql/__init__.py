"""The GraphQL API: types derived from the vocabulary, one module per question."""
