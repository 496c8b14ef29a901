"""The graph in one SQLite file, with no server. The only place with SQL."""
