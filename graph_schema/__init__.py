"""The vocabulary of the graph: which facts exist, and what each field means.

Everything else is derived from these models: the SQL tables and the Cypher properties
that store them, the GraphQL types, the NDJSON line and the operator's table that bring
them, and the data dictionary in the docs. A field is declared here and nowhere else.
"""
