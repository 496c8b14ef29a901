"""Who asks: clients and their tokens, the guard of the API, and a small authorization server."""
