"""Who asks: clients, tokens, the guard of the API and the authorization server."""
