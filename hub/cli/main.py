"""`hub`: serve, sync, ask, check, share, import, export."""
