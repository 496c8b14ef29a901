"""The types of the API: nodes, facts, answers, and the connections between them."""
