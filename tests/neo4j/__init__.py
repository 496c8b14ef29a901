"""A real Neo4j without docker, for tests and for development."""
